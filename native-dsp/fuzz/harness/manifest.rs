//! What must hold for any manifest, however hostile. Run by libFuzzer and, over mutated seeds, by a test of
//! the core.

use std::collections::BTreeMap;

use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::{Manifest, as_written, interpolate};
use remotemedia_text::Replaced;
use serde_json::Value;

/// Parses and compiles; panics where a promise is broken. Returns whether the manifest makes a graph.
pub fn check(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    check_interpolation(text);
    let complaints = match Manifest::parse(text) {
        Ok(manifest) => {
            let normal = manifest.to_json();
            let again = Manifest::from_value(&normal).expect("the normal form is sound");
            assert_eq!(again.to_json(), normal, "the normal form stays as it is");
            match Graph::compile(&manifest, Format::VOICE) {
                Ok(graph) => {
                    assert_eq!(graph.plan().order.len(), manifest.nodes().len());
                    return true;
                }
                Err(complaints) => complaints,
            }
        }
        Err(complaints) => complaints,
    };
    assert!((1..=101).contains(&complaints.len()));
    for complaint in complaints {
        assert!(
            !complaint.message.is_empty() && !complaint.hint.is_empty(),
            "{complaint:?}"
        );
        assert!(
            !complaint.message.chars().any(char::is_control),
            "{complaint:?}"
        );
        if let Some(place) = complaint.place {
            let lines = text.matches('\n').count() + 1;
            assert!(
                (1..=lines).contains(&(place.line as usize)),
                "{complaint:?}"
            );
        }
    }
    false
}

/// A text and a number that stand in no seed: where they turn up, they came out of variables.
const TEXT: &str = "x, y: 1} ] # \"'";
const NUMBER: &str = "987654.5";

/// Whatever a variable holds, it stays one value: a text that can be read, can be read afterwards, line by line where it was. Where
/// it went is known, and no complaint tells it.
fn check_interpolation(text: &str) {
    let variables = [("A", TEXT), ("B", "6"), ("C", NUMBER)];
    let environment: BTreeMap<String, String> = variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let Ok(after) = interpolate(text, &environment) else {
        return;
    };
    if remotemedia_text::read(text).is_ok() {
        let tree = remotemedia_text::read(&after.text).expect("still readable");
        assert_eq!(after.text.matches('\n').count(), text.matches('\n').count());
        check_paths(&tree, &after.replaced);
    }
    let complaints = Manifest::parse(&after.text).err().unwrap_or_default();
    for complaint in as_written(complaints, &after.replaced) {
        let told = format!("{} {}", complaint.message, complaint.hint);
        // Ids are no secret.
        let is_secret = complaint.code != "cycle";
        assert!(
            !(is_secret && (told.contains(TEXT) || told.contains(NUMBER))),
            "{complaint:?} of {text}"
        );
    }
}

/// What was put in stands where it is said to stand, and nowhere else.
fn check_paths(tree: &Value, replaced: &[Replaced]) {
    let mut leaves = Vec::new();
    collect(tree, String::new(), &mut leaves);
    for it in replaced {
        let is_there = leaves
            .iter()
            .any(|(path, value)| *path == it.path && *value == it.value);
        assert!(is_there, "{it:?} in {leaves:?}");
    }
    for (path, value) in &leaves {
        if value.contains(TEXT) || value == NUMBER {
            assert!(
                replaced.iter().any(|it| it.path == *path),
                "{path}: {value}"
            );
        }
    }
}

fn collect(value: &Value, path: String, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{path}[{index}]"), leaves);
            }
        }
        Value::Object(entries) => {
            for (name, item) in entries {
                let dot = if path.is_empty() { "" } else { "." };
                collect(item, format!("{path}{dot}{name}"), leaves);
            }
        }
        Value::String(text) => leaves.push((path, text.clone())),
        other => leaves.push((path, other.to_string())),
    }
}
