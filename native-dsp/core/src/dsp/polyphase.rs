//! Rational sample rate conversion, one 10 ms frame in, one 10 ms frame out, every time.
//!
//! A polyphase FIR (Crochiere and Rabiner, Multirate Digital Signal Processing, 1983): conceptually the
//! input is raised to the common multiple of both rates, low-passed, and thinned out; only the products
//! that matter are computed. Because both frames last exactly 10 ms, every frame begins at phase 0. Rates
//! that make no whole 10 ms frames (22 050 Hz) are converted in blocks of another length, with the same
//! property: [`Polyphase::in_blocks`].

mod convolve;
mod filter;

use std::sync::Arc;

use super::finite::finite;
use crate::format::FRAMES_PER_SECOND;
use convolve::{OVERRUN, run};
use filter::Filter;
pub use filter::Quality;
pub(super) use filter::greatest_common_divisor;

/// A streaming converter for one channel. Both rates are multiples of 100 Hz.
pub struct Polyphase {
    filter: Arc<Filter>,
    /// The last `taps - 1` samples of the past, then the current frame, then zeros: the loops read on.
    line: Vec<f32>,
    /// For whole-factor decimation: the line dealt out into `stride` hands.
    thinned: Vec<f32>,
    frame: usize,
}

impl Polyphase {
    /// A converter from `from_hz` to `to_hz` with a silent past. Between equal rates it copies.
    ///
    /// # Panics
    /// When a rate is 0 or not a multiple of 100 Hz.
    pub fn new(from_hz: u32, to_hz: u32, quality: Quality) -> Self {
        for rate in [from_hz, to_hz] {
            assert!(
                rate > 0 && rate.is_multiple_of(FRAMES_PER_SECOND),
                "{rate} Hz does not make whole 10 ms frames"
            );
        }
        let frame = (from_hz / FRAMES_PER_SECOND) as usize;
        Self::with_frame(from_hz, to_hz, quality, frame)
    }

    /// A converter between any two rates for audio that is not live. It takes blocks of about 10 ms: the
    /// numbers returned are the samples that go into and come out of each call of [`Polyphase::process`].
    ///
    /// # Panics
    /// When a rate is 0.
    pub fn in_blocks(from_hz: u32, to_hz: u32, quality: Quality) -> (Self, usize, usize) {
        let (input, output) = block_samples(from_hz, to_hz);
        let converter = Self::with_frame(from_hz, to_hz, quality, input);
        (converter, input, output)
    }

    fn with_frame(from_hz: u32, to_hz: u32, quality: Quality, frame: usize) -> Self {
        let filter = Filter::shared(from_hz, to_hz, quality);
        let beyond = OVERRUN.max(filter.tiles_reach());
        let line = vec![0.0; filter.taps - 1 + frame + beyond];
        let outputs = frame / filter.stride + OVERRUN;
        let decimates = filter.phases == 1 && filter.stride > 1;
        let hands = if decimates { filter.stride } else { 0 };
        let thinned = vec![0.0; hands * (outputs + filter.taps / filter.stride)];
        Self {
            filter,
            line,
            thinned,
            frame,
        }
    }

    /// Converts 10 ms: `input` and `output` hold one frame of their rate. NaN, infinity and absurd
    /// values count as silence.
    pub fn process(&mut self, input: &[f32], output: &mut [f32]) {
        self.take(input);
        run(&self.filter, [&self.line], [&mut self.thinned], [output]);
        self.age();
    }

    /// [`Polyphase::process`] for channels of one stream, whose converters are alike: `input` and `output` hold
    /// one frame after the other. Pairs of channels share the work.
    pub fn process_planes(channels: &mut [Self], input: &[f32], output: &mut [f32]) {
        let count = channels.len();
        let mut inputs = input.chunks_exact(input.len() / count);
        let mut outputs = output.chunks_exact_mut(output.len() / count);
        let mut next = || {
            inputs
                .next()
                .zip(outputs.next())
                .expect("a frame for every channel")
        };
        for pair in channels.chunks_mut(2) {
            match pair {
                [a, b] => {
                    let ((a_in, a_out), (b_in, b_out)) = (next(), next());
                    a.take(a_in);
                    b.take(b_in);
                    let thinned = [&mut *a.thinned, &mut *b.thinned];
                    run(&a.filter, [&a.line, &b.line], thinned, [a_out, b_out]);
                    a.age();
                    b.age();
                }
                rest => {
                    let (input, output) = next();
                    rest.iter_mut().for_each(|one| one.process(input, output));
                }
            }
        }
    }

    fn take(&mut self, input: &[f32]) {
        let history = self.filter.taps - 1;
        for (slot, sample) in self.line[history..history + self.frame]
            .iter_mut()
            .zip(input)
        {
            *slot = finite(*sample);
        }
    }

    fn age(&mut self) {
        let end = self.filter.taps - 1 + self.frame;
        self.line.copy_within(self.frame..end, 0);
    }

    /// Delay in output samples; exact, since the filter's length is chosen to make it a whole number.
    pub fn latency_samples(&self) -> u32 {
        self.filter.latency
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.line.fill(0.0);
    }
}

/// Samples of the shortest block of about 10 ms that is whole at both rates.
pub(super) fn block_samples(from_hz: u32, to_hz: u32) -> (usize, usize) {
    assert!(from_hz > 0 && to_hz > 0, "a rate of 0 Hz has no samples");
    let divisor = greatest_common_divisor(from_hz, to_hz);
    let (from, to) = ((from_hz / divisor) as usize, (to_hz / divisor) as usize);
    let repeats = ((from_hz / FRAMES_PER_SECOND) as usize)
        .div_ceil(from)
        .max(1);
    (from * repeats, to * repeats)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{Fit, decibels, sine};

    const RATES: [(u32, u32); 9] = [
        (48_000, 16_000),
        (16_000, 48_000),
        (48_000, 24_000),
        (24_000, 48_000),
        (48_000, 8_000),
        (8_000, 48_000),
        (44_100, 16_000),
        (44_100, 48_000),
        (8_100, 16_200),
    ];

    fn convert(from: u32, to: u32, quality: Quality, input: &[f32]) -> Vec<f32> {
        let mut converter = Polyphase::new(from, to, quality);
        let mut output = vec![0.0; (to / 100) as usize * (input.len() / (from / 100) as usize)];
        let frames = input.chunks_exact((from / 100) as usize);
        for (input, output) in frames.zip(output.chunks_exact_mut((to / 100) as usize)) {
            converter.process(input, output);
        }
        output
    }

    /// Gain in dB of a tone that goes through, and what else came out, relative to it.
    fn response(from: u32, to: u32, quality: Quality, hz: f64) -> (f64, f64) {
        let output = convert(from, to, quality, &sine(from, hz, 0.5, from as usize));
        let fit = Fit::of(&output[output.len() / 4..], to, hz);
        (
            decibels(fit.amplitude / 0.5),
            decibels(fit.residual_rms / (0.5 / 2f64.sqrt())),
        )
    }

    /// Level in dB of everything that a tone above the new band leaves behind.
    fn alias(from: u32, to: u32, quality: Quality, hz: f64) -> f64 {
        let output = convert(from, to, quality, &sine(from, hz, 0.5, from as usize));
        let settled = &output[output.len() / 4..];
        let power =
            settled.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / settled.len() as f64;
        decibels(power.sqrt() / (0.5 / 2f64.sqrt()))
    }

    #[test]
    fn speech_band_is_flat_and_free_of_aliases_at_high_quality() {
        for hz in [50.0, 300.0, 1_000.0, 4_000.0, 6_000.0, 6_500.0, 7_000.0] {
            let (gain, _) = response(48_000, 16_000, Quality::High, hz);
            assert!(gain.abs() <= 0.05, "{gain} dB at {hz} Hz");
        }
        for hz in [
            8_500.0, 9_000.0, 10_000.0, 13_000.0, 15_999.0, 16_300.0, 20_000.0, 23_500.0,
        ] {
            let level = alias(48_000, 16_000, Quality::High, hz);
            assert!(level <= -90.0, "{level} dB from {hz} Hz");
        }
    }

    #[test]
    fn every_pair_and_quality_keeps_the_band_and_rejects_what_lies_beyond() {
        for (from, to) in RATES {
            let band = f64::from(from.min(to)) / 2.0;
            for (quality, flat) in [
                (Quality::Low, 0.75),
                (Quality::Medium, 0.8),
                (Quality::High, 0.875),
            ] {
                let (gain, noise) = response(from, to, quality, flat * band);
                assert!(gain.abs() < 0.1, "{from} to {to} {quality:?}: {gain} dB");
                // What is left besides the tone: images when going up, aliases when going down.
                assert!(noise < -90.0, "{from} to {to} {quality:?}: {noise} dB");
                if from > to {
                    let level = alias(from, to, quality, 1.0625 * band);
                    assert!(level < -90.0, "{from} to {to} {quality:?}: {level} dB");
                }
            }
        }
    }

    #[test]
    fn distortion_and_noise_stay_110_db_below_a_speech_tone() {
        for (from, to) in RATES {
            let (_, noise) = response(from, to, Quality::High, 997.0);
            assert!(noise <= -110.0, "{from} to {to}: {noise} dB");
        }
    }

    #[test]
    fn the_delay_is_exactly_what_it_says() {
        for (from, to) in RATES {
            for quality in [Quality::Low, Quality::Medium, Quality::High] {
                let output = convert(from, to, quality, &sine(from, 440.0, 0.5, from as usize));
                let delay = Polyphase::new(from, to, quality).latency_samples();
                let fit = Fit::of(&output[output.len() / 4..], to, 440.0);
                // `sine` starts at phase 0, so the phase at the start of the fitted part tells the delay.
                let expected =
                    std::f64::consts::TAU * 440.0 * (output.len() as f64 / 4.0 - f64::from(delay))
                        / f64::from(to);
                let error = (fit.phase - expected).rem_euclid(std::f64::consts::TAU);
                let error = error.min(std::f64::consts::TAU - error);
                let samples = error / std::f64::consts::TAU * f64::from(to) / 440.0;
                assert!(
                    samples < 1e-3,
                    "{from} to {to} {quality:?}: {samples} samples"
                );
            }
        }
        let delay = |from, to| Polyphase::new(from, to, Quality::Medium).latency_samples();
        assert_eq!(
            (delay(48_000, 16_000), delay(16_000, 48_000)),
            (32, 96),
            "2 ms"
        );
    }

    #[test]
    fn every_frame_gives_a_frame_from_the_first_on() {
        let mut converter = Polyphase::new(48_000, 16_000, Quality::Medium);
        let mut output = [f32::NAN; 160];
        converter.process(&[1.0; 480], &mut output);
        assert!(output.iter().all(|sample| sample.is_finite()));
        assert!(
            (output[159] - 1.0).abs() < 1e-6,
            "settled within the first frame"
        );
    }

    #[test]
    fn a_frame_later_in_is_the_same_frame_later_out() {
        let input = crate::dsp::test_signal::noise(8, 0.5, 4_410);
        let delayed = [vec![0.0; 441], input.clone()].concat();
        let (first, second) = (
            convert(44_100, 16_000, Quality::Medium, &input),
            convert(44_100, 16_000, Quality::Medium, &delayed),
        );
        assert_eq!(first, second[160..], "to the bit");
    }

    #[test]
    fn equal_rates_copy() {
        let input = sine(48_000, 997.0, 0.5, 960);
        assert_eq!(convert(48_000, 48_000, Quality::High, &input), input);
        assert_eq!(
            Polyphase::new(8_000, 8_000, Quality::Low).latency_samples(),
            0
        );
    }

    #[test]
    fn garbage_is_silence_and_leaves_no_trace() {
        let mut converter = Polyphase::new(48_000, 16_000, Quality::High);
        let mut output = [0.0; 160];
        for garbage in [f32::NAN, f32::INFINITY, f32::MIN] {
            converter.process(&[garbage; 480], &mut output);
            assert_eq!(output, [0.0; 160]);
        }
    }

    #[test]
    fn rates_without_whole_10_ms_frames_are_converted_in_blocks() {
        for (from, to) in [
            (22_050, 44_100),
            (11_025, 48_000),
            (44_101, 48_000),
            (8_000, 16_000),
        ] {
            let (mut converter, taken, given) = Polyphase::in_blocks(from, to, Quality::High);
            assert_eq!(
                taken as u64 * u64::from(to),
                given as u64 * u64::from(from),
                "{from} to {to}: blocks of equal duration"
            );
            let blocks = from as usize / taken + 1;
            let input = sine(from, 997.0, 0.5, blocks * taken);
            let mut output = vec![0.0; blocks * given];
            for (input, output) in input.chunks(taken).zip(output.chunks_mut(given)) {
                converter.process(input, output);
            }
            let fit = Fit::of(&output[output.len() / 4..], to, 997.0);
            assert!((fit.amplitude - 0.5).abs() < 1e-3, "{from} to {to}: gain");
            let noise = decibels(fit.residual_rms / (0.5 / 2f64.sqrt()));
            assert!(noise < -90.0, "{from} to {to}: {noise} dB");
        }
    }

    #[test]
    fn reset_is_as_new_and_sessions_share_the_coefficients() {
        let mut used = Polyphase::new(44_100, 16_000, Quality::Medium);
        let mut fresh = Polyphase::new(44_100, 16_000, Quality::Medium);
        assert!(Arc::ptr_eq(&used.filter, &fresh.filter));
        let (mut a, mut b) = ([0.0; 160], [0.0; 160]);
        used.process(&[0.7; 441], &mut a);
        used.reset();
        used.process(&[0.1; 441], &mut a);
        fresh.process(&[0.1; 441], &mut b);
        assert_eq!(a, b);
    }
}
