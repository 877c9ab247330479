//! What came up from the media threads, as JavaScript objects.

use napi::bindgen_prelude::{Buffer, Int16Array};
use napi_derive::napi;
use remotemedia_core::event::Event;
use remotemedia_core::event_json::to_json;

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
    let json =
        serde_json::Value::Object(to_json(&event, &names.node_ids, names.sample_rate)).to_string();
    let Some(audio) = event.kind.into_audio() else {
        return (json, None);
    };
    let node_id = names
        .node_ids
        .get(usize::from(event.node))
        .cloned()
        .unwrap_or_default();
    let utterance = OfflineUtterance {
        node_id,
        index: audio.index,
        sample_rate: audio.sample_rate,
        samples: Int16Array::new(audio.samples),
    };
    (json, Some(utterance))
}
