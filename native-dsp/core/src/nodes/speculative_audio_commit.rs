//! `SpeculativeAudioCommitNode`: utterances that a pause for thought does not break.

use crate::detector::SAMPLES_PER_MS;
use crate::format::Format;
use crate::node::Built;
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::utterance_cutter::{self, CutterRules, UtteranceCutter};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SpeculativeAudioCommitNode",
    aliases: &["SpeculativeAudioCommit"],
    summary: "Cuts one piece of audio per utterance, and waits whether speech goes on before it commits.",
    documentation: "\
Connect a voice-activity detector to it, as to `UtteranceSegmenterNode`. When speech stops, the utterance is \
pending: `commit_pending` says so, and whoever likes may begin to answer on speculation. If speech goes on \
within `commit_delay_ms`, `commit_cancelled` with reason `resumed` takes it back, and what follows belongs to \
the same utterance, the pause included. Otherwise the utterance is committed: an `utterance` event as \
`UtteranceSegmenterNode` gives it. Each `commit_pending` is followed by exactly one of the two; both carry \
the same `index`.

The delay counts from the last sample of speech, in media time. A detector tells of speech only when it has \
lasted for a while; what it suspects within the delay holds the commit back until it is confirmed or turns \
out to be nothing, for at most 5 s. Speech that is too short for an utterance may still be continued; if it \
is not, it ends with `commit_cancelled` and reason `too_short`. When the input ends, what is pending is \
committed at once. Longer utterances than `max_utterance_duration_ms` are split at the quietest 30 ms of their \
last seconds, and say `continues`.",
    role: Role::Sink,
    params: PARAMS,
    events: &["utterance", "commit_pending", "commit_cancelled"],
    requires: utterance_cutter::REQUIRES,
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "commit_delay_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 10_000.0,
            default: 1_500.0,
        },
        documentation: "Silence in ms after speech that makes it an utterance.",
    },
    ParamSpec {
        name: "pre_roll_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 2_000.0,
            default: 200.0,
        },
        documentation: "Audio in ms to keep before the first sample of speech.",
    },
    utterance_cutter::MIN_UTTERANCE_DURATION_MS,
    utterance_cutter::MAX_UTTERANCE_DURATION_MS,
];

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let commit_delay_ms = params.number("commit_delay_ms");
    let rules = CutterRules {
        pre_roll_ms: Some(params.number("pre_roll_ms")),
        commit_delay_samples: Some((commit_delay_ms * SAMPLES_PER_MS).round() as i64),
        ..CutterRules::of(params)
    };
    Ok(UtteranceCutter::new(rules).built())
}

#[cfg(test)]
mod tests;
