//! Reading the fields of one object of a manifest, complaint by complaint.

use serde_json::{Map, Value};

use crate::complaint::{Complaints, code, quote};
use crate::nearest::nearest;
use crate::params::snake_case;

/// What people write for a field whose name in v1 is another.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("config", "params"),
    ("edges", "connections"),
    ("source", "from"),
    ("destination", "to"),
    ("target", "to"),
    ("type", "node_type"),
];

/// An object of the manifest and where it stands.
pub(super) struct Fields<'a> {
    pub map: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    /// `value` as an object whose fields are all among `known`; complains about anything else.
    pub fn read(
        value: &'a Value,
        path: String,
        known: &[&str],
        complaints: &mut Complaints,
    ) -> Option<Self> {
        let Value::Object(map) = value else {
            wrong_type(&path, "an object", value, complaints);
            return None;
        };
        let fields = Self { map, path };
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            if complaints.is_full() {
                break;
            }
            let snake = snake_case(name);
            let other = OTHER_NAMES.iter().find(|(wrong, _)| *wrong == snake);
            let meant = other
                .map(|&(_, right)| right)
                .filter(|right| known.contains(right))
                .or_else(|| nearest(&snake, known.iter().copied()));
            complaints.add(
                fields.path(name),
                code::UNKNOWN_FIELD,
                format!("There is no field {}.", quote(name)),
                match meant {
                    Some(meant) => format!("Did you mean `{meant}`?"),
                    None => format!("Known fields: {}.", known.join(", ")),
                },
            );
        }
        Some(fields)
    }

    /// Path of a field of this object.
    pub fn path(&self, name: &str) -> String {
        let name = quote(name);
        let name = name.trim_matches('`');
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// A text that must be there.
    pub fn required_text(&self, name: &str, complaints: &mut Complaints) -> Option<&'a str> {
        if !self.map.contains_key(name) {
            complaints.add(
                self.path(name),
                code::MISSING_FIELD,
                format!("`{name}` is missing."),
                format!("Add `{name}`."),
            );
        }
        self.text(name, complaints)
    }

    /// A text that may be absent.
    pub fn text(&self, name: &str, complaints: &mut Complaints) -> Option<&'a str> {
        match self.map.get(name)? {
            Value::String(text) => Some(text),
            other => {
                wrong_type(&self.path(name), "text", other, complaints);
                None
            }
        }
    }

    /// One of `words`, or absent.
    pub fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
        complaints: &mut Complaints,
    ) -> Option<T> {
        let text = self.text(name, complaints)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            unknown_choice(&self.path(name), text, &words, complaints);
        }
        found.map(|&(_, value)| value)
    }

    /// True or false; absent is false.
    pub fn flag(&self, name: &str, complaints: &mut Complaints) -> bool {
        match self.map.get(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                wrong_type(&self.path(name), "true or false", other, complaints);
                false
            }
        }
    }

    /// A number greater than 0, or absent.
    pub fn positive_number(&self, name: &str, complaints: &mut Complaints) -> Option<f64> {
        let value = self.map.get(name)?;
        let Some(number) = value.as_f64() else {
            wrong_type(&self.path(name), "a number", value, complaints);
            return None;
        };
        if number <= 0.0 {
            let message = format!("{number} is out of range.");
            let hint = "Give a number greater than 0.";
            complaints.add(self.path(name), code::OUT_OF_RANGE, message, hint);
        }
        Some(number)
    }

    /// A list; `None` where absent. Longer than `most` is a complaint, and nothing of it is read.
    pub fn list(
        &self,
        name: &str,
        most: usize,
        complaints: &mut Complaints,
    ) -> Option<&'a [Value]> {
        match self.map.get(name)? {
            Value::Array(items) if items.len() <= most => Some(items),
            Value::Array(items) => {
                let message = format!("`{name}` has {} entries.", items.len());
                let hint = format!("At most {most} are permitted.");
                complaints.add(self.path(name), code::TOO_LARGE, message, hint);
                None
            }
            other => {
                wrong_type(&self.path(name), "a list", other, complaints);
                None
            }
        }
    }

    /// Complains where a field is present and is not what `is_right` wants (`wanted` in words).
    pub fn check(
        &self,
        name: &str,
        wanted: &str,
        is_right: fn(&Value) -> bool,
        complaints: &mut Complaints,
    ) {
        if let Some(value) = self.map.get(name).filter(|value| !is_right(value)) {
            wrong_type(&self.path(name), wanted, value, complaints);
        }
    }
}

/// Complains that `value` is not `wanted`.
pub(super) fn wrong_type(path: &str, wanted: &str, value: &Value, complaints: &mut Complaints) {
    let message = format!("Expected {wanted}, found {}.", describe(value));
    let hint = match (wanted, value) {
        ("text", Value::Number(number)) => format!("Write it in quotes: \"{number}\"."),
        ("text", Value::Bool(flag)) => format!("Write it in quotes: \"{flag}\"."),
        (_, Value::String(text)) if wanted.contains("number") && text.parse::<f64>().is_ok() => {
            format!("Write it without quotes: {}.", text.trim())
        }
        _ => format!("Give {wanted}."),
    };
    complaints.add(path, code::WRONG_TYPE, message, hint);
}

/// Complains that `word` is none of `words`.
pub(super) fn unknown_choice(path: &str, word: &str, words: &[&str], complaints: &mut Complaints) {
    let list = words.join(", ");
    complaints.add(
        path,
        code::UNKNOWN_CHOICE,
        format!("{} is not a choice here.", quote(word)),
        match nearest(word, words.iter().copied()) {
            Some(meant) => format!("Did you mean `{meant}`? The choices: {list}."),
            None => format!("The choices: {list}."),
        },
    );
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("the text {}", quote(text)),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    }
}
