//! Low-pass prototypes: a sinc under a Kaiser window (Oppenheim and Schafer, Discrete-Time Signal
//! Processing, 7.5.3), computed in f64.

use std::f64::consts::PI;

/// Linear-phase low-pass of `2 * half + 1` taps with unit gain at 0 Hz. `cutoff` (the -6 dB point) is in
/// cycles per sample, 0 to 0.5; `beta` trades stop-band depth for transition width.
pub fn low_pass(half: usize, cutoff: f64, beta: f64) -> Vec<f64> {
    let tap = |index: usize| {
        let offset = index as f64 - half as f64;
        let ratio = offset / half as f64;
        let window = bessel_i0(beta * (1.0 - ratio * ratio).max(0.0).sqrt());
        sinc(2.0 * cutoff * offset) * window
    };
    let mut taps: Vec<f64> = (0..=2 * half).map(tap).collect();
    let gain: f64 = taps.iter().sum();
    taps.iter_mut().for_each(|tap| *tap /= gain);
    taps
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-17 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bessel_function_agrees_with_the_tables() {
        // Abramowitz and Stegun, table 9.8: I0(5) and I0(10).
        assert!((bessel_i0(5.0) - 27.239_871_823_604_44).abs() < 1e-10);
        assert!((bessel_i0(10.0) - 2_815.716_628_466_254).abs() < 1e-8);
    }

    #[test]
    fn the_prototype_is_symmetric_and_passes_a_constant_unchanged() {
        let taps = low_pass(96, 0.15, 10.0);
        assert_eq!(taps.len(), 193);
        assert!((taps.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        for n in 0..96 {
            assert!((taps[n] - taps[192 - n]).abs() < 1e-16);
        }
    }
}
