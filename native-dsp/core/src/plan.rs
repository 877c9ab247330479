//! What a graph will do, for people and tools: what `remotemedia validate` prints.

use serde::Serialize;

use crate::format::Format;

/// A compiled pipeline, written out. Times are in ms of media.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// What the graph is fed.
    pub input: Format,
    /// What it gives back; `None` where it only listens.
    pub output: Option<Format>,
    /// Delay of the audio from input to output (without output: to the node that hears it last).
    pub latency_ms: f64,
    /// Ids of the nodes in the order in which they run.
    pub order: Vec<String>,
    /// The nodes in that order.
    pub nodes: Vec<PlannedNode>,
    /// The connections of the manifest, with what each carries.
    pub edges: Vec<PlannedEdge>,
    /// What the graph does between the nodes, in order.
    pub inserted: Vec<Inserted>,
    /// One entry for every buffer: the format of the frame it holds. Buffers are reused along the graph.
    pub buffers: Vec<Format>,
}

/// One node in its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedNode {
    /// Its id.
    pub id: String,
    /// Its type, by its own name.
    pub node_type: String,
    /// What it is fed.
    pub input: Format,
    /// What it gives; `None` for a sink. An analyser gives what came before any conversion for it.
    pub output: Option<Format>,
    /// Delay of the audio where it enters the node.
    pub input_latency_ms: f64,
    /// Delay that the node adds.
    pub latency_ms: f64,
    /// What happens where it panics: `fail_session`, `bypass` or `mute`.
    pub on_error: &'static str,
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedEdge {
    /// Id of the node it leaves.
    pub from: String,
    /// Id of the node it enters.
    pub to: String,
    /// Whether it carries audio.
    pub audio: bool,
    /// Whether it carries events.
    pub events: bool,
}

/// One thing that the graph does by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Inserted {
    /// Audio is converted to what the nodes named want.
    Convert {
        /// The format as it comes.
        from: Format,
        /// The format as it goes on.
        to: Format,
        /// Delay of the conversion.
        latency_ms: f64,
        /// For whom: node ids, or `output`.
        before: Vec<String>,
    },
    /// Audio that came a shorter way waits for audio that came a longer one.
    Delay {
        /// How long.
        latency_ms: f64,
        /// For whom.
        before: Vec<String>,
    },
    /// Streams are added up.
    Mix {
        /// How many.
        streams: usize,
        /// Format of the sum.
        format: Format,
        /// For whom.
        before: Vec<String>,
    },
}
