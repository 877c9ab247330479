//! Nodes outside in a session: their frames wait here to be fetched, and what they answer goes back into the graph.

use remotemedia_core::format::{FRAMES_PER_SECOND, Format};
use remotemedia_core::frame_ring::FrameRing;
use remotemedia_core::graph::Graph;

use crate::session::MediaSession;

/// Frames kept for each: a second, after which any answer would be late.
const FRAMES: usize = FRAMES_PER_SECOND as usize;

/// The place of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostPlace {
    /// Index of its node in the manifest.
    pub node: u8,
    /// What it hears; `None` where it hears nothing.
    pub input: Option<Format>,
    /// What it is to answer with; `None` where it gives no audio.
    pub output: Option<Format>,
}

/// A frame for a node outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HostFrame<'a> {
    /// Index of the node in the manifest.
    pub node: u8,
    /// Rate and channels.
    pub format: Format,
    /// First sample on the node's timeline, in samples of this rate.
    pub position: i64,
    /// The samples of all channels, plane after plane.
    pub planes: &'a [f32],
}

/// The frames that wait.
pub(crate) struct HostFrames {
    places: Box<[HostPlace]>,
    /// By place; none where it does not hear.
    rings: Box<[Option<FrameRing>]>,
}

impl HostFrames {
    pub fn new(graph: &mut Graph) -> Self {
        let places: Box<[HostPlace]> = (0..graph.host_count())
            .filter_map(|place| {
                let node = graph.host_node(place)?;
                let (_, host) = graph.host(place)?;
                let (input, output) = (host.input_format(), host.output_format());
                Some(HostPlace {
                    node,
                    input,
                    output,
                })
            })
            .collect();
        let rings = places.iter();
        let rings = rings.map(|place| place.input.map(|format| FrameRing::new(format, FRAMES)));
        Self {
            rings: rings.collect(),
            places,
        }
    }

    /// Lays by what the last tick handed out.
    pub fn collect(&mut self, graph: &mut Graph) {
        for (place, ring) in self.rings.iter_mut().enumerate() {
            let (Some(ring), Some((_, host))) = (ring, graph.host(place)) else {
                continue;
            };
            if let Some((position, frame)) = host.frame() {
                ring.push(position, frame);
            }
        }
    }

    /// Frames that nobody fetched in time.
    pub fn dropped(&self) -> u64 {
        self.rings.iter().flatten().map(FrameRing::dropped).sum()
    }
}

impl MediaSession {
    /// The nodes outside that have a place in the graph, in the order of the manifest.
    pub fn hosts(&self) -> &[HostPlace] {
        &self.playout.hosts.places
    }

    /// Takes the frames for nodes outside, oldest first for each. To be called after every input.
    pub fn drain_host_frames(&mut self, mut take: impl FnMut(HostFrame<'_>)) {
        let HostFrames { places, rings } = &mut self.playout.hosts;
        for (place, ring) in places.iter().zip(rings.iter_mut()) {
            let Some(ring) = ring else { continue };
            let (node, format) = (place.node, ring.format());
            while let Some((position, planes)) = ring.front() {
                take(HostFrame {
                    node,
                    format,
                    position,
                    planes,
                });
                ring.pop();
            }
        }
    }

    /// Takes planar audio of a node outside: for a position at the rate of its output, or after what waits already. Returns how
    /// many samples per channel were taken: not what is too late, too far ahead, or more than can wait.
    pub fn give_host_audio(&mut self, host: usize, position: Option<i64>, planes: &[f32]) -> usize {
        let host = self.playout.graph.host(host);
        host.map_or(0, |(_, host)| host.give(position, planes))
    }

    /// Samples per channel that a node outside may still append.
    pub fn host_room(&mut self, host: usize) -> usize {
        let host = self.playout.graph.host(host);
        host.map_or(0, |(_, host)| host.room())
    }

    /// Samples per channel of a node outside that wait to be played, and for how many frames its answer had not come.
    pub fn host_backlog(&mut self, host: usize) -> (usize, u64) {
        let host = self.playout.graph.host(host);
        host.map_or((0, 0), |(_, host)| (host.queued(), host.late()))
    }
}
