//! The one recipe of all voice-activity detectors: a model that judges windows of 16 kHz mono, and around it
//! the level normaliser, the rules of starts and stops, the timeline with its gaps, and the events.

mod params;
mod report;
mod silero;

pub use params::{
    EMIT_PROBABILITY, MAX_SPEECH_DURATION_S, MIN_SILENCE_DURATION_MS, MIN_SPEECH_DURATION_MS,
    NEG_THRESHOLD, NORMALISE_LEVEL, PREFIX_PADDING_MS, SAMPLE_RATE, THRESHOLD, rules, thresholds,
    usual_neg_threshold,
};
pub use report::{Evidence, Report};

use crate::dsp::finite::finite;
use crate::dsp::level::{energy, power_dbfs};
use crate::dsp::level_normaliser::LevelNormaliser;
use crate::dsp::speech_state::{SpeechRules, SpeechState};
use crate::event::{EndReason, SpeechReason};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};

/// What detectors listen to.
pub const FORMAT: Format = Format::mono(16_000);
/// At [`FORMAT`].
pub const SAMPLES_PER_MS: f64 = 16.0;

/// What every detector tells, for the `events` of its entry in the catalogue.
pub const EVENTS: &[&str] = &[
    "speech_started",
    "speech_stopped",
    "speech_misfire",
    "vad_probability",
];

/// What tells speech from other sounds.
pub trait SpeechModel: Send {
    /// Samples that are judged together; always the same number.
    fn window_samples(&self) -> usize;

    /// Probability of speech, 0 to 1, in the next window: samples within -1..1, raised by the normaliser where
    /// there is one, and their RMS level in dBFS before that. Allocates nothing.
    fn probability(&mut self, window: &[f32], level_dbfs: f32) -> f32;

    /// The audio was interrupted: what comes next is another beginning, in the same room.
    fn interrupt(&mut self);

    /// Forgets everything.
    fn reset(&mut self);
}

/// A model at work, as a node.
pub struct Detector<M> {
    model: M,
    state: SpeechState,
    normaliser: Option<LevelNormaliser>,
    report: Report,
    /// Skipped media below this does not end speech.
    longest_bridge_samples: i64,
    /// The window in the making.
    window: Vec<f32>,
    filled: usize,
    /// Sum of its squares before the normaliser.
    energy: f64,
    evidence: Evidence,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

impl<M: SpeechModel> Detector<M> {
    /// A detector that has heard nothing.
    pub fn new(model: M, rules: SpeechRules, normalise_level: bool, report: Report) -> Self {
        Self {
            window: vec![0.0; model.window_samples()],
            model,
            state: SpeechState::new(rules),
            normaliser: normalise_level.then(LevelNormaliser::default),
            report,
            longest_bridge_samples: rules.min_silence_samples,
            filled: 0,
            energy: 0.0,
            evidence: Evidence::default(),
            expected: None,
        }
    }

    /// Keeps to the timeline where media was skipped.
    fn follow(&mut self, position: i64, output: &mut Output<'_>) {
        let end = position + FORMAT.frame_samples() as i64;
        let expected = self.expected.replace(end);
        let Some(expected) = expected.filter(|expected| *expected != position) else {
            return;
        };
        // A window never spans a gap, its times would be wrong.
        self.drop_window();
        let skipped = position - expected;
        if skipped < 0 || skipped >= self.longest_bridge_samples {
            self.stop(expected, SpeechReason::PacketTimeout, output);
        }
    }

    /// Judges the full window that ends before sample `end`.
    fn judge(&mut self, end: i64, output: &mut Output<'_>) {
        let length = self.window.len();
        let level_dbfs = power_dbfs(self.energy / length as f64);
        let probability = self.model.probability(&self.window, level_dbfs);
        self.evidence = Evidence {
            probability,
            level_dbfs,
        };
        self.drop_window();
        for change in self.state.window(end - length as i64, end, probability) {
            self.report.change(change, self.evidence, output);
        }
        let speech = self.state.is_speech();
        self.report.window(end, self.evidence, speech, output);
    }

    /// Ends what is open before sample `position`.
    fn stop(&mut self, position: i64, reason: SpeechReason, output: &mut Output<'_>) {
        if let Some(change) = self.state.end_of_input(position, reason) {
            self.report.change(change, self.evidence, output);
        }
        self.model.interrupt();
    }

    fn drop_window(&mut self) {
        self.filled = 0;
        self.energy = 0.0;
    }
}

impl<M: SpeechModel + 'static> Detector<M> {
    /// The detector in its place in a graph.
    pub fn built(self) -> Built {
        Built {
            node: Box::new(self),
            input: FORMAT,
            output: FORMAT,
        }
    }
}

impl<M: SpeechModel> Node for Detector<M> {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        self.follow(input.position, output);
        let mut frame = [0.0; FORMAT.frame_samples()];
        for (sample, heard) in frame.iter_mut().zip(input.audio.channel(0)) {
            // Beyond full scale there is nothing to hear.
            *sample = finite(*heard).clamp(-1.0, 1.0);
        }
        let heard = frame;
        if let Some(normaliser) = &mut self.normaliser {
            normaliser.process(&mut frame);
        }
        let mut start = 0;
        while start < frame.len() {
            let end = frame.len().min(start + self.window.len() - self.filled);
            let filled = self.filled + end - start;
            self.window[self.filled..filled].copy_from_slice(&frame[start..end]);
            self.filled = filled;
            self.energy += energy(&heard[start..end]);
            start = end;
            if filled == self.window.len() {
                self.judge(input.position + end as i64, output);
            }
        }
    }

    fn reset(&mut self) {
        self.model.reset();
        self.state.reset();
        self.drop_window();
        self.evidence = Evidence::default();
        self.expected = None;
        if let Some(normaliser) = &mut self.normaliser {
            *normaliser = LevelNormaliser::default();
        }
    }

    fn end_of_input(&mut self, position: i64, reason: EndReason, output: &mut Output<'_>) {
        // What comes next is from the same mouth in the same room: the normaliser stays.
        self.stop(position, reason, output);
        self.drop_window();
        self.expected = None;
    }
}
