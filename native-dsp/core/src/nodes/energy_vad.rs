//! `RustVADNode`: speech by its energy, above a noise floor that adapts.

use crate::detector::{self, Detector, Report, SAMPLES_PER_MS, SpeechModel};
use crate::dsp::level::power_dbfs;
use crate::dsp::noise_floor::NoiseFloor;
use crate::format::Format;
use crate::node::Built;
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "RustVADNode",
    aliases: &["FastVADNode", "EnergyVADNode"],
    summary: "Detects speech by its energy above an adaptive noise floor and reports where it starts and stops.",
    documentation: "\
Listens to 16 kHz mono (the plan converts a copy; the audio passes on untouched) and compares the RMS of each \
frame with `energy_threshold`, or with the noise floor plus `noise_margin_db` where that is higher. The floor \
is the quietest frame of the last two seconds (minimum statistics, Martin 2001). It reports the same events \
as `SileroVADNode`: `speech_started`, `speech_stopped`, `speech_misfire`, and `vad_probability` where asked \
for. `probability` is 0.5 at the threshold and grows by a logistic curve of 3 dB; once above, a frame is \
silence only 3 dB below the threshold.

It costs next to nothing, and cannot tell speech from other sounds: music, typing that goes on, or noise \
that begins (for two seconds, until the floor has risen) count as speech. Prefer `SileroVADNode` where that \
matters. Skipped media shorter than `min_silence_duration_ms` is bridged; longer gaps stop the speech with \
reason `packet_timeout`.",
    role: Role::Analyser,
    params: PARAMS,
    events: detector::EVENTS,
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "energy_threshold",
        aliases: &["threshold"],
        kind: ParamKind::Number {
            min: 0.000_01,
            max: 1.0,
            default: 0.01,
        },
        documentation: "RMS, as a share of full scale, from which a frame is speech in a quiet place; 0.01 is \
                        -40 dBFS.",
    },
    ParamSpec {
        name: "noise_margin_db",
        aliases: &[],
        kind: ParamKind::Number {
            min: 3.0,
            max: 40.0,
            default: 9.0,
        },
        documentation: "How far in dB speech must stand above the noise floor.",
    },
    ParamSpec {
        name: "frame_duration_ms",
        aliases: &["frame_ms"],
        kind: ParamKind::Integer {
            min: 10,
            max: 100,
            default: 30,
        },
        documentation: "Length in ms of the frames that are judged.",
    },
    detector::MIN_SPEECH_DURATION_MS,
    detector::MIN_SILENCE_DURATION_MS,
    detector::PREFIX_PADDING_MS,
    detector::MAX_SPEECH_DURATION_S,
    detector::EMIT_PROBABILITY,
    detector::SAMPLE_RATE,
];

/// Width of the logistic curve and of the hysteresis.
const CURVE_DB: f32 = 3.0;
/// The curve at the threshold.
const SPEECH_PROBABILITY: f32 = 0.5;

/// How likely speech is, `above_db` above the threshold.
fn probability(above_db: f32) -> f32 {
    1.0 / (1.0 + (-above_db / CURVE_DB).exp())
}

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let rules = detector::rules(params, SPEECH_PROBABILITY, probability(-CURVE_DB))?;
    let report = Report {
        prefix_padding_ms: params.number("prefix_padding_ms") as f32,
        emit_probability: params.flag("emit_probability"),
        speculation_lookback: None,
    };
    let frame_ms = params.integer("frame_duration_ms");
    let model = EnergyModel {
        frame: (frame_ms as f64 * SAMPLES_PER_MS) as usize,
        threshold_dbfs: power_dbfs(params.number("energy_threshold").powi(2)),
        noise_margin_db: params.number("noise_margin_db") as f32,
        noise: NoiseFloor::new(frame_ms as usize),
    };
    Ok(Detector::new(model, rules, false, report).built())
}

/// Level above a threshold that follows the noise.
struct EnergyModel {
    /// Samples that are judged together.
    frame: usize,
    threshold_dbfs: f32,
    noise_margin_db: f32,
    noise: NoiseFloor,
}

impl SpeechModel for EnergyModel {
    fn window_samples(&self) -> usize {
        self.frame
    }

    fn probability(&mut self, _: &[f32], level_dbfs: f32) -> f32 {
        self.noise.update(level_dbfs);
        let above_noise_dbfs = self.noise.dbfs() + self.noise_margin_db;
        probability(level_dbfs - self.threshold_dbfs.max(above_noise_dbfs))
    }

    fn interrupt(&mut self) {
        // The room stays the same: the noise floor is kept.
    }

    fn reset(&mut self) {
        self.noise.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::FORMAT;
    use crate::dsp::test_signal::{noise, sine, speech_48k};
    use crate::event::EventKind;
    use crate::node_test::{Driver, build};
    use crate::params::ParamValue::{Flag, Integer, Number};

    /// First and last millisecond of the sentences in the fixture, as its JSON gives them.
    const SENTENCES_MS: [(i64, i64); 3] = [(1_000, 4_027), (5_000, 8_430), (10_000, 12_205)];

    /// The fixture at 16 kHz. (Plain decimation: aliases do not change an energy.)
    fn speech() -> Vec<f32> {
        speech_48k().into_iter().step_by(3).collect()
    }

    /// (type, position in ms) of starts, stops and misfires.
    fn changes(node: &mut Driver) -> Vec<(&'static str, i64)> {
        let events = node.events().into_iter();
        let named = events.map(|(position, kind)| match kind {
            EventKind::SpeechStarted { .. } => ("started", position / 16),
            EventKind::SpeechStopped { .. } => ("stopped", position / 16),
            EventKind::SpeechMisfire { .. } => ("misfire", position / 16),
            other => panic!("{other:?}"),
        });
        named.collect()
    }

    fn assert_finds_the_sentences(node: &mut Driver, samples: &[f32]) {
        node.run_mono(samples);
        let changes = changes(node);
        assert_eq!(changes.len(), 2 * SENTENCES_MS.len(), "{changes:?}");
        for (change, (start_ms, end_ms)) in changes.chunks(2).zip(SENTENCES_MS) {
            let [("started", first_ms), ("stopped", last_ms)] = *change else {
                panic!("{changes:?}")
            };
            assert!((first_ms - start_ms).abs() <= 150, "{changes:?}");
            assert!((last_ms - end_ms).abs() <= 150, "{changes:?}");
        }
    }

    #[test]
    fn the_sentences_are_found_whatever_the_frame() {
        for frame_ms in [10, 25, 30, 64, 100] {
            let given = [("frame_duration_ms", Integer(frame_ms))];
            assert_finds_the_sentences(&mut Driver::new(&SPEC, &given, FORMAT), &speech());
        }
    }

    #[test]
    fn noise_louder_than_the_threshold_is_not_speech_but_speech_above_it_is() {
        // -37 dBFS of noise, three dB above the threshold; speech twice as loud as in the fixture.
        let noise = noise(5, 0.025, 16 * 14_000);
        let loud: Vec<f32> = speech()
            .iter()
            .zip(&noise)
            .map(|(s, n)| 2.0 * s + n)
            .collect();
        assert_finds_the_sentences(&mut Driver::new(&SPEC, &[], FORMAT), &loud);
        let mut node = Driver::new(&SPEC, &[], FORMAT);
        node.run_mono(&noise);
        assert_eq!(changes(&mut node), []);
    }

    #[test]
    fn noise_that_begins_is_taken_for_speech_for_two_seconds_only() {
        let mut node = Driver::new(&SPEC, &[], FORMAT);
        node.run_mono(&[0.0; 32_000]);
        node.run_mono(&noise(6, 0.1, 160_000));
        let changes = changes(&mut node);
        let [("started", first), ("stopped", last)] = *changes else {
            panic!("{changes:?}")
        };
        assert!(
            first.abs_diff(2_000) <= 30 && last.abs_diff(4_000) <= 300,
            "{changes:?}"
        );
    }

    #[test]
    fn a_click_is_a_misfire() {
        let mut node = Driver::new(&SPEC, &[], FORMAT);
        node.run_mono(&[0.0; 16_000]);
        node.run_mono(&sine(16_000, 500.0, 0.3, 1_600));
        node.run_mono(&[0.0; 16_000]);
        let changes = changes(&mut node);
        assert!(
            matches!(changes[..], [("misfire", 990..=1_000)]),
            "{changes:?}"
        );
    }

    #[test]
    fn the_threshold_is_an_rms_and_stands_at_one_half() {
        let given = [
            ("emit_probability", Flag(true)),
            ("energy_threshold", Number(0.1)),
        ];
        let mut node = Driver::new(&SPEC, &given, FORMAT);
        node.run_mono(&[0.0; 16_000]);
        node.events();
        node.run_mono(&[0.1; 480]);
        let events = node.events();
        let [(_, EventKind::VadProbability { probability, .. }), ..] = events[..] else {
            panic!("{events:?}")
        };
        // 16 000 samples are 33 frames and a third: the third is silence.
        assert!(probability < 0.5);
        node.run_mono(&[0.1; 480]);
        let events = node.events();
        let [(_, EventKind::VadProbability { probability, .. })] = events[..] else {
            panic!("{events:?}")
        };
        assert!((probability - 0.5).abs() < 1e-3, "{probability}");
    }

    #[test]
    fn a_long_gap_stops_speech_where_the_audio_stopped() {
        let mut node = Driver::new(&SPEC, &[], FORMAT);
        node.run_mono(&[0.0; 4_800]);
        node.run_mono(&[0.3; 9_600]);
        node.jump(160_000);
        node.run_mono(&[0.0; 160]);
        assert_eq!(changes(&mut node), [("started", 300), ("stopped", 899)]);
    }

    #[test]
    fn a_limit_below_the_shortest_speech_is_refused() {
        let given = [
            ("max_speech_duration_s", Number(1.0)),
            ("min_speech_duration_ms", Number(1_500.0)),
        ];
        let error = build(&SPEC, &given, FORMAT)
            .err()
            .expect("it contradicts itself");
        assert_eq!(error.param, "max_speech_duration_s");
    }
}
