//! Which nodes of a manifest want to run outside: asked before the host has loaded them.

use remotemedia_text::{Aim, places};
use serde_json::{Map, Value, json};

use super::external::is_declared;
use super::text;
use crate::catalogue;
use crate::complaint::Complaints;

/// The entries of `nodes` that are no node of the catalogue or say that they run outside: a JSON list of `index`, `id`,
/// `node_type`, `executor` and `module`, null where absent, and `line` and `column` of the latter, or of the type. Whatever else is wrong
/// with the manifest is told when it is parsed.
pub fn external_mentions(text: &str) -> Value {
    let manifest = text::read(text, &mut Complaints::default()).unwrap_or_default();
    let nodes = manifest["nodes"].as_array().map_or(&[][..], Vec::as_slice);
    let entries = nodes.iter().enumerate();
    let entries = entries.filter_map(|(index, node)| Some((index, node.as_object()?)));
    let mentioned: Vec<_> = entries.filter(|(_, entry)| is_mention(entry)).collect();
    let paths: Vec<String> = mentioned.iter().map(path_of).collect();
    let wanted: Vec<_> = paths
        .iter()
        .map(|path| (path.as_str(), Aim::Value))
        .collect();
    // As in complaints: where a program wrote the text, a place in it says nothing.
    let places = if !wanted.is_empty() && text.contains('\n') {
        places(text, &wanted)
    } else {
        vec![None; wanted.len()]
    };
    let word = |value: Option<&Value>| value.filter(|value| value.is_string()).cloned();
    mentioned
        .iter()
        .zip(places)
        .map(|((index, entry), place)| {
            json!({
                "index": index,
                "id": word(entry.get("id")).unwrap_or_else(|| "".into()),
                "node_type": word(entry.get("node_type")).unwrap_or_else(|| "".into()),
                "executor": word(entry.get("executor")),
                "module": word(entry.get("module")),
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
            })
        })
        .collect()
}

fn is_mention(entry: &Map<String, Value>) -> bool {
    let node_type = entry.get("node_type").and_then(Value::as_str);
    is_declared(entry) || node_type.is_some_and(|name| catalogue::find(name).is_none())
}

fn path_of((index, entry): &(usize, &Map<String, Value>)) -> String {
    let field = if entry.contains_key("module") {
        "module"
    } else {
        "node_type"
    };
    format!("nodes[{index}].{field}")
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
        assert_eq!(mentions[1]["index"], 2);
        assert_eq!(
            (&mentions[1]["line"], &mentions[1]["column"]),
            (&json!(5), &json!(46))
        );
        assert_eq!(mentions[1]["module"], "./theirs.py");
        assert_eq!(mentions[0]["executor"], Value::Null);
        assert_eq!(external_mentions("{{"), json!([]));
    }
}
