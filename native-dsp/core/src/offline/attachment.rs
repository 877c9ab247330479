//! Audio that belongs to an event and is not part of its JSON.

use serde_json::Value;

use crate::event::{Event, EventKind};
use crate::event_json::to_json;

/// The audio of an event.
#[derive(Debug)]
pub enum Attachment {
    /// Of an `utterance`, or a clip of `audio_evidence`.
    Utterance(OfflineUtterance),
    /// Of an `audio_chunk`.
    Chunk(OfflineChunk),
}

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

/// The audio of a chunk whose event was drained.
#[derive(Debug)]
pub struct OfflineChunk {
    /// The node that cut it.
    pub node_id: String,
    /// Running number at this node.
    pub index: u32,
    /// Of `samples`, in Hz.
    pub sample_rate: u32,
    /// In `samples`.
    pub channels: u8,
    /// Whether it is shorter than the others because the audio ended or was interrupted.
    pub is_partial: bool,
    /// Planar: as many of the first channel as of each other.
    pub samples: Vec<f32>,
}

/// The event as JSON text, and its audio, if it has any.
pub fn split(event: Event, node_ids: &[String], sample_rate: u32) -> (String, Option<Attachment>) {
    let json = Value::Object(to_json(&event, node_ids, sample_rate)).to_string();
    let node_id = || {
        let node_id = node_ids.get(usize::from(event.node));
        node_id.cloned().unwrap_or_default()
    };
    let attachment = match event.kind {
        EventKind::Utterance(utterance) => Attachment::Utterance(OfflineUtterance {
            node_id: node_id(),
            index: utterance.index,
            sample_rate: utterance.audio_sample_rate,
            samples: utterance.samples,
        }),
        EventKind::AudioEvidence {
            index,
            audio_sample_rate,
            has_audio: true,
            samples,
            ..
        } => Attachment::Utterance(OfflineUtterance {
            node_id: node_id(),
            index,
            sample_rate: audio_sample_rate,
            samples,
        }),
        EventKind::AudioChunk(chunk) => Attachment::Chunk(OfflineChunk {
            node_id: node_id(),
            index: chunk.index,
            sample_rate: chunk.audio_sample_rate,
            channels: chunk.channels,
            is_partial: chunk.is_partial,
            samples: chunk.samples,
        }),
        _ => return (json, None),
    };
    (json, Some(attachment))
}
