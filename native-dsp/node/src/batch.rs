//! What came up from the media threads, as JavaScript objects.

use napi::bindgen_prelude::{Buffer, Int16Array};
use napi_derive::napi;
use remotemedia_core::event::Event;
use remotemedia_core::offline;

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
pub struct PlaneClosed {
    pub handle: u32,
    pub code: String,
    pub message: String,
}

#[napi(object)]
pub struct PlaneBatch {
    pub datagrams: Vec<PlaneDatagram>,
    pub events: Vec<PlaneEvent>,
    pub utterances: Vec<PlaneUtterance>,
    pub closed: Vec<PlaneClosed>,
    pub dropped: f64,
}

/// The names that events of a graph are told by.
pub struct Names {
    pub node_ids: Vec<String>,
    pub sample_rate: u32,
}

/// The event's JSON, and the audio of an utterance or a clip, which is not part of it.
pub fn split(event: Event, names: &Names) -> (String, Option<OfflineUtterance>) {
    let (json, utterance) = offline::split(event, &names.node_ids, names.sample_rate);
    (json, utterance.map(OfflineUtterance::from))
}

impl From<offline::OfflineUtterance> for OfflineUtterance {
    fn from(utterance: offline::OfflineUtterance) -> Self {
        Self {
            node_id: utterance.node_id,
            index: utterance.index,
            sample_rate: utterance.sample_rate,
            samples: Int16Array::new(utterance.samples),
        }
    }
}
