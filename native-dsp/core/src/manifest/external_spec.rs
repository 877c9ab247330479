//! What a host says of its node types, from JSON. Its mistakes are the program's, not a user's: the first one is told.

use serde_json::{Map, Value};

use super::external::{
    Carried, EXECUTORS, ExternalParam, ExternalParamKind, ExternalSpec, FormatWish,
};
use super::external_params::check_spec;
use crate::complaint::quote;

const FIELDS: &[&str] = &[
    "node_type",
    "aliases",
    "summary",
    "executor",
    "params",
    "takes",
    "gives",
    "input",
    "output",
];
const PARAM_FIELDS: &[&str] = &[
    "name",
    "aliases",
    "type",
    "min",
    "max",
    "options",
    "default",
    "documentation",
];
const KINDS: &[(&str, ExternalParamKind)] = &[
    ("number", ExternalParamKind::Number),
    ("integer", ExternalParamKind::Integer),
    ("boolean", ExternalParamKind::Boolean),
    ("string", ExternalParamKind::String),
    ("choice", ExternalParamKind::Choice),
    ("json", ExternalParamKind::Json),
];

/// Reads a list of specifications.
pub(super) fn read(text: &str) -> Result<Vec<ExternalSpec>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("externals: {error}"))?;
    let list = list(Some(&value), "externals")?;
    let specs = list.iter().enumerate();
    let specs = specs.map(|(index, spec)| {
        let spec = spec_of(spec, &format!("externals[{index}]"))?;
        check_spec(&spec).map(|()| spec)
    });
    specs.collect()
}

fn spec_of(value: &Value, path: &str) -> Result<ExternalSpec, String> {
    let map = object(value, path, FIELDS)?;
    let params = map.get("params").map(|value| {
        let params = list(Some(value), &format!("{path}.params"))?
            .iter()
            .enumerate();
        let params =
            params.map(|(index, param)| param_of(param, &format!("{path}.params[{index}]")));
        params.collect()
    });
    Ok(ExternalSpec {
        node_type: text(map, "node_type", path)?,
        aliases: texts(map, "aliases", path)?,
        summary: optional_text(map, "summary", path)?.unwrap_or_default(),
        executor: word(map, "executor", EXECUTORS, path)?,
        params: params.transpose()?,
        takes: carried(map, "takes", path)?,
        gives: carried(map, "gives", path)?,
        input: wish(map, "input", path)?,
        output: wish(map, "output", path)?,
    })
}

fn param_of(value: &Value, path: &str) -> Result<ExternalParam, String> {
    let map = object(value, path, PARAM_FIELDS)?;
    Ok(ExternalParam {
        name: text(map, "name", path)?,
        aliases: texts(map, "aliases", path)?,
        kind: word(map, "type", KINDS, path)?,
        min: number(map, "min", path)?,
        max: number(map, "max", path)?,
        options: texts(map, "options", path)?,
        default: map.get("default").cloned(),
        documentation: optional_text(map, "documentation", path)?.unwrap_or_default(),
    })
}

fn wish(map: &Map<String, Value>, name: &str, path: &str) -> Result<FormatWish, String> {
    let Some(value) = map.get(name) else {
        return Ok(FormatWish::default());
    };
    let path = format!("{path}.{name}");
    let map = object(value, &path, &["sample_rate", "channels"])?;
    let whole = |name: &str, most: f64| match number(map, name, &path)? {
        Some(number) if number.fract() != 0.0 || !(1.0..=most).contains(&number) => {
            Err(format!("{path}.{name}: {number} cannot be"))
        }
        number => Ok(number),
    };
    Ok(FormatWish {
        sample_rate: whole("sample_rate", 1e6)?.map(|rate| rate as u32),
        channels: whole("channels", 255.0)?.map(|channels| channels as u8),
    })
}

fn carried(
    map: &Map<String, Value>,
    name: &str,
    path: &str,
) -> Result<Option<Vec<Carried>>, String> {
    if !map.contains_key(name) {
        return Ok(None);
    }
    let words = texts(map, name, path)?;
    let kinds = words.iter().map(|word| {
        let kind = Carried::ALL.iter().find(|kind| kind.as_str() == word);
        kind.copied()
            .ok_or_else(|| format!("{path}.{name}: {} cannot be carried", quote(word)))
    });
    kinds.collect::<Result<Vec<_>, _>>().map(Some)
}

fn object<'a>(
    value: &'a Value,
    path: &str,
    known: &[&str],
) -> Result<&'a Map<String, Value>, String> {
    let map = value
        .as_object()
        .ok_or_else(|| format!("{path} is no object"))?;
    match map.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("{path} has no field {}", quote(name))),
        None => Ok(map),
    }
}

fn list<'a>(value: Option<&'a Value>, path: &str) -> Result<&'a [Value], String> {
    let list = value.map_or(Some(&[][..]), |value| value.as_array().map(Vec::as_slice));
    list.ok_or_else(|| format!("{path} is no list"))
}

fn texts(map: &Map<String, Value>, name: &str, path: &str) -> Result<Vec<String>, String> {
    let path = format!("{path}.{name}");
    let items = list(map.get(name), &path)?.iter();
    let texts = items.map(|item| item.as_str().map(str::to_owned));
    texts
        .collect::<Option<_>>()
        .ok_or_else(|| format!("{path} is no list of texts"))
}

fn text(map: &Map<String, Value>, name: &str, path: &str) -> Result<String, String> {
    optional_text(map, name, path)?.ok_or_else(|| format!("{path}.{name} is missing"))
}

fn optional_text(
    map: &Map<String, Value>,
    name: &str,
    path: &str,
) -> Result<Option<String>, String> {
    match map.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("{path}.{name} is no text")),
    }
}

fn number(map: &Map<String, Value>, name: &str, path: &str) -> Result<Option<f64>, String> {
    match map.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_f64()
            .map(Some)
            .ok_or_else(|| format!("{path}.{name} is no number")),
    }
}

fn word<T: Copy>(
    map: &Map<String, Value>,
    name: &str,
    words: &[(&str, T)],
    path: &str,
) -> Result<T, String> {
    let given = text(map, name, path)?;
    let found = words.iter().find(|(word, _)| *word == given);
    found
        .map(|&(_, value)| value)
        .ok_or_else(|| format!("{path}.{name}: {} is not known", quote(&given)))
}
