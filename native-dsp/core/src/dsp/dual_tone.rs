//! The eight tones of a telephone keypad, measured in a sliding window.
//!
//! What Goertzel's algorithm computes, a Fourier transform at chosen frequencies, as sums of products: just as
//! fast for a window this short, and exact. The change of phase from one hop to the next tells each tone's
//! true frequency far better than the width of the window would.

use std::f32::consts::{PI, TAU};

use super::dot::dot;

/// The only rate at which it works, in Hz.
pub const SAMPLE_RATE: u32 = 8_000;
/// Samples in a window: 20 ms, so that the shortest digit (40 ms) fills several.
pub const WINDOW: usize = 160;
/// Samples from one window to the next: 2.5 ms.
pub const HOP: usize = 20;
/// Frequencies in Hz, four of the rows and four of the columns (ITU-T Q.23).
pub const TONES_HZ: [f32; 8] = [
    697.0, 770.0, 852.0, 941.0, 1_209.0, 1_336.0, 1_477.0, 1_633.0,
];

/// One window, as far as its loudest row and column go.
#[derive(Clone, Copy, Default)]
pub struct DualTone {
    /// Mean square of each tone of the keypad, as it would be exactly on frequency.
    pub powers: [f32; 8],
    /// Index in `powers` of the loudest row and the loudest column.
    pub loudest: [usize; 2],
    /// How far these two are off their frequencies, as a share of them.
    pub deviations: [f32; 2],
    /// Their mean squares, corrected for that.
    pub corrected: [f32; 2],
    /// Mean square of everything in the window.
    pub total: f32,
}

/// The window and what it remembers.
pub struct DualToneBank {
    /// Hann window, sines and cosines of each tone scaled to RMS, what a tone's phase gains in a hop.
    hann: Vec<f32>,
    cosines: [Vec<f32>; 8],
    sines: [Vec<f32>; 8],
    rotations: [f32; 8],
    hann_energy: f32,
    samples: Vec<f32>,
    weighted: Vec<f32>,
    previous: [(f32, f32); 8],
}

impl Default for DualToneBank {
    fn default() -> Self {
        Self::new()
    }
}

impl DualToneBank {
    /// A bank that has heard silence.
    pub fn new() -> Self {
        let hann: Vec<f32> = (0..WINDOW)
            .map(|n| 0.5 - 0.5 * (TAU * n as f32 / WINDOW as f32).cos())
            .collect();
        let scale = 2f64.sqrt() / hann.iter().map(|w| f64::from(*w)).sum::<f64>();
        let step = |hz: f32| f64::from(hz) * std::f64::consts::TAU / f64::from(SAMPLE_RATE);
        let table = |hz: f32, wave: fn(f64) -> f64| -> Vec<f32> {
            (0..WINDOW)
                .map(|n| (scale * wave(step(hz) * n as f64)) as f32)
                .collect()
        };
        Self {
            cosines: TONES_HZ.map(|hz| table(hz, f64::cos)),
            sines: TONES_HZ.map(|hz| table(hz, f64::sin)),
            rotations: TONES_HZ.map(|hz| (step(hz) * HOP as f64) as f32),
            hann_energy: dot(&hann, &hann),
            hann,
            samples: vec![0.0; WINDOW],
            weighted: vec![0.0; WINDOW],
            previous: [(0.0, 0.0); 8],
        }
    }

    /// Moves the window on by [`HOP`] finite samples.
    pub fn hop(&mut self, samples: &[f32]) -> DualTone {
        self.samples.copy_within(HOP.., 0);
        self.samples[WINDOW - HOP..].copy_from_slice(samples);
        for ((weighted, sample), weight) in
            self.weighted.iter_mut().zip(&self.samples).zip(&self.hann)
        {
            *weighted = sample * weight;
        }
        let now: [(f32, f32); 8] = std::array::from_fn(|tone| {
            let weighted = &self.weighted;
            (
                dot(&self.cosines[tone], weighted),
                -dot(&self.sines[tone], weighted),
            )
        });
        let powers = now.map(|(re, im)| re * re + im * im);
        let loudest = [0..4, 4..8].map(|group: std::ops::Range<usize>| {
            let start = group.start;
            group.fold(start, |best, tone| {
                if powers[tone] > powers[best] {
                    tone
                } else {
                    best
                }
            })
        });
        let deviations_hz = loudest.map(|tone| self.deviation_hz(tone, now[tone]));
        self.previous = now;
        DualTone {
            powers,
            loudest,
            deviations: [0, 1].map(|group| deviations_hz[group] / TONES_HZ[loudest[group]]),
            corrected: [0, 1].map(|group| powers[loudest[group]] / response(deviations_hz[group])),
            total: dot(&self.weighted, &self.weighted) / self.hann_energy,
        }
    }

    /// How far the tone lies from its frequency, by the phase it gained since the last hop.
    fn deviation_hz(&self, tone: usize, (re, im): (f32, f32)) -> f32 {
        let (before_re, before_im) = self.previous[tone];
        let gained = (im * before_re - re * before_im).atan2(re * before_re + im * before_im);
        let excess = (gained - self.rotations[tone] + PI).rem_euclid(TAU) - PI;
        excess / TAU * SAMPLE_RATE as f32 / HOP as f32
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
        self.previous = [(0.0, 0.0); 8];
    }
}

/// Share of a tone's power that a Hann window shows this far beside it.
fn response(offset_hz: f32) -> f32 {
    let bins = offset_hz * WINDOW as f32 / SAMPLE_RATE as f32;
    // Beyond one bin the tone is another's; there the correction would blow up noise.
    let bins = bins.abs().clamp(1e-3, 0.95);
    let amplitude = (PI * bins).sin() / (PI * bins) / (1.0 - bins * bins);
    amplitude * amplitude
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::sine;

    #[test]
    fn power_and_frequency_are_those_of_the_tones() {
        for deviation in [-0.025f64, -0.015, 0.0, 0.01, 0.025] {
            let low = sine(8_000, 852.0 * (1.0 + deviation), 0.2, 400);
            let high = sine(8_000, 1_633.0 * (1.0 + deviation), 0.1, 400);
            let both: Vec<f32> = low.iter().zip(&high).map(|(a, b)| a + b).collect();
            let mut bank = DualToneBank::new();
            let heard = both.chunks_exact(HOP).map(|hop| bank.hop(hop)).last();
            let heard = heard.unwrap();
            assert_eq!(heard.loudest, [2, 7]);
            for (group, power) in [0.02f32, 0.005].into_iter().enumerate() {
                let measured = heard.deviations[group] - deviation as f32;
                assert!(measured.abs() < 0.001, "{deviation}: off by {measured}");
                let ratio = heard.corrected[group] / power;
                assert!(
                    (ratio - 1.0).abs() < 0.05,
                    "{deviation}: power {ratio} of the true one"
                );
            }
            assert!((heard.total / 0.025 - 1.0).abs() < 0.05);
        }
    }
}
