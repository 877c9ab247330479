//! `RustFormatConverterNode`: audio as another sample format would hold it.

use crate::dsp::sample_format::Sample;
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "RustFormatConverterNode",
    aliases: &[
        "FormatConverterNode",
        "FormatConverter",
        "fast_format_converter",
    ],
    summary: "Quantises the audio to what a sample format can hold.",
    documentation: "\
Between nodes audio is always 32-bit float; what leaves here has only values that `target_format` has. `i16` has \
steps of 1/32768, to which samples are rounded, and saturates at -1 and 32767/32768; `i32` has steps finer than \
a float shows above -42 dBFS, and saturates at -1 and 1; `f32` passes every sample on bit for bit. With `dither` \
rounding to 16 bits leaves noise at -96 dBFS that does not depend on the signal, in place of distortion: \
triangular noise of two steps, the same in every run and different in each channel (Lipshitz, Wannamaker and \
Vanderkooy, JAES 40, 1992). What is no number becomes silence.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "target_format",
        aliases: &["format", "output_format"],
        kind: ParamKind::Choice {
            options: &["f32", "i16", "i32"],
            default: "i16",
        },
        documentation: "The sample format.",
    },
    ParamSpec {
        name: "source_format",
        aliases: &["input_format"],
        kind: ParamKind::Choice {
            options: &["auto", "f32", "i16", "i32"],
            default: "auto",
        },
        documentation: "What the audio was made of. It is understood and changes nothing: each of these formats \
                        has become 32-bit float, on the same scale, before audio comes here.",
    },
    ParamSpec {
        name: "dither",
        aliases: &[],
        kind: ParamKind::Flag { default: false },
        documentation: "Whether noise is added before audio is rounded to 16 bits.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let target = match params.choice("target_format") {
        "f32" => Target::Float,
        "i32" => Target::Whole32,
        _ if params.flag("dither") => Target::Dithered16,
        _ => Target::Whole16,
    };
    Ok(Built {
        node: Box::new(FormatConverter { target }),
        input: offered,
        output: offered,
    })
}

struct FormatConverter {
    target: Target,
}

#[derive(Clone, Copy)]
enum Target {
    Float,
    Whole16,
    Dithered16,
    Whole32,
}

impl Node for FormatConverter {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        for channel in 0..audio.channels() {
            let samples = input.audio.channel(channel);
            let out = audio.channel_mut(channel);
            match self.target {
                Target::Float => through(samples, out, finite_float),
                Target::Whole16 => through(samples, out, |sample| {
                    let whole: i16 = sample.convert();
                    whole.convert()
                }),
                Target::Whole32 => through(samples, out, |sample| {
                    let whole: i32 = sample.convert();
                    whole.convert()
                }),
                Target::Dithered16 => dithered(samples, out, input.position, channel as u64),
            }
        }
    }

    fn reset(&mut self) {}
}

fn through(samples: &[f32], out: &mut [f32], convert: impl Fn(f32) -> f32) {
    for (out, sample) in out.iter_mut().zip(samples) {
        *out = convert(*sample);
    }
}

fn finite_float(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

fn dithered(samples: &[f32], out: &mut [f32], position: i64, channel: u64) {
    const STEP: f32 = 1.0 / 32_768.0;
    for (n, (out, sample)) in out.iter_mut().zip(samples).enumerate() {
        let noise = triangular(position.wrapping_add(n as i64) as u64, channel);
        let whole: i16 = (sample + noise * STEP).convert();
        *out = whole.convert();
    }
}

/// Noise in -1..1, triangular, as a function of place and channel: without a state nothing depends on how the
/// audio was cut. SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) of a counter.
fn triangular(position: u64, channel: u64) -> f32 {
    let mut z = (position << 3 | channel).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    let uniform = |bits: u64| bits as u32 as f32 / (1u64 << 32) as f32;
    uniform(z) - uniform(z >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{Fit, decibels, noise, sine};
    use crate::node_test::{Driver, Given};
    use crate::params::ParamValue::{Choice, Flag};

    fn converted(given: Given<'_>, samples: &[f32]) -> Vec<f32> {
        Driver::new(&SPEC, given, Format::VOICE).run_mono(samples)
    }

    #[test]
    fn float_leaves_bit_for_bit_even_beyond_full_scale() {
        let samples = noise(3, 4.0, 4_800);
        let output = converted(&[("target_format", Choice("f32"))], &samples);
        assert!(
            output
                .iter()
                .zip(&samples)
                .all(|(a, b)| a.to_bits() == b.to_bits())
        );
    }

    #[test]
    fn sixteen_bits_are_steps_of_one_32768th_and_saturate() {
        let samples = noise(4, 1.5, 48_000);
        for (out, sample) in converted(&[], &samples).iter().zip(&samples) {
            let step = out * 32_768.0;
            assert!(step == step.round() && (-32_768.0..=32_767.0).contains(&step));
            let wanted = (sample * 32_768.0).clamp(-32_768.0, 32_767.0);
            assert!((step - wanted).abs() <= 0.5, "{sample} became {out}");
        }
        let whole = converted(&[], &samples);
        assert!(converted(&[], &whole) == whole, "what 16 bits hold stays");
    }

    #[test]
    fn thirty_two_bits_hold_what_a_float_of_usual_level_holds() {
        let given = [("target_format", Choice("i32"))];
        let samples: Vec<f32> = noise(5, 1.0, 4_800);
        let loud: Vec<f32> = samples
            .iter()
            .filter(|s| s.abs() > 0.008)
            .copied()
            .collect();
        let length = loud.len() / 480 * 480;
        assert!(converted(&given, &loud)[..length] == loud[..length]);
        assert_eq!(converted(&given, &[3.0; 480])[0], 1.0);
    }

    #[test]
    fn dither_turns_distortion_into_noise() {
        // A tone of less than a step vanishes without dither, and with it stands in noise of -96 dBFS.
        let tone = sine(48_000, 1_000.0, 0.4 / 32_768.0, 96_000);
        assert!(converted(&[], &tone).iter().all(|sample| *sample == 0.0));
        let output = converted(&[("dither", Flag(true))], &tone);
        let fit = Fit::of(&output, 48_000, 1_000.0);
        assert!(
            (fit.amplitude * 32_768.0 - 0.4).abs() < 0.02,
            "{}",
            fit.amplitude * 32_768.0
        );
        // Rounding has 1/12, triangular noise 1/6: a quarter of a squared step.
        let level = decibels(fit.residual_rms);
        assert!(
            (level - decibels(0.5 / 32_768.0)).abs() < 0.1,
            "{level} dBFS"
        );
    }

    #[test]
    fn dither_is_the_same_in_every_run_and_different_in_each_channel() {
        let given = [("dither", Flag(true))];
        let stereo = Format {
            sample_rate: 48_000,
            channels: 2,
        };
        let silence = [0.0; 4_800];
        let run = || Driver::new(&SPEC, &given, stereo).run(&[&silence, &silence]);
        let [left, right] = &run()[..] else {
            panic!("two channels")
        };
        assert!(run()[0] == *left && left != right);
        let both: f32 = left.iter().zip(right).map(|(a, b)| a * b).sum();
        let one: f32 = left.iter().map(|a| a * a).sum();
        assert!((both / one).abs() < 0.05, "{}", both / one);
    }
}
