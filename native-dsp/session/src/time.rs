//! The session's notion of now.

use std::ops::{Add, Sub};

use remotemedia_core::time::{FLICKS_PER_SECOND, MediaTime};

/// A moment on the caller's monotonic clock, or a stretch of it, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Micros(pub u64);

impl Micros {
    /// A stretch of whole milliseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms * 1000)
    }

    /// On the scale of media time, for nodes that compare the two.
    pub const fn to_media_time(self) -> MediaTime {
        MediaTime((self.0 as i128 * FLICKS_PER_SECOND as i128 / 1_000_000) as i64)
    }

    /// In milliseconds, for people and for JSON.
    pub fn to_ms(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

impl Add for Micros {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// Never below zero: a clock that steps back makes time stand still, not overflow.
impl Sub for Micros {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
