//! `SileroVADNode`: where speech starts and stops.

use crate::dsp::finite::finite;
use crate::dsp::level::{energy, power_dbfs};
use crate::dsp::level_normaliser::LevelNormaliser;
use crate::dsp::silero::{SileroNetwork, WINDOW_SAMPLES};
use crate::dsp::speech_state::{SpeechChange, SpeechState};
use crate::event::{EndReason, EventKind, SpeechReason};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::speech_timing::{self, Evidence, FORMAT};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SileroVADNode",
    aliases: &["SileroVAD", "SileroVadNode", "VADNode"],
    summary: "Detects speech with the Silero v6.2 network and reports where it starts and stops.",
    documentation: "\
Listens to 16 kHz mono (the plan converts a copy; the audio passes on untouched) and judges each window of \
512 samples, 32 ms, with [Silero VAD](https://github.com/snakers4/silero-vad) v6.2.

- `speech_started`, once speech has lasted `min_speech_duration_ms`. Its time is the first sample of the \
first window above `threshold`, so it is early and true although it is announced late; \
`detection_delay_ms` says how late.
- `speech_stopped`, once silence has lasted `min_silence_duration_ms`. Its time is the last sample of speech, \
before that silence. `reason` is `threshold`, `max_duration`, or why the input ended.
- `speech_misfire`, when what looked like a start was over before `min_speech_duration_ms`.
- `vad_probability` for each window, where `emit_probability` asks for it.

Starts and stops alternate, and their times never run backwards. For an interruption that must be noticed \
fast, lower `min_speech_duration_ms`; for far-field microphones, lower `threshold` to 0.3. Place it before \
noise suppression, which lowers its accuracy. Skipped media shorter than `min_silence_duration_ms` is \
bridged; longer gaps stop the speech with reason `packet_timeout`. Times given in seconds elsewhere \
(`stop_secs`, `min_speech_duration`) have no alias here, because a number does not tell its unit.",
    role: Role::Analyser,
    params: PARAMS,
    events: &[
        "speech_started",
        "speech_stopped",
        "speech_misfire",
        "vad_probability",
    ],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "threshold",
        aliases: &[
            "activation_threshold",
            "vad_threshold",
            "positive_speech_threshold",
            "confidence",
        ],
        kind: ParamKind::Number {
            min: 0.01,
            max: 0.99,
            default: 0.5,
        },
        documentation: "Probability from which a window is speech.",
    },
    ParamSpec {
        name: "neg_threshold",
        aliases: &[
            "negative_threshold",
            "negative_speech_threshold",
            "deactivation_threshold",
        ],
        kind: ParamKind::OptionalNumber {
            min: 0.0,
            max: 0.99,
        },
        documentation: "Probability below which a window is silence; not above `threshold`. In between, things \
                        stay as they are. Absent: `threshold` - 0.15, but at least 0.01.",
    },
    speech_timing::MIN_SPEECH_DURATION_MS,
    speech_timing::MIN_SILENCE_DURATION_MS,
    speech_timing::PREFIX_PADDING_MS,
    speech_timing::MAX_SPEECH_DURATION_S,
    ParamSpec {
        name: "emit_probability",
        aliases: &["emit_probabilities"],
        kind: ParamKind::Flag { default: false },
        documentation: "Whether to report the probability of each window, about 31 events a second.",
    },
    ParamSpec {
        name: "normalise_level",
        aliases: &["normalize_level"],
        kind: ParamKind::Flag { default: true },
        documentation: "Whether to raise quiet speech, by at most 30 dB, for the network's ears only.",
    },
];

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let threshold = params.number("threshold");
    let neg_threshold = params.optional_number("neg_threshold");
    if neg_threshold.is_some_and(|negative| negative > threshold) {
        return Err(BuildError {
            param: "neg_threshold",
            message: format!("neg_threshold is above threshold, {threshold}."),
            hint: "Lower it, or leave it out for threshold - 0.15.".into(),
        });
    }
    let negative = neg_threshold.unwrap_or((threshold - 0.15).max(0.01));
    let rules = speech_timing::rules(params, threshold as f32, negative as f32)?;
    Ok(Built {
        node: Box::new(SileroVad {
            network: SileroNetwork::new(),
            state: SpeechState::new(rules),
            normaliser: params
                .flag("normalise_level")
                .then(LevelNormaliser::default),
            emit_probability: params.flag("emit_probability"),
            prefix_padding_ms: params.number("prefix_padding_ms") as f32,
            longest_bridge_samples: rules.min_silence_samples,
            window: [0.0; WINDOW_SAMPLES],
            filled: 0,
            energy: 0.0,
            judged: Evidence::default(),
            expected: None,
        }),
        input: FORMAT,
        output: FORMAT,
    })
}

struct SileroVad {
    network: SileroNetwork,
    state: SpeechState,
    normaliser: Option<LevelNormaliser>,
    emit_probability: bool,
    prefix_padding_ms: f32,
    /// Skipped media below this does not end speech.
    longest_bridge_samples: i64,
    /// The window in the making.
    window: [f32; WINDOW_SAMPLES],
    filled: usize,
    /// Sum of its squares before the normaliser.
    energy: f64,
    judged: Evidence,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

impl Node for SileroVad {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        self.follow(input.position, output);
        let mut frame = [0.0; FORMAT.frame_samples()];
        for (sample, heard) in frame.iter_mut().zip(input.audio.channel(0)) {
            *sample = finite(*heard).clamp(-1.0, 1.0);
        }
        let heard = frame;
        if let Some(normaliser) = &mut self.normaliser {
            normaliser.process(&mut frame);
        }
        let mut start = 0;
        while start < frame.len() {
            let end = frame.len().min(start + WINDOW_SAMPLES - self.filled);
            let filled = self.filled + end - start;
            self.window[self.filled..filled].copy_from_slice(&frame[start..end]);
            self.filled = filled;
            self.energy += energy(&heard[start..end]);
            start = end;
            if filled == WINDOW_SAMPLES {
                self.judge(input.position + end as i64, output);
            }
        }
    }

    fn reset(&mut self) {
        self.forget();
        self.state.reset();
        self.judged = Evidence::default();
        self.expected = None;
        if let Some(normaliser) = &mut self.normaliser {
            *normaliser = LevelNormaliser::default();
        }
    }

    fn end_of_input(&mut self, position: i64, reason: EndReason, output: &mut Output<'_>) {
        // What comes next is another beginning, though from the same mouth: the normaliser stays.
        if let Some(change) = self.state.end_of_input(position, reason) {
            self.report(change, output);
        }
        self.forget();
        self.expected = None;
    }
}

impl SileroVad {
    /// Keeps to the timeline where media was skipped.
    fn follow(&mut self, position: i64, output: &mut Output<'_>) {
        let expected = self
            .expected
            .replace(position + FORMAT.frame_samples() as i64);
        let Some(expected) = expected.filter(|expected| *expected != position) else {
            return;
        };
        // A window never spans a gap, its times would be wrong.
        self.filled = 0;
        self.energy = 0.0;
        let skipped = position - expected;
        if skipped < 0 || skipped >= self.longest_bridge_samples {
            let change = self
                .state
                .end_of_input(expected, SpeechReason::PacketTimeout);
            if let Some(change) = change {
                self.report(change, output);
            }
            self.forget();
        }
    }

    /// Judges the full window that ends before sample `end`.
    fn judge(&mut self, end: i64, output: &mut Output<'_>) {
        let probability = self.network.probability(&self.window);
        self.judged = Evidence {
            probability,
            level_dbfs: power_dbfs(self.energy / WINDOW_SAMPLES as f64),
        };
        self.filled = 0;
        self.energy = 0.0;
        for change in self
            .state
            .window(end - WINDOW_SAMPLES as i64, end, probability)
        {
            self.report(change, output);
        }
        if self.emit_probability {
            let speech = self.state.is_speech();
            output.emit(
                end,
                EventKind::VadProbability {
                    probability,
                    speech,
                },
            );
        }
    }

    fn report(&self, change: SpeechChange, output: &mut Output<'_>) {
        self.judged.report(change, self.prefix_padding_ms, output);
    }

    /// Starts the network and the window anew.
    fn forget(&mut self) {
        self.network.reset();
        self.filled = 0;
        self.energy = 0.0;
    }
}

#[cfg(test)]
mod tests;
