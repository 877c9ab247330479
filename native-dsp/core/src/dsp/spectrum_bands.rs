//! The power of a signal in bands that are equally wide on a logarithmic scale.
//!
//! Bands below a few hundred hertz are narrower than what a window of 40 ms tells apart: read bin by bin, a tone
//! would be smeared over several of them. So the power of each bin is counted where it really is, at the
//! instantaneous frequency that the phase shows (Auger and Flandrin, "Improving the readability of time-frequency
//! and time-scale representations by the reassignment method", IEEE Trans. Signal Processing 43, 1995). A tone is
//! then in its band alone, with its level, and all bands together have the power of the signal.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

/// An analyser for windows of one length.
pub struct SpectrumBands {
    transform: Arc<dyn RealToComplex<f32>>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    hz_per_bin: f32,
    min_hz: f32,
    /// Bands per factor of e.
    bands_per_neper: f32,
    power: Vec<f64>,
}

impl SpectrumBands {
    /// Windows of `length` samples at `sample_rate` Hz, in `bands` bands from `min_hz` to `max_hz`, which is at
    /// most half of the rate.
    pub fn new(length: usize, sample_rate: u32, bands: usize, min_hz: f32, max_hz: f32) -> Self {
        let transform = RealFftPlanner::new().plan_fft_forward(length);
        Self {
            spectrum: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            transform,
            hz_per_bin: sample_rate as f32 / length as f32,
            min_hz,
            bands_per_neper: bands as f32 / (max_hz / min_hz).ln(),
            power: vec![0.0; bands],
        }
    }

    /// Mean square of the window in each band, lowest first. The samples are finite, and used up. Allocates nothing.
    pub fn analyse(&mut self, samples: &mut [f32]) -> &[f64] {
        let length = samples.len();
        let done =
            self.transform
                .process_with_scratch(samples, &mut self.spectrum, &mut self.scratch);
        done.expect("a window of the length that the analyser was made for");
        self.power.fill(0.0);
        // A Hann window has mean square 3/8; both signs of a frequency, and Parseval's length.
        let scale = 16.0 / (3.0 * (length as f64).powi(2));
        for bin in 1..self.spectrum.len() - 1 {
            let [before, at, after] =
                [-1, 0, 1].map(|step| self.spectrum[bin.wrapping_add_signed(step)]);
            // Multiplying by a Hann window is a sum of three bins, by its slope a difference of two.
            let windowed = at * 0.5 - (before + after) * 0.25;
            let slope = (before - after) * 0.25;
            let strength = windowed.norm_sqr();
            if strength < f32::MIN_POSITIVE {
                continue;
            }
            let offset = (slope * windowed.conj()).re / strength;
            let hz = (bin as f32 + offset.clamp(-2.0, 2.0)) * self.hz_per_bin;
            let band = ((hz / self.min_hz).ln() * self.bands_per_neper).floor();
            if band >= 0.0 && band < self.power.len() as f32 {
                self.power[band as usize] += f64::from(strength) * scale;
            }
        }
        &self.power
    }
}
