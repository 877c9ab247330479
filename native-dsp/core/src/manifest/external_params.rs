//! Parameters of external nodes, checked as those of the catalogue are.

use serde_json::{Map, Value};

use super::external::{ExternalParam, ExternalParamKind, ExternalSpec};
use super::fields::{unknown_choice, wrong_type};
use crate::complaint::{Complaints, code, quote};
use crate::nearest::nearest;
use crate::params::{camel_case, snake_case};

/// Whether a host's specification makes sense.
pub(super) fn check_spec(spec: &ExternalSpec) -> Result<(), String> {
    let node = quote(&spec.node_type);
    if spec.node_type.is_empty() {
        return Err("externals: a node_type is empty".into());
    }
    if crate::catalogue::find(&spec.node_type).is_some() {
        return Err(format!(
            "externals: {node} is a node type of the catalogue already"
        ));
    }
    for (index, param) in spec.params.iter().flatten().enumerate() {
        let name = quote(&param.name);
        let mut spellings = std::iter::once(&param.name).chain(&param.aliases);
        if !spellings.all(|spelling| is_word(spelling)) || snake_case(&param.name) != param.name {
            return Err(format!(
                "externals: parameter {name} of {node} is not snake_case"
            ));
        }
        let earlier = spec.params.iter().flatten().take(index);
        if earlier
            .map(|other| &other.name)
            .any(|other| *other == param.name)
        {
            return Err(format!("externals: {node} has two parameters {name}"));
        }
        if let Some(default) = &param.default {
            let mut complaints = Complaints::default();
            check(param, default, "default", &mut complaints);
            if let Some(complaint) = complaints.into_vec().first() {
                return Err(format!("externals: {name} of {node}: {complaint}"));
            }
        }
    }
    Ok(())
}

fn is_word(name: &str) -> bool {
    let is_permitted = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_permitted)
}

/// Reads `params` of a node by the table of its type; defaults are filled in.
pub(super) fn read(
    node_type: &str,
    table: &[ExternalParam],
    given: Option<&Value>,
    path: &str,
    complaints: &mut Complaints,
) -> Map<String, Value> {
    let mut params = Map::new();
    let nothing = Map::new();
    let given = match given {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(given)) => given,
        Some(other) => {
            wrong_type(path, "an object", other, complaints);
            &nothing
        }
    };
    for (name, value) in given {
        let path = format!("{path}.{}", quote(name).trim_matches('`'));
        let Some(param) = table.iter().find(|param| is_called(param, name)) else {
            let names = table.iter().map(|param| param.name.as_str());
            let hint = match nearest(name, names.clone()) {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None if table.is_empty() => format!("{node_type} has no parameters."),
                None => format!("Its parameters: {}.", names.collect::<Vec<_>>().join(", ")),
            };
            let message = format!("{} has no parameter {}.", quote(node_type), quote(name));
            complaints.add(path, code::UNKNOWN_PARAMETER, message, hint);
            continue;
        };
        if params.contains_key(&param.name) {
            let message = format!("`{}` is given twice.", param.name);
            complaints.add(
                path,
                code::DUPLICATE_PARAMETER,
                message,
                "Keep one of them.",
            );
            continue;
        }
        check(param, value, &path, complaints);
        params.insert(param.name.clone(), value.clone());
    }
    for param in table.iter().filter(|param| param.default.is_some()) {
        let default = param.default.clone().unwrap_or_default();
        params.entry(param.name.clone()).or_insert(default);
    }
    params
}

fn is_called(param: &ExternalParam, name: &str) -> bool {
    let names = std::iter::once(&param.name).chain(&param.aliases);
    names
        .into_iter()
        .any(|known| known == name || camel_case(known) == name)
}

fn check(param: &ExternalParam, value: &Value, path: &str, complaints: &mut Complaints) {
    let number = value.as_f64();
    match param.kind {
        ExternalParamKind::Json => {}
        ExternalParamKind::Boolean if value.is_boolean() => {}
        ExternalParamKind::Boolean => wrong_type(path, "true or false", value, complaints),
        ExternalParamKind::String if value.is_string() => {}
        ExternalParamKind::Number if number.is_some() => in_range(param, number, path, complaints),
        ExternalParamKind::Integer if number.is_some_and(|number| number.fract() == 0.0) => {
            in_range(param, number, path, complaints);
        }
        ExternalParamKind::Number => wrong_type(path, "a number", value, complaints),
        ExternalParamKind::Integer => wrong_type(path, "a whole number", value, complaints),
        ExternalParamKind::String => wrong_type(path, "text", value, complaints),
        ExternalParamKind::Choice => match value.as_str() {
            Some(word) if param.options.iter().any(|option| option == word) => {}
            Some(word) => {
                let options: Vec<&str> = param.options.iter().map(String::as_str).collect();
                unknown_choice(path, word, &options, complaints);
            }
            None => wrong_type(path, "text", value, complaints),
        },
    }
}

fn in_range(param: &ExternalParam, number: Option<f64>, path: &str, complaints: &mut Complaints) {
    let (min, max) = (param.min.unwrap_or(f64::MIN), param.max.unwrap_or(f64::MAX));
    let Some(number) = number.filter(|number| !(min..=max).contains(number)) else {
        return;
    };
    let message = format!("{number} is out of range.");
    let hint = match (param.min, param.max) {
        (Some(min), Some(max)) => format!("`{}` goes from {min} to {max}.", param.name),
        (Some(min), None) => format!("`{}` is at least {min}.", param.name),
        _ => format!("`{}` is at most {max}.", param.name),
    };
    complaints.add(path, code::OUT_OF_RANGE, message, hint);
}
