//! A manifest written out again: canonical names, all parameters, nothing left to defaults.

use serde_json::{Map, Value, json};

use super::{Connection, Manifest, ManifestNode, VERSION};
use crate::params::ParamValue;

impl Manifest {
    /// The manifest as JSON in its normal form: parsing it gives an equal manifest.
    pub fn to_json(&self) -> Value {
        let mut object = self.extras.clone();
        object.insert("version".into(), VERSION.into());
        object.insert("metadata".into(), Value::Object(self.metadata.clone()));
        if let Some(runtime) = self.runtime {
            object.insert("runtime_hint".into(), runtime.as_str().into());
        }
        object.insert("nodes".into(), self.nodes.iter().map(node).collect());
        let connections = self.connections.iter().map(|edge| self.connection(edge));
        object.insert("connections".into(), connections.collect());
        Value::Object(object)
    }

    fn connection(&self, edge: &Connection) -> Value {
        let mut object = Map::new();
        object.insert("from".into(), self.nodes[edge.from].id.as_str().into());
        object.insert("to".into(), self.nodes[edge.to].id.as_str().into());
        match (edge.audio, edge.events) {
            (true, false) => object.insert("from_port".into(), "audio".into()),
            (false, true) => object.insert("from_port".into(), "events".into()),
            _ => None,
        };
        Value::Object(object)
    }
}

fn node(node: &ManifestNode) -> Value {
    let mut object = node.extras.clone();
    object.insert("id".into(), node.id.as_str().into());
    object.insert("node_type".into(), node.node_type().into());
    object.insert("params".into(), Value::Object(params(node)));
    object.insert("is_output_node".into(), node.is_output_node.into());
    let execution = object.entry("execution").or_insert_with(|| json!({}));
    if let (Value::Object(said), Value::Object(complete)) = (execution, json!(node.execution)) {
        said.extend(complete);
    }
    if let Some(external) = &node.external {
        object.insert("executor".into(), json!(external.executor));
        // What is left to the module stays so.
        if !external.takes_is_open {
            object.insert("takes".into(), json!(external.takes));
        }
        if !external.gives_is_open {
            object.insert("gives".into(), json!(external.gives));
        }
        if let Some(module) = &external.module {
            object.insert("module".into(), module.as_str().into());
        }
    }
    Value::Object(object)
}

/// The parameters of a node, complete.
pub(super) fn params(node: &ManifestNode) -> Map<String, Value> {
    let given = node.params.iter();
    match &node.external {
        Some(external) => external.params.clone(),
        None => given
            .filter_map(|(name, value)| Some((name.into(), plain(value)?)))
            .collect(),
    }
}

fn plain(value: &ParamValue) -> Option<Value> {
    match value {
        ParamValue::Number(number) => Some((*number).into()),
        ParamValue::Integer(integer) => Some((*integer).into()),
        ParamValue::Flag(flag) => Some((*flag).into()),
        ParamValue::Choice(word) => Some((*word).into()),
        ParamValue::Unset => None,
    }
}
