//! `NoiseGateNode`: quiet between the words.

use crate::block::Block;
use crate::dsp::finite::finite;
use crate::dsp::level::{amplitude, energy};
use crate::format::{FRAMES_PER_SECOND, Format};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "NoiseGateNode",
    aliases: &["NoiseGate"],
    summary: "Lowers whatever is too quiet to be speech.",
    documentation: "\
Opens when the level exceeds `threshold_dbfs` and stays open until it has been `hysteresis_db` below that for \
`hold_ms`; then the audio is lowered by `range_db`. The level is the RMS of each ms, falling by no more than \
10 dB in 23 ms, of the loudest channel; all channels get the same gain. Adds no delay. Unlike noise \
suppression it does nothing about noise while somebody speaks; place it after that, or use it alone where \
every microsecond counts.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    number(
        "threshold_dbfs",
        &["threshold_db", "threshold"],
        (-100.0, 0.0, -45.0),
        "RMS level in dBFS that opens the gate.",
    ),
    number(
        "hysteresis_db",
        &[],
        (0.0, 30.0, 6.0),
        "How far below the threshold the level must fall to close it, in dB.",
    ),
    number(
        "attack_ms",
        &[],
        (0.0, 100.0, 2.0),
        "Time in ms to open fully.",
    ),
    number(
        "hold_ms",
        &[],
        (0.0, 5_000.0, 150.0),
        "How long it stays open after the level fell, in ms.",
    ),
    number(
        "release_ms",
        &[],
        (1.0, 5_000.0, 150.0),
        "Time in ms to close fully, at an even rate in dB.",
    ),
    number(
        "range_db",
        &["reduction_db"],
        (0.0, 100.0, 40.0),
        "How far the audio is lowered while the gate is closed, in dB.",
    ),
];

const fn number(
    name: &'static str,
    aliases: &'static [&'static str],
    (min, max, default): (f64, f64, f64),
    documentation: &'static str,
) -> ParamSpec {
    ParamSpec {
        name,
        aliases,
        kind: ParamKind::Number { min, max, default },
        documentation,
    }
}

/// The gate decides once per ms.
const SEGMENTS: usize = 10;
const MS_PER_SEGMENT: f64 = 1_000.0 / (FRAMES_PER_SECOND as usize * SEGMENTS) as f64;
/// Time constant of the falling level: longer than a period of the deepest voice.
const LEVEL_FALL_MS: f64 = 10.0;

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let threshold_db = params.number("threshold_dbfs");
    let segments = |name| params.number(name) / MS_PER_SEGMENT;
    let floor = amplitude(-params.number("range_db") as f32);
    Ok(Built {
        node: Box::new(NoiseGate {
            opens_at: power(threshold_db),
            closes_at: power(threshold_db - params.number("hysteresis_db")),
            level_fall: (-MS_PER_SEGMENT / LEVEL_FALL_MS).exp(),
            hold: segments("hold_ms").round() as u32,
            rise: (1.0 - floor) / segments("attack_ms").max(1.0) as f32,
            fall: floor.powf(1.0 / segments("release_ms") as f32),
            floor,
            level: 0.0,
            open_for: 0,
            gain: floor,
        }),
        input: offered,
        output: offered,
    })
}

/// Mean square of a level in dBFS.
fn power(dbfs: f64) -> f64 {
    10f64.powf(dbfs / 10.0)
}

struct NoiseGate {
    /// Mean squares.
    opens_at: f64,
    closes_at: f64,
    /// What remains of the level after a segment.
    level_fall: f64,
    /// Segments to stay open.
    hold: u32,
    /// Gain added in a segment while opening.
    rise: f32,
    /// Factor of the gain in a segment while closing.
    fall: f32,
    /// Gain of the closed gate.
    floor: f32,
    level: f64,
    /// Segments for which it stays open whatever comes; 0 when closed.
    open_for: u32,
    gain: f32,
}

impl Node for NoiseGate {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        let length = input.audio.format().frame_samples();
        for segment in 0..SEGMENTS {
            let range = segment * length / SEGMENTS..(segment + 1) * length / SEGMENTS;
            self.listen(input.audio, range.clone());
            let from = self.gain;
            self.gain = if self.open_for > 0 {
                (from + self.rise).min(1.0)
            } else {
                (from * self.fall).max(self.floor)
            };
            let step = (self.gain - from) / range.len() as f32;
            for channel in 0..input.audio.channels() {
                let samples = &input.audio.channel(channel)[range.clone()];
                let out = &mut audio.channel_mut(channel)[range.clone()];
                for (index, (out, sample)) in out.iter_mut().zip(samples).enumerate() {
                    *out = finite(*sample) * (from + step * (index + 1) as f32);
                }
            }
        }
    }

    fn reset(&mut self) {
        self.level = 0.0;
        self.open_for = 0;
        self.gain = self.floor;
    }
}

impl NoiseGate {
    /// Opens, holds or closes by the level of a segment.
    fn listen(&mut self, audio: &Block, range: std::ops::Range<usize>) {
        let channels = 0..audio.channels();
        let energies = channels.map(|channel| energy(&audio.channel(channel)[range.clone()]));
        let mean_square = energies.fold(0.0, f64::max) / range.len() as f64;
        self.level = mean_square.max(self.level * self.level_fall);
        let stays_above = if self.open_for > 0 {
            self.closes_at
        } else {
            self.opens_at
        };
        if self.level > stays_above {
            self.open_for = self.hold + 1;
        } else {
            self.open_for = self.open_for.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{decibels, noise, rms, sine, speech_48k};
    use crate::node_test::{Driver, Given};
    use crate::params::ParamValue::Number;

    /// A tone at this RMS level.
    fn tone(dbfs: f64, ms: usize) -> Vec<f32> {
        sine(
            48_000,
            1_000.0,
            10f64.powf(dbfs / 20.0) * 2f64.sqrt(),
            ms * 48,
        )
    }

    fn run(given: Given<'_>, input: &[f32]) -> Vec<f32> {
        Driver::new(&SPEC, given, Format::VOICE).run_mono(input)
    }

    /// Gain in dB over the 10 ms that begin here.
    fn gain_db(input: &[f32], output: &[f32], ms: usize) -> f64 {
        let range = ms * 48..(ms + 10) * 48;
        decibels(rms(&output[range.clone()]) / rms(&input[range]))
    }

    #[test]
    fn what_is_below_the_threshold_is_lowered_by_the_range_and_what_is_above_passes() {
        for (level, expected) in [(-47.0, -40.0), (-43.0, 0.0)] {
            let input = tone(level, 500);
            let gain = gain_db(&input, &run(&[], &input), 400);
            assert!((gain - expected).abs() < 0.1, "{level} dBFS: {gain} dB");
        }
    }

    #[test]
    fn once_open_it_stays_open_down_to_the_hysteresis() {
        for (then, expected) in [(-49.5, 0.0), (-52.5, -40.0)] {
            let input = [tone(-20.0, 100), tone(then, 900)].concat();
            let gain = gain_db(&input, &run(&[], &input), 900);
            assert!((gain - expected).abs() < 0.1, "then {then} dBFS: {gain} dB");
        }
    }

    #[test]
    fn it_opens_in_the_attack_holds_and_closes_in_the_release() {
        let input = [tone(-70.0, 100), tone(-20.0, 100), tone(-70.0, 600)].concat();
        let given = [
            ("attack_ms", Number(5.0)),
            ("hold_ms", Number(100.0)),
            ("release_ms", Number(200.0)),
        ];
        let output = run(&given, &input);
        let gain = |ms| gain_db(&input, &output, ms);
        assert!(gain(106).abs() < 0.1, "open after the attack");
        assert!(gain(285).abs() < 0.1, "held");
        // The level falls by 36 dB in 83 ms, then hold; half-way through the release, half the range.
        let half = gain(200 + 71 + 100 + 95);
        assert!((half + 20.0).abs() < 3.0, "{half} dB");
        assert!((gain(700) + 40.0).abs() < 0.1, "closed");
    }

    #[test]
    fn speech_passes_and_the_noise_between_is_lowered() {
        let hiss = noise(4, 0.002, 672_000);
        let speech = speech_48k();
        let input: Vec<f32> = speech.iter().zip(&hiss).map(|(a, b)| a + b).collect();
        let output = run(&[], &input);
        let (pause, words) = (4_800..43_200, 480_000..585_840);
        let quieter = decibels(rms(&output[pause.clone()]) / rms(&input[pause]));
        assert!(quieter < -39.0, "{quieter} dB in the pause");
        let kept = decibels(rms(&output[words.clone()]) / rms(&input[words]));
        assert!(kept.abs() < 0.05, "{kept} dB of the words");
    }

    #[test]
    fn a_range_of_0_changes_nothing() {
        let input = tone(-60.0, 100);
        assert_eq!(run(&[("range_db", Number(0.0))], &input), input);
    }
}
