//! Where the values of a text stand: one pass over the parser's events, without building a tree.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};

/// A value of the text. Ranges are in bytes.
pub(crate) struct Spot<'a> {
    /// As in complaints: `nodes[2].params.gain_db`; empty for the whole.
    pub path: &'a str,
    /// Of the key before it; a list's items have none.
    pub key: Option<Range<usize>>,
    /// Of the value, or of the bracket that opens it; of an alias, not of what it stands for.
    pub value: Range<usize>,
    /// What is written there and how, where it is neither list nor map.
    pub scalar: Option<(&'a str, ScalarStyle)>,
}

/// A list or map that is not closed yet, and how long its own path is.
enum Open {
    List {
        path_bytes: usize,
        next: usize,
    },
    Map {
        path_bytes: usize,
        key: Option<Range<usize>>,
    },
}

/// Visits every value, from the outside in, in the order of the text; what is in a list or map only where `visit` says so. JSON is read as the YAML that it nearly is. Ends early where the
/// parser does, or at a key that is no text: reading the text into a tree says what is wrong there.
pub(crate) fn walk(text: &str, mut visit: impl FnMut(Spot<'_>) -> bool) {
    let mut path = String::new();
    let mut open: Vec<Open> = Vec::new();
    // How deep in what nobody wants to see.
    let mut hidden = 0;
    for result in Parser::new_from_str(text) {
        let Ok((event, span)) = result else { return };
        let opens = matches!(event, Event::SequenceStart(..) | Event::MappingStart(..));
        let closes = matches!(event, Event::SequenceEnd | Event::MappingEnd);
        match (hidden > 0, closes) {
            (true, _) => hidden = hidden + usize::from(opens) - usize::from(closes),
            (false, true) => drop(open.pop()),
            (false, false) => {}
        }
        if hidden > 0 || closes || !event.is_node() {
            continue;
        }
        let Some(range) = span.byte_range() else {
            return;
        };
        let key = match open.last_mut() {
            None => None,
            Some(Open::List { path_bytes, next }) => {
                path.truncate(*path_bytes);
                path.push_str(&format!("[{next}]"));
                *next += 1;
                None
            }
            Some(Open::Map { path_bytes, key }) => match key.take() {
                None => {
                    let name = match &event {
                        Event::Scalar(name, ..) => name.as_ref(),
                        Event::Alias(_) => "*",
                        _ => return,
                    };
                    path.truncate(*path_bytes);
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                    *key = Some(range);
                    continue;
                }
                found => found,
            },
        };
        let is_wanted = visit(Spot {
            path: &path,
            key,
            value: range,
            scalar: event.scalar(),
        });
        if opens && !is_wanted {
            hidden = 1;
            continue;
        }
        let path_bytes = path.len();
        match event {
            Event::SequenceStart(..) => open.push(Open::List {
                path_bytes,
                next: 0,
            }),
            Event::MappingStart(..) => open.push(Open::Map {
                path_bytes,
                key: None,
            }),
            _ => {}
        }
    }
}
