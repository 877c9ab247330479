//! `${NAME}` and `${NAME:-default}` in a text, put in as values: nothing that stands in a variable can become a key, an item or a comment.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use granit_parser::ScalarStyle;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::marks;
use crate::place::Place;
use crate::walk::{BrokenOff, Spot, walk};

/// A reference that leads to no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadReference {
    /// Of the value that it stands in, as in `nodes[2].params.gain_db`.
    pub path: String,
    /// The reference as written, from `${`.
    pub written: String,
    /// What is wrong with it.
    pub reason: Reason,
    /// Where that value begins.
    pub place: Option<Place>,
}

/// Why a reference leads to no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The variable is not set and there is no default.
    Unset,
    /// It is written in no way that is known here.
    Malformed,
    /// The value has several lines or begins with blanks, and stands in a block (`|` or `>`), whose lines count.
    NotOneLine,
    /// It has a tag, as `!!int`, which makes another value of it than the variable has.
    Tagged,
    /// It stands, or may stand, in a part of the text that was not searched, because what is before it is no YAML.
    Unsearched,
}

/// A text whose references were replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpolated<'text> {
    /// The text.
    pub text: Cow<'text, str>,
    /// The values that hold something of a variable.
    pub replaced: Vec<Replaced>,
}

/// A value that came out of variables. One may be a secret: what shows the manifest shows it as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Replaced {
    /// Where it is in the tree, as in `nodes[2].params.gain_db`. What an alias stands for is there as well, and has an entry of its own.
    pub path: String,
    /// With the references.
    pub written: String,
    /// With what they stand for.
    pub value: String,
}

/// The text with every reference replaced in its values; keys and comments stay. `$${` stands for `${`. A value that is one
/// reference and nothing else, and not in single quotes, becomes a number, `true`, `false` or null where the variable spells one as
/// JSON does; every other remains text. A default is taken where the variable is not set, or empty. Lines remain where they are.
///
/// # Errors
/// All references that lead to no value.
pub fn interpolate<'text>(
    text: &'text str,
    environment: &BTreeMap<String, String>,
) -> Result<Interpolated<'text>, Vec<BadReference>> {
    let mut puts = Vec::new();
    let mut faults = Vec::new();
    let walked = walk(text, |spot| {
        if let Some((content, style)) = spot.scalar.filter(|(content, _)| content.contains("${")) {
            match put(&spot, content, style, text, environment) {
                Ok(put) => puts.push(put),
                Err((written, reason)) => faults.push(BadReference {
                    path: spot.path.to_owned(),
                    written,
                    reason,
                    place: Place::of(text, spot.value.start),
                }),
            }
        }
        true
    });
    if !faults.is_empty() {
        return Err(faults);
    }
    let new = match puts.is_empty() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(edited(text, puts.iter().map(|put| (&put.range, &*put.new)))),
    };
    if let Some(fault) = unsearched(text, &new, walked) {
        return Err(vec![fault]);
    }
    let replaced = marks::everywhere(text, puts);
    Ok(Interpolated {
        text: new,
        replaced,
    })
}

/// What is wrong where the walk broke off before a reference, though `new` can be read. Where it cannot, reading says what is wrong.
fn unsearched(text: &str, new: &str, walked: Result<(), BrokenOff>) -> Option<BadReference> {
    let BrokenOff(reached) = walked.err()?;
    let at = reached + text.get(reached..)?.find("${")?;
    let reference = &text[at..];
    let end = reference.find(['}', '\n']).map_or(2, |end| end + 1);
    crate::read(new).is_ok().then(|| BadReference {
        path: String::new(),
        written: reference[..end].trim_end().to_owned(),
        reason: Reason::Unsearched,
        place: Place::of(text, at),
    })
}

/// One value that holds references, and what takes its place.
pub(crate) struct Put {
    /// In the text.
    pub range: Range<usize>,
    /// As it is walked to.
    pub path: String,
    /// With the references.
    pub written: String,
    /// With what they stand for.
    pub value: String,
    /// What takes the place in the text.
    pub new: String,
    /// Whether it is a block (`|` or `>`).
    pub is_block: bool,
}

/// What takes the place of one value.
fn put(
    spot: &Spot<'_>,
    content: &str,
    style: ScalarStyle,
    text: &str,
    environment: &BTreeMap<String, String>,
) -> Result<Put, (String, Reason)> {
    let written = &text[spot.value.clone()];
    let value = substitute(content, environment)?;
    if spot.is_converted {
        return Err((content.to_owned(), Reason::Tagged));
    }
    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    let new = if is_block {
        let new = substitute(written, environment)?;
        if !has_same_lines(&new, written) {
            return Err((content.trim_end().to_owned(), Reason::NotOneLine));
        }
        new
    } else {
        let is_one_reference =
            content.starts_with("${") && content.find('}') == Some(content.len() - 1);
        let is_text = style == ScalarStyle::SingleQuoted || !is_one_reference || !is_plain(&value);
        let new = match is_text {
            true => quoted(&value),
            false => value.clone(),
        };
        with_lines_of(written, new)
    };
    Ok(Put {
        range: spot.value.clone(),
        path: spot.path.to_owned(),
        written: content.to_owned(),
        value,
        new,
        is_block,
    })
}

/// A quoted text over several lines becomes one of one line; the lines after it stay where they were.
pub(crate) fn with_lines_of(written: &str, new: String) -> String {
    new + &"\n".repeat(written.matches('\n').count())
}

/// Whether the lines of a block are as many as before, and indented as before: by them the block is told from what follows.
fn has_same_lines(new: &str, written: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let (new, written) = (new.split('\n'), written.split('\n'));
    new.clone().count() == written.clone().count()
        && new.zip(written).all(|(new, written)| {
            indent(new) == indent(written)
                && new.matches('\r').count() == written.matches('\r').count()
        })
}

/// Whether it is a number that survives being one, `true`, `false` or null, written as JSON writes it.
fn is_plain(value: &str) -> bool {
    /// Beyond it, doubles skip whole numbers.
    const LARGEST_WHOLE: u64 = 1 << 53;
    let Ok(plain) = serde_json::from_str::<Value>(value) else {
        return false;
    };
    let is_exact = plain
        .as_i64()
        .is_none_or(|number| number.unsigned_abs() <= LARGEST_WHOLE)
        && plain.as_u64().is_none_or(|number| number <= LARGEST_WHOLE);
    let written = plain.to_string();
    !plain.is_string() && is_exact && written == value
}

/// As JSON, which YAML reads as well.
pub(crate) fn quoted(value: &str) -> String {
    Value::from(value).to_string()
}

fn substitute(
    content: &str,
    environment: &BTreeMap<String, String>,
) -> Result<String, (String, Reason)> {
    let mut result = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            result.push_str(&rest[..at - 1]);
            result.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        result.push_str(&rest[..at]);
        let reference = &rest[at..];
        let end = reference.find('}').unwrap_or(reference.len());
        let fault = |reason| {
            (
                reference[..(end + 1).min(reference.len())].to_owned(),
                reason,
            )
        };
        let inside = reference.get(2..end).filter(|_| end < reference.len());
        let (name, default) = match inside.map(|inside| inside.split_once(":-")) {
            Some(Some((name, default))) => (name, Some(default)),
            Some(None) => (inside.unwrap_or_default(), None),
            None => return Err(fault(Reason::Malformed)),
        };
        if !is_name(name) {
            return Err(fault(Reason::Malformed));
        }
        let value = environment.get(name).map(String::as_str);
        let value = match default {
            Some(default) => value.filter(|value| !value.is_empty()).unwrap_or(default),
            None => value.ok_or_else(|| fault(Reason::Unset))?,
        };
        result.push_str(value);
        rest = &reference[end + 1..];
    }
    result.push_str(rest);
    Ok(result)
}

/// As POSIX names variables.
fn is_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

pub(crate) fn edited<'put>(
    text: &str,
    edits: impl Iterator<Item = (&'put Range<usize>, impl AsRef<str>)>,
) -> String {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in edits {
        result.push_str(&text[done..range.start]);
        result.push_str(new.as_ref());
        done = range.end;
    }
    result.push_str(&text[done..]);
    result
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn environment() -> BTreeMap<String, String> {
        let entries = [
            ("RATE", "16000"),
            ("NAME", "front door"),
            ("EVIL", "x, y: 1} # \"'\n- z"),
            ("EMPTY", ""),
        ];
        entries
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    }

    fn text(text: &str) -> Cow<'_, str> {
        interpolate(text, &environment()).unwrap().text
    }

    fn read(before: &str) -> Value {
        crate::read(&text(before)).unwrap()
    }

    fn faults(text: &str) -> Vec<BadReference> {
        interpolate(text, &environment()).unwrap_err()
    }

    #[test]
    fn variables_and_defaults_take_the_place_of_references() {
        let text =
            "a: ${NAME}\nb: at the ${NAME}, ${MORE:-or so}\nc: ${EMPTY:-full}\nd: ${EMPTY}\n";
        let expected =
            json!({"a": "front door", "b": "at the front door, or so", "c": "full", "d": ""});
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_value_that_is_one_reference_takes_the_type_of_what_it_stands_for() {
        let yaml = "a: ${RATE}\nb: {c: \"${RATE}\", d: \"${ON:-true}\"}\ne: ${RATE} Hz\nf: !!str ${RATE}\n";
        let expected =
            json!({"a": 16000, "b": {"c": 16000, "d": true}, "e": "16000 Hz", "f": "16000"});
        assert_eq!(read(yaml), expected);
        assert_eq!(read("{\"a\": \"${GAIN:--6.5}\"}"), json!({"a": -6.5}));
    }

    #[test]
    fn single_quotes_and_numbers_that_doubles_would_change_keep_it_text() {
        let variables = [
            ("BIG", "12345678901234567890"),
            ("POWER", "1e5"),
            ("BLANK", " 6"),
        ];
        let environment = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let text = "a: '${SIX:-6}'\nb: ${BIG}\nc: ${POWER}\nd: ${BLANK}\n";
        let new = interpolate(text, &environment.into()).unwrap().text;
        let expected = json!({"a": "6", "b": "12345678901234567890", "c": "1e5", "d": " 6"});
        assert_eq!(crate::read(&new).unwrap(), expected);
    }

    #[test]
    fn a_block_keeps_its_lines_and_its_indentation() {
        for evil in ["x\r  pin: 1", "  x", "x\ny"] {
            let environment = BTreeMap::from([("X".to_owned(), evil.to_owned())]);
            let faults = interpolate("a: |\n  ${X}\nb: 1\n", &environment).unwrap_err();
            assert_eq!(faults[0].reason, Reason::NotOneLine);
        }
    }

    #[test]
    fn whatever_a_variable_holds_stays_one_value() {
        let evil = &environment()["EVIL"];
        assert_eq!(read("a: ${EVIL}\nb: 2\n"), json!({"a": evil, "b": 2}));
        assert_eq!(read("{\"a\": [\"${EVIL}\"]}"), json!({"a": [evil]}));
        assert_eq!(read("a: [\"${EVIL}\", 2]\n"), json!({"a": [evil, 2]}));
    }

    #[test]
    fn keys_comments_and_doubled_dollars_stay() {
        assert_eq!(
            read("# ${NOT}\n\"${KEY}\": 1 # ${NOT}\n"),
            json!({"${KEY}": 1})
        );
        assert_eq!(
            read("a: $${NAME} costs 5$\n"),
            json!({"a": "${NAME} costs 5$"})
        );
        assert!(matches!(text("a: 1\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_stay_where_they_are() {
        let before = "a: |\n  hello ${NAME}\n  bye\nb: \"one\n  ${NAME}\"\nc: [\n  \"${RATE}\"]\n";
        let new = text(before);
        assert_eq!(new.lines().count(), before.lines().count());
        let expected = json!({"a": "hello front door\nbye\n", "b": "one front door", "c": [16000]});
        assert_eq!(crate::read(&new).unwrap(), expected);
        assert!(new.lines().nth(6).unwrap().starts_with("  16000"));
    }

    #[test]
    fn what_came_out_of_variables_is_known_as_it_was_written() {
        let source = "a: to the ${NAME}\nb: $${NAME}\nc: !!str ${RATE}\nd: |\n  ${NAME}\n";
        let replaced = interpolate(source, &environment()).unwrap().replaced;
        let pairs: Vec<_> = replaced
            .iter()
            .map(|it| (it.path.as_str(), it.written.as_str(), it.value.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("a", "to the ${NAME}", "to the front door"),
                ("b", "$${NAME}", "${NAME}"),
                ("c", "${RATE}", "16000"),
                ("d", "${NAME}\n", "front door\n"),
            ]
        );
    }

    #[test]
    fn every_reference_that_leads_nowhere_is_told_with_its_place() {
        let found =
            faults("a: ${NO}\nb:\n  - ${RATE\n  - ${2X}\n  - ${A:?needed}\nc: |\n  ${EVIL}\n");
        let told: Vec<_> = found
            .iter()
            .map(|fault| (fault.path.as_str(), fault.reason, fault.place.unwrap().line))
            .collect();
        assert_eq!(
            told,
            [
                ("a", Reason::Unset, 1),
                ("b[0]", Reason::Malformed, 3),
                ("b[1]", Reason::Malformed, 4),
                ("b[2]", Reason::Malformed, 5),
                ("c", Reason::NotOneLine, 7),
            ]
        );
        assert_eq!(found[0].written, "${NO}");
        assert_eq!(found[1].written, "${RATE");
    }

    fn paths(source: &str) -> Vec<String> {
        let replaced = interpolate(source, &environment()).unwrap().replaced;
        replaced.into_iter().map(|it| it.path).collect()
    }

    #[test]
    fn what_came_out_of_variables_is_known_wherever_it_went() {
        assert_eq!(paths("a: [1, {b.c: '${NAME}'}]\n"), ["a[1].b.c"]);
        assert_eq!(paths("{\"a\": {\"\\u0062\": \"${NAME}\"}}"), ["a.b"]);
        assert_eq!(
            paths("a: &x {b: \"${NAME}\"}\nc: *x\nd: [&y \"${RATE}\", *y]\n"),
            ["a.b", "c.b", "d[0]", "d[1]"]
        );
        assert_eq!(
            paths("a: &x {b: \"${NAME}\", c: 1}\nd: {<<: *x, b: 2}\ne: {<<: [*x], c: 2}\n"),
            ["a.b", "e.b"]
        );
    }

    #[test]
    fn what_cannot_be_searched_to_its_end_is_not_taken_as_free_of_references() {
        let found = faults("{\"a\": \"\u{7f}\",\n \"b\": \"${NAME}\"}");
        let place = found[0].place.unwrap();
        assert_eq!(
            (found[0].reason, place.line, place.column),
            (Reason::Unsearched, 2, 8)
        );
        assert_eq!(found[0].written, "${NAME}");
        assert_eq!(text("{\"a\": \"\u{7f}\"}"), "{\"a\": \"\u{7f}\"}");
        let long = format!("{{\"{}\": \"${{RATE}}\"}}", "k".repeat(2_000));
        assert_eq!(read(&long)["k".repeat(2_000)], 16_000);
    }

    #[test]
    fn a_tag_that_would_make_another_value_of_it_is_refused() {
        assert_eq!(faults("a: !!int \"${RATE}\"\n")[0].reason, Reason::Tagged);
        assert_eq!(read("a: !mine ${RATE}\n"), json!({"a": 16000}));
    }

    #[test]
    fn a_text_that_cannot_be_read_is_left_to_the_reader() {
        assert!(interpolate("{\"a\": \"${NAME}\"", &environment()).is_ok());
        assert!(interpolate("", &environment()).is_ok());
    }
}
