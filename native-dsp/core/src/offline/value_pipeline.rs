//! A graph of JSON values, for callers to whom values are JSON texts: a parser of JavaScript would round whole
//! numbers beyond 53 bits.

use serde::Serialize;
use serde_json::Value;

use super::error::OfflineError;
use crate::complaint::located;
use crate::manifest::Manifest;
use crate::values::ValueGraph;

/// A compiled graph whose nodes keep their state from call to call.
pub struct ValuePipeline {
    graph: ValueGraph,
}

impl ValuePipeline {
    /// Compiles a manifest (JSON or YAML).
    ///
    /// # Errors
    /// `invalid_manifest` with all complaints.
    pub fn compile(manifest: &str) -> Result<Self, OfflineError> {
        let graph = ValueGraph::compile(&Manifest::parse(manifest)?);
        let graph = located(manifest, graph)?;
        Ok(Self { graph })
    }

    /// Runs the pipeline on every value of a list in turn, or on the one value that `input` is otherwise. Returns
    /// the JSON of an [`Execution`](crate::values::Execution).
    ///
    /// # Errors
    /// `invalid_json`; what a node under `fail_session` said.
    pub fn execute(&mut self, input: &str) -> Result<String, OfflineError> {
        let input: Value = serde_json::from_str(input).map_err(|error| {
            OfflineError::new("invalid_json", format!("the input is not JSON: {error}"))
        })?;
        Ok(json(&self.graph.execute(&input)?))
    }

    /// As new, with the same parameters.
    pub fn reset(&mut self) {
        self.graph.reset();
    }

    /// The JSON of a [`GraphInfo`](crate::values::GraphInfo).
    pub fn graph_info(&self) -> String {
        json(self.graph.info())
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers can be written")
}
