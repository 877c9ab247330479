//! Cuts utterances out of the stream, as a voice-activity detector says: the kernel of every node that does so.

use std::collections::VecDeque;
use std::ops::Range;

use crate::dsp::audio_history::AudioHistory;
use crate::event::{EndReason, EventKind, SpeechReason, Utterance};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::spec::{ParamKind, ParamSpec};

/// What utterances are made of.
pub const FORMAT: Format = Format::mono(16_000);
/// At [`FORMAT`].
pub const SAMPLES_PER_MS: f64 = 16.0;
/// What a start may reach back to.
const LOOKBACK_SAMPLES: i64 = 5 * 16_000;
/// Longest stretch of skipped media that is filled with silence.
const LONGEST_FILL_SAMPLES: i64 = 16_000;
const FRAME_SAMPLES: i64 = FORMAT.frame_samples() as i64;
/// Starts and stops that wait for their audio; a detector gives no more than a few per frame.
const MOST_PENDING: usize = 64;

/// The parameter that says what is too short.
pub const MIN_UTTERANCE_DURATION_MS: ParamSpec = ParamSpec {
    name: "min_utterance_duration_ms",
    aliases: &["min_utterance_ms"],
    kind: ParamKind::Number {
        min: 0.0,
        max: 10_000.0,
        default: 250.0,
    },
    documentation: "Shortest speech in ms, without pre-roll, that becomes an utterance.",
};

/// How to cut. Lengths are in samples of [`FORMAT`].
pub struct Settings {
    /// Audio to keep before the first sample of speech, in ms; `None`: as much as the detector says.
    pub pre_roll_ms: Option<f64>,
    /// Speech that is shorter is dropped.
    pub min_samples: i64,
    /// Utterances that are longer are split.
    pub max_samples: i64,
    /// How far back a split looks for the quietest point; less than `max_samples`.
    pub search_samples: i64,
}

/// The node itself.
pub struct Segmenter {
    settings: Settings,
    history: AudioHistory,
    /// Whether the history ends where the next frame should begin.
    is_running: bool,
    /// What the detector said and the audio has not reached yet, which another path may have delayed.
    pending: VecDeque<Mark>,
    open: Option<Open>,
    /// End of the utterance before, where pre-roll stops.
    floor: i64,
    count: u32,
}

/// What the detector said.
enum Mark {
    Start {
        first: i64,
        pre_roll: i64,
        probability: f32,
        reason: SpeechReason,
    },
    Stop {
        last: i64,
        reason: SpeechReason,
    },
    Probability(f32),
}

/// The utterance that is being spoken.
struct Open {
    /// First sample of its audio.
    first: i64,
    /// First sample of speech.
    speech: i64,
    /// Whether it is the rest of one that was split.
    is_rest: bool,
    start_probability: f32,
    probability_sum: f64,
    probabilities: u32,
}

impl Node for Segmenter {
    /// Allocates only the utterances that it gives away.
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let position = input.position;
        let mut heard_before = i64::MIN;
        match position - self.history.end() {
            _ if !self.is_running => self.history.restart(position),
            0 => {}
            skipped @ 1..=LONGEST_FILL_SAMPLES => self.history.push_silence(skipped as usize),
            _ => {
                // What the detector says of the time before the gap, it says in this frame.
                self.listen(input, i64::MIN..position);
                self.finish(SpeechReason::PacketTimeout, output);
                self.history.restart(position);
                heard_before = position;
            }
        }
        self.is_running = true;
        self.history.push(input.audio.channel(0));
        self.listen(input, heard_before..i64::MAX);
        self.settle(output);
        while self.limit(output) {}
        let oldest = self.history.end() - LOOKBACK_SAMPLES;
        let first = self.open.as_ref().map_or(oldest, |open| open.first);
        self.history.forget_before(first.min(oldest));
    }

    fn reset(&mut self) {
        self.history.restart(0);
        self.is_running = false;
        self.pending.clear();
        self.open = None;
        self.floor = i64::MIN;
        self.count = 0;
    }

    fn end_of_input(&mut self, _: i64, reason: EndReason, output: &mut Output<'_>) {
        self.finish(reason, output);
        self.is_running = false;
    }
}

impl Segmenter {
    /// A segmenter with an empty past, and the format it wants.
    pub fn build(settings: Settings) -> Built {
        let kept =
            settings.max_samples.max(LOOKBACK_SAMPLES) + LONGEST_FILL_SAMPLES + FRAME_SAMPLES;
        let segmenter = Self {
            settings,
            history: AudioHistory::with_capacity(kept as usize),
            is_running: false,
            pending: VecDeque::with_capacity(MOST_PENDING),
            open: None,
            floor: i64::MIN,
            count: 0,
        };
        Built {
            node: Box::new(segmenter),
            input: FORMAT,
            output: FORMAT,
        }
    }

    /// Notes what the detector said about `positions`.
    fn listen(&mut self, input: &Input<'_>, positions: Range<i64>) {
        for (at, kind) in input.messages().filter(|(at, _)| positions.contains(at)) {
            let mark = match *kind {
                EventKind::SpeechStarted {
                    probability,
                    reason,
                    prefix_padding_ms,
                    ..
                } => {
                    let pre_roll_ms = self
                        .settings
                        .pre_roll_ms
                        .unwrap_or(prefix_padding_ms.into());
                    Mark::Start {
                        first: at,
                        pre_roll: (pre_roll_ms * SAMPLES_PER_MS).round() as i64,
                        probability,
                        reason,
                    }
                }
                EventKind::SpeechStopped { reason, .. } => Mark::Stop { last: at, reason },
                EventKind::VadProbability { probability, .. } => Mark::Probability(probability),
                _ => continue,
            };
            if self.pending.len() < MOST_PENDING {
                self.pending.push_back(mark);
            }
        }
    }

    /// Acts on what the detector said, as far as the audio has come.
    fn settle(&mut self, output: &mut Output<'_>) {
        while let Some(mark) = self.pending.pop_front() {
            match mark {
                Mark::Stop { last, .. } if last >= self.history.end() => {
                    self.pending.push_front(mark);
                    return;
                }
                Mark::Stop { last, reason } => {
                    let continues = reason == SpeechReason::MaxDuration && self.goes_on();
                    self.close(last + 1, reason, continues, output);
                }
                Mark::Start {
                    first,
                    pre_roll,
                    probability,
                    reason,
                } => self.begin(first, pre_roll, probability, reason),
                Mark::Probability(probability) => {
                    if let Some(open) = &mut self.open {
                        open.probability_sum += f64::from(probability);
                        open.probabilities += 1;
                    }
                }
            }
        }
    }

    /// Whether the detector split speech at its own limit, and so starts again at once.
    fn goes_on(&self) -> bool {
        self.pending.iter().any(|mark| {
            let Mark::Start { reason, .. } = mark else {
                return false;
            };
            *reason == SpeechReason::MaxDuration
        })
    }

    fn begin(&mut self, speech: i64, pre_roll: i64, probability: f32, reason: SpeechReason) {
        // A second detector may speak in between; the first one rules.
        if self.open.is_some() {
            return;
        }
        self.open = Some(Open {
            first: (speech - pre_roll)
                .max(self.floor)
                .max(self.history.start()),
            speech,
            is_rest: reason == SpeechReason::MaxDuration,
            start_probability: probability,
            probability_sum: 0.0,
            probabilities: 0,
        });
    }

    /// Ends everything with the audio there is.
    fn finish(&mut self, reason: SpeechReason, output: &mut Output<'_>) {
        let end = self.history.end();
        for mark in &mut self.pending {
            if let Mark::Stop { last, .. } = mark {
                *last = (*last).min(end - 1);
            }
        }
        self.settle(output);
        self.close(end, reason, false, output);
    }

    /// Splits an utterance that has outgrown its limit; says whether it had.
    fn limit(&mut self, output: &mut Output<'_>) -> bool {
        let Some(open) = &self.open else { return false };
        let end = open.first + self.settings.max_samples;
        if self.history.end() < end {
            return false;
        }
        let probability = open.start_probability;
        let place = self
            .history
            .quietest(end - self.settings.search_samples..end);
        self.close(place, SpeechReason::MaxDuration, true, output);
        self.begin(place, 0, probability, SpeechReason::MaxDuration);
        true
    }

    /// Gives the open utterance, if any, up to before sample `end`.
    fn close(&mut self, end: i64, reason: SpeechReason, continues: bool, output: &mut Output<'_>) {
        let Some(open) = self.open.take() else { return };
        let spoken = end - open.speech;
        // A part of a split utterance is given however short it is: it was promised.
        let is_part = open.is_rest || continues;
        if spoken <= 0 || (spoken < self.settings.min_samples && !is_part) {
            return;
        }
        let samples = self.history.copy(open.first..end);
        self.floor = end;
        let probability = match open.probabilities {
            0 => open.start_probability,
            count => (open.probability_sum / f64::from(count)) as f32,
        };
        let utterance = Utterance {
            index: self.count,
            duration_ms: (samples.len() as f64 / SAMPLES_PER_MS) as f32,
            probability,
            reason,
            continues,
            audio_sample_rate: FORMAT.sample_rate,
            samples,
        };
        self.count += 1;
        output.emit(open.first, EventKind::Utterance(Box::new(utterance)));
    }
}
