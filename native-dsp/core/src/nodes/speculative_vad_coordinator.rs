//! `SpeculativeVADCoordinator`: speech suspected at once, and confirmed or cancelled later.

use crate::detector::{self, Detector, Report, SAMPLES_PER_MS};
use crate::dsp::silero::SileroNetwork;
use crate::format::Format;
use crate::node::Built;
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SpeculativeVADCoordinator",
    aliases: &["SpeculativeVADCoordinatorNode"],
    summary: "Reports speech at the first suspicion, then confirms or cancels it.",
    documentation: "\
For whoever would rather begin too early than wait for `min_speech_duration_ms`: an assistant that falls \
silent as soon as somebody may be speaking, a recogniser that starts on suspicion. The audio passes on at \
once and untouched; beside it `SileroVADNode`'s network judges each window of 32 ms.

- `speculation_started` at the first window of at least `vad_threshold`. Its time is that window's first \
sample, so the suspicion is 32 to 42 ms old when it is told. `lookback_ms` says how much audio before it to \
take along.
- Then either `speculation_confirmed`, once the speech has lasted `min_speech_duration_ms`, followed by \
`speech_started` and in time `speech_stopped` as `SileroVADNode` has them; or `speculation_cancelled`, when \
it was over sooner: whatever was made of the audio from `from_ms` to `to_ms` is to be taken back. All carry \
the time of the suspicion.

Every suspicion is confirmed or cancelled before the next one. Speech that goes on after a gap of at least \
`min_silence_duration_ms` in the media is another.",
    role: Role::Analyser,
    params: PARAMS,
    events: &[
        "speculation_started",
        "speculation_confirmed",
        "speculation_cancelled",
        "speech_started",
        "speech_stopped",
        "vad_probability",
    ],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "vad_threshold",
        aliases: &["threshold"],
        ..detector::THRESHOLD
    },
    detector::SAMPLE_RATE,
    detector::MIN_SPEECH_DURATION_MS,
    ParamSpec {
        kind: ParamKind::Number {
            min: 0.0,
            max: 10_000.0,
            default: 100.0,
        },
        ..detector::MIN_SILENCE_DURATION_MS
    },
    ParamSpec {
        name: "lookback_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 2_000.0,
            default: 150.0,
        },
        documentation: "Audio in ms before a suspicion that is speculated on, and taken back with it.",
    },
    ParamSpec {
        name: "speech_pad_ms",
        aliases: &["pad_ms"],
        kind: ParamKind::Number {
            min: 0.0,
            max: 2_000.0,
            default: 30.0,
        },
        documentation: "Audio in ms to keep before confirmed speech: the `prefix_padding_ms` of \
                        `speech_started`.",
    },
    detector::MAX_SPEECH_DURATION_S,
    detector::EMIT_PROBABILITY,
];

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let threshold = params.number("vad_threshold");
    let neg_threshold = detector::usual_neg_threshold(threshold);
    let rules = detector::rules(params, threshold as f32, neg_threshold as f32)?;
    let report = Report {
        prefix_padding_ms: params.number("speech_pad_ms") as f32,
        emit_probability: params.flag("emit_probability"),
        speculation_lookback: Some((params.number("lookback_ms") * SAMPLES_PER_MS).round() as i64),
    };
    Ok(Detector::new(SileroNetwork::new(), rules, true, report).built())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::speech_48k;
    use crate::event::EventKind::{
        self, SpeculationCancelled, SpeculationConfirmed, SpeculationStarted, SpeechStarted,
        SpeechStopped,
    };
    use crate::node_test::{Driver, Given};
    use crate::params::ParamValue::Number;

    /// Where the sentences of the fixture begin, in ms.
    const SENTENCES_MS: [i64; 3] = [1_000, 5_000, 10_000];

    /// Plain decimation: the aliases of this voice are inaudible to the network.
    fn speech() -> Vec<f32> {
        speech_48k().into_iter().step_by(3).collect()
    }

    fn events(given: Given<'_>, samples: &[f32]) -> Vec<(i64, EventKind)> {
        let mut node = Driver::new(&SPEC, given, Format::VOICE);
        node.run_mono(samples);
        node.events()
    }

    #[test]
    fn every_suspicion_is_confirmed_or_cancelled_before_the_next_and_speech_follows_the_confirmed()
    {
        let events = events(&[], &speech());
        let (mut suspected, mut confirmed, mut starts) = (None, None, Vec::new());
        for (at, kind) in events {
            match kind {
                SpeculationStarted { lookback_ms, .. } => {
                    assert_eq!((suspected.replace(at), lookback_ms), (None, 150.0));
                }
                SpeculationConfirmed { .. } => {
                    assert_eq!(suspected.take(), Some(at));
                    confirmed = Some(at);
                }
                SpeculationCancelled { .. } => assert_eq!(suspected.take(), Some(at)),
                SpeechStarted {
                    prefix_padding_ms, ..
                } => {
                    assert_eq!((confirmed.take(), prefix_padding_ms), (Some(at), 30.0));
                    starts.push(at / 16);
                }
                SpeechStopped { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        for sentence in SENTENCES_MS {
            assert!(
                starts.iter().any(|at| (at - sentence).abs() <= 150),
                "{starts:?}"
            );
        }
    }

    #[test]
    fn a_suspicion_is_told_within_a_window_and_a_frame() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        let mut delays = Vec::new();
        for (index, frame) in speech().chunks_exact(160).enumerate() {
            node.run_mono(frame);
            let now = (index as i64 + 1) * 160;
            let suspicions = node.events().into_iter();
            let is_suspicion = |kind: &EventKind| matches!(kind, SpeculationStarted { .. });
            delays.extend(
                suspicions
                    .filter(|(_, kind)| is_suspicion(kind))
                    .map(|(at, _)| now - at),
            );
        }
        assert!(delays.len() >= 3);
        assert!(
            delays.iter().all(|delay| (512..512 + 160).contains(delay)),
            "{delays:?}"
        );
    }

    #[test]
    fn what_is_too_short_is_cancelled_with_the_audio_to_take_back() {
        // Longer than any sentence: nothing is ever confirmed.
        let given = [
            ("min_speech_duration_ms", Number(5_000.0)),
            ("lookback_ms", Number(200.0)),
        ];
        let events = events(&given, &speech());
        let mut cancelled = 0;
        for pair in events.chunks(2) {
            let [
                (first, SpeculationStarted { .. }),
                (at, SpeculationCancelled { from_ms, to_ms, .. }),
            ] = &pair
            else {
                panic!("{pair:?}")
            };
            assert_eq!(first, at);
            assert!((from_ms - (*at as f64 / 16.0 - 200.0)).abs() < 1e-6);
            assert!(*to_ms > *at as f64 / 16.0);
            cancelled += 1;
        }
        assert!(cancelled >= SENTENCES_MS.len());
    }
}
