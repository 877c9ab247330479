//! Parameters that detectors share, and the rules that they make.

use super::SAMPLES_PER_MS;
use crate::dsp::speech_state::SpeechRules;
use crate::params::Params;
use crate::spec::{BuildError, ParamKind, ParamSpec};

/// Where a probability becomes speech.
pub const THRESHOLD: ParamSpec = ParamSpec {
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
};

/// Where it stops being speech.
pub const NEG_THRESHOLD: ParamSpec = ParamSpec {
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
};

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
    aliases: &["pre_roll_ms", "pre_speech_pad_ms", "speech_pad_ms"],
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

/// A rate that manifests may give.
pub const SAMPLE_RATE: ParamSpec = ParamSpec {
    name: "sample_rate",
    aliases: &["sampling_rate"],
    kind: ParamKind::Integer {
        min: 8_000,
        max: 192_000,
        default: 16_000,
    },
    documentation: "Understood for the sake of manifests that give it, and without effect: the node takes audio \
                    of any rate.",
};

/// Reports of every window.
pub const EMIT_PROBABILITY: ParamSpec = ParamSpec {
    name: "emit_probability",
    aliases: &["emit_probabilities"],
    kind: ParamKind::Flag { default: false },
    documentation: "Whether to report the probability of each window. The nodes downstream hear it in any case.",
};

/// Ears for quiet speech.
pub const NORMALISE_LEVEL: ParamSpec = ParamSpec {
    name: "normalise_level",
    aliases: &["normalize_level"],
    kind: ParamKind::Flag { default: true },
    documentation: "Whether to raise quiet speech, by at most 30 dB, for the network's ears only.",
};

/// The negative threshold that goes with a threshold where none is given.
pub fn usual_neg_threshold(threshold: f64) -> f64 {
    (threshold - 0.15).max(0.01)
}

/// [`THRESHOLD`] and [`NEG_THRESHOLD`], checked against each other.
pub fn thresholds(params: &Params) -> Result<(f32, f32), BuildError> {
    let threshold = params.number(THRESHOLD.name);
    let neg_threshold = params.optional_number(NEG_THRESHOLD.name);
    if neg_threshold.is_some_and(|negative| negative > threshold) {
        return Err(BuildError {
            param: NEG_THRESHOLD.name,
            message: format!("neg_threshold is above threshold, {threshold}."),
            hint: "Lower it, or leave it out for threshold - 0.15.".into(),
        });
    }
    let negative = neg_threshold.unwrap_or(usual_neg_threshold(threshold));
    Ok((threshold as f32, negative as f32))
}

/// The rules that the parameters of time make at 16 kHz, with these thresholds.
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
        give_up_samples: samples(MIN_SILENCE_DURATION_MS.name),
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
