//! Media time, exact for every sample rate in use.

use std::ops::{Add, Sub};

/// A point on, or a stretch of, the media timeline, in flicks (1/705 600 000 s).
///
/// The flick is divisible by every common audio sample rate (8, 16, 24, 32, 44.1, 48, 88.2, 96, 176.4
/// and 192 kHz), so a sample index converts to media time and back without rounding, and an event
/// stamped at 16 kHz lands on the exact sample at 48 kHz.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaTime(pub i64);

/// Flicks in a second.
pub const FLICKS_PER_SECOND: i64 = 705_600_000;

impl MediaTime {
    /// The start of a session's audio.
    pub const ZERO: Self = Self(0);

    /// The time at which sample `samples` of a stream of `sample_rate` Hz begins.
    pub const fn from_samples(samples: i64, sample_rate: u32) -> Self {
        Self((samples as i128 * FLICKS_PER_SECOND as i128 / sample_rate as i128) as i64)
    }

    /// A stretch of whole milliseconds.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms * (FLICKS_PER_SECOND / 1000))
    }

    /// The nearest sample index at `sample_rate` Hz; exact where the time came from a whole sample.
    pub const fn to_samples(self, sample_rate: u32) -> i64 {
        let numerator = self.0 as i128 * sample_rate as i128;
        let half = FLICKS_PER_SECOND as i128 / 2;
        (numerator + half).div_euclid(FLICKS_PER_SECOND as i128) as i64
    }

    /// Milliseconds, for people and for JSON.
    pub fn to_ms(self) -> f64 {
        self.0 as f64 / (FLICKS_PER_SECOND / 1000) as f64
    }
}

impl Add for MediaTime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for MediaTime {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_survive_the_round_trip_at_every_common_rate() {
        for rate in [
            8_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000,
        ] {
            for samples in [0, 1, 159, 160, 479, 480, 1 << 31, 1 << 40] {
                let time = MediaTime::from_samples(samples, rate);
                assert_eq!(time.to_samples(rate), samples, "{samples} at {rate} Hz");
            }
        }
    }

    #[test]
    fn ten_milliseconds_are_160_samples_at_16_khz_and_480_at_48_khz() {
        let time = MediaTime::from_ms(10);
        assert_eq!(
            (time.to_samples(16_000), time.to_samples(48_000)),
            (160, 480)
        );
    }
}
