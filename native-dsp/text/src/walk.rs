//! Where the values of a text stand: one pass over the parser's events, without building a tree.

use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle};

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
    /// Whether a tag, as `!!int`, makes a scalar something else than what is written or a text.
    pub is_converted: bool,
}

/// The walk ended here, before the text did; a byte of the text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BrokenOff(pub usize);

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

/// Visits every value, from the outside in, in the order of the text; what is in a list or map only where `visit` says so. JSON is read as
/// the YAML that it nearly is.
///
/// # Errors
/// Where the parser ends before the text, or at a key that is no text. A text that can be read into a tree may still hold what ends the
/// walk: control characters that JSON permits and YAML does not.
pub(crate) fn walk(text: &str, mut visit: impl FnMut(Spot<'_>) -> bool) -> Result<(), BrokenOff> {
    let mut path = String::new();
    let mut open: Vec<Open> = Vec::new();
    // How deep in what nobody wants to see.
    let mut hidden = 0;
    let mut reached = 0;
    // JSON knows no longest key.
    let mut options = Options::default();
    options.simple_key_max_lookahead = text.len();
    for result in Parser::new_from_str_with_options(text, options) {
        let Ok((event, span)) = result else {
            return Err(BrokenOff(reached));
        };
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
            return Err(BrokenOff(reached));
        };
        reached = if opens { range.start } else { range.end };
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
                        _ => return Err(BrokenOff(reached)),
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
            is_converted: is_converted(&event),
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
    Ok(())
}

fn is_converted(event: &Event<'_>) -> bool {
    let Event::Scalar(.., Some(tag)) = event else {
        return false;
    };
    ["int", "float", "bool", "null", "binary"].contains(&tag.suffix())
}
