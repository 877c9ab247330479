//! Second-order sections in transposed direct form II.

use std::f64::consts::PI;

use super::finite::finite;

/// Below this a state is inaudible by far and only on its way into denormals, which cost a hundred times
/// as much to compute with.
const INAUDIBLE: f64 = 1e-30;

/// Coefficients, normalised to a0 = 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Coefficients {
    b: [f64; 3],
    a: [f64; 2],
}

/// One section with its memory. State and arithmetic are f64: at 20 Hz and 192 kHz, f32 would add audible
/// noise, and the recursion's latency, not its width, sets the speed.
#[derive(Clone, Debug)]
pub struct Biquad {
    coefficients: Coefficients,
    state: [f64; 2],
}

impl Biquad {
    /// The sections of a Butterworth high-pass: -3 dB at `cutoff_hz`, falling by 6 dB per octave and
    /// order. By the bilinear transform with the cutoff prewarped (Oppenheim and Schafer, 7.1).
    pub fn butterworth_high_pass(sample_rate: u32, cutoff_hz: f64, order: u32) -> Vec<Self> {
        let k = (PI * cutoff_hz / f64::from(sample_rate)).tan();
        let pairs = (0..order / 2).map(|pair| {
            let angle = PI * f64::from(2 * pair + 1) / f64::from(2 * order);
            let damping = 2.0 * angle.sin() * k;
            let norm = 1.0 / (1.0 + damping + k * k);
            Coefficients {
                b: [norm, -2.0 * norm, norm],
                a: [2.0 * (k * k - 1.0) * norm, (1.0 - damping + k * k) * norm],
            }
        });
        let single = (order % 2 == 1).then(|| {
            let norm = 1.0 / (1.0 + k);
            Coefficients {
                b: [norm, -norm, 0.0],
                a: [(k - 1.0) * norm, 0.0],
            }
        });
        pairs.chain(single).map(Self::new).collect()
    }

    fn new(coefficients: Coefficients) -> Self {
        Self {
            coefficients,
            state: [0.0; 2],
        }
    }

    /// Filters in place. NaN and infinity count as silence, so they cannot poison the state.
    pub fn process(&mut self, samples: &mut [f32]) {
        let Coefficients {
            b: [b0, b1, b2],
            a: [a1, a2],
        } = self.coefficients;
        let [mut s1, mut s2] = self.state;
        for sample in samples {
            let x = f64::from(finite(*sample));
            let y = b0 * x + s1;
            s1 = b1 * x - a1 * y + s2;
            s2 = b2 * x - a2 * y;
            *sample = y as f32;
        }
        self.state = [s1, s2].map(|s| if s.abs() < INAUDIBLE { 0.0 } else { s });
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.state = [0.0; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{decibels, rms, sine};

    fn gain_db(sample_rate: u32, cutoff: f64, order: u32, hz: f64) -> f64 {
        let mut samples = sine(sample_rate, hz, 0.5, sample_rate as usize);
        for section in &mut Biquad::butterworth_high_pass(sample_rate, cutoff, order) {
            section.process(&mut samples);
        }
        decibels(rms(&samples[sample_rate as usize / 2..]) / (0.5 / 2f64.sqrt()))
    }

    #[test]
    fn every_order_is_3_db_down_at_the_cutoff_and_6_db_an_octave_and_order_below() {
        for order in 1..=4 {
            for rate in [8_000, 16_000, 48_000, 192_000] {
                let at = gain_db(rate, 80.0, order, 80.0);
                assert!((at + 3.01).abs() < 0.02, "order {order} at {rate}: {at} dB");
                let below = gain_db(rate, 80.0, order, 10.0);
                let expected = -18.06 * f64::from(order);
                assert!(
                    (below - expected).abs() < 0.1,
                    "order {order} at {rate}: {below} dB"
                );
                let above = gain_db(rate, 80.0, order, 800.0);
                assert!(above.abs() < 0.05, "order {order} at {rate}: {above} dB");
            }
        }
    }

    #[test]
    fn silence_after_sound_ends_in_zeros_not_in_denormals() {
        let mut section = Biquad::butterworth_high_pass(48_000, 80.0, 2).remove(0);
        section.process(&mut sine(48_000, 100.0, 0.9, 480));
        for _ in 0..100 {
            section.process(&mut [0.0; 480]);
        }
        assert_eq!(section.state, [0.0; 2]);
    }

    #[test]
    fn a_nan_is_silence_and_the_next_sample_is_heard() {
        let mut section = Biquad::butterworth_high_pass(48_000, 80.0, 2).remove(0);
        let mut samples = [0.5, f32::NAN, f32::INFINITY, 0.5];
        section.process(&mut samples);
        assert!(samples.iter().all(|sample| sample.is_finite()));
        assert!(samples[3].abs() > 0.4);
    }
}
