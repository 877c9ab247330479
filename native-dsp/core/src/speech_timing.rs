//! What every voice-activity detector shares: the parameters of time, and how changes become events.

use crate::dsp::level::power_dbfs;
use crate::dsp::speech_state::{SpeechChange, SpeechRules};
use crate::event::EventKind;
use crate::format::Format;
use crate::node::Output;
use crate::params::Params;
use crate::spec::{BuildError, ParamKind, ParamSpec};

/// What detectors listen to.
pub const FORMAT: Format = Format::mono(16_000);
/// At [`FORMAT`].
pub const SAMPLES_PER_MS: f64 = 16.0;

/// Shortest speech.
pub const MIN_SPEECH_DURATION_MS: ParamSpec = ParamSpec {
    name: "min_speech_duration_ms",
    aliases: &["min_speech_ms", "voice_ms"],
    kind: ParamKind::Number {
        min: 0.0,
        max: 5_000.0,
        default: 250.0,
    },
    documentation: "Shortest speech in ms that is reported as a start; anything shorter is a misfire.",
};

/// Shortest silence.
pub const MIN_SILENCE_DURATION_MS: ParamSpec = ParamSpec {
    name: "min_silence_duration_ms",
    aliases: &[
        "min_silence_ms",
        "silence_duration_ms",
        "silence_ms",
        "redemption_ms",
    ],
    kind: ParamKind::Number {
        min: 0.0,
        max: 10_000.0,
        default: 550.0,
    },
    documentation: "Shortest silence in ms that ends speech.",
};

/// Pre-roll.
pub const PREFIX_PADDING_MS: ParamSpec = ParamSpec {
    name: "prefix_padding_ms",
    aliases: &["pre_roll_ms", "pre_speech_pad_ms"],
    kind: ParamKind::Number {
        min: 0.0,
        max: 2_000.0,
        default: 300.0,
    },
    documentation: "Audio in ms to keep before the start. It travels in `speech_started`, where an utterance \
                    segmenter finds it; the event's time is not moved.",
};

/// Longest speech.
pub const MAX_SPEECH_DURATION_S: ParamSpec = ParamSpec {
    name: "max_speech_duration_s",
    aliases: &[],
    kind: ParamKind::OptionalNumber {
        min: 1.0,
        max: 86_400.0,
    },
    documentation: "Longest speech in seconds. At the limit it is stopped with reason `max_duration`, and \
                    started again at the next sample if it goes on. Absent: no limit.",
};

/// The rules that these parameters make, at [`FORMAT`].
pub fn rules(
    params: &Params,
    threshold: f32,
    neg_threshold: f32,
) -> Result<SpeechRules, BuildError> {
    let samples = |name: &str| (params.number(name) * SAMPLES_PER_MS).round() as i64;
    let rules = SpeechRules {
        threshold,
        neg_threshold,
        min_speech_samples: samples(MIN_SPEECH_DURATION_MS.name),
        min_silence_samples: samples(MIN_SILENCE_DURATION_MS.name),
        max_speech_samples: params
            .optional_number(MAX_SPEECH_DURATION_S.name)
            .map(|seconds| (seconds * 1_000.0 * SAMPLES_PER_MS).round() as i64),
    };
    if rules
        .max_speech_samples
        .is_some_and(|longest| longest < rules.min_speech_samples)
    {
        return Err(BuildError {
            param: MAX_SPEECH_DURATION_S.name,
            message: "The longest speech is shorter than min_speech_duration_ms.".into(),
            hint: "Raise max_speech_duration_s (seconds) or lower min_speech_duration_ms.".into(),
        });
    }
    Ok(rules)
}

/// What the last judged window gave, as events state it.
#[derive(Clone, Copy)]
pub struct Evidence {
    /// Of speech, 0 to 1.
    pub probability: f32,
    /// RMS level in dBFS.
    pub level_dbfs: f32,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            probability: 0.0,
            level_dbfs: power_dbfs(0.0),
        }
    }
}

impl Evidence {
    /// Emits the event that `change` is.
    pub fn report(self, change: SpeechChange, prefix_padding_ms: f32, output: &mut Output<'_>) {
        let Self {
            probability,
            level_dbfs,
        } = self;
        let duration_ms = |first, last| ((last + 1 - first) as f64 / SAMPLES_PER_MS) as f32;
        match change {
            SpeechChange::Started { first, reason } => output.emit(
                first,
                EventKind::SpeechStarted {
                    probability,
                    level_dbfs,
                    reason,
                    prefix_padding_ms,
                },
            ),
            SpeechChange::Stopped {
                first,
                last,
                reason,
            } => output.emit(
                last,
                EventKind::SpeechStopped {
                    probability,
                    level_dbfs,
                    reason,
                    duration_ms: duration_ms(first, last),
                },
            ),
            SpeechChange::Misfired {
                first,
                last,
                probability,
            } => output.emit(
                first,
                EventKind::SpeechMisfire {
                    probability,
                    level_dbfs,
                    duration_ms: duration_ms(first, last),
                },
            ),
        }
    }
}
