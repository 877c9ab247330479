//! A manifest executed in one call.

use std::fmt;

use remotemedia_core::executor as core;
pub use remotemedia_core::values::Execution;
use serde_json::Value;

use crate::manifest::Manifest;

/// Executes pipelines of JSON values. It keeps nothing from one call to the next.
#[derive(Clone, Copy, Debug, Default)]
pub struct Executor;

impl Executor {
    /// An executor.
    pub fn new() -> Self {
        Self
    }

    /// Executes a manifest on the input that its file brought along.
    ///
    /// # Errors
    /// [`ExecuteError::NoInput`] where it brought none; as [`Executor::execute_on`].
    pub fn execute(&self, manifest: &Manifest) -> Result<Execution, ExecuteError> {
        let input = manifest.input().ok_or(ExecuteError::NoInput)?;
        self.execute_on(manifest, input)
    }

    /// Executes a manifest on every value of a list in turn, or on the one value that `input` is otherwise.
    ///
    /// # Errors
    /// A manifest that is not one on values; a node that failed.
    pub fn execute_on(
        &self,
        manifest: &Manifest,
        input: &Value,
    ) -> Result<Execution, ExecuteError> {
        let executed = core::Executor::new().execute(manifest, input);
        executed.map_err(ExecuteError::Failed)
    }
}

/// Why there is no result.
#[derive(Debug)]
pub enum ExecuteError {
    /// The file says nothing of an input: use [`Executor::execute_on`].
    NoInput,
    /// What the core says.
    Failed(core::ExecuteError),
}

impl fmt::Display for ExecuteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInput => f.write_str(
                "the file brings no `input_data` along; give the input with `execute_on`",
            ),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ExecuteError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_with_its_input_is_executed_as_it_is_and_another_says_what_is_missing() {
        let nodes = json!([{"id": "add", "node_type": "AddNode", "params": {"addend": 10}}]);
        let manifest = json!({"version": "v1", "nodes": nodes});
        let wrapped = json!({"manifest": manifest, "input_data": [0, 5]}).to_string();
        let executed = Executor::new().execute(&Manifest::from_text(&wrapped).unwrap());
        assert_eq!(executed.unwrap().outputs, json!([10, 15]));
        let alone = Manifest::from_text(&manifest.to_string()).unwrap();
        let error = Executor::new().execute(&alone).unwrap_err();
        assert!(error.to_string().contains("execute_on"));
    }
}
