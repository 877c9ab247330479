//! A stage for the tests of whoever cuts utterances: a script in the place of a detector, and audio whose samples
//! tell their positions.

use std::ops::Range;

use crate::block::Block;
use crate::detector::FORMAT;
use crate::event::{EndReason, Event, EventKind, EventQueue, SpeechReason, Utterance};
use crate::format::Format;
use crate::node::{Input, Node, Output, Stamp};
use crate::node_test::build;
use crate::params::ParamValue::Number;
use crate::spec::NodeSpec;
use crate::time::MediaTime;

/// What a detector says: (position at which it is said, position it is about, kind).
pub type Script = Vec<(i64, i64, EventKind)>;

pub fn started(said: i64, first: i64, prefix_padding_ms: f32) -> (i64, i64, EventKind) {
    let kind = EventKind::SpeechStarted {
        probability: 0.75,
        level_dbfs: -20.0,
        reason: SpeechReason::Threshold,
        prefix_padding_ms,
    };
    (said, first, kind)
}

pub fn stopped(said: i64, last: i64) -> (i64, i64, EventKind) {
    let kind = EventKind::SpeechStopped {
        probability: 0.1,
        level_dbfs: -60.0,
        reason: SpeechReason::Threshold,
        duration_ms: 0.0,
    };
    (said, last, kind)
}

/// A sample that tells its position, for the first 2 s and then again.
fn sample_at(position: i64) -> i16 {
    (position % 32_000 - 16_000) as i16
}

/// What a node said, when (end of the frame), and about which position.
pub struct Said {
    pub told: i64,
    pub about: i64,
    pub kind: EventKind,
}

/// A node, the positions that it is fed, and what it said.
pub struct Stage {
    node: Box<dyn Node>,
    pub position: i64,
    script: Script,
    pub said: Vec<Said>,
}

impl Stage {
    pub fn new(spec: &NodeSpec, given: &[(&str, f64)], script: Script) -> Self {
        let given: Vec<_> = given
            .iter()
            .map(|(name, value)| (*name, Number(*value)))
            .collect();
        let built = build(spec, &given, Format::VOICE).unwrap_or_else(|error| panic!("{error:?}"));
        Self {
            node: built.node,
            position: 0,
            script,
            said: Vec::new(),
        }
    }

    /// The samples at these positions.
    pub fn slice(range: Range<i64>) -> Vec<i16> {
        range.map(sample_at).collect()
    }

    /// Feeds frames up to `end`, of samples that `sample` makes from positions.
    pub fn feed(&mut self, end: i64, sample: impl Fn(i64) -> f32) {
        let mut audio = Block::silent(FORMAT);
        while self.position < end {
            for (n, value) in audio.channel_mut(0).iter_mut().enumerate() {
                *value = sample(self.position + n as i64);
            }
            let position = self.position;
            self.position += FORMAT.frame_samples() as i64;
            let mut heard = Vec::new();
            while self
                .script
                .first()
                .is_some_and(|(said, ..)| *said < self.position)
            {
                let (_, about, kind) = self.script.remove(0);
                let time = MediaTime::from_samples(about, FORMAT.sample_rate);
                heard.push(Event {
                    node: 1,
                    time,
                    detected: time,
                    internal: false,
                    kind,
                });
            }
            let input = Input::with_events(&audio, position, &heard);
            self.act(|node, output| node.process(&input, output));
        }
    }

    /// Feeds samples that tell their positions.
    pub fn feed_positions(&mut self, end: i64) {
        self.feed(end, |position| f32::from(sample_at(position)) / 32_768.0);
    }

    /// Ends the input.
    pub fn end(&mut self, reason: EndReason) {
        let position = self.position;
        self.act(|node, output| node.end_of_input(position, reason, output));
    }

    /// The utterances so far, each with its first sample.
    pub fn utterances(&self) -> Vec<(i64, &Utterance)> {
        let utterances = self.said.iter().filter_map(|said| match &said.kind {
            EventKind::Utterance(utterance) => Some((said.about, &**utterance)),
            _ => None,
        });
        utterances.collect()
    }

    /// The newest utterance.
    pub fn last_utterance(&self) -> &Utterance {
        self.utterances().last().expect("an utterance").1
    }

    fn act(&mut self, act: impl FnOnce(&mut dyn Node, &mut Output<'_>)) {
        let mut events = EventQueue::with_capacity(8);
        let stamp = Stamp {
            node: 0,
            sample_rate: FORMAT.sample_rate,
            delay: MediaTime::ZERO,
            now: MediaTime::from_samples(self.position, FORMAT.sample_rate),
        };
        act(
            self.node.as_mut(),
            &mut Output::new(None, &mut events, stamp),
        );
        let told = self.position;
        let said = events.drain().map(|event| {
            assert!(event.detected >= event.time, "{event:?}");
            Said {
                told,
                about: event.time.to_samples(FORMAT.sample_rate),
                kind: event.kind,
            }
        });
        self.said.extend(said);
        assert_eq!(events.dropped(), 0);
    }
}
