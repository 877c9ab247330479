//! Text to a tree of values, JSON or YAML, within limits and without repeated keys.
//!
//! A crate of its own because the parser of YAML is large: it is compiled for size where size counts.

mod interpolation;
mod place;
mod walk;

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

pub use interpolation::{BadReference, Interpolated, Reason, Replaced, interpolate};
pub use place::{Aim, Place, places};

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
    /// It is not valid JSON, or not valid YAML.
    Syntax {
        /// `JSON` or `YAML`.
        language: &'static str,
        /// What is wrong, in words.
        message: String,
        /// Where, if known.
        place: Option<Place>,
    },
}

/// Reads the text as JSON where it begins with `{`, and as YAML otherwise.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Result<Value, Fault> {
    if text.len() > LONGEST_TEXT_BYTES {
        return Err(Fault::TooLarge(text.len()));
    }
    if is_json(text) {
        read_json(text)
    } else {
        read_yaml(text)
    }
}

/// JSON begins with `{`; a manifest is an object.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

fn read_json(text: &str) -> Result<Value, Fault> {
    // serde_json stops at 128 levels by itself.
    let tree: Result<Tree, _> = serde_json::from_str(text);
    tree.map(|tree| tree.0).map_err(|error| Fault::Syntax {
        language: "JSON",
        message: without_place(&error.to_string()).to_owned(),
        place: Place::new(error.line(), error.column()),
    })
}

fn read_yaml(text: &str) -> Result<Value, Fault> {
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
    let tree: Result<Tree, _> = serde_saphyr::from_str_with_options(text, options);
    tree.map(|tree| tree.0).map_err(|error| Fault::Syntax {
        language: "YAML",
        message: first_line(&error),
        place: error
            .location()
            .and_then(|place| Place::new(place.line() as usize, place.column() as usize)),
    })
}

fn first_line(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let first = text.lines().next().unwrap_or("unreadable");
    without_place(first.trim_end_matches('.')).to_owned()
}

/// Parsers say the place in words too, which is one time too many.
fn without_place(message: &str) -> &str {
    match message.rsplit_once(" at line ") {
        Some((before, place)) if place.starts_with(|c: char| c.is_ascii_digit()) => before,
        _ => message,
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
