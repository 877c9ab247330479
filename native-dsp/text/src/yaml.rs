//! YAML to a tree, and what is wrong with it in words that say nothing of the parser.

use serde_json::Value;
use serde_saphyr::Error;
use serde_saphyr::budget::BudgetBreach;

use crate::{DEEPEST, Fault, LONGEST_TEXT_BYTES, MOST_VALUES, Place, Tree, without_place};

/// Most anchors, most aliases, most merged objects.
const MOST_REFERENCES: usize = 1_000;

pub(crate) fn read(text: &str) -> Result<Value, Fault> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: Some(LONGEST_TEXT_BYTES),
            max_events: 2 * MOST_VALUES,
            max_nodes: MOST_VALUES,
            max_depth: DEEPEST,
            flow_nesting_limit: DEEPEST,
            max_documents: 1,
            max_aliases: MOST_REFERENCES,
            max_anchors: MOST_REFERENCES,
            max_merge_keys: MOST_REFERENCES,
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
        message: words(&error),
        place: error
            .location()
            .and_then(|place| Place::new(place.line() as usize, place.column() as usize)),
    })
}

fn words(error: &Error) -> String {
    match error {
        Error::AliasError { error, .. } | Error::WithSnippet { error, .. } => words(error),
        Error::Message { msg, .. } | Error::ExternalMessage { msg, .. } => of_the_grammar(msg),
        Error::Eof { .. } => "it ends too early".into(),
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("the key `{key}` stands twice")
        }
        Error::DuplicateMappingKey { .. } => "a key stands twice".into(),
        Error::Unexpected { .. } | Error::NullIntoString { .. } => {
            "a key is no text, write it in quotes".into()
        }
        Error::UnknownAnchor { .. } => "the anchor (`&`) of an alias (`*`) is not there".into(),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            "an alias (`*`) stands within its own anchor (`&`)".into()
        }
        Error::MergeValueNotMapOrSeqOfMaps { .. } => {
            "`<<` takes an object, or a list of objects".into()
        }
        Error::NonFiniteFloat { .. } => "a number is not finite".into(),
        Error::InvalidScalar { .. }
        | Error::InvalidBooleanStrict { .. }
        | Error::InvalidBinaryBase64 { .. }
        | Error::BinaryNotUtf8 { .. }
        | Error::TaggedScalarCannotDeserializeIntoString { .. }
        | Error::UnsupportedTag { .. } => "a value is not what its tag (`!!`) says".into(),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. } => {
            format!("its aliases (`*`) stand for more than {MOST_VALUES} values")
        }
        Error::MultipleDocuments { .. } => SECOND_DOCUMENT.into(),
        Error::Budget { breach, .. } => of_the_limit(breach),
        _ => "it is not understood here".into(),
    }
}

const SECOND_DOCUMENT: &str = "a second document begins, and one is permitted";

fn of_the_limit(breach: &BudgetBreach) -> String {
    let more_than = |most: usize, what: &str| format!("it has more than {most} {what}");
    match breach {
        BudgetBreach::Depth { .. } => too_deep(),
        BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. } => {
            more_than(MOST_VALUES, "values")
        }
        BudgetBreach::Anchors { .. } => more_than(MOST_REFERENCES, "anchors (`&`)"),
        BudgetBreach::Aliases { .. } => more_than(MOST_REFERENCES, "aliases (`*`)"),
        BudgetBreach::MergeKeys { .. } => more_than(MOST_REFERENCES, "merged objects (`<<`)"),
        BudgetBreach::Documents { .. } => SECOND_DOCUMENT.into(),
        _ => "it is larger than permitted".into(),
    }
}

fn too_deep() -> String {
    format!("it is nested more than {DEEPEST} levels deep")
}

/// What breaks the grammar is told as other tools for YAML tell it, so that it can be looked up.
fn of_the_grammar(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    match without_place(first.trim_end_matches('.')) {
        "recursion limit exceeded" => too_deep(),
        "simple key expected ':'" => "after a key, `:` is missing".into(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        match read(text).unwrap_err() {
            Fault::Syntax { message, .. } => message,
            Fault::TooLarge(bytes) => panic!("{bytes} bytes"),
        }
    }

    #[test]
    fn faults_are_told_in_words_for_who_writes_manifests() {
        for (text, expected) in [
            ("a: 1\na: 2\n", "the key `a` stands twice"),
            ("a: *b\n", "the anchor (`&`) of an alias (`*`) is not there"),
            (
                "a: &a [*a]\n",
                "an alias (`*`) stands within its own anchor (`&`)",
            ),
            ("<<: 5\n", "`<<` takes an object, or a list of objects"),
            ("a: .inf\n", "a number is not finite"),
            ("a: !!int x\n", "a value is not what its tag (`!!`) says"),
            ("a: !!map x\n", "a value is not what its tag (`!!`) says"),
            ("? [a]\n: b\n", "a key is no text, write it in quotes"),
            ("~: b\n", "a key is no text, write it in quotes"),
            ("a: 1\n---\nb: 1\n", SECOND_DOCUMENT),
            ("a: |\nb", "after a key, `:` is missing"),
            (
                "a: b: c\n",
                "mapping values are not allowed in this context",
            ),
        ] {
            assert_eq!(message(text), expected, "{text:?}");
        }
    }

    #[test]
    fn limits_are_told_with_what_they_are() {
        let lines = |line: &'static str| (0..2_000).map(move |n| line.replace('N', &n.to_string()));
        let deep = "it is nested more than 64 levels deep";
        assert_eq!(message(&"[".repeat(100)), deep);
        assert_eq!(message(&"- ".repeat(100)), deep);
        assert_eq!(
            message(&"- a\n".repeat(200_000)),
            "it has more than 100000 values"
        );
        let anchors: String = lines("aN: &aN 1\n").collect();
        assert_eq!(message(&anchors), "it has more than 1000 anchors (`&`)");
        let aliases: String = lines("aN: *x\n").collect();
        assert_eq!(
            message(&format!("a: &x 1\n{aliases}")),
            "it has more than 1000 aliases (`*`)"
        );
        let merged: String = lines("aN: {<<: {b: 1}}\n").collect();
        assert_eq!(
            message(&merged),
            "it has more than 1000 merged objects (`<<`)"
        );
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let items = vec![format!("*a{}", level - 1); 9].join(", ");
            bomb += &format!("a{level}: &a{level} [{items}]\n");
        }
        assert_eq!(
            message(&bomb),
            "its aliases (`*`) stand for more than 100000 values"
        );
    }
}
