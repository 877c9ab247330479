//! What happens to a node: audio and garbage, gaps and jumps, words from upstream, ends and resets.

use remotemedia_core::block::Block;
use remotemedia_core::event::{Event, EventKind, EventQueue, SpeechReason};
use remotemedia_core::event_json;
use remotemedia_core::node::{Built, Input, Output, Stamp};
use remotemedia_core::spec::{NodeSpec, Role};
use remotemedia_core::time::MediaTime;
use serde_json::Value;

use super::bytes::Bytes;

/// Longer inputs are not read to their end.
const MOST_FRAMES: usize = 96;
/// A graph takes no more from one node in one frame.
const MOST_EVENTS: usize = 64;

/// What came out.
#[derive(Default, PartialEq)]
pub struct Record {
    pub frames: usize,
    pub events: Vec<String>,
    /// The samples as bits, so that equal means equal.
    audio: Vec<u32>,
}

/// A node at work.
struct Stage {
    spec: &'static NodeSpec,
    built: Built,
    input: Block,
    output: Option<Block>,
    queue: EventQueue,
    position: i64,
    /// Whether time went backwards, after which no node can keep its events in order.
    went_back: bool,
    record: Record,
}

/// Lets everything that the bytes say happen to a node.
pub fn run(spec: &'static NodeSpec, built: Built, mut bytes: Bytes<'_>) -> Record {
    assert!(built.input.is_supported() && built.output.is_supported());
    let mut stage = Stage {
        spec,
        input: Block::silent(built.input),
        output: (spec.role == Role::Transform).then(|| Block::silent(built.output)),
        queue: EventQueue::with_capacity(MOST_EVENTS),
        built,
        position: 0,
        went_back: false,
        record: Record::default(),
    };
    while !bytes.is_empty() && stage.record.frames < MOST_FRAMES {
        stage.step(&mut bytes);
    }
    stage.end(SpeechReason::TrackEnded);
    stage.record
}

impl Stage {
    fn step(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.below(24) {
            0 => self.position += i64::from(bytes.byte()),
            1 => self.position += 1 << bytes.below(40),
            2 => {
                self.position /= 2;
                self.went_back = true;
            }
            3 => self.end(reason(bytes)),
            4 => {
                self.built.node.reset();
                self.queue.drain();
                self.position = 0;
                self.went_back = false;
            }
            _ => {}
        }
        // A few frames of one kind, so that something can last.
        let sound = Sound::read(bytes);
        for _ in 0..=bytes.below(6) {
            let heard = self.events(bytes);
            self.frame(&sound, &heard);
        }
    }

    fn frame(&mut self, sound: &Sound, heard: &[Event]) {
        for channel in 0..self.input.channels() {
            for (n, sample) in self.input.channel_mut(channel).iter_mut().enumerate() {
                *sample = sound.at(self.position + n as i64, channel);
            }
        }
        let stamp = self.stamp(self.input.format().frame_samples() as i64);
        let mut output = Output::new(self.output.as_mut(), &mut self.queue, stamp);
        let input = Input::with_events(&self.input, self.position, heard);
        self.built.node.process(&input, &mut output);
        let samples = self.output.iter().flat_map(Block::planes);
        for sample in samples {
            assert!(sample.is_finite(), "{} gives {sample}", self.spec.node_type);
            self.record.audio.push(sample.to_bits());
        }
        self.position += self.input.format().frame_samples() as i64;
        self.record.frames += 1;
        self.collect();
    }

    fn end(&mut self, reason: SpeechReason) {
        let stamp = self.stamp(0);
        let mut output = Output::new(None, &mut self.queue, stamp);
        self.built
            .node
            .end_of_input(self.position, reason, &mut output);
        self.collect();
    }

    fn stamp(&self, length: i64) -> Stamp {
        let sample_rate = self.built.input.sample_rate;
        Stamp {
            node: 1,
            sample_rate,
            delay: MediaTime::ZERO,
            now: MediaTime::from_samples(self.position + length, sample_rate),
        }
    }

    fn collect(&mut self) {
        let name = self.spec.node_type;
        assert_eq!(self.queue.dropped(), 0, "{name} says too much at once");
        for event in self.queue.drain() {
            assert!(
                self.went_back || event.detected >= event.time,
                "{name} foresees {event:?}"
            );
            let json = event_json::to_json(&event, &[], 48_000);
            // JSON has no NaN and no infinity: they become null.
            let nulls = json
                .iter()
                .filter(|(key, value)| value.is_null() && *key != "node_id");
            assert_eq!(nulls.count(), 0, "{name}: {json:?}");
            self.record.events.push(Value::Object(json).to_string());
        }
    }

    /// What a detector upstream says in this frame, about any time up to its end.
    fn events(&self, bytes: &mut Bytes<'_>) -> Vec<Event> {
        let sample_rate = self.built.input.sample_rate;
        let end = self.position + self.built.input.frame_samples() as i64;
        let count = bytes.below(8).saturating_sub(4);
        let event = |_| {
            let age = i64::from(bytes.byte()) << bytes.below(12);
            let detected = MediaTime::from_samples(end, sample_rate);
            Event {
                node: 0,
                time: MediaTime::from_samples((end - age).max(0), sample_rate),
                detected,
                internal: false,
                kind: word(bytes),
            }
        };
        (0..count).map(event).collect()
    }
}

/// Any word of a detector, within the ranges that detectors promise.
fn word(bytes: &mut Bytes<'_>) -> EventKind {
    let probability = bytes.share() as f32;
    let level_dbfs = -120.0 * bytes.share() as f32;
    let duration_ms = 1_000.0 * bytes.share() as f32;
    match bytes.below(8) {
        0 | 1 => EventKind::SpeechStarted {
            probability,
            level_dbfs,
            reason: reason(bytes),
            prefix_padding_ms: 2_000.0 * bytes.share() as f32,
        },
        2 => EventKind::SpeechStopped {
            probability,
            level_dbfs,
            reason: reason(bytes),
            duration_ms,
        },
        3 => EventKind::SpeechMisfire {
            probability,
            level_dbfs,
            duration_ms,
        },
        4 => EventKind::SpeculationStarted {
            probability,
            lookback_ms: duration_ms,
        },
        _ => EventKind::VadProbability {
            probability,
            speech: bytes.once_in(2),
        },
    }
}

fn reason(bytes: &mut Bytes<'_>) -> SpeechReason {
    use SpeechReason::{Flush, MaxDuration, Mute, PacketTimeout, Threshold, TrackEnded};
    [
        Threshold,
        MaxDuration,
        Mute,
        TrackEnded,
        PacketTimeout,
        Flush,
    ][bytes.below(6)]
}

/// Samples as a function of their place.
enum Sound {
    Silence,
    /// Amplitude, and length of a period in samples.
    Tone(f32, f32),
    /// Amplitude and seed.
    Noise(f32, u64),
    /// One value for ever.
    Constant(f32),
    /// Noise with such a value in every so many.
    Spiked(f32, i64),
    /// Five values by turns.
    Pattern([f32; 5]),
}

impl Sound {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        const SPIKES: [f32; 8] = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::MIN,
            1e-42,
            1.5,
            999.0,
        ];
        match bytes.below(8) {
            0 => Self::Silence,
            1 | 2 => Self::Tone(bytes.share() as f32, 2.0 + f32::from(bytes.byte())),
            3 => Self::Noise(bytes.share() as f32, bytes.byte().into()),
            4 => Self::Constant(bytes.float()),
            5 => Self::Spiked(SPIKES[bytes.below(8)], 1 + i64::from(bytes.byte())),
            6 => Self::Constant(SPIKES[bytes.below(8)]),
            _ => Self::Pattern(std::array::from_fn(|_| bytes.float())),
        }
    }

    fn at(&self, n: i64, channel: usize) -> f32 {
        match self {
            Self::Silence => 0.0,
            Self::Tone(amplitude, period) => {
                let phase = (n % 1_000_000) as f32 / period + channel as f32 * 0.1;
                amplitude * (std::f32::consts::TAU * phase.fract()).sin()
            }
            Self::Noise(amplitude, seed) => amplitude * noise(n as u64 ^ seed << 40, channel),
            Self::Constant(value) => *value,
            Self::Spiked(spike, every) if n % every == 0 => *spike,
            Self::Spiked(..) => 0.1 * noise(n as u64, channel),
            Self::Pattern(values) => values[(n % 5) as usize],
        }
    }
}

/// SplitMix64 of the sample's number: Steele, Lea and Flood 2014.
fn noise(n: u64, channel: usize) -> f32 {
    let mut z = (n + 1 + ((channel as u64) << 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}
