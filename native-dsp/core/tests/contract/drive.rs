//! Runs one node by itself, frame by frame.

use remotemedia_core::block::Block;
use remotemedia_core::event::{EndReason, Event, EventKind, EventQueue, SpeechReason};
use remotemedia_core::event_json;
use remotemedia_core::node::{Built, Input, Output, Stamp};
use remotemedia_core::spec::{NodeSpec, Role};
use remotemedia_core::time::MediaTime;

use crate::allocation::{allocations_of, payload_allocations};
use crate::signals::Signal;

/// Frames of a run: 2 s.
pub const FRAMES: i64 = 200;

/// A node under test.
pub struct Driver {
    spec: &'static NodeSpec,
    pub built: Built,
    input: Block,
    output: Option<Block>,
    events: EventQueue,
    /// Frames so far.
    at: i64,
}

/// What came out of a run.
#[derive(Default)]
pub struct Record {
    /// Planar frames, one after the other.
    pub audio: Vec<f32>,
    /// Every event as text.
    pub events: Vec<String>,
    /// Allocations beyond those that payloads are made of, whose memory is given away.
    pub allocations: u64,
}

impl Record {
    /// The samples as bits: NaN compares too.
    pub fn bits(&self) -> Vec<u32> {
        self.audio.iter().map(|sample| sample.to_bits()).collect()
    }
}

impl Driver {
    pub fn new(spec: &'static NodeSpec, built: Built) -> Self {
        let gives_audio = spec.role == Role::Transform;
        Self {
            spec,
            input: Block::silent(built.input),
            output: gives_audio.then(|| Block::silent(built.output)),
            events: EventQueue::with_capacity(256),
            built,
            at: 0,
        }
    }

    /// Feeds the next `FRAMES` frames of the signal, with events as detectors and monitors upstream would send them, and
    /// with packets of 20 ms that come a little out of step.
    pub fn run(&mut self, signal: Signal) -> Record {
        let mut record = Record::default();
        for _ in 0..FRAMES {
            self.frame(self.at, signal, &mut record);
            self.at += 1;
        }
        record
    }

    /// Whether the node collects audio until an event tells it what to do with it.
    pub fn keeps_audio(&self) -> bool {
        !self.spec.requires.is_empty()
    }

    /// Back to the beginning.
    pub fn reset(&mut self) {
        self.built.node.reset();
        self.at = 0;
    }

    /// Ends the input after the last frame.
    pub fn end(&mut self) -> Vec<String> {
        let length = self.built.input.frame_samples() as i64;
        let mut output = Output::new(
            None,
            &mut self.events,
            stamp(self.at, self.built.input.sample_rate),
        );
        self.built
            .node
            .end_of_input(self.at * length, EndReason::TrackEnded, &mut output);
        let mut events = Vec::new();
        self.collect(&mut events);
        events
    }

    fn frame(&mut self, frame: i64, signal: Signal, record: &mut Record) {
        let format = self.built.input;
        let position = frame * format.frame_samples() as i64;
        for channel in 0..self.input.channels() {
            for (n, sample) in self.input.channel_mut(channel).iter_mut().enumerate() {
                *sample = signal.at(position + n as i64, format.sample_rate);
            }
        }
        let upstream: Vec<Event> = messages(frame).into_iter().chain(alert(frame)).collect();
        let count = allocations_of(|| {
            let mut input = Input::with_events(&self.input, position, &upstream);
            input.arrival = arrival(frame);
            let stamp = stamp(frame, format.sample_rate);
            let mut output = Output::new(self.output.as_mut(), &mut self.events, stamp);
            self.built.node.process(&input, &mut output);
        });
        record
            .audio
            .extend(self.output.iter().flat_map(Block::planes));
        let payloads = self.collect(&mut record.events);
        // A node may give away memory that it took before, but not take any that it keeps.
        record.allocations += count.saturating_sub(payloads);
    }

    /// Adds all events as text, and says how many allocations their payloads are made of.
    fn collect(&mut self, texts: &mut Vec<String>) -> u64 {
        let spec = self.spec;
        let allocations = self.events.drain().map(|event| {
            let spec_events = match event.internal {
                // Heard by nodes alone, it is not in the documentation.
                true => &["speculation_started", "vad_probability"],
                false => spec.events,
            };
            let json = event_json::to_json(&event, &[], 48_000);
            let kind = json["type"].as_str().expect("an event has a type");
            assert!(
                spec_events.contains(&kind),
                "{} emits {kind} and does not say so",
                spec.node_type
            );
            assert!(
                event.detected >= event.time,
                "{} foresees {event:?}",
                spec.node_type
            );
            texts.push(format!("{event:?}"));
            payload_allocations(event)
        });
        allocations.sum()
    }
}

fn stamp(frame: i64, sample_rate: u32) -> Stamp {
    Stamp {
        node: 1,
        sample_rate,
        delay: MediaTime::ZERO,
        now: MediaTime::from_ms(10 * (frame + 1)),
    }
}

/// Every other packet waits, ever longer; after the middle of a run all come by a longer way.
fn arrival(frame: i64) -> Option<MediaTime> {
    let jitter_ms = frame % 4 * (frame % FRAMES) / 4;
    let detour_ms = if frame % FRAMES < FRAMES / 2 { 0 } else { 150 };
    (frame % 2 == 0).then(|| MediaTime::from_ms(10 * frame + jitter_ms + detour_ms))
}

/// In every run, clipping from 0.3 s to 1.2 s, and dropouts from 0.6 s to 1.5 s.
fn alert(frame: i64) -> Option<Event> {
    let clipping = |is_clipping| EventKind::Clipping {
        is_clipping,
        saturation_ratio_percent: 2.0,
        crest_factor_db: 6.0,
        peak_dbfs: 0.0,
    };
    let dropouts = |has_intermittent_dropouts| EventKind::Silence {
        is_sustained_silence: false,
        has_intermittent_dropouts,
        silence_duration_ms: 150.0,
        dropout_count: 3,
        level_dbfs: -20.0,
    };
    let kind = match frame % FRAMES {
        30 => clipping(true),
        60 => dropouts(true),
        120 => clipping(false),
        150 => dropouts(false),
        _ => return None,
    };
    Some(Event {
        node: 0,
        time: MediaTime::from_ms(10 * frame),
        detected: MediaTime::from_ms(10 * (frame + 1)),
        internal: false,
        kind,
    })
}

/// In every run, speech from 0.4 s to 1.1 s, known 100 ms later each, and the probability of every frame.
fn messages(frame: i64) -> Vec<Event> {
    let (begin, frame) = (frame - frame % FRAMES, frame % FRAMES);
    let event = |ms, internal, kind| Event {
        node: 0,
        time: MediaTime::from_ms(10 * begin + ms),
        detected: MediaTime::from_ms(10 * (begin + frame + 1)),
        internal,
        kind,
    };
    let is_speech = (40..110).contains(&frame);
    let window = EventKind::VadProbability {
        probability: if is_speech { 0.9 } else { 0.1 },
        speech: is_speech,
    };
    let change = match frame {
        50 => {
            let kind = EventKind::SpeechStarted {
                probability: 0.9,
                level_dbfs: -20.0,
                reason: SpeechReason::Threshold,
                prefix_padding_ms: 100.0,
            };
            Some(event(400, false, kind))
        }
        120 => {
            let kind = EventKind::SpeechStopped {
                probability: 0.1,
                level_dbfs: -60.0,
                reason: SpeechReason::Threshold,
                duration_ms: 700.0,
            };
            Some(event(1100, false, kind))
        }
        _ => None,
    };
    let window = event(10 * (frame + 1), true, window);
    change.into_iter().chain([window]).collect()
}
