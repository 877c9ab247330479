//! A manifest and a JSON value in, results out, in one call.
//!
//! ```
//! use remotemedia_core::executor::Executor;
//! use remotemedia_core::manifest::Manifest;
//! use serde_json::json;
//!
//! let manifest = Manifest::parse(
//!     "
//! version: v1
//! nodes:
//!   - { id: multiply, node_type: MultiplyNode, params: { multiplier: 2 } }
//!   - { id: add, node_type: AddNode, params: { addend: 10 } }
//! connections:
//!   - { from: multiply, to: add }
//! ",
//! )
//! .unwrap();
//! let execution = Executor::new().execute(&manifest, &json!([5, 7, 3])).unwrap();
//! assert_eq!(execution.outputs, json!([20, 24, 16]));
//! assert_eq!(execution.graph_info.execution_order, ["multiply", "add"]);
//! ```

use serde_json::Value;

use crate::complaint::Complaint;
use crate::manifest::Manifest;
use crate::values::{Execution, NodeError, ValueGraph};

/// Runs pipelines of JSON values, each call on new nodes. Where nodes shall keep their state from call to call,
/// keep a [`ValueGraph`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Executor;

impl Executor {
    /// An executor; it holds nothing.
    pub fn new() -> Self {
        Self
    }

    /// Runs `manifest` on every value of a list in turn, or on the one value that `input` is otherwise.
    ///
    /// # Errors
    /// What is wrong with the manifest, or the node that failed.
    pub fn execute(&self, manifest: &Manifest, input: &Value) -> Result<Execution, ExecuteError> {
        let mut graph = ValueGraph::compile(manifest).map_err(ExecuteError::Manifest)?;
        graph.execute(input).map_err(ExecuteError::Node)
    }
}

/// Why there are no results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecuteError {
    /// The manifest cannot be executed: all complaints.
    Manifest(Vec<Complaint>),
    /// A node failed.
    Node(NodeError),
}

impl std::fmt::Display for ExecuteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Manifest(complaints) => {
                f.write_str("the manifest cannot be executed")?;
                complaints
                    .iter()
                    .try_for_each(|complaint| write!(f, "\n  {complaint}"))
            }
            Self::Node(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ExecuteError {}
