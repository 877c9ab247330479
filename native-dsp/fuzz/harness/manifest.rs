//! What must hold for any manifest, however hostile. Run by libFuzzer and, over mutated seeds, by a test of
//! the core.

use std::collections::BTreeMap;

use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::{Manifest, interpolate};

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

/// Whatever a variable holds, it stays one value: a text that can be read, can be read afterwards, line by line where it was.
fn check_interpolation(text: &str) {
    let variables = [("A", "x, y: 1} ] # \"'"), ("B", "6")];
    let environment: BTreeMap<String, String> = variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    if let (Ok(_), Ok(after)) = (
        remotemedia_text::read(text),
        interpolate(text, &environment),
    ) {
        remotemedia_text::read(&after.text).expect("still readable");
        assert_eq!(after.text.matches('\n').count(), text.matches('\n').count());
    }
}
