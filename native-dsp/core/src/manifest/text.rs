//! Text to a tree of values; what is wrong with it becomes a complaint.

use remotemedia_text::Fault;
pub use remotemedia_text::LONGEST_TEXT_BYTES;
use serde_json::Value;

use crate::complaint::{Complaints, code};

/// Reads the text as JSON where it begins with `{`, and as YAML otherwise.
pub(super) fn read(text: &str, complaints: &mut Complaints) -> Option<Value> {
    match remotemedia_text::read(text) {
        Ok(value) => return Some(value),
        Err(Fault::TooLarge(bytes)) => complaints.add(
            "",
            code::TOO_LARGE,
            format!("The manifest has {bytes} bytes."),
            format!("At most {LONGEST_TEXT_BYTES} are permitted."),
        ),
        Err(Fault::Syntax(language, message)) => complaints.add(
            "",
            code::SYNTAX,
            format!(
                "This is not valid {language}: {}.",
                crate::complaint::harmless(&message)
            ),
            "Mend the text at that place; a manifest is a JSON or YAML object.",
        ),
    }
    None
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
        assert!(fault("{\"a\": 1,\n \"b\" 2}").contains("line 2 column"));
        let yaml = fault("a: 1\nb: [1, 2\nc: 3\n");
        assert!(yaml.contains("line ") && yaml.contains("column "), "{yaml}");
    }

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        assert!(fault("{\"a\": 1, \"a\": 2}").contains("`a` stands twice"));
        assert!(fault("a: 1\na: 2\n").contains("line 2"));
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
}
