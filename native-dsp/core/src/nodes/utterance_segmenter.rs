//! `UtteranceSegmenterNode`: cuts utterances out of the stream.

use std::collections::VecDeque;
use std::ops::Range;

use crate::dsp::audio_history::AudioHistory;
use crate::event::{EndReason, EventKind, SpeechReason, Utterance};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "UtteranceSegmenterNode",
    aliases: &["UtteranceSegmenter"],
    summary: "Cuts one piece of audio per utterance, guided by a voice-activity detector.",
    documentation: "\
Connect a voice-activity detector to it: the same connection carries the audio and the detector's \
`speech_started` and `speech_stopped`. Each utterance becomes one `utterance` event with 16 kHz mono 16-bit \
audio, from `pre_roll_ms` before the first sample of speech to the last one. The event's time is the first \
sample of that audio.

Pre-roll reaches back at most to the end of the utterance before, so no sample is given twice. Speech \
shorter than `min_utterance_duration_ms` is dropped. Speech that outgrows `max_utterance_duration_s` is cut \
at the quietest 30 ms of its last `split_search_s`; that utterance says `continues`. Speech which the \
detector splits at its own limit is marked in the same way. When the input ends within an utterance, the \
utterance lasts to that end.

Skipped media of up to 1 s within an utterance is kept as silence, so that its times stay true; more ends \
the utterance. At most 5 s before the detector's announcement are kept. `probability` is the mean over the \
utterance where the detector emits probabilities, else the one that confirmed the start.",
    role: Role::Sink,
    params: PARAMS,
    events: &["utterance"],
    requires: &["speech_started", "speech_stopped"],
    build: Build::Audio(build),
};

const FORMAT: Format = Format::mono(16_000);
const SAMPLES_PER_SECOND: f64 = 16_000.0;
const SAMPLES_PER_MS: f64 = 16.0;
/// What a start may reach back to.
const LOOKBACK_SAMPLES: i64 = 5 * 16_000;
/// Longest stretch of skipped media that is filled with silence.
const LONGEST_FILL_SAMPLES: i64 = 16_000;
const FRAME_SAMPLES: i64 = FORMAT.frame_samples() as i64;
/// Starts and stops that wait for their audio; a detector gives no more than a few per frame.
const MOST_PENDING: usize = 64;

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "pre_roll_ms",
        aliases: &["pre_speech_pad_ms"],
        kind: ParamKind::OptionalNumber {
            min: 0.0,
            max: 2_000.0,
        },
        documentation: "Audio in ms to keep before the first sample of speech. Absent: the detector's \
                        `prefix_padding_ms`, which is 300 by default.",
    },
    ParamSpec {
        name: "min_utterance_duration_ms",
        aliases: &["min_utterance_ms"],
        kind: ParamKind::Number {
            min: 0.0,
            max: 10_000.0,
            default: 250.0,
        },
        documentation: "Shortest speech in ms, without pre-roll, that becomes an utterance.",
    },
    ParamSpec {
        name: "max_utterance_duration_s",
        aliases: &[],
        kind: ParamKind::Number {
            min: 1.0,
            max: 120.0,
            default: 30.0,
        },
        documentation: "Longest utterance in seconds, with pre-roll; what is longer is split.",
    },
    ParamSpec {
        name: "split_search_s",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 30.0,
            default: 3.0,
        },
        documentation: "How far back in seconds a split looks for the quietest point; less than \
                        `max_utterance_duration_s`.",
    },
];

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let samples = |name: &str, unit: f64| (params.number(name) * unit).round() as i64;
    let max_samples = samples("max_utterance_duration_s", SAMPLES_PER_SECOND);
    let search_samples = samples("split_search_s", SAMPLES_PER_SECOND);
    if search_samples >= max_samples {
        return Err(BuildError {
            param: "split_search_s",
            message: "split_search_s is not less than max_utterance_duration_s.".into(),
            hint: "Lower split_search_s, or raise max_utterance_duration_s; both are seconds."
                .into(),
        });
    }
    let kept = max_samples.max(LOOKBACK_SAMPLES) + LONGEST_FILL_SAMPLES + FRAME_SAMPLES;
    Ok(Built {
        node: Box::new(UtteranceSegmenter {
            pre_roll_ms: params.optional_number("pre_roll_ms"),
            min_samples: samples("min_utterance_duration_ms", SAMPLES_PER_MS),
            max_samples,
            search_samples,
            history: AudioHistory::with_capacity(kept as usize),
            is_running: false,
            pending: VecDeque::with_capacity(MOST_PENDING),
            open: None,
            floor: i64::MIN,
            count: 0,
        }),
        input: FORMAT,
        output: FORMAT,
    })
}

struct UtteranceSegmenter {
    pre_roll_ms: Option<f64>,
    min_samples: i64,
    max_samples: i64,
    search_samples: i64,
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

impl Node for UtteranceSegmenter {
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

impl UtteranceSegmenter {
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
                    let pre_roll_ms = self.pre_roll_ms.unwrap_or(prefix_padding_ms.into());
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
        let end = open.first + self.max_samples;
        if self.history.end() < end {
            return false;
        }
        let probability = open.start_probability;
        let place = self.history.quietest(end - self.search_samples..end);
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
        if spoken <= 0 || (spoken < self.min_samples && !is_part) {
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

#[cfg(test)]
mod tests;
