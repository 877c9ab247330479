//! The contract between the graph and its nodes.
//!
//! A node sees one 10 ms frame at a time and answers at once. It promises, and the contract tests check
//! for every node of the catalogue: no allocation, lock or I/O in [`Node::process`] (but a node that keeps
//! audio may take memory while it keeps more than ever before, and events with a payload give some away: see
//! [`EventKind::carries_payload`]);
//! finite output for NaN, infinity and denormals; [`Node::reset`] leaves it as new; the latency it reports
//! is the latency it has; the same input gives the same output.

use crate::block::Block;
use crate::event::{EndReason, Event, EventKind, EventQueue};
use crate::format::Format;
use crate::host::HostNode;
use crate::time::MediaTime;

/// The smallest duty a node has: one frame in, one frame out (or none), and what it noticed.
pub trait Node: Send {
    /// Processes one frame. `output.audio` is the node's own block to fill completely where its role is
    /// [`Role::Transform`](crate::spec::Role::Transform), and is absent otherwise.
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>);

    /// Forgets all history, keeping the parameters: afterwards the node behaves as if newly made.
    fn reset(&mut self);

    /// Delay of the audio through this node, in samples of its output format.
    fn latency_samples(&self) -> u32 {
        0
    }

    /// Itself, where it keeps the place of a node outside.
    fn as_host(&mut self) -> Option<&mut HostNode> {
        None
    }

    /// The input has ended or paused for good: close what is open (speech, an utterance) and say why.
    fn end_of_input(&mut self, position: i64, reason: EndReason, output: &mut Output<'_>) {
        let _ = (position, reason, output);
    }
}

/// A node made for one place in one graph, with the formats it settled on.
pub struct Built {
    /// The node itself.
    pub node: Box<dyn Node>,
    /// What it wants to be fed. Where this differs from what it was offered, the plan converts.
    pub input: Format,
    /// What it produces (for analysers and sinks: ignored).
    pub output: Format,
}

/// What a node is given for one frame.
pub struct Input<'a> {
    /// The frame, in the node's input format.
    pub audio: &'a Block,
    /// Index of the frame's first sample on the node's own timeline, which counts the samples of its
    /// input format from the start of the stream. It jumps where media was skipped.
    pub position: i64,
    /// When the packet came whose audio begins in this frame, on a clock that starts anywhere. `None` where
    /// none begins here: the frame continues the packet before, stands in for one that is missing, or comes
    /// from a file.
    pub arrival: Option<MediaTime>,
    /// Events of this tick from the nodes connected upstream; see [`Input::messages`].
    pub(crate) upstream: Upstream<'a>,
}

/// Which of this tick's events belong to a node's input, and how their times map to its timeline.
#[derive(Clone, Copy)]
pub(crate) struct Upstream<'a> {
    pub events: &'a [Event],
    /// Bit n is set where node n is directly upstream.
    pub sources: u64,
    /// Delay that the path to this node added to the audio.
    pub delay: MediaTime,
}

impl<'a> Input<'a> {
    /// A frame without upstream events, as the tests of a single node need it.
    pub fn of(audio: &'a Block, position: i64) -> Self {
        let upstream = Upstream {
            events: &[],
            sources: 0,
            delay: MediaTime::ZERO,
        };
        Self {
            audio,
            position,
            arrival: None,
            upstream,
        }
    }

    /// A frame with events from one upstream node (all of `events`), for tests of a single node.
    pub fn with_events(audio: &'a Block, position: i64, events: &'a [Event]) -> Self {
        Self {
            audio,
            position,
            arrival: None,
            upstream: Upstream {
                events,
                sources: u64::MAX,
                delay: MediaTime::ZERO,
            },
        }
    }

    /// What the nodes upstream said in this tick, each with its position on this node's own timeline:
    /// comparable with [`Input::position`] whatever resamplers and delays lie between.
    pub fn messages(&self) -> impl Iterator<Item = (i64, &'a EventKind)> {
        let Upstream {
            events,
            sources,
            delay,
        } = self.upstream;
        let rate = self.audio.format().sample_rate;
        events
            .iter()
            .filter(move |event| is_in(sources, event.node))
            .map(move |event| ((event.time + delay).to_samples(rate), &event.kind))
    }
}

/// Whether bit `node` is set; the session's own events have an index beyond all bits.
fn is_in(sources: u64, node: u8) -> bool {
    let bit = 1u64.checked_shl(u32::from(node));
    bit.is_some_and(|bit| sources & bit != 0)
}

/// Where a node puts its results.
pub struct Output<'a> {
    /// The node's own output frame; `None` for analysers and sinks.
    pub audio: Option<&'a mut Block>,
    pub(crate) events: &'a mut EventQueue,
    pub(crate) stamp: Stamp,
}

/// How positions on a node's timeline become media time.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Index of the node in the manifest.
    pub node: u8,
    /// The node's input rate.
    pub sample_rate: u32,
    /// Delay that the path to this node added to the audio.
    pub delay: MediaTime,
    /// End of the frame that is being processed, on the session's timeline.
    pub now: MediaTime,
}

impl<'a> Output<'a> {
    /// An output for the tests of a single node.
    pub fn new(audio: Option<&'a mut Block>, events: &'a mut EventQueue, stamp: Stamp) -> Self {
        Self {
            audio,
            events,
            stamp,
        }
    }

    /// Reports `kind`, which concerns sample `position` of the node's own timeline (the first speech
    /// sample, the end of a window). Allocates nothing; past the queue's bound the event is counted as
    /// dropped.
    pub fn emit(&mut self, position: i64, kind: EventKind) {
        self.push(position, kind, false);
    }

    /// As [`Output::emit`], but for the ears of the nodes downstream only.
    pub fn tell(&mut self, position: i64, kind: EventKind) {
        self.push(position, kind, true);
    }

    /// Sample `position` of the node's own timeline as media time at the session's input.
    pub fn media_time(&self, position: i64) -> MediaTime {
        let time = MediaTime::from_samples(position, self.stamp.sample_rate) - self.stamp.delay;
        time.max(MediaTime::ZERO)
    }

    fn push(&mut self, position: i64, kind: EventKind, internal: bool) {
        self.events.push(Event {
            node: self.stamp.node,
            time: self.media_time(position),
            detected: self.stamp.now,
            internal,
            kind,
        });
    }
}
