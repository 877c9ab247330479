//! Values, names and ranges.

use super::*;
use crate::catalogue;
use serde_json::json;

/// A table with a parameter of every kind.
const SPEC: &NodeSpec = &NodeSpec {
    params: &[
        param(
            "gain_db",
            &["gain"],
            ParamKind::Number {
                min: -60.0,
                max: 40.0,
                default: 0.0,
            },
        ),
        param(
            "max_duration_s",
            &[],
            ParamKind::OptionalNumber {
                min: 0.1,
                max: 60.0,
            },
        ),
        param(
            "window_count",
            &[],
            ParamKind::Integer {
                min: 1,
                max: 8,
                default: 2,
            },
        ),
        param(
            "target_rate",
            &[],
            ParamKind::IntegerOrAuto {
                min: 8000,
                max: 192_000,
            },
        ),
        param("emit_probability", &[], ParamKind::Flag { default: false }),
        param(
            "quality",
            &[],
            ParamKind::Choice {
                options: &["low", "high"],
                default: "low",
            },
        ),
    ],
    ..crate::nodes::pass_through::SPEC
};

const fn param(name: &'static str, aliases: &'static [&'static str], kind: ParamKind) -> ParamSpec {
    ParamSpec {
        name,
        aliases,
        kind,
        documentation: "For this test.",
    }
}

fn faults(given: Value) -> Vec<(String, &'static str, String)> {
    let mut complaints = Complaints::default();
    read(SPEC, Some(&given), "nodes[0].params", &mut complaints);
    let list = complaints.into_vec();
    list.into_iter()
        .map(|c| (c.path, c.code, format!("{} {}", c.message, c.hint)))
        .collect()
}

fn values(given: Value) -> Params {
    let mut complaints = Complaints::default();
    let params = read(SPEC, Some(&given), "", &mut complaints);
    assert_eq!(complaints.into_vec(), []);
    params
}

#[test]
fn absent_parameters_have_their_defaults() {
    let params = values(Value::Null);
    assert_eq!(
        (params.number("gain_db"), params.integer("window_count")),
        (0.0, 2)
    );
    assert_eq!(
        (
            params.optional_number("max_duration_s"),
            params.optional_integer("target_rate")
        ),
        (None, None)
    );
}

#[test]
fn names_aliases_and_camel_case_are_the_same_parameter() {
    for name in ["gain_db", "gainDb", "gain"] {
        assert_eq!(
            values(json!({ name: -6 })).number("gain_db"),
            -6.0,
            "{name}"
        );
    }
    assert_eq!(
        values(json!({"maxDurationS": 2.5})).optional_number("max_duration_s"),
        Some(2.5)
    );
    assert_eq!(
        values(json!({"target_rate": "auto"})).optional_integer("target_rate"),
        None
    );
    assert_eq!(
        values(json!({"windowCount": 5.0})).integer("window_count"),
        5
    );
}

#[test]
fn the_same_parameter_twice_is_a_fault_even_with_equal_values() {
    let faults = faults(json!({"gain": 3, "gainDb": 3}));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].1, code::DUPLICATE_PARAMETER);
    assert_eq!(faults[0].0, "nodes[0].params.gainDb");
}

#[test]
fn every_bad_value_is_reported_with_its_range_or_choices() {
    let mut faults = faults(json!({
        "gain_db": 41, "max_duration_s": "3", "window_count": 2.5, "target_rate": 7999,
        "emit_probability": "yes", "quality": "hi", "gian_db": 1,
    }));
    faults.sort_by(|one, other| one.0.cmp(&other.0));
    let codes: Vec<_> = faults.iter().map(|fault| fault.1).collect();
    assert_eq!(
        codes,
        [
            "wrong_type",
            "out_of_range",
            "unknown_parameter",
            "wrong_type",
            "unknown_choice",
            "out_of_range",
            "wrong_type"
        ]
    );
    assert!(faults[1].2.contains("from -60 to 40 dB"), "{}", faults[1].2);
    assert!(faults[2].2.contains("`gain_db`"), "{}", faults[2].2);
    assert!(faults[3].2.contains("without quotes: 3"), "{}", faults[3].2);
    assert!(faults[4].2.contains("low, high"), "{}", faults[4].2);
}

#[test]
fn a_bad_value_is_never_replaced_silently() {
    for spec in catalogue::all() {
        for param in spec.params {
            let mut complaints = Complaints::default();
            read(spec, Some(&json!({ param.name: [] })), "", &mut complaints);
            assert!(!complaints.is_empty(), "{}.{}", spec.node_type, param.name);
        }
    }
}
