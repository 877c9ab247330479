//! An event for JavaScript: its JSON, and apart from it the audio of an utterance or a clip.

use serde_json::Value;

use crate::event::{Event, EventKind};
use crate::event_json::to_json;

/// The audio of an utterance, or of a clip of evidence, whose event was drained.
#[derive(Debug)]
pub struct OfflineUtterance {
    /// The node that cut it.
    pub node_id: String,
    /// Running number at this node.
    pub index: u32,
    /// Of `samples`, in Hz.
    pub sample_rate: u32,
    /// Mono.
    pub samples: Vec<i16>,
}

/// The event's JSON text on a timeline of `sample_rate` Hz, and the audio of an utterance or a clip, which is
/// not part of it.
pub fn split(
    event: Event,
    node_ids: &[String],
    sample_rate: u32,
) -> (String, Option<OfflineUtterance>) {
    let json = Value::Object(to_json(&event, node_ids, sample_rate)).to_string();
    let (index, sample_rate, samples) = match event.kind {
        EventKind::Utterance(it) => (it.index, it.audio_sample_rate, it.samples),
        EventKind::AudioEvidence {
            index,
            audio_sample_rate,
            has_audio: true,
            samples,
            ..
        } => (index, audio_sample_rate, samples),
        _ => return (json, None),
    };
    let node_id = node_ids.get(usize::from(event.node));
    let utterance = OfflineUtterance {
        node_id: node_id.cloned().unwrap_or_default(),
        index,
        sample_rate,
        samples,
    };
    (json, Some(utterance))
}
