//! Why a node could not work on a value.

use serde::Serialize;
use serde_json::Value;

use crate::complaint::quote;

/// The stable codes of [`ValueError`].
pub mod code {
    /// The value is not what the node works on.
    pub const INVALID_INPUT: &str = "invalid_input";
    /// A division, or a remainder, by zero.
    pub const DIVISION_BY_ZERO: &str = "division_by_zero";
    /// The result is greater than the greatest number of JSON, about 1.8e308.
    pub const NUMBER_OVERFLOW: &str = "number_overflow";
    /// The result is no real number.
    pub const UNDEFINED_RESULT: &str = "undefined_result";
    /// One input became more values than a run may hold.
    pub const TOO_MANY_VALUES: &str = "too_many_values";
    /// A bug in the node; it is not called again before a reset.
    pub const NODE_PANICKED: &str = "node_panicked";
}

/// What a node says of a value that it cannot work on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValueError {
    /// Stable, for programs: one of [`code`].
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl ValueError {
    /// An error of one of the codes.
    pub fn new(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// `value` is not `wanted` (in words, with its article).
    pub fn invalid_input(wanted: &str, value: &Value) -> Self {
        let found = match value {
            Value::Null => "null".into(),
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => format!("the text {}", quote(text)),
            Value::Array(items) => format!("a list of {}", items.len()),
            Value::Object(_) => "an object".into(),
        };
        let message = format!("Expected {wanted}, found {found}.");
        Self::new(code::INVALID_INPUT, message, format!("Give {wanted}."))
    }
}

impl std::fmt::Display for ValueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} [{}]", self.message, self.hint, self.code)
    }
}

impl std::error::Error for ValueError {}

/// Which node failed, and on which input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeError {
    /// Its id.
    pub node_id: String,
    /// Index of the input value from which this came, counted from 0 in each call.
    pub input_index: usize,
    /// What it said.
    #[serde(flatten)]
    pub error: ValueError,
}

impl std::fmt::Display for NodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}, input {}: {}",
            self.node_id, self.input_index, self.error
        )
    }
}

impl std::error::Error for NodeError {}
