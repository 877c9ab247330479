//! Text to a tree of values, JSON or YAML, within limits and without repeated keys.
//!
//! A crate of its own because the parser of YAML is large: it is compiled for size where size counts.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Longest manifest that is read, in bytes.
pub const LONGEST_TEXT_BYTES: usize = 1 << 20;

/// Deepest nesting. A manifest needs seven levels; both parsers recurse, so they must be held back.
const DEEPEST: usize = 64;

/// Most values in a document, aliases written out: what stops an alias bomb.
const MOST_VALUES: usize = 100_000;

/// Why a text is no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It has so many bytes.
    TooLarge(usize),
    /// It is not valid JSON, or not valid YAML: the language, and what is wrong in words.
    Syntax(&'static str, String),
}

/// Reads the text as JSON where it begins with `{`, and as YAML otherwise.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Result<Value, Fault> {
    if text.len() > LONGEST_TEXT_BYTES {
        return Err(Fault::TooLarge(text.len()));
    }
    if text.trim_start().starts_with('{') {
        read_json(text).map_err(|message| Fault::Syntax("JSON", message))
    } else {
        read_yaml(text).map_err(|message| Fault::Syntax("YAML", message))
    }
}

fn read_json(text: &str) -> Result<Value, String> {
    // serde_json stops at 128 levels by itself.
    let tree: Tree = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(tree.0)
}

fn read_yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: Some(LONGEST_TEXT_BYTES),
            max_events: 2 * MOST_VALUES,
            max_nodes: MOST_VALUES,
            max_depth: DEEPEST,
            flow_nesting_limit: DEEPEST,
            max_documents: 1,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_merge_keys: 1_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MOST_VALUES,
        },
        // As in YAML 1.2: only `true` and `false`, so that a node may be called `on` or `no`.
        strict_booleans: true,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Tree>(text, options) {
        Ok(tree) => Ok(tree.0),
        Err(error) => Err(one_line(&error)),
    }
}

fn one_line(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let first = text.lines().next().unwrap_or("unreadable");
    let first = first.trim_end_matches('.');
    match error.location() {
        Some(place) if !first.contains("line ") => {
            format!("{first} at line {} column {}", place.line(), place.column())
        }
        _ => first.to_owned(),
    }
}

/// A JSON value that refuses what JSON texts may hold but nobody means: the same key twice, of which one
/// would silently win, and numbers that are not numbers.
struct Tree(Value);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor).map(Tree)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = serde_json::Number::from_f64(value);
        number
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Tree(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let Tree(value) = entries.next_value()?;
            if map.contains_key(&key) {
                return Err(de::Error::custom(format_args!(
                    "the key `{key}` stands twice"
                )));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
