//! What came of running a pipeline of values.

use serde::Serialize;
use serde_json::{Map, Value};

use super::error::NodeError;
use super::graph::GraphInfo;

/// After this many, failures are counted and not listed.
const MOST_FAILURES: usize = 100;

/// The results of one call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Execution {
    /// `success`: where a node under `fail_session` failed, there is an error instead.
    pub status: &'static str,
    /// The results of the output node: the value itself where there is exactly one, a list otherwise. Where
    /// several nodes are output nodes, an object of the results of each, by its id.
    pub outputs: Value,
    /// What ran.
    pub graph_info: GraphInfo,
    /// How often nodes failed whose policy is `bypass` or `mute`.
    pub node_error_count: u64,
    /// The first 100 of these failures.
    pub node_errors: Vec<NodeError>,
}

impl Execution {
    pub(super) fn new(info: GraphInfo, results: Vec<Vec<Value>>, failures: Failures) -> Self {
        let mut outputs: Map<String, Value> = info
            .output_nodes
            .iter()
            .cloned()
            .zip(results.into_iter().map(one_or_list))
            .collect();
        let single = match &info.output_nodes[..] {
            [only] => outputs.remove(only),
            _ => None,
        };
        Self {
            status: "success",
            outputs: single.unwrap_or(Value::Object(outputs)),
            graph_info: info,
            node_error_count: failures.count,
            node_errors: failures.first,
        }
    }
}

/// Failures that did not end the run.
#[derive(Debug, Default)]
pub(super) struct Failures {
    first: Vec<NodeError>,
    count: u64,
}

impl Failures {
    pub fn add(&mut self, failure: NodeError) {
        self.count += 1;
        if self.first.len() < MOST_FAILURES {
            self.first.push(failure);
        }
    }
}

fn one_or_list(mut results: Vec<Value>) -> Value {
    match results.len() {
        1 => results.remove(0),
        _ => Value::Array(results),
    }
}
