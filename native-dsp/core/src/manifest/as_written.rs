//! Complaints about a text whose references were replaced: what came out of a variable, which may be a secret, is quoted as it was written.

use remotemedia_text::Replaced;

use crate::complaint::{Complaint, code, quote};

/// What these quote is what stands at their path, and nothing else.
const OF_ONE_VALUE: [&str; 3] = [code::WRONG_TYPE, code::OUT_OF_RANGE, code::UNKNOWN_CHOICE];

/// Nobody's secret, and words of many messages.
const PLAIN_WORDS: [&str; 4] = ["", "true", "false", "null"];

/// The complaints, with references in the place of what they stand for. Ids of nodes in a circle stay: ids are public.
pub fn as_written(complaints: Vec<Complaint>, replaced: &[Replaced]) -> Vec<Complaint> {
    let rewrite = |mut complaint: Complaint| {
        let Complaint {
            path,
            code,
            message,
            hint,
            ..
        } = &mut complaint;
        hide(path, code, [message, hint], replaced);
        complaint
    };
    complaints.into_iter().map(rewrite).collect()
}

/// The same in the `texts`, message and hint, of one complaint.
pub(crate) fn hide(path: &str, code: &str, texts: [&mut String; 2], replaced: &[Replaced]) {
    let [message, hint] = texts;
    let is_cut = path.contains(['…', '\u{fffd}']);
    let secret = replaced
        .iter()
        .filter(|it| !PLAIN_WORDS.contains(&it.value.as_str()));
    for it in secret {
        let is_own = it.path == path;
        let may_quote = is_own || is_cut || !OF_ONE_VALUE.contains(&code);
        if !may_quote || stand_in_different_nodes(path, &it.path) {
            continue;
        }
        if is_own {
            let in_quotes = format!("Write it in quotes: \"{}\".", it.value);
            *hint = match *hint == in_quotes {
                true => format!("Write it in single quotes: '{}'.", bare(&it.written)),
                false => without_number(hint, it),
            };
        }
        *message = without_number(&without_quotes(message, it, is_own), it);
        *hint = without_quotes(hint, it, is_own);
    }
}

/// A complaint about one node says nothing of what stands in another, but for its id.
fn stand_in_different_nodes(a: &str, b: &str) -> bool {
    let node = |path: &str| {
        let (index, rest) = path.strip_prefix("nodes[")?.split_once(']')?;
        (rest != ".id").then(|| index.to_owned())
    };
    matches!((node(a), node(b)), (Some(a), Some(b)) if a != b)
}

/// As [`quote`] cuts it, without the quotes.
fn bare(text: &str) -> String {
    let quoted = quote(text);
    quoted[1..quoted.len() - 1].to_owned()
}

/// Where it stands in backquotes, whole or cut; of a complaint about this very value, also a piece of it.
fn without_quotes(text: &str, it: &Replaced, is_own: bool) -> String {
    let (value, written) = (bare(&it.value), bare(&it.written));
    let mut text = text.replace(&format!("`{value}`"), &format!("`{written}`"));
    if is_own {
        let pieces: Vec<String> = text
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        for piece in pieces {
            if !piece.is_empty() && piece != written && it.value.contains(&piece) {
                text = text.replace(&format!("`{piece}`"), &format!("`{written}`"));
            }
        }
    }
    text
}

/// Where it stands as a number, written as it was or as numbers are.
fn without_number(text: &str, it: &Replaced) -> String {
    let trimmed = it.value.trim();
    let Ok(number) = trimmed.parse::<f64>() else {
        return text.to_owned();
    };
    let written = bare(&it.written);
    let text = without_word(text, trimmed, &written);
    without_word(&text, &number.to_string(), &written)
}

fn without_word(text: &str, word: &str, written: &str) -> String {
    let goes_on = |c: char| c.is_alphanumeric() || "_-.[${".contains(c);
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        result.push_str(&rest[..at]);
        rest = &rest[at + word.len()..];
        let mut next = rest.chars();
        let is_part = result.ends_with(goes_on)
            || match next.next() {
                Some('.') => next.next().is_some_and(|c| c.is_ascii_digit()),
                next => next.is_some_and(|c| c.is_alphanumeric() || c == '_'),
            };
        result.push_str(if is_part { word } else { written });
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Manifest, interpolate};
    use super::*;

    fn complaints(text: &str, value: &str) -> Vec<String> {
        let environment = BTreeMap::from([("X".to_owned(), value.to_owned())]);
        let interpolated = interpolate(text, &environment).unwrap();
        let complaints = Manifest::parse(&interpolated.text).unwrap_err();
        as_written(complaints, &interpolated.replaced)
            .into_iter()
            .map(|complaint| format!("{} {}", complaint.message, complaint.hint))
            .collect()
    }

    fn of_gain(param: &str, value: &str) -> String {
        let text =
            format!("version: v1\nnodes:\n- {{id: a, node_type: GainNode, params: {{{param}}}}}\n");
        let list = complaints(&text, value);
        assert_eq!(list.len(), 1, "{list:?}");
        list[0].clone()
    }

    #[test]
    fn a_value_that_is_wrong_is_quoted_as_it_was_written() {
        assert_eq!(
            of_gain("gain_db: \"${X}\"", "1234.5"),
            "${X} dB is out of range. `gain_db` goes from -60 to 40 dB."
        );
        assert_eq!(
            of_gain("gainDb: \"${X}\"", "1e-7x"),
            "Expected a number, found the text `${X}`. Give a number."
        );
        assert_eq!(
            of_gain("gain_db: 'no ${X}'", "secret"),
            "Expected a number, found the text `no ${X}`. Give a number."
        );
        let long = "s".repeat(100);
        assert!(of_gain("gain_db: \"${X}\"", &long).contains("the text `${X}`."));
        assert!(of_gain("gain_db: '${X}'", "12.5").contains("Write it without quotes: ${X}."));
    }

    #[test]
    fn quotes_that_keep_a_number_text_are_what_is_advised() {
        let list = complaints(
            "version: v1\nmetadata: {name: \"${X}\"}\nnodes: [{id: a, node_type: PassThrough}]\n",
            "1234",
        );
        assert_eq!(
            list,
            ["Expected text, found ${X}. Write it in single quotes: '${X}'."]
        );
    }

    #[test]
    fn an_equal_value_that_is_written_out_stays() {
        let text = "version: v1\nmetadata: {latency_budget_ms: \"${X}\"}\nnodes:\n- {id: a, node_type: GainNode, params: {gain_db: 90}}\n";
        assert_eq!(
            complaints(text, "90"),
            ["90 dB is out of range. `gain_db` goes from -60 to 40 dB."]
        );
    }

    #[test]
    fn what_is_quoted_elsewhere_than_where_it_stands_is_hidden_too() {
        let text = "version: v1\nnodes:\n- {id: \"${X}\", node_type: PassThrough}\nconnections:\n- {from: \"${X}\", to: \"${X}\"}\n";
        assert_eq!(
            complaints(text, "secret"),
            ["`${X}` is connected to itself. Take this connection out."]
        );
        let text = "version: v1\nnodes:\n- {id: \"${X}\", node_type: PassThrough}\nconnections:\n- {from: secrets, to: secrets}\n";
        assert!(complaints(text, "secret")[0].contains("Did you mean `${X}`?"));
    }
}
