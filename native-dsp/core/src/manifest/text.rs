//! Text to a tree of values; what is wrong with it becomes a complaint.

use std::collections::BTreeMap;

pub use remotemedia_text::LONGEST_TEXT_BYTES;
use remotemedia_text::{BadReference, Fault, Interpolated, Reason};
use serde_json::Value;

use crate::complaint::{Complaint, Complaints, code, harmless, quote};

/// Reads the text, as [`remotemedia_text::read`] does it.
pub(super) fn read(text: &str, complaints: &mut Complaints) -> Option<Value> {
    match remotemedia_text::read(text) {
        Ok(value) => return Some(value),
        Err(Fault::TooLarge(bytes)) => complaints.add(
            "",
            code::TOO_LARGE,
            format!("The manifest has {bytes} bytes."),
            format!("At most {LONGEST_TEXT_BYTES} are permitted."),
        ),
        Err(Fault::Syntax {
            language,
            message,
            place,
        }) => complaints.push(Complaint {
            place,
            ..Complaint::new(
                "",
                code::SYNTAX,
                format!("This is not valid {language}: {}.", harmless(&message)),
                "Mend the text at that place; a manifest is a JSON or YAML object.",
            )
        }),
    }
    None
}

/// The text with `${NAME}` and `${NAME:-default}` in its values replaced from `environment`, as [`remotemedia_text::interpolate`]
/// does it. For manifests of one's own alone: one that came over the network could read out whatever is in there.
///
/// # Errors
/// A complaint, `bad_reference`, for each that leads to no value.
pub fn interpolate<'text>(
    text: &'text str,
    environment: &BTreeMap<String, String>,
) -> Result<Interpolated<'text>, Vec<Complaint>> {
    let result = remotemedia_text::interpolate(text, environment);
    result.map_err(|references| {
        let mut complaints = Complaints::default();
        references
            .into_iter()
            .for_each(|reference| complaints.push(complaint_about(reference)));
        complaints.into_vec()
    })
}

fn complaint_about(reference: BadReference) -> Complaint {
    let written = quote(&reference.written);
    let (message, hint) = match reference.reason {
        Reason::Unset => (
            format!("The variable of {written} is not set."),
            "Set it, or give a default: `${NAME:-default}`.",
        ),
        Reason::Malformed => (
            format!("The reference {written} is not understood."),
            "Write `${NAME}` or `${NAME:-default}`, and `$${` for the characters themselves.",
        ),
        Reason::NotOneLine => (
            format!(
                "A variable in {written} has several lines, or begins with blanks, which this block has no place for."
            ),
            "Write the value in double quotes instead.",
        ),
        Reason::Tagged => (
            format!("{written} has a tag (`!!`) that would make another value of it."),
            "Take the tag out: a reference takes the type of what it stands for.",
        ),
        Reason::Unsearched => (
            format!(
                "The reference {written} is not replaced: what stands before it is JSON, but no YAML."
            ),
            "Write control characters before it as escapes, as in `\\u007f`.",
        ),
    };
    Complaint {
        place: reference.place,
        ..Complaint::new(reference.path, code::BAD_REFERENCE, message, hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        let mut complaints = Complaints::default();
        assert_eq!(read(text, &mut complaints), None, "{text:.60}");
        let list = complaints.into_vec();
        assert_eq!(list.len(), 1);
        list[0].to_string()
    }

    fn value(text: &str) -> Value {
        let mut complaints = Complaints::default();
        let value = read(text, &mut complaints);
        assert!(complaints.is_empty(), "{:?}", complaints.into_vec());
        value.unwrap()
    }

    #[test]
    fn json_and_yaml_give_the_same_tree() {
        let json = value(r#"{"a": [1, 2.5, true, null, "no"], "b": {"c": -3}}"#);
        let yaml = value("a: [1, 2.5, true, null, no]\nb:\n  c: -3\n");
        assert_eq!(json, yaml);
    }

    #[test]
    fn syntax_faults_say_line_and_column() {
        assert!(fault("{\"a\": 1,\n \"b\" 2}").starts_with("2:6: "));
        let yaml = fault("a: 1\nb: [1, 2\nc: 3\n");
        assert!(yaml.starts_with("3:"), "{yaml}");
    }

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        assert!(fault("{\"a\": 1, \"a\": 2}").contains("`a` stands twice"));
        assert!(
            fault("a: 1\na: 2\n")
                .starts_with("2:1: This is not valid YAML: the key `a` stands twice.")
        );
    }

    #[test]
    fn depth_size_and_alias_bombs_are_refused() {
        fault(&format!(
            "{}{}",
            "{\"a\":".repeat(100_000),
            "}".repeat(100_000)
        ));
        fault(&"[".repeat(100_000));
        fault(&"- ".repeat(100_000));
        fault(&" ".repeat(LONGEST_TEXT_BYTES + 1));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let previous = level - 1;
            let items = vec![format!("*a{previous}"); 9].join(", ");
            bomb += &format!("a{level}: &a{level} [{items}]\n");
        }
        fault(&bomb);
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        fault("a: .nan\n");
        fault("a: .inf\n");
        fault("{\"a\": 1e999}");
    }

    #[test]
    fn references_that_lead_nowhere_are_complained_of_where_they_stand() {
        let environment = BTreeMap::from([("GAIN".to_owned(), "6".to_owned())]);
        let sound = interpolate("gain_db: ${GAIN}\n", &environment).unwrap();
        assert_eq!(value(&sound.text), serde_json::json!({"gain_db": 6}));
        let list = interpolate("a: 1\nb: \"${NOT\\e}\"\nc: ${UNSET}\n", &environment).unwrap_err();
        let told: Vec<_> = list.iter().map(ToString::to_string).collect();
        assert!(
            told[0].starts_with("2:4: b: The reference `${NOT\u{fffd}}` is not"),
            "{told:?}"
        );
        assert!(
            told[1].starts_with("3:4: c: The variable of `${UNSET}` is not set."),
            "{told:?}"
        );
        assert!(
            list.iter()
                .all(|complaint| complaint.code == code::BAD_REFERENCE)
        );
    }
}
