//! `UtteranceSegmenterNode`: cuts utterances out of the stream.

use crate::detector::SAMPLES_PER_MS;
use crate::format::Format;
use crate::node::Built;
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::utterance_cutter::{self, CutterRules, UtteranceCutter};

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
windows of the utterance. To wait whether speech goes on, see `SpeculativeAudioCommitNode`.",
    role: Role::Sink,
    params: PARAMS,
    events: &["utterance"],
    requires: utterance_cutter::REQUIRES,
    build: Build::Audio(build),
};

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
    utterance_cutter::MIN_UTTERANCE_DURATION_MS,
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
    let max_samples = samples("max_utterance_duration_s", 1_000.0 * SAMPLES_PER_MS);
    let search_samples = samples("split_search_s", 1_000.0 * SAMPLES_PER_MS);
    if search_samples >= max_samples {
        return Err(BuildError {
            param: "split_search_s",
            message: "split_search_s is not less than max_utterance_duration_s.".into(),
            hint: "Lower split_search_s, or raise max_utterance_duration_s; both are seconds."
                .into(),
        });
    }
    let rules = CutterRules {
        pre_roll_ms: params.optional_number("pre_roll_ms"),
        min_samples: samples("min_utterance_duration_ms", SAMPLES_PER_MS),
        max_samples,
        search_samples,
        commit_delay_samples: None,
    };
    Ok(UtteranceCutter::new(rules).built())
}

#[cfg(test)]
mod tests;
