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
    object.insert("node_type".into(), node.spec.node_type.into());
    let params = node
        .params
        .iter()
        .filter_map(|(name, value)| Some((name.into(), plain(value)?)));
    object.insert("params".into(), Value::Object(params.collect()));
    object.insert("is_output_node".into(), node.is_output_node.into());
    let execution = object.entry("execution").or_insert_with(|| json!({}));
    execution["on_error"] = node.on_error.as_str().into();
    Value::Object(object)
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
