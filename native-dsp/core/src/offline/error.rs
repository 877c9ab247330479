//! Why something could not be made or done offline.

use serde::Serialize;

use crate::complaint::Complaint;
use crate::format::MAX_CHANNELS;
use crate::graph::NodeState;
use crate::values::NodeError;

/// The caller's mistake, or a node's failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfflineError {
    /// Stable, for programs: `invalid_manifest`, `invalid_options`, `invalid_json`, `graph_failed`, `unknown_node`, and those of
    /// [values](crate::values::code).
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// Everything that is wrong with the manifest; empty for other errors.
    pub complaints: Vec<Complaint>,
    /// The node on values that failed, and on what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Box<NodeError>>,
}

impl OfflineError {
    /// An error without complaints.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            complaints: Vec::new(),
            failure: None,
        }
    }

    /// An option that cannot be used.
    pub fn options(message: impl Into<String>) -> Self {
        Self::new("invalid_options", message)
    }
}

impl From<Vec<Complaint>> for OfflineError {
    fn from(complaints: Vec<Complaint>) -> Self {
        let lines = complaints
            .iter()
            .map(|complaint| format!("\n  {complaint}"));
        let message = format!("the manifest cannot be used:{}", lines.collect::<String>());
        Self {
            complaints,
            ..Self::new("invalid_manifest", message)
        }
    }
}

impl From<NodeError> for OfflineError {
    fn from(failure: NodeError) -> Self {
        let NodeError {
            node_id,
            input_index,
            error,
        } = &failure;
        let message = format!("node {node_id}, input {input_index}: {}", error.message);
        Self {
            failure: Some(Box::new(failure.clone())),
            ..Self::new(error.code, message)
        }
    }
}

/// A number of JavaScript as a whole number from `min` to `max`.
///
/// # Errors
/// `invalid_options`, with the option's `name`.
pub fn whole(name: &str, number: f64, min: u64, max: u64) -> Result<u64, OfflineError> {
    if number.fract() == 0.0 && number >= min as f64 && number <= max as f64 {
        return Ok(number as u64);
    }
    Err(OfflineError::options(format!(
        "{name} is {number}; it must be a whole number from {min} to {max}"
    )))
}

/// A state of a node by its name.
///
/// # Errors
/// `invalid_options` where no state has this name.
pub fn node_state(name: &str) -> Result<NodeState, OfflineError> {
    NodeState::from_name(name).ok_or_else(|| {
        let names = NodeState::ALL.map(NodeState::as_str).join(", ");
        OfflineError::options(format!(
            "the state of a node is one of {names}, not {name:?}"
        ))
    })
}

/// The error of who asks for a node that the audio graph does not have; `ids` are those that it has.
pub fn unknown_node(node_id: &str, ids: &[String]) -> OfflineError {
    let ids = ids.join(", ");
    let message = format!("no node of the audio graph has the id {node_id:?}; there are {ids}");
    OfflineError::new("unknown_node", message)
}

/// Rates of files that exist, in Hz.
pub(super) fn rate(name: &str, hz: f64) -> Result<u32, OfflineError> {
    Ok(whole(name, hz, 1_000, 768_000)? as u32)
}

pub(super) fn channel_count(channels: f64) -> Result<usize, OfflineError> {
    Ok(whole("channels", channels, 1, MAX_CHANNELS.into())? as usize)
}
