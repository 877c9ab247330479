//! Paths to lines and columns.

use std::collections::HashMap;

use serde::Serialize;

use crate::walk::walk;

/// Where something begins in a text: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// Which end of an entry is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// Its name, because that is what is wrong.
    Key,
    /// What it holds.
    Value,
}

/// What some editors put in front of a text; no part of it.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

impl Place {
    /// `None` where a parser does not know, which it says by a 0.
    pub(crate) fn new(line: usize, column: usize) -> Option<Self> {
        let place = Self {
            line: line.try_into().ok()?,
            column: column.try_into().ok()?,
        };
        (place.line > 0 && place.column > 0).then_some(place)
    }

    /// Whether a reference to a variable begins here, or one character before: its `{` is what parsers stop at.
    pub(crate) fn is_of_reference(self, text: &str) -> bool {
        let line = text.lines().nth(self.line as usize - 1).unwrap_or_default();
        let begins_after = |characters: usize| {
            let mut rest = line.char_indices();
            rest.nth(characters)
                .is_some_and(|(at, _)| line[at..].starts_with("${"))
        };
        let before = self.column as usize - 1;
        begins_after(before) || before > 0 && begins_after(before - 1)
    }

    /// Of a byte of the text.
    pub(crate) fn of(text: &str, byte: usize) -> Option<Self> {
        let before = text.get(..byte)?.trim_start_matches(BYTE_ORDER_MARK);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count();
        Self::new(line + 1, before[line_start..].chars().count() + 1)
    }
}

/// The places of these paths. What is not there, because it is missing or comes from an alias, is found at the nearest that it would
/// be a part of. `None` where the text cannot be read that far.
pub fn places(text: &str, wanted: &[(&str, Aim)]) -> Vec<Option<Place>> {
    let mut found: HashMap<&str, Option<(usize, usize)>> = HashMap::new();
    for (path, _) in wanted {
        found.extend(and_around(path).map(|path| (path, None)));
    }
    // What lies beyond the end of a walk that broke off is found at what it would be a part of.
    let _ = walk(text, |spot| {
        let Some(place) = found.get_mut(spot.path) else {
            return false;
        };
        let value = spot.value.start;
        let key = spot.key.map_or(value, |key| key.start);
        // Of a key that stands twice, the first: the text is refused for it anyway.
        place.get_or_insert((key, value));
        true
    });
    let place = |&(path, aim): &(&str, Aim)| {
        let (key, value) = and_around(path).find_map(|path| found[path])?;
        let is_there = found[path].is_some();
        Place::of(
            text,
            if aim == Aim::Key && is_there {
                key
            } else {
                value
            },
        )
    };
    wanted.iter().map(place).collect()
}

/// A path, what it is a part of, and so on to the whole, which is the empty path.
fn and_around(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        (!path.is_empty()).then(|| &path[..path.rfind(['.', '[']).unwrap_or(0)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, path: &str, aim: Aim) -> (u32, u32) {
        let place = places(text, &[(path, aim)])[0].unwrap();
        (place.line, place.column)
    }

    const YAML: &str = "\
# a comment: { not: counted }
version: v1
nodes:
  - id: first
    \"params\": { gain_db: 6, 'über': [1, 2] }
  - &shared { id: second,
      params: {x: 1} }
  - *shared
text: |
  nodes: none
";

    #[test]
    fn values_and_keys_are_found_in_block_and_flow_style() {
        assert_eq!(at(YAML, "version", Aim::Value), (2, 10));
        assert_eq!(at(YAML, "version", Aim::Key), (2, 1));
        assert_eq!(at(YAML, "nodes[0]", Aim::Value), (4, 5));
        assert_eq!(at(YAML, "nodes[0].params.gain_db", Aim::Value), (5, 26));
        assert_eq!(at(YAML, "nodes[0].params.gain_db", Aim::Key), (5, 17));
        assert_eq!(at(YAML, "nodes[0].params.über[1]", Aim::Value), (5, 41));
        assert_eq!(at(YAML, "nodes[1].params.x", Aim::Key), (7, 16));
        assert_eq!(at(YAML, "text", Aim::Key), (9, 1));
    }

    #[test]
    fn what_is_missing_is_found_where_it_would_stand() {
        assert_eq!(at(YAML, "nodes[0].node_type", Aim::Value), (4, 5));
        assert_eq!(at(YAML, "nodes[1].execution.retry", Aim::Key), (6, 13));
        assert_eq!(at(YAML, "metadata.name", Aim::Value), (2, 1));
    }

    #[test]
    fn what_an_alias_stands_for_is_found_at_the_alias() {
        assert_eq!(at(YAML, "nodes[2].params.x", Aim::Value), (8, 5));
    }

    #[test]
    fn json_is_found_as_well_with_tabs_and_escapes() {
        let text = "{\n\t\"no\\u0064es\": [\n\t\t{\"id\":\t\"\\ud83d\\ude00\", \"params\": null}\n\t]\n}\n";
        assert_eq!(at(text, "nodes[0].id", Aim::Value), (3, 10));
        assert_eq!(at(text, "nodes[0].params", Aim::Key), (3, 26));
    }

    #[test]
    fn lines_may_end_as_on_windows() {
        assert_eq!(at("a: 1\r\nb:\r\n  c: 2\r\n", "b.c", Aim::Value), (3, 6));
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        assert_eq!(at("\u{feff}a: 1\nb: 2\n", "a", Aim::Value), (1, 4));
        assert_eq!(at("\u{feff}a: 1\nb: 2\n", "b", Aim::Value), (2, 4));
        assert_eq!(at("\u{feff}{\"a\": 1}\n", "a", Aim::Key), (1, 2));
    }

    #[test]
    fn long_keys_end_no_walk() {
        let text = format!("{{\"{}\": 1, \"b\": 2}}", "k".repeat(2_000));
        assert_eq!(at(&text, "b", Aim::Value).0, 1);
        assert_ne!(at(&text, "b", Aim::Value), (1, 1));
    }

    #[test]
    fn a_text_that_breaks_off_gives_the_places_before() {
        let text = "a: 1\nb: [1, 2\nc: 3\n";
        let found = places(text, &[("a", Aim::Value), ("b[1]", Aim::Value)]);
        assert_eq!(found[0], Place::new(1, 4));
        assert_eq!(places("", &[("a", Aim::Value)]), [None]);
    }
}
