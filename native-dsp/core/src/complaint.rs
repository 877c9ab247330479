//! What is wrong with a manifest: every fault at once, each with its place, a stable code and what to do.

use remotemedia_text::{Aim, Place, places};
use serde::Serialize;

/// One fault in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// Where, as in `nodes[2].params.gain_db`; empty for the document as a whole.
    pub path: String,
    /// Stable, for programs: one of [`code`].
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Its line and column, where the manifest is a text of lines.
    #[serde(flatten)]
    pub place: Option<Place>,
}

impl Complaint {
    /// A complaint whose place in the text is not known yet.
    pub fn new(
        path: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            code,
            message: message.into(),
            hint: hint.into(),
            place: None,
        }
    }

    /// What is wrong is that it is there, whatever it holds.
    fn is_of_the_name(&self) -> bool {
        [
            code::UNKNOWN_FIELD,
            code::UNKNOWN_PARAMETER,
            code::DUPLICATE_PARAMETER,
        ]
        .contains(&self.code)
    }
}

/// Gives complaints about a text their lines and columns. A text that does not end a single line was written by a program: there the
/// path says more than a column.
pub(crate) fn located<T>(
    text: &str,
    result: Result<T, Vec<Complaint>>,
) -> Result<T, Vec<Complaint>> {
    result.map_err(|mut complaints| {
        if text.contains('\n') {
            locate(text, &mut complaints);
        }
        complaints
    })
}

fn locate(text: &str, complaints: &mut [Complaint]) {
    let lost = |complaint: &Complaint| {
        complaint.place.is_none() && complaint.code != code::TOO_MANY_COMPLAINTS
    };
    let wanted: Vec<(&str, Aim)> = complaints
        .iter()
        .filter(|complaint| lost(complaint))
        .map(|complaint| match complaint.is_of_the_name() {
            true => (complaint.path.as_str(), Aim::Key),
            false => (complaint.path.as_str(), Aim::Value),
        })
        .collect();
    let found = places(text, &wanted);
    let lost = complaints.iter_mut().filter(|complaint| lost(complaint));
    for (complaint, place) in lost.zip(found) {
        complaint.place = place;
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(Place { line, column }) = self.place {
            write!(f, "{line}:{column}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{} {} [{}]", self.message, self.hint, self.code)
    }
}

/// The stable codes.
pub mod code {
    /// The text is neither JSON nor YAML.
    pub const SYNTAX: &str = "syntax_error";
    /// The text, or a list in it, is longer than permitted.
    pub const TOO_LARGE: &str = "too_large";
    /// A value of another type than the field or parameter has.
    pub const WRONG_TYPE: &str = "wrong_type";
    /// A field that must be there is not.
    pub const MISSING_FIELD: &str = "missing_field";
    /// A field that manifests do not have.
    pub const UNKNOWN_FIELD: &str = "unknown_field";
    /// A version other than `v1`.
    pub const UNSUPPORTED_VERSION: &str = "unsupported_version";
    /// A pipeline without nodes.
    pub const NO_NODES: &str = "no_nodes";
    /// More nodes than a graph can hold.
    pub const TOO_MANY_NODES: &str = "too_many_nodes";
    /// A node id with other characters, or longer, than permitted.
    pub const BAD_ID: &str = "bad_id";
    /// Two nodes of one id.
    pub const DUPLICATE_ID: &str = "duplicate_id";
    /// A node type that the catalogue does not have.
    pub const UNKNOWN_NODE_TYPE: &str = "unknown_node_type";
    /// A parameter that the node type does not have.
    pub const UNKNOWN_PARAMETER: &str = "unknown_parameter";
    /// A parameter given twice, under two of its names.
    pub const DUPLICATE_PARAMETER: &str = "duplicate_parameter";
    /// A number outside its range.
    pub const OUT_OF_RANGE: &str = "out_of_range";
    /// A word that is not among the choices.
    pub const UNKNOWN_CHOICE: &str = "unknown_choice";
    /// Parameters that are valid one by one but not together, or not for this audio format.
    pub const INVALID_COMBINATION: &str = "invalid_combination";
    /// A connection to or from a node that is not in the manifest.
    pub const UNKNOWN_ENDPOINT: &str = "unknown_endpoint";
    /// The same connection twice.
    pub const DUPLICATE_CONNECTION: &str = "duplicate_connection";
    /// A node connected to itself.
    pub const SELF_LOOP: &str = "self_loop";
    /// Nodes that feed each other in a circle.
    pub const CYCLE: &str = "cycle";
    /// A port that the node does not have, or two ports that do not fit.
    pub const UNSUPPORTED_PORT: &str = "unsupported_port";
    /// A node that gets events but no audio.
    pub const NO_AUDIO_INPUT: &str = "no_audio_input";
    /// A node that lacks the events it works on.
    pub const NO_EVENT_INPUT: &str = "no_event_input";
    /// An output node that has no audio to give.
    pub const NO_AUDIO_OUTPUT: &str = "no_audio_output";
    /// Several nodes could be the output and none is marked.
    pub const AMBIGUOUS_OUTPUT: &str = "ambiguous_output";
    /// Audio of a format that cannot be processed in 10 ms frames.
    pub const UNSUPPORTED_FORMAT: &str = "unsupported_format";
    /// The pipeline delays the audio more than `metadata.latency_budget_ms` permits.
    pub const LATENCY_OVER_BUDGET: &str = "latency_over_budget";
    /// A runtime that runs no node of this kind.
    pub const UNSUPPORTED_RUNTIME: &str = "unsupported_runtime";
    /// Two hints that ask for different runtimes.
    pub const CONFLICTING_RUNTIMES: &str = "conflicting_runtimes";
    /// The pipeline asks for another runtime than this one.
    pub const WRONG_RUNTIME: &str = "wrong_runtime";
    /// Nodes on audio and nodes on JSON values in one manifest.
    pub const MIXED_PIPELINE: &str = "mixed_pipeline";
    /// A pipeline of JSON values where one on audio is wanted.
    pub const NOT_ON_AUDIO: &str = "not_on_audio";
    /// A pipeline on audio where one of JSON values is wanted.
    pub const NOT_ON_VALUES: &str = "not_on_values";
    /// A `${…}` whose variable is not set, or that is written in a way that is not known.
    pub const BAD_REFERENCE: &str = "bad_reference";
    /// There are more faults than are listed.
    pub const TOO_MANY_COMPLAINTS: &str = "too_many_complaints";
}

/// A list of complaints that a hostile manifest cannot grow without end.
#[derive(Debug, Default)]
pub(crate) struct Complaints(Vec<Complaint>);

/// After this many, the rest is not listed.
const MOST_COMPLAINTS: usize = 100;

/// Quoted text from the manifest is cut to this many characters.
const LONGEST_QUOTE: usize = 64;

impl Complaints {
    /// As [`Complaints::push`], of its parts.
    pub fn add(
        &mut self,
        path: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Complaint::new(path, code, message, hint));
    }

    /// Adds a complaint, or, past the bound, once says that there are more.
    pub fn push(&mut self, complaint: Complaint) {
        match self.0.len() {
            count if count < MOST_COMPLAINTS => self.0.push(complaint),
            MOST_COMPLAINTS => self.0.push(Complaint::new(
                "",
                code::TOO_MANY_COMPLAINTS,
                format!("There are more than {MOST_COMPLAINTS} faults."),
                "Mend these first.",
            )),
            _ => {}
        }
    }

    /// Whether further complaints would not be listed, so that looking for them is wasted work. Loops whose
    /// length a manifest decides stop here.
    pub fn is_full(&self) -> bool {
        self.0.len() > MOST_COMPLAINTS
    }

    /// Whether nothing was wrong.
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `value` where nothing was wrong, all complaints otherwise.
    pub fn into_result<T>(self, value: T) -> Result<T, Vec<Complaint>> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self.0)
        }
    }

    /// The complaints, of which there must be some.
    pub fn into_vec(self) -> Vec<Complaint> {
        self.0
    }
}

/// `text` in backquotes, cut where it is long and without control characters: it may be hostile and
/// ends up in logs and terminals.
pub(crate) fn quote(text: &str) -> String {
    let mut characters = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut quoted: String = characters.by_ref().take(LONGEST_QUOTE).collect();
    if characters.next().is_some() {
        quoted.push('…');
    }
    format!("`{quoted}`")
}

/// A parser's words without what would move a terminal's cursor.
pub(crate) fn harmless(text: &str) -> String {
    let replace = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_bounded_and_says_so() {
        let mut complaints = Complaints::default();
        for _ in 0..1000 {
            complaints.add("nodes[0]", code::WRONG_TYPE, "Wrong.", "Mend it.");
        }
        let list = complaints.into_vec();
        assert_eq!(list.len(), MOST_COMPLAINTS + 1);
        assert_eq!(list[MOST_COMPLAINTS].code, code::TOO_MANY_COMPLAINTS);
    }

    #[test]
    fn quoted_text_is_cut_and_harmless() {
        assert_eq!(quote("vad"), "`vad`");
        assert_eq!(quote("a\u{1b}[2Jb"), "`a\u{fffd}[2Jb`");
        assert_eq!(
            quote(&"x".repeat(1_000_000)).chars().count(),
            LONGEST_QUOTE + 3
        );
    }
}
