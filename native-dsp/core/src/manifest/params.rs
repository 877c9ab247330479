//! Parameters of a node: from JSON, by the node's table, to checked values.

use serde_json::{Map, Value};

use super::fields::{unknown_choice, wrong_type};
use crate::complaint::{Complaints, code, quote};
use crate::nearest::nearest;
use crate::params::{ParamValue, Params};
use crate::spec::{NodeSpec, ParamKind, ParamSpec};

/// Reads `params` (an object, or absent) of a node that stands at `path`.
pub(super) fn read(
    spec: &'static NodeSpec,
    given: Option<&Value>,
    path: &str,
    complaints: &mut Complaints,
) -> Params {
    let mut params = Params::defaults(spec.params);
    match given {
        None | Some(Value::Null) => {}
        Some(Value::Object(given)) => read_all(spec, given, path, &mut params, complaints),
        Some(other) => wrong_type(path, "an object", other, complaints),
    }
    params
}

fn read_all(
    spec: &'static NodeSpec,
    given: &Map<String, Value>,
    path: &str,
    params: &mut Params,
    complaints: &mut Complaints,
) {
    let mut seen: Vec<(&'static str, &str)> = Vec::new();
    for (name, value) in given {
        if complaints.is_full() {
            return;
        }
        let path = format!("{path}.{}", quote(name).trim_matches('`'));
        let Some(param) = find(spec.params, name) else {
            unknown_parameter(spec, name, &path, complaints);
            continue;
        };
        if let Some((_, other)) = seen.iter().find(|(canonical, _)| *canonical == param.name) {
            complaints.add(
                path,
                code::DUPLICATE_PARAMETER,
                format!("`{name}` and `{other}` are the same parameter."),
                format!("Keep one of them; its name is `{}`.", param.name),
            );
            continue;
        }
        seen.push((param.name, name));
        if let Some(value) = read_value(param, value, &path, complaints) {
            params.set(param.name, value);
        }
    }
}

/// The parameter called `name`, in any of its spellings.
fn find(params: &'static [ParamSpec], name: &str) -> Option<&'static ParamSpec> {
    let is_called = |param: &&ParamSpec| param.spellings().iter().any(|spelling| spelling == name);
    params.iter().find(is_called)
}

fn unknown_parameter(spec: &NodeSpec, name: &str, path: &str, complaints: &mut Complaints) {
    let names = spec.params.iter().flat_map(|param| {
        let aliases = param.aliases.iter().copied();
        std::iter::once(param.name).chain(aliases)
    });
    let hint = match nearest(name, names) {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None if spec.params.is_empty() => format!("{} has no parameters.", spec.node_type),
        None => {
            let names: Vec<&str> = spec.params.iter().map(|param| param.name).collect();
            format!("Its parameters: {}.", names.join(", "))
        }
    };
    let message = format!("{} has no parameter {}.", spec.node_type, quote(name));
    complaints.add(path, code::UNKNOWN_PARAMETER, message, hint);
}

fn read_value(
    param: &ParamSpec,
    value: &Value,
    path: &str,
    complaints: &mut Complaints,
) -> Option<ParamValue> {
    match param.kind {
        ParamKind::OptionalNumber { .. } if value.is_null() => Some(ParamValue::Unset),
        ParamKind::Number { min, max, .. } | ParamKind::OptionalNumber { min, max } => {
            let Some(number) = value.as_f64() else {
                wrong_type(path, "a number", value, complaints);
                return None;
            };
            in_range(number, min, max, param, path, complaints)
                .then_some(ParamValue::Number(number))
        }
        ParamKind::IntegerOrAuto { .. } if value == "auto" => Some(ParamValue::Unset),
        ParamKind::Integer { min, max, .. } | ParamKind::IntegerOrAuto { min, max } => {
            let Some(number) = whole_number(value) else {
                let or_auto = matches!(param.kind, ParamKind::IntegerOrAuto { .. });
                let wanted = if or_auto {
                    "a whole number or `auto`"
                } else {
                    "a whole number"
                };
                wrong_type(path, wanted, value, complaints);
                return None;
            };
            in_range(number, min as f64, max as f64, param, path, complaints)
                .then_some(ParamValue::Integer(number as i64))
        }
        ParamKind::Flag { .. } => {
            if !value.is_boolean() {
                wrong_type(path, "true or false", value, complaints);
            }
            value.as_bool().map(ParamValue::Flag)
        }
        ParamKind::Choice { options, .. } => {
            let Some(word) = value.as_str() else {
                wrong_type(path, "text", value, complaints);
                return None;
            };
            let found = options.iter().find(|option| **option == word);
            if found.is_none() {
                unknown_choice(path, word, options, complaints);
            }
            found.map(|word| ParamValue::Choice(word))
        }
    }
}

/// JavaScript and YAML write whole numbers as `5.0` at times; that is still 5.
fn whole_number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.fract() == 0.0)
}

fn in_range(
    number: f64,
    min: f64,
    max: f64,
    param: &ParamSpec,
    path: &str,
    complaints: &mut Complaints,
) -> bool {
    let inside = (min..=max).contains(&number);
    if !inside {
        let unit = unit(param.name);
        complaints.add(
            path,
            code::OUT_OF_RANGE,
            format!("{number}{unit} is out of range."),
            format!("`{}` goes from {min} to {max}{unit}.", param.name),
        );
    }
    inside
}

/// The unit that a parameter's name ends in, with a space before it.
fn unit(name: &str) -> &'static str {
    match name.rsplit('_').next() {
        Some("db") => " dB",
        Some("dbfs") => " dBFS",
        Some("hz" | "rate") => " Hz",
        Some("ms") => " ms",
        Some("s") => " s",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
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

    const fn param(
        name: &'static str,
        aliases: &'static [&'static str],
        kind: ParamKind,
    ) -> ParamSpec {
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
        let faults = faults(json!({
            "gain_db": 41, "max_duration_s": "3", "window_count": 2.5, "target_rate": 7999,
            "emit_probability": "yes", "quality": "hi", "gian_db": 1,
        }));
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
}
