//! Conversion between sample formats: 32-bit float, 16-bit and 32-bit integer, each to each.
//!
//! Full scale is -1..1 in float, and a whole number n of b bits is n / 2^(b - 1): the scale of decoders and of
//! WAV files, under which every 16-bit sample survives the way to float or 32 bits and back. The highest whole
//! number is therefore a step below 1. Conversions round to the nearest step, saturate beyond full scale, and
//! make NaN 0; no sample is an error.

/// Steps of 16-bit audio from 0 to full scale.
const SCALE_16: f32 = 32_768.0;
/// Steps of 32-bit audio from 0 to full scale.
const SCALE_32: f32 = 2_147_483_648.0;

/// A sample that can become one of format `To`.
pub trait Sample<To>: Copy {
    /// The same sample in the other format.
    fn convert(self) -> To;
}

/// Converts a slice, as far as both are long. Compiles to vector instructions.
pub fn convert<From: Sample<To>, To>(from: &[From], to: &mut [To]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = from.convert();
    }
}

impl Sample<f32> for f32 {
    #[inline]
    fn convert(self) -> f32 {
        // Float has headroom: what is beyond full scale stays as it is.
        if self.is_nan() { 0.0 } else { self }
    }
}

impl Sample<i16> for f32 {
    #[inline]
    fn convert(self) -> i16 {
        let scaled = if self.is_nan() { 0.0 } else { self * SCALE_16 };
        let low = if scaled > -SCALE_16 {
            scaled
        } else {
            -SCALE_16
        };
        let clamped = if low < SCALE_16 - 1.0 {
            low
        } else {
            SCALE_16 - 1.0
        };
        nearest(clamped) as i16
    }
}

impl Sample<i32> for f32 {
    #[inline]
    fn convert(self) -> i32 {
        let sample = if self.is_nan() { 0.0 } else { self };
        let low = if sample > -1.0 { sample } else { -1.0 };
        let clamped = if low < 1.0 { low } else { 0.0 };
        // In two halves of 16 bits, each exact: a saturating cast is a dozen scalar instructions.
        let scaled = clamped * SCALE_16;
        let high = nearest(scaled);
        let rest = nearest((scaled - high as f32) * (SCALE_32 / SCALE_16));
        // Just below full scale the first half is 2^15, and the second brings the sum back into range.
        let sum = (high << 16).wrapping_add(rest);
        if low < 1.0 { sum } else { i32::MAX }
    }
}

/// The nearest whole number of one below 2^22. `f32::round` is a call into the C library where SSE 4.1 may not be
/// assumed.
#[inline]
fn nearest(number: f32) -> i32 {
    // 1.5 * 2^23 leaves no bits for a fraction: adding it rounds, and the lowest bits are the whole number.
    const MAGIC: f32 = 12_582_912.0;
    ((number + MAGIC).to_bits() as i32).wrapping_sub(MAGIC.to_bits() as i32)
}

impl Sample<f32> for i16 {
    #[inline]
    fn convert(self) -> f32 {
        f32::from(self) / SCALE_16
    }
}

impl Sample<i16> for i16 {
    #[inline]
    fn convert(self) -> i16 {
        self
    }
}

impl Sample<i32> for i16 {
    #[inline]
    fn convert(self) -> i32 {
        i32::from(self) << 16
    }
}

impl Sample<f32> for i32 {
    #[inline]
    fn convert(self) -> f32 {
        self as f32 / SCALE_32
    }
}

impl Sample<i16> for i32 {
    #[inline]
    fn convert(self) -> i16 {
        // Half a step, then away with the fraction.
        (self.saturating_add(1 << 15) >> 16) as i16
    }
}

impl Sample<i32> for i32 {
    #[inline]
    fn convert(self) -> i32 {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::noise;

    fn all<From: Sample<To>, To: Clone + Default>(from: &[From]) -> Vec<To> {
        let mut to = vec![To::default(); from.len()];
        convert(from, &mut to);
        to
    }

    #[test]
    fn every_16_bit_sample_survives_every_way_and_back() {
        let samples: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let float: Vec<f32> = all(&samples);
        let wide: Vec<i32> = all(&samples);
        assert!(all::<f32, i16>(&float) == samples);
        assert!(all::<i32, i16>(&wide) == samples);
        assert!(all::<i32, f32>(&wide) == float && all::<f32, i32>(&float) == wide);
        assert!(all::<i16, i16>(&samples) == samples && all::<i32, i32>(&wide) == wide);
    }

    #[test]
    fn full_scale_is_a_power_of_two() {
        assert_eq!(all::<i16, f32>(&[i16::MIN, 16_384]), [-1.0, 0.5]);
        assert_eq!(all::<i32, f32>(&[i32::MIN, 1 << 30]), [-1.0, 0.5]);
        assert_eq!(all::<f32, i32>(&[-1.0, 0.5]), [i32::MIN, 1 << 30]);
    }

    #[test]
    fn what_is_beyond_full_scale_saturates_and_what_is_no_number_is_silence() {
        let wild = [
            1.0,
            -1.0,
            7.0,
            -7.0,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::NAN,
        ];
        let (high, low) = (i16::MAX, i16::MIN);
        assert_eq!(
            all::<f32, i16>(&wild),
            [high, low, high, low, high, low, high, 0]
        );
        let (high, low) = (i32::MAX, i32::MIN);
        assert_eq!(
            all::<f32, i32>(&wild),
            [high, low, high, low, high, low, high, 0]
        );
        assert_eq!(all::<i32, i16>(&[i32::MAX, i32::MIN]), [i16::MAX, i16::MIN]);
        assert_eq!(all::<f32, f32>(&[f32::NAN, 2.5, -0.0])[..2], [0.0, 2.5]);
    }

    #[test]
    fn samples_go_to_the_nearest_step() {
        let samples = noise(11, 1.0, 100_000);
        for (sample, step) in samples.iter().zip(all::<f32, i16>(&samples)) {
            assert!((f64::from(*sample) * 32_768.0 - f64::from(step)).abs() <= 0.5);
        }
        // So quiet that a step of 32 bits is coarse for a float.
        let quiet: Vec<f32> = samples.iter().map(|sample| sample * 1e-3).collect();
        for (sample, step) in quiet.iter().zip(all::<f32, i32>(&quiet)) {
            assert!((f64::from(*sample) * 2_147_483_648.0 - f64::from(step)).abs() <= 0.5);
        }
        let wide: Vec<i32> = all(&samples);
        for (sample, step) in wide.iter().zip(all::<i32, i16>(&wide)) {
            assert!((i64::from(step) * 65_536 - i64::from(*sample)).abs() <= 32_768);
        }
    }

    #[test]
    fn the_shorter_slice_decides() {
        let mut to = [7i16; 3];
        convert(&[0.5f32], &mut to);
        assert_eq!(to, [16_384, 7, 7]);
    }
}
