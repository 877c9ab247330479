//! All node types: looked up by name, and described as JSON.

use serde_json::{Map, Value, json};

use crate::nodes;
use crate::spec::{Build, NodeSpec, ParamKind, ParamSpec, Role};

/// Every node type, in alphabetical order.
pub fn all() -> &'static [&'static NodeSpec] {
    nodes::CATALOGUE
}

/// The node type of this name or alias.
pub fn find(node_type: &str) -> Option<&'static NodeSpec> {
    all()
        .iter()
        .copied()
        .find(|spec| spec.node_type == node_type || spec.aliases.contains(&node_type))
}

/// The catalogue as JSON: a list of node types with everything their tables say.
pub fn to_json() -> Value {
    all().iter().map(|spec| node_json(spec)).collect()
}

fn node_json(spec: &NodeSpec) -> Value {
    let params: Vec<Value> = spec.params.iter().map(param_json).collect();
    json!({
        "node_type": spec.node_type,
        "aliases": spec.aliases,
        "summary": spec.summary,
        "documentation": spec.documentation,
        "role": match spec.role {
            Role::Transform => "transform",
            Role::Analyser => "analyser",
            Role::Sink => "sink",
            Role::Value => "value",
        },
        "works_on": match spec.build {
            Build::Audio(_) => &["audio"][..],
            Build::Values(_) => &["values"],
            Build::Both(..) => &["audio", "values"],
            Build::Host => &[],
        },
        "events": spec.events,
        "requires": spec.requires,
        "params": params,
    })
}

fn param_json(spec: &ParamSpec) -> Value {
    let kind = match spec.kind {
        ParamKind::Number { min, max, default } => {
            json!({"type": "number", "min": min, "max": max, "default": default})
        }
        ParamKind::OptionalNumber { min, max } => {
            json!({"type": "number", "min": min, "max": max, "default": null})
        }
        ParamKind::Integer { min, max, default } => {
            json!({"type": "integer", "min": min, "max": max, "default": default})
        }
        ParamKind::IntegerOrAuto { min, max } => {
            json!({"type": "integer_or_auto", "min": min, "max": max, "default": "auto"})
        }
        ParamKind::Flag { default } => json!({"type": "boolean", "default": default}),
        ParamKind::Choice { options, default } => {
            json!({"type": "choice", "options": options, "default": default})
        }
    };
    let mut entry = Map::new();
    entry.insert("name".into(), spec.name.into());
    entry.insert("aliases".into(), spec.aliases.into());
    entry.insert("documentation".into(), spec.documentation.into());
    if let Value::Object(kind) = kind {
        entry.extend(kind);
    }
    Value::Object(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_found_by_its_name_and_by_its_aliases() {
        let by_name = find("PassThrough").expect("PassThrough is in the catalogue");
        let by_alias = find("PassThroughNode").expect("its alias too");
        assert_eq!(by_name.node_type, by_alias.node_type);
        assert!(find("passthrough").is_none(), "names are case-sensitive");
    }

    #[test]
    fn the_json_lists_every_parameter() {
        let json = to_json();
        for (entry, spec) in json.as_array().unwrap().iter().zip(all()) {
            assert_eq!(entry["node_type"], spec.node_type);
            assert_eq!(entry["params"].as_array().unwrap().len(), spec.params.len());
        }
    }
}
