//! `SpeculativeVADGate`: lets speech through from its first suspicion, and silence otherwise.

use crate::block::Block;
use crate::detector;
use crate::dsp::delay_line::DelayLine;
use crate::dsp::finite::finite;
use crate::dsp::speech_state::{SpeechChange, SpeechRules, SpeechState};
use crate::event::{EndReason, EventKind, SpeechReason};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SpeculativeVADGate",
    aliases: &["SpeculativeVADGateNode"],
    summary: "Lets audio through from the first suspicion of speech until after its end, silence otherwise.",
    documentation: "\
Connect a voice-activity detector to it: the same connection, or a second one beside the audio, carries the \
probability of each window, which every detector tells the nodes after it whether or not `emit_probability` is \
set. From those and its own parameters the gate decides; the detector's `speech_started` comes too late for it.

It opens at once on the first window of at least `vad_threshold` and reports `speculation_started`. When the \
speech has lasted `min_speech_ms`, `speculation_confirmed` follows, and the gate closes `pad_ms` after the \
speech, which ends with `min_silence_ms` of silence. When it falls silent for `lookahead_ms` before it is \
confirmed, the gate closes at once and `speculation_cancelled` says which audio was let through for nothing, \
from `from_ms` to `to_ms`. It opens and closes in 5 ms.

The audio is delayed by `lookback_ms`, which is how far behind a suspicion the gate can reach: 150 ms cover \
the window that raised it and 108 ms before. With 0 the audio passes without delay, and 32 to 42 ms of each \
start are lost with `SileroVADNode`.",
    role: Role::Transform,
    params: PARAMS,
    events: &[
        "speculation_started",
        "speculation_confirmed",
        "speculation_cancelled",
    ],
    requires: &["vad_probability"],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ms(
        "lookback_ms",
        (0.0, 1_000.0, 150.0),
        "Delay of the audio in ms, and how far before the moment of a suspicion the gate opens.",
    ),
    ms(
        "lookahead_ms",
        (0.0, 5_000.0, 50.0),
        "Silence in ms after which a suspicion that is not confirmed is given up; no longer than `min_silence_ms`.",
    ),
    ParamSpec {
        name: "vad_threshold",
        aliases: &["threshold"],
        kind: detector::THRESHOLD.kind,
        documentation: "Probability from which a window is speech; 0.15 below, it is silence.",
    },
    detector::SAMPLE_RATE,
    ms(
        "min_speech_ms",
        (0.0, 5_000.0, 250.0),
        "Shortest speech in ms that is confirmed.",
    ),
    ms(
        "min_silence_ms",
        (0.0, 10_000.0, 100.0),
        "Shortest silence in ms that ends confirmed speech.",
    ),
    ms(
        "pad_ms",
        (0.0, 2_000.0, 30.0),
        "How long in ms the gate stays open after the last sample of speech.",
    ),
];

const fn ms(
    name: &'static str,
    (min, max, default): (f64, f64, f64),
    documentation: &'static str,
) -> ParamSpec {
    ParamSpec {
        name,
        aliases: &[],
        kind: ParamKind::Number { min, max, default },
        documentation,
    }
}

/// Time to open or close.
const FADE_MS: f64 = 5.0;
/// No detector judges longer windows; two windows that end further apart do not touch.
const LONGEST_WINDOW_MS: f64 = 100.0;

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let samples_per_ms = f64::from(offered.sample_rate) / 1_000.0;
    let samples = |name: &str| (params.number(name) * samples_per_ms).round() as i64;
    let threshold = params.number("vad_threshold");
    let min_silence_samples = samples("min_silence_ms");
    let rules = SpeechRules {
        threshold: threshold as f32,
        neg_threshold: detector::usual_neg_threshold(threshold) as f32,
        min_speech_samples: samples("min_speech_ms"),
        min_silence_samples,
        give_up_samples: samples("lookahead_ms").min(min_silence_samples),
        max_speech_samples: None,
    };
    let delay = samples("lookback_ms");
    Ok(Built {
        node: Box::new(SpeculativeVadGate {
            state: SpeechState::new(rules),
            line: DelayLine::new(delay as usize, offered),
            delay,
            pad: samples("pad_ms"),
            fade_step: (1.0 / (FADE_MS * samples_per_ms)) as f32,
            samples_per_ms,
            longest_bridge: min_silence_samples,
            longest_window: (LONGEST_WINDOW_MS * samples_per_ms) as i64,
            clean: Block::silent(offered),
            judged_until: i64::MIN,
            expected: None,
            is_open: false,
            closes_at: None,
            speculated_from: 0,
            gain: 0.0,
        }),
        input: offered,
        output: offered,
    })
}

struct SpeculativeVadGate {
    state: SpeechState,
    line: DelayLine,
    /// Of the audio, in samples.
    delay: i64,
    /// Samples to stay open after speech.
    pad: i64,
    /// Change of the gain from one sample to the next.
    fade_step: f32,
    samples_per_ms: f64,
    /// Skipped media below this does not end speech.
    longest_bridge: i64,
    longest_window: i64,
    /// The frame without garbage.
    clean: Block,
    /// End of the last window that was judged.
    judged_until: i64,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
    is_open: bool,
    /// Position of the first sample that is no longer let through, once that is known.
    closes_at: Option<i64>,
    /// Position of the first sample that is let through for the sake of the last suspicion.
    speculated_from: i64,
    gain: f32,
}

impl Node for SpeculativeVadGate {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        // What leaves with this frame entered `delay` earlier.
        let leaving = input.position - self.delay;
        self.follow(input, output);
        for (end, kind) in input.messages() {
            if let EventKind::VadProbability { probability, .. } = *kind {
                self.hear(end, probability, leaving, output);
            }
        }
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        for (clean, sample) in self.clean.planes_mut().iter_mut().zip(input.audio.planes()) {
            *clean = finite(*sample);
        }
        self.line.process(&self.clean, audio);
        self.gate(leaving, audio);
    }

    fn reset(&mut self) {
        self.state.reset();
        self.line.reset();
        self.judged_until = i64::MIN;
        self.expected = None;
        self.is_open = false;
        self.closes_at = None;
        self.speculated_from = 0;
        self.gain = 0.0;
    }

    fn latency_samples(&self) -> u32 {
        self.delay as u32
    }

    fn end_of_input(&mut self, position: i64, reason: EndReason, output: &mut Output<'_>) {
        self.end(position, reason, output);
        self.expected = None;
    }
}

impl SpeculativeVadGate {
    /// Ends the speech where so much media was skipped that it cannot go on.
    fn follow(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let end = input.position + input.audio.format().frame_samples() as i64;
        let expected = self.expected.replace(end);
        let Some(expected) = expected.filter(|expected| *expected != input.position) else {
            return;
        };
        let skipped = input.position - expected;
        if skipped < 0 || skipped >= self.longest_bridge {
            self.end(expected, SpeechReason::PacketTimeout, output);
        }
    }

    /// Ends what is going on before sample `position`.
    fn end(&mut self, position: i64, reason: EndReason, output: &mut Output<'_>) {
        if let Some(change) = self.state.end_of_input(position, reason) {
            self.act(change, 0.0, position - self.delay, output);
        }
        // Media time may go on at an earlier place.
        self.judged_until = i64::MIN;
    }

    /// Judges the window that ends before sample `end`, while the sample at `leaving` goes out.
    fn hear(&mut self, end: i64, probability: f32, leaving: i64, output: &mut Output<'_>) {
        // A second detector may speak of the same time; the first one rules.
        if end <= self.judged_until {
            return;
        }
        // The event does not say how long the window was; windows follow one another.
        let touches =
            end - self.judged_until.max(end - 2 * self.longest_window) <= self.longest_window;
        let start = if touches { self.judged_until } else { end - 1 };
        self.judged_until = end;
        for change in self.state.window(start, end, probability) {
            self.act(change, probability, leaving, output);
        }
    }

    fn act(
        &mut self,
        change: SpeechChange,
        probability: f32,
        leaving: i64,
        output: &mut Output<'_>,
    ) {
        match change {
            SpeechChange::Suspected { first } => {
                // Still open for the speech before, it would have let this much through anyway.
                self.speculated_from = leaving.max(self.closes_at.unwrap_or(leaving));
                self.is_open = true;
                self.closes_at = None;
                let lookback = (first - self.speculated_from).max(0);
                let lookback_ms = (lookback as f64 / self.samples_per_ms) as f32;
                let kind = EventKind::SpeculationStarted {
                    probability,
                    lookback_ms,
                };
                output.emit(first, kind);
            }
            SpeechChange::Started { first, .. } => {
                output.emit(first, EventKind::SpeculationConfirmed { probability });
            }
            SpeechChange::Stopped { last, .. } => self.closes_at = Some(last + 1 + self.pad),
            SpeechChange::Misfired {
                first, probability, ..
            } => {
                let from = self.speculated_from;
                let closes_at = leaving.max(from);
                self.closes_at = Some(closes_at);
                let kind = EventKind::SpeculationCancelled {
                    probability,
                    from_ms: output.media_time(from).to_ms(),
                    to_ms: output.media_time((closes_at - 1).max(from)).to_ms(),
                };
                output.emit(first, kind);
            }
        }
    }

    /// Lets the frame whose first sample is `leaving` through, or not.
    fn gate(&mut self, leaving: i64, audio: &mut Block) {
        let length = audio.format().frame_samples();
        let open = match self.closes_at {
            _ if !self.is_open => 0,
            None => length,
            Some(closes_at) => (closes_at - leaving).clamp(0, length as i64) as usize,
        };
        if open < length {
            self.is_open = false;
            self.closes_at = None;
        }
        // Most frames are all open or all closed.
        if open == length && self.gain == 1.0 {
            return;
        }
        if open == 0 && self.gain == 0.0 {
            audio.fill_silence();
            return;
        }
        let before = self.gain;
        for channel in 0..audio.channels() {
            self.gain = before;
            for (n, sample) in audio.channel_mut(channel).iter_mut().enumerate() {
                let step = if n < open {
                    self.fade_step
                } else {
                    -self.fade_step
                };
                self.gain = (self.gain + step).clamp(0.0, 1.0);
                *sample *= self.gain;
            }
        }
    }
}

#[cfg(test)]
mod tests;
