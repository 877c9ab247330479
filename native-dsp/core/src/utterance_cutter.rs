//! Cuts utterances out of 16 kHz mono, guided by what a detector says: the machine in the nodes
//! `UtteranceSegmenterNode`, which cuts where speech stops, and `SpeculativeAudioCommitNode`, which waits whether
//! it goes on.

mod marks;
mod open;
#[cfg(test)]
pub(crate) mod script;

use crate::detector::{FORMAT, SAMPLES_PER_MS};
use crate::dsp::audio_history::AudioHistory;
use crate::event::{CancelReason, EndReason, EventKind, SpeechReason, Utterance};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{ParamKind, ParamSpec};
use marks::{Mark, Marks};
use open::{Open, Pause};

/// Events that a cutter cannot work without.
pub const REQUIRES: &[&str] = &["speech_started", "speech_stopped"];

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

/// The parameter that says what is too long, of nodes that take it in ms.
pub const MAX_UTTERANCE_DURATION_MS: ParamSpec = ParamSpec {
    name: "max_utterance_duration_ms",
    aliases: &["max_utterance_ms"],
    kind: ParamKind::Number {
        min: 1_000.0,
        max: 120_000.0,
        default: 30_000.0,
    },
    documentation: "Longest utterance in ms, with pre-roll; what is longer is split.",
};

/// How far back a split looks for a pause where nothing else is said, in ms.
const SPLIT_SEARCH_MS: f64 = 3_000.0;

/// What a start may reach back to.
const LOOKBACK_SAMPLES: i64 = 5 * 16_000;
/// Longest stretch of skipped media that is filled with silence.
const LONGEST_FILL_SAMPLES: i64 = 16_000;
/// How long a suspicion may hold a commit back.
const LONGEST_SUSPICION_SAMPLES: i64 = 5 * 16_000;

/// Where to cut.
#[derive(Clone, Copy, Debug)]
pub struct CutterRules {
    /// Audio before the first sample of speech; `None`: what the detector says.
    pub pre_roll_ms: Option<f64>,
    /// Shortest speech, without pre-roll.
    pub min_samples: i64,
    /// Longest utterance, with pre-roll.
    pub max_samples: i64,
    /// How far back a split looks for the quietest point; less than `max_samples`.
    pub search_samples: i64,
    /// How long to wait whether speech goes on, telling of it; `None`: not at all.
    pub commit_delay_samples: Option<i64>,
}

impl CutterRules {
    /// What [`MIN_UTTERANCE_DURATION_MS`] and [`MAX_UTTERANCE_DURATION_MS`] say; the rest as the detector says, at once.
    pub fn of(params: &Params) -> Self {
        let samples = |ms: f64| (ms * SAMPLES_PER_MS).round() as i64;
        let max_ms = params.number(MAX_UTTERANCE_DURATION_MS.name);
        Self {
            pre_roll_ms: None,
            min_samples: samples(params.number(MIN_UTTERANCE_DURATION_MS.name)),
            max_samples: samples(max_ms),
            search_samples: samples(SPLIT_SEARCH_MS.min(max_ms / 2.0)),
            commit_delay_samples: None,
        }
    }
}

/// The audio that may still be needed, and the utterance that is being spoken.
pub struct UtteranceCutter {
    rules: CutterRules,
    history: AudioHistory,
    /// Whether the history ends where the next frame should begin.
    is_running: bool,
    marks: Marks,
    open: Option<Open>,
    /// End of the utterance before, where pre-roll stops.
    floor: i64,
    count: u32,
}

impl UtteranceCutter {
    /// A cutter that has heard nothing.
    pub fn new(rules: CutterRules) -> Self {
        let wait = rules
            .commit_delay_samples
            .map_or(0, |delay| delay + LONGEST_SUSPICION_SAMPLES);
        let frame = FORMAT.frame_samples() as i64;
        let kept = (rules.max_samples + wait).max(LOOKBACK_SAMPLES) + LONGEST_FILL_SAMPLES + frame;
        Self {
            rules,
            history: AudioHistory::with_capacity(kept as usize),
            is_running: false,
            marks: Marks::new(),
            open: None,
            floor: i64::MIN,
            count: 0,
        }
    }

    /// The cutter in its place in a graph.
    pub fn built(self) -> Built {
        Built {
            node: Box::new(self),
            input: FORMAT,
            output: FORMAT,
        }
    }

    /// Begins anew at `position`, which may lie before what was.
    fn restart(&mut self, position: i64) {
        self.history.restart(position);
        self.floor = self.floor.min(position);
    }

    /// Acts on what the detector said, as far as the audio has come.
    fn settle(&mut self, output: &mut Output<'_>) {
        while let Some(mark) = self.marks.next_before(self.history.end()) {
            match mark {
                Mark::Stop { last, reason } => self.stop(last, reason, output),
                Mark::Start {
                    first,
                    pre_roll,
                    probability,
                    reason,
                } => {
                    self.resume(first, output);
                    self.begin(first, pre_roll, probability, reason);
                }
                Mark::Suspicion { first } => {
                    let deadline = self.deadline();
                    if let Some(pause) = self.pause() {
                        pause.suspicion |= deadline.is_some_and(|deadline| first <= deadline);
                    }
                }
                Mark::FalseAlarm => {
                    if let Some(pause) = self.pause() {
                        pause.suspicion = false;
                    }
                }
                Mark::Probability(probability) => {
                    if let Some(open) = self.open.as_mut().filter(|open| open.pause.is_none()) {
                        open.hear(probability);
                    }
                }
            }
        }
    }

    fn begin(&mut self, speech: i64, pre_roll: i64, probability: f32, reason: SpeechReason) {
        // A second detector may speak in between; the first one rules.
        if self.open.is_some() {
            return;
        }
        let first = (speech - pre_roll)
            .max(self.floor)
            .max(self.history.start());
        let is_rest = reason == SpeechReason::MaxDuration;
        self.open = Some(Open::new(first, speech, is_rest, probability));
    }

    /// Speech ended: the utterance too, or it is pending.
    fn stop(&mut self, last: i64, reason: SpeechReason, output: &mut Output<'_>) {
        let goes_on = reason == SpeechReason::MaxDuration && self.marks.goes_on();
        let Some(delay) = self.rules.commit_delay_samples else {
            self.close(last + 1, reason, goes_on, output);
            return;
        };
        let Some(open) = self
            .open
            .as_mut()
            .filter(|open| open.pause.is_none() && !goes_on)
        else {
            return;
        };
        if last < open.speech {
            // A split came later than this stop, which was told late: nothing is left.
            self.open = None;
            return;
        }
        open.pause = Some(Pause {
            last,
            reason,
            suspicion: false,
        });
        let kind = EventKind::CommitPending {
            index: self.count,
            duration_ms: ms(last + 1 - open.first),
            commit_delay_ms: ms(delay),
        };
        output.emit(last, kind);
    }

    /// Speech begins at `first`, where it may be the rest of what is pending.
    fn resume(&mut self, first: i64, output: &mut Output<'_>) {
        let Some(deadline) = self.deadline() else {
            return;
        };
        if first > deadline {
            self.commit(output);
        } else if let Some(open) = &mut self.open {
            open.pause = None;
            let kind = EventKind::CommitCancelled {
                index: self.count,
                reason: CancelReason::Resumed,
            };
            output.emit(first, kind);
        }
    }

    fn pause(&mut self) -> Option<&mut Pause> {
        self.open.as_mut()?.pause.as_mut()
    }

    /// Last sample with which speech may go on, while an utterance is pending.
    fn deadline(&self) -> Option<i64> {
        let pause = self.open.as_ref()?.pause.as_ref()?;
        Some(pause.last + self.rules.commit_delay_samples?)
    }

    /// Commits what is pending when its time has come.
    fn expire(&mut self, output: &mut Output<'_>) {
        let Some(deadline) = self.deadline() else {
            return;
        };
        let held = self.pause().is_some_and(|pause| pause.suspicion);
        let patience = if held { LONGEST_SUSPICION_SAMPLES } else { 0 };
        if self.history.end() > deadline + patience {
            self.commit(output);
        }
    }

    fn commit(&mut self, output: &mut Output<'_>) {
        if let Some(&mut Pause { last, reason, .. }) = self.pause() {
            self.close(last + 1, reason, false, output);
        }
    }

    /// Ends everything with the audio there is.
    fn finish(&mut self, reason: SpeechReason, output: &mut Output<'_>) {
        let end = self.history.end();
        self.marks.bring_before(end);
        self.settle(output);
        self.commit(output);
        self.close(end, reason, false, output);
    }

    /// Splits an utterance that has outgrown its limit; says whether it had.
    fn limit(&mut self, output: &mut Output<'_>) -> bool {
        let Some(open) = self.open.as_ref().filter(|open| open.pause.is_none()) else {
            return false;
        };
        let end = open.first + self.rules.max_samples;
        if self.history.end() < end {
            return false;
        }
        let probability = open.start_probability;
        let place = self.history.quietest(end - self.rules.search_samples..end);
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
        if spoken <= 0 || (spoken < self.rules.min_samples && !is_part) {
            if open.pause.is_some() {
                let kind = EventKind::CommitCancelled {
                    index: self.count,
                    reason: CancelReason::TooShort,
                };
                output.emit(end - 1, kind);
            }
            return;
        }
        let samples = self.history.copy(open.first..end);
        self.floor = end;
        let utterance = Utterance {
            index: self.count,
            duration_ms: ms(samples.len() as i64),
            probability: open.probability(),
            reason,
            continues,
            audio_sample_rate: FORMAT.sample_rate,
            samples,
        };
        self.count += 1;
        output.emit(open.first, EventKind::Utterance(Box::new(utterance)));
    }
}

impl Node for UtteranceCutter {
    /// Allocates only the utterances that it gives away.
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let position = input.position;
        let pre_roll_ms = self.rules.pre_roll_ms;
        let mut heard_before = i64::MIN;
        match position - self.history.end() {
            _ if !self.is_running => self.restart(position),
            0 => {}
            skipped @ 1..=LONGEST_FILL_SAMPLES => self.history.push_silence(skipped as usize),
            _ => {
                // What the detector says of the time before the gap, it says in this frame.
                self.marks.listen(input, i64::MIN..position, pre_roll_ms);
                self.finish(SpeechReason::PacketTimeout, output);
                self.restart(position);
                heard_before = position;
            }
        }
        self.is_running = true;
        self.history.push(input.audio.channel(0));
        self.marks
            .listen(input, heard_before..i64::MAX, pre_roll_ms);
        self.settle(output);
        self.expire(output);
        while self.limit(output) {}
        let oldest = self.history.end() - LOOKBACK_SAMPLES;
        let first = self.open.as_ref().map_or(oldest, |open| open.first);
        self.history.forget_before(first.min(oldest));
    }

    fn reset(&mut self) {
        self.history.restart(0);
        self.is_running = false;
        self.marks.clear();
        self.open = None;
        self.floor = i64::MIN;
        self.count = 0;
    }

    fn end_of_input(&mut self, _: i64, reason: EndReason, output: &mut Output<'_>) {
        self.finish(reason, output);
        self.is_running = false;
    }
}

/// Of samples at 16 kHz.
fn ms(samples: i64) -> f32 {
    (samples as f64 / SAMPLES_PER_MS) as f32
}
