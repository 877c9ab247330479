//! `MediaPlane`: what came up from the media threads, as JavaScript objects.

use napi::bindgen_prelude::Env;
use napi_derive::napi;
use remotemedia_core::event::Event;
use remotemedia_core::offline::Attachment;
use remotemedia_plane::{Batch, Datagram, Failure, FrameHeader, Handle};

use crate::batch::{
    PlaneBatch, PlaneChunk, PlaneClosed, PlaneDatagram, PlaneEvent, PlaneFlushed, PlaneHostFrame,
    PlaneTap, PlaneUtterance, split,
};
use crate::guard::guard;
use crate::media_plane::MediaPlane;

#[napi]
impl MediaPlane {
    #[napi]
    pub fn drain(&mut self, env: Env) -> napi::Result<PlaneBatch> {
        guard(&env, || {
            let batch = self.plane.drain();
            Ok(self.told(batch))
        })
    }
}

impl MediaPlane {
    fn told(&self, batch: Batch) -> PlaneBatch {
        let mut told = PlaneBatch {
            datagrams: batch.datagrams.iter().map(datagram).collect(),
            events: Vec::new(),
            utterances: Vec::new(),
            chunks: Vec::new(),
            taps: batch
                .tapped
                .into_iter()
                .filter_map(|frame| self.told_tap(frame))
                .collect(),
            host_frames: batch
                .hosted
                .into_iter()
                .filter_map(|frame| self.told_host_frame(frame))
                .collect(),
            flushed: batch.flushed.into_iter().map(flushed).collect(),
            closed: batch.closed.into_iter().map(closed).collect(),
            dropped: batch.dropped as f64,
        };
        for (handle, event) in batch.events {
            self.tell_event(handle, event, &mut told);
        }
        told
    }

    /// The event, and the audio that belongs to it.
    fn tell_event(&self, handle: Handle, event: Event, told: &mut PlaneBatch) {
        let Some(session) = self.sessions.get(&handle) else {
            return;
        };
        let handle = handle.to_number();
        let (json, attachment) = split(event, &session.names);
        told.events.push(PlaneEvent { handle, json });
        match attachment {
            Some(Attachment::Utterance(it)) => told.utterances.push(PlaneUtterance {
                handle,
                node_id: it.node_id,
                index: it.index,
                sample_rate: it.sample_rate,
                samples: it.samples.into(),
            }),
            // For nodes outside; nobody else behind a plane takes them.
            Some(Attachment::Chunk(it)) if session.is_hosted => told.chunks.push(PlaneChunk {
                handle,
                node_id: it.node_id,
                index: it.index,
                sample_rate: it.sample_rate,
                channels: it.channels.into(),
                is_partial: it.is_partial,
                samples: it.samples.into(),
            }),
            Some(Attachment::Chunk(_)) | None => {}
        }
    }

    fn told_tap(
        &self,
        (handle, header, planes): (Handle, FrameHeader, Vec<f32>),
    ) -> Option<PlaneTap> {
        let session = self.sessions.get(&handle)?;
        Some(PlaneTap {
            handle: handle.to_number(),
            node_id: session.names.node_ids[usize::from(header.node)].clone(),
            sample_rate: header.format.sample_rate,
            channels: header.format.channels.into(),
            media_time_samples: header.position,
            samples: planes.into(),
        })
    }

    fn told_host_frame(
        &self,
        (handle, header, planes): (Handle, FrameHeader, Vec<f32>),
    ) -> Option<PlaneHostFrame> {
        let session = self.sessions.get(&handle)?;
        let node_id = &session.names.node_ids[usize::from(header.node)];
        let place = session.hosts.iter().position(|it| it.node_id == *node_id)?;
        Some(PlaneHostFrame {
            handle: handle.to_number(),
            host: place as u32,
            position: header.position,
            samples: planes.into(),
        })
    }
}

fn datagram(datagram: &Datagram) -> PlaneDatagram {
    let local = datagram.local.map(|local| local.to_string());
    PlaneDatagram {
        handle: datagram.handle.to_number(),
        data: datagram.data().to_vec().into(),
        address: datagram.address.ip().to_string(),
        port: datagram.address.port(),
        local_address: local.unwrap_or_default(),
    }
}

fn flushed((handle, frames_dropped): (Handle, u32)) -> PlaneFlushed {
    PlaneFlushed {
        handle: handle.to_number(),
        frames_dropped,
    }
}

fn closed((handle, failure): (Handle, Failure)) -> PlaneClosed {
    PlaneClosed {
        handle: handle.to_number(),
        code: failure.code.to_owned(),
        message: failure.message,
    }
}
