//! Text to a tree of values, JSON or YAML, within limits and without repeated keys.
//!
//! A crate of its own because the parser of YAML is large: it is compiled for size where size counts.

mod interpolation;
mod marks;
mod place;
mod walk;
mod yaml;

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

pub use interpolation::{BadReference, Interpolated, Reason, Replaced, interpolate};
use place::BYTE_ORDER_MARK;
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

/// Reads the text as JSON, where it begins with `{` and is JSON, and as YAML otherwise, whose flow style begins so too.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str) -> Result<Value, Fault> {
    if text.len() > LONGEST_TEXT_BYTES {
        return Err(Fault::TooLarge(text.len()));
    }
    read_whole(text)
}

/// The same, however long it is.
fn read_whole(text: &str) -> Result<Value, Fault> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let read = match text.trim_start().strip_prefix('{') {
        None => yaml::read(text),
        Some(inside) => read_json(text).or_else(|no_json| {
            let is_meant_as_json = inside.trim_start().starts_with(['"', '}']) || inside.is_empty();
            yaml::read(text).map_err(|no_yaml| if is_meant_as_json { no_json } else { no_yaml })
        }),
    };
    read.map_err(|mut fault| {
        if let Fault::Syntax {
            message,
            place: Some(place),
            ..
        } = &mut fault
            && place.is_of_reference(text)
        {
            *message = "a reference within `{ }` or `[ ]` takes quotes: \"${NAME}\"".into();
        }
        fault
    })
}

fn read_json(text: &str) -> Result<Value, Fault> {
    let tree: Result<Tree, _> = serde_json::from_str(text);
    tree.map(|tree| tree.0).map_err(|error| {
        let words = error.to_string();
        Fault::Syntax {
            language: "JSON",
            message: match without_place(&words) {
                "recursion limit exceeded" => "it is nested too deep".into(),
                words => words.to_owned(),
            },
            place: Place::new(error.line(), error.column()),
        }
    })
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fault(text: &str) -> (&'static str, String, (u32, u32)) {
        match read(text).unwrap_err() {
            Fault::Syntax {
                language,
                message,
                place,
            } => (
                language,
                message,
                place.map_or((0, 0), |place| (place.line, place.column)),
            ),
            Fault::TooLarge(bytes) => panic!("{bytes} bytes"),
        }
    }

    #[test]
    fn flow_style_is_yaml_though_it_begins_as_json_does() {
        let expected = json!({"version": "v1", "nodes": [{"id": "a"}]});
        assert_eq!(read("{version: v1, nodes: [{id: a}]}\n").unwrap(), expected);
        assert_eq!(
            read("{\n  \"version\": v1, # said\n  nodes: [{id: 'a'}],\n}\n").unwrap(),
            expected
        );
    }

    #[test]
    fn what_is_neither_is_refused_as_what_it_was_meant_to_be() {
        assert_eq!(fault("{\"a\": 1,\n \"b\" \"c\"}").0, "JSON");
        assert_eq!(fault("{").0, "JSON");
        assert_eq!(fault("{a: 1,\n b: [}\n").0, "YAML");
    }

    #[test]
    fn a_reference_that_lacks_quotes_is_known_as_what_it_is() {
        let message = "a reference within `{ }` or `[ ]` takes quotes: \"${NAME}\"";
        for text in [
            "a: {b: ${X}, c: 1}\n",
            "a: [\n  1, ${X:-2}]\n",
            "{a: ${X}}\n",
            "{\"a\": ${X}}\n",
            "a: {b: at ${X}}\n",
        ] {
            assert_eq!(fault(text).1, message, "{text}");
        }
        assert_ne!(fault("a: \"${X}\"\nb: [\n").1, message);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_text() {
        assert_eq!(read("\u{feff}{\"a\": 1}").unwrap(), json!({"a": 1}));
        assert_eq!(read("\u{feff}a: 1\n").unwrap(), json!({"a": 1}));
        assert_eq!(fault("\u{feff}{\"a\": ]").2, (1, 7));
        assert_eq!(fault("\u{feff}a: 1\na: 2\n").2, (2, 1));
    }
}
