//! Runs a single node on values, for the tests beside each node.

use serde_json::Value;

use crate::node_test::Given;
use crate::params::Params;
use crate::spec::NodeSpec;
use crate::values::{Outputs, ValueError, ValueNode};

/// Builds the node as a graph would; parameters that are not given stay at their defaults.
pub fn build(spec: &NodeSpec, given: Given<'_>) -> Box<dyn ValueNode> {
    let mut params = Params::defaults(spec.params);
    for (name, value) in given {
        params.set(name, value.clone());
    }
    let build = spec.build.values().expect("a node on values");
    build(&params).unwrap_or_else(|error| panic!("{error:?}"))
}

/// What a new node makes of one value.
pub fn run(spec: &NodeSpec, given: Given<'_>, input: Value) -> Result<Vec<Value>, ValueError> {
    let mut outputs = Outputs::default();
    build(spec, given).process(&input, &mut outputs)?;
    Ok(outputs.take())
}
