//! `AudioBufferAccumulatorNode`: collects the audio of each utterance.

use crate::format::Format;
use crate::node::Built;
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, Role};
use crate::utterance_cutter::{self, CutterRules, UtteranceCutter};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "AudioBufferAccumulatorNode",
    aliases: &["AudioBufferAccumulator"],
    summary: "Collects the audio of each utterance, guided by a voice-activity detector.",
    documentation: "\
`UtteranceSegmenterNode` with its limits in milliseconds and nothing else to set: connect a voice-activity \
detector to it, and each utterance becomes one `utterance` event with 16 kHz mono 16-bit audio, from the \
detector's `prefix_padding_ms` before the first sample of speech to the last one. Speech that outgrows the \
maximum is cut at the quietest 30 ms of its last 3 s, or of its second half where that is shorter.",
    role: Role::Sink,
    params: &[
        utterance_cutter::MIN_UTTERANCE_DURATION_MS,
        utterance_cutter::MAX_UTTERANCE_DURATION_MS,
    ],
    events: &["utterance"],
    requires: utterance_cutter::REQUIRES,
    build: Build::Audio(build),
};

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    Ok(UtteranceCutter::new(CutterRules::of(params)).built())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{EventKind, SpeechReason};
    use crate::utterance_cutter::script::{Stage, started};

    /// Lengths in samples of the utterances in `frames` of 10 ms, all of which are speech.
    fn lengths(given: &[(&str, f64)], frames: i64) -> Vec<usize> {
        let mut stage = Stage::new(&SPEC, given, vec![started(0, 0, 0.0)]);
        stage.feed(frames * 160, |_| 0.0);
        stage.end(SpeechReason::TrackEnded);
        let said = stage.said.into_iter();
        let utterances = said.map(|said| match said.kind {
            EventKind::Utterance(utterance) => utterance.samples.len(),
            other => panic!("{other:?}"),
        });
        utterances.collect()
    }

    #[test]
    fn both_limits_are_milliseconds() {
        let split = lengths(&[("max_utterance_duration_ms", 2_000.0)], 500);
        assert_eq!(split.iter().sum::<usize>(), 80_000);
        // The latest of equally quiet places is taken: the middle of the last 30 ms.
        assert_eq!(split[..2], [32_000 - 240; 2]);

        let given = [("min_utterance_duration_ms", 300.0)];
        assert_eq!(lengths(&given, 29), [0; 0]);
        assert_eq!(lengths(&given, 30), [4_800]);
    }

    #[test]
    fn by_default_half_a_minute_is_the_longest() {
        assert_eq!(lengths(&[], 3_100).len(), 2);
        assert_eq!(lengths(&[], 2_999), [2_999 * 160]);
    }
}
