//! Listening in on single nodes.

use super::{Graph, UnknownNode};
use crate::block::Block;
use crate::format::{FRAMES_PER_SECOND, Format};
use crate::frame_ring::FrameRing;
use crate::time::MediaTime;

/// Frames kept for a listener that does not fetch: a second.
const FRAMES: usize = FRAMES_PER_SECOND as usize;

/// What one node gives, laid by.
pub(super) struct Tap {
    /// Its place among the graph's nodes.
    pub node: usize,
    /// Delay of the audio where it is taken.
    delay: MediaTime,
    ring: FrameRing,
}

impl Tap {
    /// Lays a frame by that the graph made in the tick at `time`.
    pub fn hear(&mut self, time: MediaTime, frame: &Block) {
        let rate = self.ring.format().sample_rate;
        self.ring.push((time - self.delay).to_samples(rate), frame);
    }
}

/// A frame of a tapped node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tapped<'a> {
    /// Index of the node in the manifest.
    pub node: u8,
    /// Rate and channels.
    pub format: Format,
    /// First sample on the media timeline of the input, in samples of this rate; below 0 where it is the silence from before.
    pub media_time_samples: i64,
    /// The samples of all channels, plane after plane.
    pub planes: &'a [f32],
}

impl Graph {
    /// Begins or ends to lay by, frame by frame, the audio that a node gives; of an analyser or a sink, what it hears. For
    /// [`Graph::drain_taps`].
    ///
    /// # Errors
    /// Where no node of the graph has this id.
    pub fn set_tap(&mut self, node_id: &str, is_tapped: bool) -> Result<(), UnknownNode> {
        let ids = &self.node_ids;
        let mut nodes = self.nodes.iter();
        let place = nodes.position(|guard| ids[usize::from(guard.index)] == node_id);
        let place = place.ok_or(UnknownNode)?;
        let has = self.taps.iter().any(|tap| tap.node == place);
        if !is_tapped {
            self.taps.retain(|tap| tap.node != place);
        } else if !has {
            let guard = &self.nodes[place];
            let (format, delay) = guard.given();
            let ring = FrameRing::new(format, FRAMES);
            self.taps.push(Tap {
                node: place,
                delay,
                ring,
            });
        }
        Ok(())
    }

    /// Whether any node is tapped.
    pub fn is_tapped(&self) -> bool {
        !self.taps.is_empty()
    }

    /// Takes the audio of the tapped nodes, oldest first for each. Frames beyond a second per node have been lost, oldest first.
    pub fn drain_taps(&mut self, mut take: impl FnMut(Tapped<'_>)) {
        for tap in &mut self.taps {
            let format = tap.ring.format();
            let node = self.nodes[tap.node].index;
            while let Some((media_time_samples, planes)) = tap.ring.front() {
                take(Tapped {
                    node,
                    format,
                    media_time_samples,
                    planes,
                });
                tap.ring.pop();
            }
        }
    }

    /// Frames of the nodes tapped now that nobody took in time.
    pub fn tapped_frames_dropped(&self) -> u64 {
        self.taps.iter().map(|tap| tap.ring.dropped()).sum()
    }

    pub(super) fn clear_taps(&mut self) {
        self.taps.iter_mut().for_each(|tap| tap.ring.clear());
    }
}
