//! The filter, as a change of rate in the frequency domain.

use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use crate::dsp::kaiser;

/// Half the filter's length in samples of the slower rate. With the two below: flat to 0.91 of its band, aliases
/// below -130 dB from 1.0 on.
pub(super) const HALF: usize = 90;
const CUTOFF: f64 = 0.95;
const BETA: f64 = 14.05;

/// Takes a block to another rate as if it went round in a circle: the samples at either end of the result, as
/// many as last half the filter, are of no use.
pub(super) struct Steep {
    /// Weight of each bin from 0 Hz up; the mirrored ones have the same.
    response: Vec<f32>,
    /// How many of them are below half the slower rate.
    below: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    spectrum: Vec<Complex32>,
    kept: Vec<Complex32>,
    output: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl Steep {
    /// Between blocks of these numbers of samples, before and after, which last as long.
    pub fn new(taken: usize, given: usize) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (
            planner.plan_fft_forward(taken),
            planner.plan_fft_inverse(given),
        );
        let scratch = forward
            .get_immutable_scratch_len()
            .max(inverse.get_immutable_scratch_len());
        let silence = |samples| vec![Complex32::default(); samples];
        let slower = taken.min(given);
        Self {
            response: response(slower, 1.0 / taken as f64),
            below: slower.div_ceil(2),
            forward,
            inverse,
            spectrum: silence(taken),
            kept: silence(given),
            output: silence(given),
            scratch: silence(scratch),
        }
    }

    /// One block. Real and imaginary parts are two signals that do not touch each other, since the filter is real.
    pub fn convert(&mut self, input: &[Complex32]) -> &[Complex32] {
        let Self {
            response,
            below,
            spectrum,
            kept,
            ..
        } = self;
        self.forward
            .process_immutable_with_scratch(input, spectrum, &mut self.scratch);
        let (taken, given) = (spectrum.len(), kept.len());
        let (below, beyond) = response.split_at(*below);
        let (bins, edge) = (below.len(), beyond.len());
        // Of the rest nothing is ever kept.
        kept[bins..bins + edge].fill(Complex32::default());
        kept[given + 1 - bins - edge..=given - bins].fill(Complex32::default());
        for ((out, bin), weight) in kept.iter_mut().zip(&*spectrum).zip(below) {
            *out = bin * weight;
        }
        let mirrored = kept[given - bins + 1..]
            .iter_mut()
            .zip(&spectrum[taken - bins + 1..]);
        for ((out, bin), weight) in mirrored.zip(below[1..].iter().rev()) {
            *out = bin * weight;
        }
        // The last traces of what aliases, or of images. Without them the response would end in a step, and what it
        // does to a tone beside it be worse than the filter's promise.
        for (bin, weight) in (bins..).zip(beyond) {
            kept[bin] += spectrum[bin] * weight;
            kept[given - bin] += spectrum[taken - bin] * weight;
        }
        self.inverse
            .process_immutable_with_scratch(kept, &mut self.output, &mut self.scratch);
        &self.output
    }
}

/// `scale` times the filter's frequency response at the bins of a block of `samples` samples of the slower rate, up to
/// a little beyond half that rate, where the response has come down to nothing.
fn response(samples: usize, scale: f64) -> Vec<f32> {
    // At twice the slower rate the copies of the spectrum are out of the way.
    let taps = kaiser::low_pass(2 * HALF, 0.25 * CUTOFF, BETA);
    // Around its middle the filter is symmetric: its response is a sum of cosines, which Clenshaw's recurrence adds up
    // ("A note on the summation of Chebyshev series", Mathematics of Computation 9, 1955).
    let (centre, side) = (taps[2 * HALF], &taps[2 * HALF + 1..]);
    let at = |bin: usize| {
        let cosine = (std::f64::consts::PI * bin as f64 / samples as f64).cos();
        let (next, after) = side.iter().rev().fold((0.0, 0.0), |(next, after), tap| {
            (2.0 * tap + 2.0 * cosine * next - after, next)
        });
        centre + cosine * next - after
    };
    (0..samples.div_ceil(2) + samples / 100 + 1)
        .map(|bin| (at(bin) * scale) as f32)
        .collect()
}
