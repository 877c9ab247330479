//! `AudioBufferAccumulatorNode`: collects the audio of each utterance.

use super::utterance_segmenter::segmenter::{
    self, MIN_UTTERANCE_DURATION_MS, SAMPLES_PER_MS, Segmenter, Settings,
};
use crate::format::Format;
use crate::node::Built;
use crate::params::Params;
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};

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
        MIN_UTTERANCE_DURATION_MS,
        ParamSpec {
            name: "max_utterance_duration_ms",
            aliases: &["max_utterance_ms"],
            kind: ParamKind::Number {
                min: 1_000.0,
                max: 120_000.0,
                default: 30_000.0,
            },
            documentation: "Longest utterance in ms, with pre-roll; what is longer is split.",
        },
    ],
    events: &["utterance"],
    requires: &["speech_started", "speech_stopped"],
    build,
};

/// How far back a split looks for a pause.
const SEARCH_MS: f64 = 3_000.0;

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let samples = |ms: f64| (ms * SAMPLES_PER_MS).round() as i64;
    let max_ms = params.number("max_utterance_duration_ms");
    Ok(Segmenter::build(Settings {
        pre_roll_ms: None,
        min_samples: samples(params.number(segmenter::MIN_UTTERANCE_DURATION_MS.name)),
        max_samples: samples(max_ms),
        search_samples: samples(SEARCH_MS.min(max_ms / 2.0)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Block;
    use crate::event::{Event, EventKind, EventQueue, SpeechReason};
    use crate::node::{Input, Output, Stamp};
    use crate::node_test;
    use crate::params::ParamValue::Number;
    use crate::time::MediaTime;

    fn event(kind: EventKind) -> Vec<Event> {
        let time = MediaTime::ZERO;
        vec![Event {
            node: 0,
            time,
            detected: time,
            kind,
        }]
    }

    /// Lengths in samples of the utterances in `frames` of 10 ms, all of which are speech.
    fn lengths(given: node_test::Given<'_>, frames: i64) -> Vec<usize> {
        let mut node = node_test::build(&SPEC, given, Format::VOICE).unwrap().node;
        let started = event(EventKind::SpeechStarted {
            probability: 0.9,
            level_dbfs: -20.0,
            reason: SpeechReason::Threshold,
            prefix_padding_ms: 0.0,
        });
        let mut events = EventQueue::with_capacity(16);
        let audio = Block::silent(segmenter::FORMAT);
        for frame in 0..=frames {
            let stamp = Stamp {
                node: 1,
                sample_rate: 16_000,
                delay: MediaTime::ZERO,
                now: MediaTime::from_ms(10 * frame + 10),
            };
            let mut output = Output::new(None, &mut events, stamp);
            if frame == frames {
                node.end_of_input(frame * 160, SpeechReason::TrackEnded, &mut output);
                break;
            }
            let heard = if frame == 0 { &started[..] } else { &[] };
            let input = Input::with_events(&audio, frame * 160, heard);
            node.process(&input, &mut output);
        }
        let utterances = events.drain().map(|event| match event.kind {
            EventKind::Utterance(utterance) => utterance.samples.len(),
            other => panic!("{other:?}"),
        });
        utterances.collect()
    }

    #[test]
    fn both_limits_are_milliseconds() {
        let given = [("max_utterance_duration_ms", Number(2_000.0))];
        let split = lengths(&given, 500);
        assert_eq!(split.iter().sum::<usize>(), 80_000);
        // The latest of equally quiet places is taken: the middle of the last 30 ms.
        assert_eq!(split[..2], [32_000 - 240; 2]);

        let given = [("min_utterance_duration_ms", Number(300.0))];
        assert_eq!(lengths(&given, 29), [0; 0]);
        assert_eq!(lengths(&given, 30), [4_800]);
    }

    #[test]
    fn by_default_half_a_minute_is_the_longest() {
        assert_eq!(lengths(&[], 3_100).len(), 2);
        assert_eq!(lengths(&[], 2_999), [2_999 * 160]);
    }
}
