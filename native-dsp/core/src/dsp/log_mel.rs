//! Log-mel spectrograms as Whisper wants them: 16 kHz, a Hann window of 25 ms every 10 ms, mel power, logarithm.
//!
//! Radford et al., "Robust speech recognition via large-scale weak supervision", 2022; parameters as in the
//! reference implementation's `audio.py`.

use std::sync::Arc;

use rustfft::algorithm::MixedRadix;
use rustfft::algorithm::butterflies::{Butterfly5, Butterfly16};
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftDirection};

use super::finite::finite;
use super::mel_filters::MelFilters;

#[cfg(test)]
mod tests;

/// Hz.
pub const SAMPLE_RATE: u32 = 16_000;
/// Samples in the window of a frame.
pub const WINDOW: usize = 400;
/// Samples from frame to frame.
pub const HOP: usize = 160;
/// Samples of the window before the frame's time; as many are after it.
pub const HALF: usize = WINDOW / 2;
/// Numbers of mel bands that models were trained with: 128 since large-v3, 80 before.
pub const MELS: [usize; 2] = [80, 128];

/// The least power that counts.
const FLOOR: f64 = 1e-10;
/// What Whisper sees below the loudest value, in powers of ten.
const RANGE: f32 = 8.0;

/// The transform of one frame, with everything that it needs allocated.
pub struct LogMelFrame {
    // In 64 bits, because quiet bands beside loud ones are beyond the rounding of a transform in 32.
    transform: MixedRadix<f64>,
    window: Vec<f64>,
    filters: MelFilters,
    spectrum: Vec<Complex64>,
    power: Vec<f64>,
    scratch: Vec<Complex64>,
}

impl LogMelFrame {
    /// For `mels` bands.
    pub fn new(mels: usize) -> Self {
        let transform = transform();
        let turn = std::f64::consts::TAU / WINDOW as f64;
        let window = (0..WINDOW).map(|n| 0.5 - 0.5 * (turn * n as f64).cos());
        Self {
            window: window.collect(),
            filters: MelFilters::new(mels, SAMPLE_RATE, WINDOW),
            spectrum: vec![Complex64::default(); WINDOW],
            power: vec![0.0; WINDOW / 2 + 1],
            scratch: vec![Complex64::default(); transform.get_inplace_scratch_len()],
            transform,
        }
    }

    /// Number of bands.
    pub fn mels(&self) -> usize {
        self.filters.len()
    }

    /// The values of one frame, lowest band first: base-10 logarithms of power, -10 or more. `sample` gives the
    /// samples 0 to [`WINDOW`] around it; the middle one, [`HALF`], is the frame's time. Allocates nothing.
    pub fn values(&mut self, sample: impl Fn(usize) -> f32) -> impl Iterator<Item = f32> {
        for (n, (input, weight)) in self.spectrum.iter_mut().zip(&self.window).enumerate() {
            *input = (f64::from(finite(sample(n))) * weight).into();
        }
        self.transform
            .process_with_scratch(&mut self.spectrum, &mut self.scratch);
        for (power, bin) in self.power.iter_mut().zip(&self.spectrum) {
            *power = bin.norm_sqr();
        }
        let passed = self.filters.apply(&self.power);
        passed.map(|power| power.max(FLOOR).log10() as f32)
    }
}

/// [`WINDOW`] points as 16 times 5 times 5. Put together by hand: a planner would bring every algorithm that there
/// is into the WebAssembly module, a quarter of a megabyte for this one length.
fn transform() -> MixedRadix<f64> {
    let five = || Arc::new(Butterfly5::new(FftDirection::Forward));
    let sixteen = Arc::new(Butterfly16::new(FftDirection::Forward));
    MixedRadix::new(sixteen, Arc::new(MixedRadix::new(five(), five())))
}

/// Whisper's input for a whole recording: `samples` at 16 kHz in -1..1, with `mels` bands, 80 or 128.
///
/// Band after band, `samples.len() / 160` values each, at times 0, 10 ms, 20 ms and so on: the shape that the
/// model takes. Before the start and after the end the signal is mirrored, values more than 8 below the highest
/// are raised to that, and all are scaled by (x + 4) / 4. A recognition window of 30 s is 480 000 samples, padded
/// with zeros by the caller.
pub fn log_mel_spectrogram(samples: &[f32], mels: usize) -> Vec<f32> {
    let frames = samples.len() / HOP;
    let mut frame = LogMelFrame::new(mels);
    let mut values = vec![0.0; mels * frames];
    for index in 0..frames {
        let first = (index * HOP) as i64 - HALF as i64;
        let sample = |n: usize| samples[mirrored(first + n as i64, samples.len())];
        for (mel, value) in frame.values(sample).enumerate() {
            values[mel * frames + index] = value;
        }
    }
    let least = values.iter().copied().fold(f32::MIN, f32::max) - RANGE;
    for value in &mut values {
        *value = (value.max(least) + 4.0) / 4.0;
    }
    values
}

/// Where sample `position` is found in a signal of `length` samples that is mirrored at its first and its last
/// sample, neither of which is repeated.
pub fn mirrored(position: i64, length: usize) -> usize {
    let last = length as i64 - 1;
    if last <= 0 {
        return 0;
    }
    let place = position.rem_euclid(2 * last);
    place.min(2 * last - place) as usize
}
