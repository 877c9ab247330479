//! Drives a single node through whole signals, for the tests beside each node.

use crate::block::Block;
use crate::event::{EndReason, Event, EventKind, EventQueue};
use crate::format::Format;
use crate::node::{Built, Input, Output, Stamp};
use crate::params::{ParamValue, Params};
use crate::spec::{BuildError, NodeSpec, Role};
use crate::time::MediaTime;

/// A node with the buffers that a graph would give it.
pub struct Driver {
    pub built: Built,
    input: Block,
    output: Option<Block>,
    events: EventQueue,
    position: i64,
    /// Of the next frame: what is said upstream, and when its packet came.
    upstream: Vec<Event>,
    arrival: Option<MediaTime>,
}

/// Parameters given by a test; the others stay at their defaults.
pub type Given<'a> = &'a [(&'a str, ParamValue)];

/// Builds the node as a graph would.
pub fn build(spec: &NodeSpec, given: Given<'_>, offered: Format) -> Result<Built, BuildError> {
    let mut params = Params::defaults(spec.params);
    for (name, value) in given {
        params.set(name, value.clone());
    }
    (spec.build)(&params, offered)
}

impl Driver {
    pub fn new(spec: &NodeSpec, given: Given<'_>, offered: Format) -> Self {
        let built = build(spec, given, offered).unwrap_or_else(|error| panic!("{error:?}"));
        Self {
            input: Block::silent(built.input),
            output: (spec.role == Role::Transform).then(|| Block::silent(built.output)),
            events: EventQueue::with_capacity(1024),
            position: 0,
            upstream: Vec::new(),
            arrival: None,
            built,
        }
    }

    /// Feeds whole frames of every channel and returns every channel of the output.
    pub fn run(&mut self, channels: &[&[f32]]) -> Vec<Vec<f32>> {
        let frame = self.built.input.frame_samples();
        let mut collected = vec![Vec::new(); usize::from(self.built.output.channels)];
        for start in (0..channels[0].len() / frame).map(|index| index * frame) {
            for (index, samples) in channels.iter().enumerate() {
                let plane = self.input.channel_mut(index);
                plane.copy_from_slice(&samples[start..start + frame]);
            }
            self.tick();
            for (index, samples) in collected.iter_mut().enumerate() {
                if let Some(output) = &self.output {
                    samples.extend_from_slice(output.channel(index));
                }
            }
        }
        collected
    }

    /// Feeds one channel.
    pub fn run_mono(&mut self, samples: &[f32]) -> Vec<f32> {
        self.run(&[samples]).remove(0)
    }

    /// The next frame begins here on the node's timeline.
    pub fn jump(&mut self, position: i64) {
        self.position = position;
    }

    /// A node upstream says this of the first sample of the next frame.
    pub fn tell(&mut self, kind: EventKind) {
        let time = MediaTime::from_samples(self.position, self.built.input.sample_rate);
        self.upstream.push(Event {
            node: 0,
            time,
            detected: time + MediaTime::from_ms(10),
            kind,
        });
    }

    /// In the next frame a packet begins that came at `arrival`.
    pub fn arrive(&mut self, arrival: MediaTime) {
        self.arrival = Some(arrival);
    }

    /// The input ends where the last frame did.
    pub fn end(&mut self, reason: EndReason) {
        let stamp = self.stamp(self.position);
        let mut output = Output::new(None, &mut self.events, stamp);
        self.built
            .node
            .end_of_input(self.position, reason, &mut output);
    }

    /// What the node reported since the last call: (media time in samples of its input, kind).
    pub fn events(&mut self) -> Vec<(i64, EventKind)> {
        let rate = self.built.input.sample_rate;
        let events = self.events.drain();
        events
            .map(|event| (event.time.to_samples(rate), event.kind))
            .collect()
    }

    fn tick(&mut self) {
        let format = self.built.input;
        let end = self.position + format.frame_samples() as i64;
        let stamp = self.stamp(end);
        let mut output = Output::new(self.output.as_mut(), &mut self.events, stamp);
        let mut input = Input::with_events(&self.input, self.position, &self.upstream);
        input.arrival = self.arrival.take();
        self.built.node.process(&input, &mut output);
        self.upstream.clear();
        self.position = end;
    }

    fn stamp(&self, now: i64) -> Stamp {
        let sample_rate = self.built.input.sample_rate;
        Stamp {
            node: 0,
            sample_rate,
            delay: MediaTime::ZERO,
            now: MediaTime::from_samples(now, sample_rate),
        }
    }
}
