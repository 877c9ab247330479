//! The tables and texts of the catalogue.

use std::collections::HashSet;

use remotemedia_core::catalogue;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::spec::{ParamKind, ParamSpec, Role};
use serde_json::json;

use crate::promising_and_template;

#[test]
fn every_name_means_one_thing() {
    let mut names = HashSet::new();
    for spec in catalogue::all() {
        for name in std::iter::once(&spec.node_type).chain(spec.aliases) {
            assert!(names.insert(*name), "the node type {name} stands twice");
        }
        let mut spellings = HashSet::new();
        for spelling in spec.params.iter().flat_map(ParamSpec::spellings) {
            assert!(
                spellings.insert(spelling.clone()),
                "{}: {spelling} stands twice",
                spec.node_type
            );
        }
    }
    assert!(catalogue::all().is_sorted_by_key(|spec| spec.node_type));
}

#[test]
fn everything_is_documented() {
    for spec in promising_and_template() {
        let name = spec.node_type;
        assert!(
            spec.summary.ends_with('.') && !spec.summary.contains('\n'),
            "{name}: {}",
            spec.summary
        );
        assert!(
            spec.documentation.ends_with('.') && spec.documentation.len() > 40,
            "{name}"
        );
        for param in spec.params {
            let text = param.documentation;
            assert!(
                text.ends_with('.') && text.len() > 10,
                "{name}.{}: {text}",
                param.name
            );
            let is_snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(param.name.chars().all(is_snake), "{name}.{}", param.name);
        }
    }
}

#[test]
fn the_role_says_whether_a_node_has_to_do_with_audio() {
    for spec in catalogue::all() {
        let is_on_values_only = spec.build.audio().is_none();
        assert_eq!(
            spec.role == Role::Value,
            is_on_values_only,
            "{}",
            spec.node_type
        );
        let speaks = !spec.events.is_empty() || !spec.requires.is_empty();
        assert!(
            !(is_on_values_only && speaks),
            "{}: values have no events",
            spec.node_type
        );
    }
}

#[test]
fn defaults_are_in_range() {
    for spec in promising_and_template() {
        for param in spec.params {
            let sound = match param.kind {
                ParamKind::Number { min, max, default } => {
                    min < max && (min..=max).contains(&default)
                }
                ParamKind::OptionalNumber { min, max } => min < max,
                ParamKind::Integer { min, max, default } => {
                    min < max && (min..=max).contains(&default)
                }
                ParamKind::IntegerOrAuto { min, max } => min < max,
                ParamKind::Flag { .. } => true,
                ParamKind::Choice { options, default } => {
                    options.len() > 1 && options.contains(&default)
                }
            };
            assert!(sound, "{}.{}: {:?}", spec.node_type, param.name, param.kind);
        }
    }
}

#[test]
fn every_spelling_of_every_parameter_is_understood() {
    for spec in catalogue::all() {
        for param in spec.params {
            let value = match param.kind {
                ParamKind::Number { min, .. } | ParamKind::OptionalNumber { min, .. } => json!(min),
                ParamKind::Integer { min, .. } | ParamKind::IntegerOrAuto { min, .. } => json!(min),
                ParamKind::Flag { default } => json!(!default),
                ParamKind::Choice { options, .. } => json!(options[1]),
            };
            for spelling in param.spellings() {
                let node =
                    json!({"id": "n", "node_type": spec.node_type, "params": {spelling: value}});
                let manifest = json!({"version": "v1", "nodes": [node]});
                let manifest = Manifest::from_value(&manifest).expect("one sound parameter");
                let normal = manifest.to_json()["nodes"][0]["params"][param.name].clone();
                assert_eq!(normal.as_f64(), value.as_f64());
                assert_eq!(normal.as_str(), value.as_str());
                assert_eq!(normal.as_bool(), value.as_bool());
            }
        }
    }
}
