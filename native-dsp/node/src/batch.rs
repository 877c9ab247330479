//! What came up from the media threads, as JavaScript objects.

use napi::bindgen_prelude::{Buffer, Float32Array, Int16Array};
use napi_derive::napi;
use remotemedia_core::event::Event;
use remotemedia_core::offline::{self, Attachment};

#[napi(object)]
pub struct PlaneDatagram {
    pub handle: u32,
    pub data: Buffer,
    pub address: String,
    pub port: u16,
    pub local_address: String,
}

#[napi(object)]
pub struct PlaneEvent {
    pub handle: u32,
    pub json: String,
}

#[napi(object)]
pub struct PlaneUtterance {
    pub handle: u32,
    pub node_id: String,
    pub index: u32,
    pub sample_rate: u32,
    pub samples: Int16Array,
}

#[napi(object)]
pub struct OfflineUtterance {
    pub node_id: String,
    pub index: u32,
    pub sample_rate: u32,
    pub samples: Int16Array,
}

#[napi(object)]
pub struct OfflineChunk {
    pub node_id: String,
    pub index: u32,
    pub sample_rate: u32,
    pub channels: u32,
    pub is_partial: bool,
    pub samples: Float32Array,
}

#[napi(object)]
pub struct PlaneClosed {
    pub handle: u32,
    pub code: String,
    pub message: String,
}

#[napi(object)]
pub struct PlaneTap {
    pub handle: u32,
    pub node_id: String,
    pub sample_rate: u32,
    pub channels: u32,
    pub media_time_samples: i64,
    pub samples: Float32Array,
}

#[napi(object)]
pub struct PlaneChunk {
    pub handle: u32,
    pub node_id: String,
    pub index: u32,
    pub sample_rate: u32,
    pub channels: u32,
    pub is_partial: bool,
    pub samples: Float32Array,
}

#[napi(object)]
pub struct PlaneHostFrame {
    pub handle: u32,
    pub host: u32,
    pub position: i64,
    pub samples: Float32Array,
}

#[napi(object)]
pub struct PlaneFlushed {
    pub handle: u32,
    pub frames_dropped: u32,
}

#[napi(object)]
pub struct PlaneBatch {
    pub datagrams: Vec<PlaneDatagram>,
    pub events: Vec<PlaneEvent>,
    pub utterances: Vec<PlaneUtterance>,
    pub chunks: Vec<PlaneChunk>,
    pub taps: Vec<PlaneTap>,
    pub host_frames: Vec<PlaneHostFrame>,
    pub flushed: Vec<PlaneFlushed>,
    pub closed: Vec<PlaneClosed>,
    pub dropped: f64,
}

/// The names that events of a graph are told by.
pub struct Names {
    pub node_ids: Vec<String>,
    pub sample_rate: u32,
}

/// The event's JSON, and its audio, if it has any.
pub fn split(event: Event, names: &Names) -> (String, Option<Attachment>) {
    offline::split(event, &names.node_ids, names.sample_rate)
}

impl From<offline::OfflineUtterance> for OfflineUtterance {
    fn from(utterance: offline::OfflineUtterance) -> Self {
        Self {
            node_id: utterance.node_id,
            index: utterance.index,
            sample_rate: utterance.sample_rate,
            samples: utterance.samples.into(),
        }
    }
}

impl From<offline::OfflineChunk> for OfflineChunk {
    fn from(chunk: offline::OfflineChunk) -> Self {
        Self {
            node_id: chunk.node_id,
            index: chunk.index,
            sample_rate: chunk.sample_rate,
            channels: chunk.channels.into(),
            is_partial: chunk.is_partial,
            samples: chunk.samples.into(),
        }
    }
}
