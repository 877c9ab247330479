//! Levels in dB relative to full scale: 0 dBFS is a sample of 1.0, so a full-scale sine has a peak of
//! 0 dBFS and an RMS of -3.01 dBFS (AES17 would call that RMS 0; meters and VADs do not).

/// The lowest level there is; silence.
pub const FLOOR_DBFS: f32 = -120.0;

/// Level of a mean square.
pub fn power_dbfs(mean_square: f64) -> f32 {
    let level = 10.0 * mean_square.max(1e-30).log10();
    (level as f32).clamp(FLOOR_DBFS, 0.0)
}

/// Level of an absolute sample value.
pub fn peak_dbfs(peak: f32) -> f32 {
    power_dbfs(f64::from(peak).powi(2))
}

/// Amplitude of a level or gain in dB.
pub fn amplitude(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

/// Sum of squares; NaN and infinity count as silence.
pub fn energy(samples: &[f32]) -> f64 {
    // Lanes, for the compiler to vectorise; f32 within a frame is exact to 1e-6.
    let mut lanes = [0.0f32; 8];
    let chunks = samples.chunks_exact(8);
    let mut sum: f32 = chunks.remainder().iter().map(|s| square(*s)).sum();
    for chunk in chunks {
        for (lane, sample) in lanes.iter_mut().zip(chunk) {
            *lane += square(*sample);
        }
    }
    sum += lanes.iter().sum::<f32>();
    f64::from(sum)
}

/// Highest absolute value; NaN and infinity count as silence.
pub fn peak(samples: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let chunks = samples.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, sample) in lanes.iter_mut().zip(chunk) {
            let magnitude = super::finite::finite(*sample).abs();
            *lane = if magnitude > *lane { magnitude } else { *lane };
        }
    }
    let rest = rest
        .iter()
        .map(|sample| super::finite::finite(*sample).abs());
    lanes.into_iter().chain(rest).fold(0.0, f32::max)
}

#[inline]
fn square(sample: f32) -> f32 {
    let sample = super::finite::finite(sample);
    sample * sample
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::sine;

    fn rms_dbfs(samples: &[f32]) -> f32 {
        power_dbfs(energy(samples) / samples.len() as f64)
    }

    #[test]
    fn a_full_scale_sine_is_minus_3_dbfs_with_a_peak_of_0() {
        let samples = sine(48_000, 1_000.0, 1.0, 4_800);
        assert!((rms_dbfs(&samples) + 3.0103).abs() < 1e-3);
        assert!(peak_dbfs(peak(&samples)).abs() < 1e-3);
    }

    #[test]
    fn a_full_scale_square_is_0_dbfs_and_a_tenth_of_it_minus_20() {
        assert!(rms_dbfs(&[1.0, -1.0, 1.0, -1.0]).abs() < 1e-5);
        assert!((rms_dbfs(&[0.1; 441]) + 20.0).abs() < 1e-4);
        assert!((peak_dbfs(peak(&[0.0, -0.1, 0.05])) + 20.0).abs() < 1e-4);
    }

    #[test]
    fn silence_and_garbage_are_at_the_floor() {
        assert_eq!(rms_dbfs(&[0.0; 160]), FLOOR_DBFS);
        assert_eq!(rms_dbfs(&[f32::NAN; 160]), FLOOR_DBFS);
        assert_eq!(peak_dbfs(peak(&[f32::INFINITY; 9])), FLOOR_DBFS);
        assert_eq!(rms_dbfs(&[1e-40; 160]), FLOOR_DBFS);
    }

    #[test]
    fn amplitude_is_the_inverse() {
        assert!((amplitude(-6.0206) - 0.5).abs() < 1e-5);
        assert_eq!(amplitude(0.0), 1.0);
    }
}
