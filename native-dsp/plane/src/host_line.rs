//! The way of a node outside into the graph of its session: its answers wait in a ring until the session works next, which takes
//! them before anything else. Nothing wakes the media thread for an answer: before the next packet nobody needs it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use remotemedia_core::format::Format;
use remotemedia_session::HostPlace;

use crate::audio_link::{AudioReader, AudioWriter, FrameHeader, audio_link};
use crate::media::Media;

/// In place of a position: after what waits already.
const APPENDED: i64 = i64::MIN;

/// What both ends know.
#[derive(Default)]
struct Gauge {
    /// Samples per channel in the graph that are still to be played.
    queued: AtomicU64,
    /// Frames for which no answer had come.
    late: AtomicU64,
}

/// The end of whoever runs the node.
pub(crate) struct HostEnd {
    node: u8,
    format: Option<Format>,
    writer: AudioWriter,
    gauge: Arc<Gauge>,
    piece: Vec<f32>,
}

/// The session's end.
pub(crate) struct HostLine {
    reader: AudioReader,
    gauge: Arc<Gauge>,
    piece: Vec<f32>,
}

/// A line to a place in a graph.
pub(crate) fn host_line(place: HostPlace) -> (HostEnd, HostLine) {
    let (writer, reader) = audio_link();
    let gauge = Arc::<Gauge>::default();
    let format = place.output;
    let room = format.map_or(0, |it| it.frame_samples() * usize::from(it.channels));
    let end = HostEnd {
        node: place.node,
        format,
        writer,
        gauge: gauge.clone(),
        piece: Vec::with_capacity(room),
    };
    let line = HostLine {
        reader,
        gauge,
        piece: vec![0.0; room],
    };
    (end, line)
}

impl HostEnd {
    /// Sends planar audio down, in pieces of 10 ms at most, as much as there is room for; returns how many samples per channel
    /// that is.
    pub fn give(&mut self, position: Option<i64>, planar: &[f32]) -> usize {
        let Some(format) = self.format else { return 0 };
        let channels = usize::from(format.channels);
        let length = planar.len() / channels;
        let mut taken = 0;
        while taken < length {
            let next = (taken + format.frame_samples()).min(length);
            self.piece.clear();
            for channel in 0..channels {
                let plane = &planar[channel * length..][..length];
                self.piece.extend_from_slice(&plane[taken..next]);
            }
            let header = FrameHeader {
                node: self.node,
                format,
                position: position.map_or(APPENDED, |position| position + taken as i64),
            };
            if !self.writer.push(header, &self.piece) {
                break;
            }
            taken = next;
        }
        taken
    }

    /// Channels of the audio that it takes.
    pub fn channels(&self) -> usize {
        self.format.map_or(1, |format| usize::from(format.channels))
    }

    /// Samples per channel on their way or in the graph.
    pub fn queued(&self) -> u64 {
        self.gauge.queued.load(Relaxed) + (self.writer.waiting() / self.channels()) as u64
    }

    /// Frames for which no answer had come.
    pub fn late(&self) -> u64 {
        self.gauge.late.load(Relaxed)
    }
}

impl HostLine {
    /// Takes the answers into the graph of `media`; what has to wait there and finds no room stays here.
    pub fn take_answers(&mut self, host: usize, media: &mut dyn Media) {
        while let Some((header, length)) = self.reader.peek() {
            let is_appended = header.position == APPENDED;
            let channels = usize::from(header.format.channels);
            if is_appended && media.host_room(host) < length / channels {
                break;
            }
            let piece = &mut self.piece[..length];
            self.reader.pop_into(piece);
            let position = (!is_appended).then_some(header.position);
            media.give_host_audio(host, position, piece);
        }
    }

    /// Throws away what waits to be played in its turn; returns how many frames of 10 ms that was.
    pub fn forget_appended(&mut self) -> u32 {
        let mut frames = 0;
        while let Some((header, length)) = self.reader.peek() {
            if header.position != APPENDED {
                break;
            }
            self.reader.pop_into(&mut self.piece[..length]);
            frames += 1;
        }
        frames
    }

    /// Tells the other end how things stand.
    pub fn publish(&self, (queued, late): (usize, u64)) {
        self.gauge.queued.store(queued as u64, Relaxed);
        self.gauge.late.store(late, Relaxed);
    }
}
