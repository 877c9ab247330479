//! What must hold for any manifest, however hostile. Run by libFuzzer and, over mutated seeds, by a test of
//! the core.

use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;

/// Parses and compiles; panics where a promise is broken. Returns whether the manifest makes a graph.
pub fn check(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
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
    }
    false
}
