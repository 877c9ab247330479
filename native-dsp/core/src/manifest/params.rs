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
            // `Medium` is what people write who know the word from elsewhere.
            let found = options
                .iter()
                .find(|option| option.eq_ignore_ascii_case(word));
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
mod tests;
