//! `LimiterNode`: no peak above the ceiling.

use crate::block::Block;
use crate::dsp::finite::finite;
use crate::dsp::level::{amplitude, peak};
use crate::dsp::look_ahead::LookAhead;
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "LimiterNode",
    aliases: &["Limiter"],
    summary: "Turns peaks down before they arrive, so that nothing leaves above the ceiling.",
    documentation: "\
Delays the audio by `look_ahead_ms` and lowers the gain on the way to a peak, so that the peak leaves at the \
ceiling without being clipped; afterwards the gain comes back over `release_ms`. No sample ever leaves above \
`ceiling_dbfs`, and what stays below it passes unchanged. All channels get the same gain, so the image does \
not move. The ceiling is one of samples: the wave between them may rise some tenths of a dB above it. Place \
it last, after everything that amplifies.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "ceiling_dbfs",
        aliases: &["ceiling_db", "threshold_dbfs"],
        kind: ParamKind::Number {
            min: -40.0,
            max: 0.0,
            default: -1.0,
        },
        documentation: "Highest peak that leaves, in dBFS.",
    },
    ParamSpec {
        name: "look_ahead_ms",
        aliases: &["lookahead_ms"],
        kind: ParamKind::Number {
            min: 0.5,
            max: 10.0,
            default: 1.5,
        },
        documentation: "How long before a peak the gain begins to fall, in ms; the audio is delayed by as much.",
    },
    ParamSpec {
        name: "release_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 1.0,
            max: 2_000.0,
            default: 80.0,
        },
        documentation: "Time in ms in which 63 % of the lost gain come back.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let samples = |name| params.number(name) / 1_000.0 * f64::from(offered.sample_rate);
    let ceiling = amplitude(params.number("ceiling_dbfs") as f32);
    let delay = samples("look_ahead_ms").round() as usize;
    let frame = offered.frame_samples();
    Ok(Built {
        node: Box::new(Limiter {
            ceiling,
            gain: LookAhead::new(ceiling, delay, samples("release_ms")),
            gains: vec![1.0; frame],
            delayed: vec![vec![0.0; delay + frame]; usize::from(offered.channels)],
        }),
        input: offered,
        output: offered,
    })
}

struct Limiter {
    ceiling: f32,
    gain: LookAhead,
    /// The gain of each sample of the frame.
    gains: Vec<f32>,
    /// Of each channel: the samples still to leave, then the frame.
    delayed: Vec<Vec<f32>>,
}

impl Node for Limiter {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        let is_idle = self.gain.is_at_rest() && peak(input.audio.planes()) <= self.ceiling;
        if !is_idle {
            self.find_gains(input.audio);
        }
        let delay = self.gain.delay();
        for (channel, line) in self.delayed.iter_mut().enumerate() {
            let samples = input.audio.channel(channel);
            for (held, sample) in line[delay..].iter_mut().zip(samples) {
                *held = finite(*sample);
            }
            let out = audio.channel_mut(channel);
            if is_idle {
                out.copy_from_slice(&line[..samples.len()]);
            } else {
                for ((out, sample), gain) in out.iter_mut().zip(&*line).zip(&self.gains) {
                    // Rounding may exceed the ceiling by the last bit.
                    *out = (sample * gain).clamp(-self.ceiling, self.ceiling);
                }
            }
            line.copy_within(samples.len().., 0);
        }
    }

    fn reset(&mut self) {
        self.gain.reset();
        for line in &mut self.delayed {
            line.fill(0.0);
        }
    }

    fn latency_samples(&self) -> u32 {
        self.gain.delay() as u32
    }
}

impl Limiter {
    fn find_gains(&mut self, audio: &Block) {
        for (index, gain) in self.gains.iter_mut().enumerate() {
            let channels = 0..audio.channels();
            let loudest = channels.map(|channel| finite(audio.channel(channel)[index]).abs());
            *gain = self.gain.next(loudest.fold(0.0, f32::max));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{Fit, decibels, noise, sine};
    use crate::node_test::Driver;
    use crate::params::ParamValue::Number;

    /// 1.5 ms at 48 kHz.
    const DELAY: usize = 72;

    #[test]
    fn what_is_below_the_ceiling_leaves_unchanged_1_5_ms_later() {
        let quiet = noise(5, 0.89, 9_600);
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        let output = node.run_mono(&quiet);
        assert_eq!(node.built.node.latency_samples() as usize, DELAY);
        assert_eq!(output[DELAY..], quiet[..9_600 - DELAY]);
    }

    #[test]
    fn nothing_leaves_above_the_ceiling_however_it_comes() {
        let mut bursts = noise(6, 0.1, 48_000);
        for (index, sample) in bursts.iter_mut().enumerate() {
            // Single samples and bursts at every place in a frame.
            if index % 1_237 == 0 || index % 7_919 < 300 {
                *sample *= 70.0;
            }
        }
        for ceiling_db in [-1.0, -12.0] {
            let ceiling = amplitude(ceiling_db as f32);
            let given = [("ceiling_dbfs", Number(ceiling_db))];
            let output = Driver::new(&SPEC, &given, Format::VOICE).run_mono(&bursts);
            assert!(output.iter().all(|sample| sample.abs() <= ceiling));
        }
    }

    #[test]
    fn a_loud_tone_is_turned_down_not_clipped() {
        let tone = sine(48_000, 1_000.0, 4.0, 48_000);
        let output = Driver::new(&SPEC, &[], Format::VOICE).run_mono(&tone);
        let fit = Fit::of(&output[4_800..], 48_000, 1_000.0);
        assert!((decibels(fit.amplitude) + 1.0).abs() < 0.1);
        let distortion = decibels(fit.residual_rms / (fit.amplitude / 2f64.sqrt()));
        assert!(distortion < -50.0, "{distortion} dB");
    }

    #[test]
    fn after_a_peak_the_gain_comes_back_in_the_time_it_is_given() {
        let mut samples = sine(48_000, 1_000.0, 0.8, 96_000);
        samples[2_000] = 4.0;
        let given = [("release_ms", Number(50.0))];
        let output = Driver::new(&SPEC, &given, Format::VOICE).run_mono(&samples);
        let gain = |at: usize| Fit::of(&output[at..at + 480], 48_000, 1_000.0).amplitude / 0.8;
        let (at_once, later) = (gain(2_150), gain(2_000 + DELAY + 2_400));
        assert!(at_once < 0.4, "{at_once}");
        // 1 - 0.78 / e after 50 ms.
        assert!((later - 0.73).abs() < 0.06, "{later}");
        assert_eq!(output[72_000 + DELAY..], samples[72_000..96_000 - DELAY]);
    }

    #[test]
    fn a_peak_in_one_channel_lowers_both() {
        let stereo = Format {
            sample_rate: 48_000,
            channels: 2,
        };
        let (loud, quiet) = (vec![2.0; 9_600], vec![0.5; 9_600]);
        let output = Driver::new(&SPEC, &[], stereo).run(&[&loud, &quiet]);
        let ratio = output[1][5_000] / output[0][5_000];
        assert!((ratio - 0.25).abs() < 1e-4, "{ratio}");
    }
}
