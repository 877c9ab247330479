//! A 48 kHz stream as its 0-8 kHz band, for kernels that work at 16 kHz, and back with the rest added.
//!
//! The rest is what the 16 kHz copy lacks: the input, delayed, minus that copy brought back to 48 kHz. So
//! if nothing happens in between, the output is exactly the input, delayed. A filter bank (as in WebRTC's
//! audio processing) would be a little quicker in delay, but colours the sound even at rest.

use super::polyphase::{Polyphase, Quality};

/// Samples in 10 ms at 48 kHz.
pub const FULL_FRAME: usize = 480;
/// Samples in 10 ms at 16 kHz.
pub const LOW_FRAME: usize = 160;

const FULL_RATE: u32 = 48_000;
const LOW_RATE: u32 = 16_000;

/// The split of one channel.
pub struct BandSplit {
    down: Polyphase,
    up: Polyphase,
    /// The input, delayed as long as the other path takes.
    full: Delay<FULL_FRAME>,
    /// The low band, delayed as long as the kernel takes.
    low: Delay<LOW_FRAME>,
    /// Gain of the upper band for each output sample: the end of the last frame's, then this frame's.
    gains: Vec<f32>,
}

impl BandSplit {
    /// For a kernel that delays its 16 kHz audio by `kernel_delay` samples.
    pub fn new(kernel_delay: usize) -> Self {
        let down = Polyphase::new(FULL_RATE, LOW_RATE, Quality::Crossover);
        let up = Polyphase::new(LOW_RATE, FULL_RATE, Quality::Crossover);
        let ratio = (FULL_RATE / LOW_RATE) as usize;
        let up_delay = up.latency_samples() as usize;
        let delay = (down.latency_samples() as usize + kernel_delay) * ratio + up_delay;
        Self {
            down,
            up,
            full: Delay::new(delay),
            low: Delay::new(kernel_delay),
            gains: vec![1.0; up_delay + FULL_FRAME],
        }
    }

    /// Delay from input to output in 48 kHz samples, kernel included.
    pub fn latency_samples(&self) -> u32 {
        self.full.delay as u32
    }

    /// Takes a frame in and gives its low band.
    pub fn split(&mut self, input: &[f32], low: &mut [f32; LOW_FRAME]) {
        self.full.push(input);
        self.down.process(input, low);
        self.low.push(low);
    }

    /// Puts the low band, as the kernel left it, and `upper_gain` times the rest together. The gain glides
    /// over the frame.
    pub fn join(&mut self, low: &mut [f32; LOW_FRAME], upper_gain: f32, output: &mut [f32]) {
        let past = self.gains.len() - FULL_FRAME;
        self.gains.copy_within(FULL_FRAME.., 0);
        let from = self.gains[past - 1];
        for (index, gain) in self.gains[past..].iter_mut().enumerate() {
            *gain = from + (upper_gain - from) * (index + 1) as f32 / FULL_FRAME as f32;
        }
        // The sum of both bands is up(low - gain * untouched low) + gain * input: one filter instead of two.
        let ratio = FULL_FRAME / LOW_FRAME;
        let gains = self.gains[past..].iter().step_by(ratio);
        for ((sample, untouched), gain) in low.iter_mut().zip(self.low.delayed()).zip(gains) {
            *sample -= gain * untouched;
        }
        self.up.process(low, output);
        let rest = self.full.delayed().iter().zip(&self.gains);
        for (out, (input, gain)) in output.iter_mut().zip(rest) {
            *out += gain * input;
        }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.down.reset();
        self.up.reset();
        self.full.line.fill(0.0);
        self.low.line.fill(0.0);
        self.gains.fill(1.0);
    }
}

/// A delay line that takes whole frames.
struct Delay<const FRAME: usize> {
    delay: usize,
    line: Vec<f32>,
}

impl<const FRAME: usize> Delay<FRAME> {
    fn new(delay: usize) -> Self {
        Self {
            delay,
            line: vec![0.0; delay + FRAME],
        }
    }

    fn push(&mut self, frame: &[f32]) {
        self.line.copy_within(FRAME.., 0);
        for (slot, sample) in self.line[self.delay..].iter_mut().zip(frame) {
            *slot = super::finite::finite(*sample);
        }
    }

    fn delayed(&self) -> &[f32] {
        &self.line[..FRAME]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{decibels, noise, rms, sine};

    const KERNEL_DELAY: usize = 96;

    /// Runs `input` through a kernel that only delays and amplifies.
    fn run(input: &[f32], low_gain: f32, upper_gain: impl Fn(usize) -> f32) -> (Vec<f32>, usize) {
        let mut split = BandSplit::new(KERNEL_DELAY);
        let mut kernel = Delay::<LOW_FRAME>::new(KERNEL_DELAY);
        let mut low = [0.0; LOW_FRAME];
        let mut output = vec![0.0; input.len()];
        let frames = input.chunks_exact(FULL_FRAME);
        for (n, (input, output)) in frames.zip(output.chunks_exact_mut(FULL_FRAME)).enumerate() {
            split.split(input, &mut low);
            kernel.push(&low);
            low.copy_from_slice(kernel.delayed());
            low.iter_mut().for_each(|sample| *sample *= low_gain);
            split.join(&mut low, upper_gain(n), output);
        }
        (output, split.latency_samples() as usize)
    }

    #[test]
    fn a_kernel_that_does_nothing_changes_nothing_but_the_time() {
        let input = noise(1, 0.5, 48_000);
        let (output, delay) = run(&input, 1.0, |_| 1.0);
        assert_eq!(delay, 360, "7.5 ms, of which the kernel takes 6");
        for (out, sample) in output[delay..].iter().zip(&input) {
            assert!((out - sample).abs() < 1e-6);
        }
    }

    #[test]
    fn each_band_obeys_its_own_gain() {
        for (hz, expected) in [
            (1_000.0, -20.0),
            (5_000.0, -20.0),
            (9_000.0, -6.0206),
            (15_000.0, -6.0206),
        ] {
            let (output, _) = run(&sine(48_000, hz, 0.5, 48_000), 0.1, |_| 0.5);
            let gain = decibels(rms(&output[24_000..]) / 0.353_55);
            assert!((gain - expected).abs() < 0.1, "{hz} Hz: {gain} dB");
        }
    }

    #[test]
    fn a_moving_upper_gain_leaves_the_low_band_alone() {
        let input = sine(48_000, 1_000.0, 0.5, 48_000);
        let (output, delay) = run(&input, 1.0, |frame| if frame % 2 == 0 { 1.0 } else { 0.25 });
        let error: Vec<f32> = output[delay..]
            .iter()
            .zip(&input)
            .map(|(a, b)| a - b)
            .collect();
        let level = decibels(rms(&error[4_800..]) / 0.353_55);
        assert!(level < -40.0, "{level} dB");
    }
}
