//! A stream to another sample rate, block by block, by the filter for whole signals.
//!
//! A block is transformed together with as much of the past as the filter reaches back to, for two channels at once.
//! From 44.1 to 16 kHz that takes less time than the products of the filter alone, whose table for 160 different outputs
//! would also push everything else out of the cache; but a single channel takes as long as two.

use rustfft::num_complex::Complex32;

use super::steep::{HALF, Steep};
use crate::dsp::finite::finite;
use crate::dsp::polyphase::{block_samples, greatest_common_divisor};

/// A streaming converter of planar audio.
pub struct StreamResampler {
    steep: Steep,
    /// For each pair of channels the past and the current block.
    lines: Vec<Vec<Complex32>>,
    /// Samples a channel in a block, before and after.
    block: (usize, usize),
    latency: usize,
}

impl StreamResampler {
    /// A converter from `from_hz` to `to_hz` with a silent past.
    ///
    /// # Panics
    /// When a rate is 0.
    pub fn new(from_hz: u32, to_hz: u32, channels: usize) -> Self {
        let block = block_samples(from_hz, to_hz);
        let divisor = greatest_common_divisor(from_hz, to_hz) as usize;
        let (from, to) = (from_hz as usize / divisor, to_hz as usize / divisor);
        let slower = from.min(to);
        let latency = (HALF * to).div_ceil(slower);
        // Whole output samples of delay may be up to one sample of the slower rate longer than half the filter.
        let needed = (block.0 / from * slower + 2 * HALF + 1).div_ceil(slower);
        let units = (needed..).find(|units| is_smooth(*units));
        let units = units.expect("powers of two have no end");
        Self {
            steep: Steep::new(units * from, units * to),
            lines: vec![vec![Complex32::default(); units * from]; channels.div_ceil(2)],
            block,
            latency,
        }
    }

    /// Samples a channel that go into and come out of each call of [`StreamResampler::process`].
    pub fn block(&self) -> (usize, usize) {
        self.block
    }

    /// Delay in samples of the output; exact.
    pub fn latency_samples(&self) -> u32 {
        self.latency as u32
    }

    /// Converts one block of every channel. NaN, infinity and absurd values count as silence.
    pub fn process(&mut self, input: &[f32], output: &mut [f32]) {
        let (taken, given) = self.block;
        let pairs = input.chunks(2 * taken).zip(output.chunks_mut(2 * given));
        for (line, (input, output)) in self.lines.iter_mut().zip(pairs) {
            line.copy_within(taken.., 0);
            let current = line.len() - taken;
            let (left, right) = input.split_at(taken);
            for (slot, sample) in line[current..].iter_mut().zip(left) {
                slot.re = finite(*sample);
            }
            for (slot, sample) in line[current..].iter_mut().zip(right) {
                slot.im = finite(*sample);
            }
            let converted = self.steep.convert(line);
            let end = converted.len() - self.latency;
            let converted = &converted[end - given..end];
            let (left, right) = output.split_at_mut(given);
            for (slot, value) in left.iter_mut().zip(converted) {
                *slot = value.re;
            }
            for (slot, value) in right.iter_mut().zip(converted) {
                *slot = value.im;
            }
        }
    }
}

/// Whether a transform of so many points is a quick one.
fn is_smooth(mut number: usize) -> bool {
    for prime in [2, 3, 5] {
        while number.is_multiple_of(prime) {
            number /= prime;
        }
    }
    number == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{Fit, decibels, noise, rms, sine};

    /// Far and near, up and down, whole factors and others, and rates without whole 10 ms frames.
    const RATES: [(u32, u32); 10] = [
        (44_100, 16_000),
        (48_000, 16_000),
        (48_000, 8_000),
        (48_000, 44_100),
        (16_000, 44_100),
        (8_000, 48_000),
        (8_000, 11_025),
        (22_050, 8_000),
        (22_050, 44_100),
        (16_000, 16_000),
    ];

    fn convert(from: u32, to: u32, channels: usize, input: &[f32]) -> (Vec<f32>, u32) {
        let mut converter = StreamResampler::new(from, to, channels);
        let (taken, given) = converter.block();
        let mut output = vec![f32::NAN; input.len() / taken * given];
        let blocks = input.chunks_exact(channels * taken);
        for (input, output) in blocks.zip(output.chunks_exact_mut(channels * given)) {
            converter.process(input, output);
        }
        (output, converter.latency_samples())
    }

    #[test]
    fn tones_of_the_band_pass_unchanged_alone_and_exactly_as_late_as_it_says() {
        use std::f64::consts::TAU;
        for (from, to) in RATES {
            let band = f64::from(from.min(to)) / 2.0;
            for hz in [0.1, 0.5, 0.8, 0.9].map(|part| part * band) {
                let (output, delay) = convert(from, to, 1, &sine(from, hz, 0.5, from as usize));
                let start = output.len() / 4;
                let fit = Fit::of(&output[start..], to, hz);
                let gain = decibels(fit.amplitude / 0.5);
                assert!(gain.abs() < 0.01, "{from} to {to}: {gain} dB at {hz} Hz");
                let noise = decibels(fit.residual_rms / (0.5 / 2f64.sqrt()));
                assert!(noise < -115.0, "{from} to {to}: {noise} dB at {hz} Hz");
                let late = TAU * hz * (start as f64 - f64::from(delay)) / f64::from(to);
                let error = (fit.phase - late + TAU / 2.0).rem_euclid(TAU) - TAU / 2.0;
                let samples = error / TAU * f64::from(to) / hz;
                assert!(samples.abs() < 1e-3, "{from} to {to}: {samples} samples");
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_new_band_is_gone() {
        for (from, to) in RATES.into_iter().filter(|(from, to)| from > to) {
            let (low, high) = (f64::from(to) / 2.0, f64::from(from) / 2.0);
            for hz in [0.001, 0.1, 0.3, 0.5, 0.7, 0.9].map(|part| low + part * (high - low)) {
                let (output, _) = convert(from, to, 1, &sine(from, hz, 0.5, from as usize));
                let level = decibels(rms(&output[output.len() / 4..]) / (0.5 / 2f64.sqrt()));
                assert!(level < -130.0, "{from} to {to}: {level} dB of {hz} Hz");
            }
        }
    }

    #[test]
    fn blocks_last_as_long_at_either_rate_and_10_ms_where_frames_are_whole() {
        for ((from, to), block) in [
            ((44_100, 16_000), (441, 160)),
            ((22_050, 44_100), (220, 440)),
            ((11_025, 48_000), (147, 640)),
            ((44_101, 48_000), (44_101, 48_000)),
        ] {
            assert_eq!(StreamResampler::new(from, to, 1).block(), block);
        }
    }

    #[test]
    fn channels_do_not_touch_each_other() {
        let signals = [1, 2, 3].map(|seed| noise(seed, 0.5, 4_410));
        let alone = signals
            .each_ref()
            .map(|one| convert(44_100, 16_000, 1, one).0);
        let blocks = |signals: &[Vec<f32>; 3], length: usize| -> Vec<f32> {
            let block = |n| move |one: &Vec<f32>| one[n * length..][..length].to_vec();
            (0..10)
                .flat_map(|n| signals.each_ref().map(|one| block(n)(one)).concat())
                .collect()
        };
        let (together, _) = convert(44_100, 16_000, 3, &blocks(&signals, 441));
        for (n, (one, other)) in together.iter().zip(blocks(&alone, 160)).enumerate() {
            // Left and right go through one transform, which rounds them together.
            assert!((one - other).abs() < 1e-6, "{n}: {one}, {other}");
        }
    }

    #[test]
    fn garbage_is_silence() {
        for garbage in [f32::NAN, f32::INFINITY, f32::MIN] {
            let (output, _) = convert(48_000, 16_000, 2, &[garbage; 9_600]);
            assert!(output.iter().all(|sample| *sample == 0.0));
        }
    }
}
