//! Whole signals to another sample rate, by fast convolution: a filter steeper than any of [`Polyphase`], multiplied
//! in the frequency domain.
//!
//! Overlap-save (Oppenheim and Schafer, Discrete-Time Signal Processing, 8.7.3): a block is transformed, the
//! bins below the slower rate's half are weighted and transformed back with as many points as the block has
//! samples at the other rate, and the edges, which went around in a circle, are dropped. The filter is real,
//! so two blocks go through one complex transform without touching each other: one is the real part, the
//! other the imaginary one. A long filter costs nothing here; its delay, which live audio could not afford
//! ([`Polyphase`] is for that), is taken out.
//!
//! [`Polyphase`]: super::polyphase::Polyphase

mod lane;
mod steep;
mod stream;

use rustfft::num_complex::Complex32;

use super::polyphase::greatest_common_divisor;
use lane::Lane;
pub use lane::Layout;
use steep::{HALF, Steep};
pub use stream::StreamResampler;

/// Samples of the slower rate in a block, at least.
const BLOCK_SAMPLES: usize = 1024;

/// A converter between two rates for any number of signals, which it does not remember.
///
/// It works in units: the shortest stretch that is a whole number of samples at both rates.
pub struct Resampler {
    /// Samples of a unit, before and after.
    unit: (usize, usize),
    /// Units in a block, and at each of its ends those that are dropped.
    units: usize,
    guard: usize,
    steep: Steep,
    block: Vec<Complex32>,
}

impl Resampler {
    /// A converter from `from_hz` to `to_hz`.
    ///
    /// # Panics
    /// When a rate is 0.
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        assert!(from_hz > 0 && to_hz > 0, "a rate of 0 Hz has no samples");
        let divisor = greatest_common_divisor(from_hz, to_hz);
        let unit = ((from_hz / divisor) as usize, (to_hz / divisor) as usize);
        let slower = unit.0.min(unit.1);
        let guard = HALF.div_ceil(slower);
        let units = (8 * guard)
            .max(BLOCK_SAMPLES.div_ceil(slower))
            .next_power_of_two();
        let taken = units * unit.0;
        Self {
            unit,
            units,
            guard,
            steep: Steep::new(taken, units * unit.1),
            block: vec![Complex32::default(); taken],
        }
    }

    /// Samples that a signal of `samples` becomes: its duration, rounded up.
    pub fn output_samples(&self, samples: usize) -> usize {
        let product = samples as u128 * self.unit.1 as u128;
        product.div_ceil(self.unit.0 as u128) as usize
    }

    /// Converts `channels` signals that lie in `input` as `layout` says, and lays them into `output` in the
    /// same way: sample n of the output is at the time of n times `from_hz / to_hz` samples of the input. NaN,
    /// infinity and absurd values count as silence, as does everything before and after.
    ///
    /// # Panics
    /// When `output` does not hold exactly `channels` times [`Resampler::output_samples`].
    pub fn convert(&mut self, input: &[f32], channels: usize, layout: Layout, output: &mut [f32]) {
        let samples = (input.len() / channels, output.len() / channels);
        assert_eq!(
            output.len(),
            channels * self.output_samples(samples.0),
            "length of the output"
        );
        if self.unit == (1, 1) {
            output.copy_from_slice(input);
            return output
                .iter_mut()
                .for_each(|sample| *sample = super::finite::finite(*sample));
        }
        let fresh = self.units - 2 * self.guard;
        let blocks = samples.1.div_ceil(fresh * self.unit.1);
        // Interleaved channels are neighbours in memory; of a single channel the blocks are.
        let place = |index: usize| match layout {
            Layout::Interleaved => (index % channels, index / channels * fresh),
            Layout::Planar => (index / blocks, index % blocks * fresh),
        };
        for first in (0..blocks * channels).step_by(2) {
            let pair = [first, (first + 1).min(blocks * channels - 1)].map(|index| {
                let (channel, start) = place(index);
                (
                    Lane::of(layout, channel, channels, samples.0),
                    Lane::of(layout, channel, channels, samples.1),
                    start,
                )
            });
            let [(a, a_out, a_start), (b, b_out, b_start)] = pair;
            let from = |start: usize| start as isize - self.guard as isize;
            let position = |start| from(start) * self.unit.0 as isize;
            lane::load(
                [a, b],
                [position(a_start), position(b_start)],
                input,
                &mut self.block,
            );
            let converted = self.steep.convert(&self.block);
            let kept = self.guard * self.unit.1..(self.guard + fresh) * self.unit.1;
            let starts = [a_start * self.unit.1, b_start * self.unit.1];
            lane::store([a_out, b_out], starts, &converted[kept], output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{Fit, decibels, noise, rms, sine};

    const RATES: [(u32, u32); 6] = [
        (44_100, 16_000),
        (48_000, 16_000),
        (16_000, 48_000),
        (22_050, 48_000),
        (8_000, 44_100),
        (44_100, 44_101),
    ];

    fn convert(from: u32, to: u32, input: &[f32]) -> Vec<f32> {
        let mut resampler = Resampler::new(from, to);
        let mut output = vec![f32::NAN; resampler.output_samples(input.len())];
        resampler.convert(input, 1, Layout::Planar, &mut output);
        output
    }

    #[test]
    fn tones_keep_level_and_place_up_to_nine_tenths_of_the_band() {
        for (from, to) in RATES {
            for part in [0.01, 0.5, 0.91] {
                let hz = part * f64::from(from.min(to)) / 2.0;
                let output = convert(from, to, &sine(from, hz, 0.5, from as usize));
                assert_eq!(output.len(), to as usize, "a second remains a second");
                let start = output.len() / 4;
                let fit = Fit::of(&output[start..3 * start], to, hz);
                let what = format!("{from} to {to}, {hz} Hz");
                assert!(decibels(fit.amplitude / 0.5).abs() < 0.01, "{what}: level");
                let noise = decibels(fit.residual_rms / (0.5 / 2f64.sqrt()));
                assert!(noise < -120.0, "{what}: {noise} dB beside the tone");
                let phase = std::f64::consts::TAU * hz * start as f64 / f64::from(to);
                let error = (fit.phase - phase + std::f64::consts::PI)
                    .rem_euclid(std::f64::consts::TAU)
                    - std::f64::consts::PI;
                assert!(error.abs() < 1e-4, "{what}: phase is {error} off");
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_new_band_is_gone() {
        for (from, to) in RATES.into_iter().filter(|(from, to)| from > to) {
            for part in [1.0005, 1.02, 1.1, 1.9, 2.0, 2.7] {
                let hz = part * f64::from(to) / 2.0;
                let output = convert(from, to, &sine(from, hz, 0.5, from as usize));
                let settled = &output[output.len() / 4..3 * output.len() / 4];
                let level = decibels(rms(settled) / (0.5 / 2f64.sqrt()));
                assert!(level < -130.0, "{from} to {to}: {level} dB of {hz} Hz");
            }
        }
    }

    #[test]
    fn it_gives_what_the_streaming_converter_gives_without_its_delay() {
        for (from, to) in RATES {
            let input = noise(3, 0.5, from as usize / 2);
            let mut streaming = StreamResampler::new(from, to, 1);
            let (taken, given) = streaming.block();
            let blocks = input.len().div_ceil(taken) + 2;
            let (mut padded, mut late) = (input.clone(), vec![0.0; blocks * given]);
            padded.resize(blocks * taken, 0.0);
            for (input, output) in padded.chunks(taken).zip(late.chunks_mut(given)) {
                streaming.process(input, output);
            }
            let late = late[streaming.latency_samples() as usize..].iter();
            for (n, (whole, late)) in convert(from, to, &input).iter().zip(late).enumerate() {
                assert!(
                    (whole - late).abs() < 1e-6,
                    "{from} to {to}, {n}: {whole}, {late}"
                );
            }
        }
    }

    #[test]
    fn channels_do_not_touch_each_other_however_they_lie_and_whatever_their_length() {
        let mut resampler = Resampler::new(44_100, 16_000);
        for samples in [0, 1, 441, 2_645, 2_646, 2_647, 20_001] {
            let signals = [
                noise(1, 0.5, samples),
                noise(2, 0.5, samples),
                noise(3, 0.5, samples),
            ];
            let alone = signals
                .each_ref()
                .map(|signal| convert(44_100, 16_000, signal));
            for channels in 1..=3 {
                let expected = &alone[..channels];
                let planar = signals[..channels].concat();
                let interleaved: Vec<f32> = (0..samples)
                    .flat_map(|n| signals[..channels].iter().map(move |signal| signal[n]))
                    .collect();
                let length = channels * resampler.output_samples(samples);
                let mut output = [vec![f32::NAN; length], vec![f32::NAN; length]];
                resampler.convert(&planar, channels, Layout::Planar, &mut output[0]);
                resampler.convert(&interleaved, channels, Layout::Interleaved, &mut output[1]);
                for (channel, signal) in expected.iter().enumerate() {
                    for (n, value) in signal.iter().enumerate() {
                        let found = [
                            output[0][channel * signal.len() + n],
                            output[1][n * channels + channel],
                        ];
                        let close = |found: f32| (found - value).abs() < 1e-6;
                        assert!(
                            found.into_iter().all(close),
                            "{channels}x{samples}: {found:?}, {value}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn garbage_is_silence() {
        let output = convert(
            44_100,
            16_000,
            &[f32::NAN, f32::INFINITY, f32::MIN].repeat(999),
        );
        assert!(output.iter().all(|sample| *sample == 0.0));
        assert_eq!(convert(8_000, 8_000, &[0.5, f32::NAN]), [0.5, 0.0]);
    }
}
