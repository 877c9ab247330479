//! Which nodes of a manifest want to run outside: asked before the host has loaded them.

use serde_json::{Value, json};

use super::external::is_declared;
use super::text;
use crate::catalogue;
use crate::complaint::Complaints;

/// The entries of `nodes` that are no node of the catalogue or say that they run outside: a JSON list of `id`, `node_type`,
/// `executor` and `module`, null where absent. Whatever else is wrong with the manifest is told when it is parsed.
pub fn external_mentions(text: &str) -> Value {
    let manifest = text::read(text, &mut Complaints::default()).unwrap_or_default();
    let nodes = manifest["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let entries = nodes.iter().filter_map(Value::as_object);
    let mentions = entries.filter(|entry| {
        let node_type = entry.get("node_type").and_then(Value::as_str);
        is_declared(entry) || node_type.is_some_and(|name| catalogue::find(name).is_none())
    });
    let word = |value: Option<&Value>| value.filter(|value| value.is_string()).cloned();
    mentions
        .map(|entry| {
            json!({
                "id": word(entry.get("id")).unwrap_or_else(|| "".into()),
                "node_type": word(entry.get("node_type")).unwrap_or_else(|| "".into()),
                "executor": word(entry.get("executor")),
                "module": word(entry.get("module")),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_outside_are_found_in_a_manifest_that_has_other_faults() {
        let text = "
nodes:
  - { id: gain, node_type: GainNode, params: { wrong: 1 } }
  - { id: mine, node_type: MyNode }
  - { id: theirs, node_type: Theirs, module: ./theirs.py, executor: cpython }
  - 5
";
        let mentions = external_mentions(text);
        let ids: Vec<_> = mentions
            .as_array()
            .unwrap()
            .iter()
            .map(|m| &m["id"])
            .collect();
        assert_eq!(ids, ["mine", "theirs"]);
        assert_eq!(mentions[1]["module"], "./theirs.py");
        assert_eq!(mentions[0]["executor"], Value::Null);
        assert_eq!(external_mentions("{{"), json!([]));
    }
}
