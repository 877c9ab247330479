//! Wall clock in the format of RTCP (RFC 3550 section 4), computed from the caller's monotonic one.

use crate::time::Micros;

/// Seconds from 1900, where NTP time begins, to 1970.
const UNIX_EPOCH: u64 = 2_208_988_800;

/// Where the caller's clock stands in the world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WallClock {
    /// Microseconds since 1970 at `Micros(0)`.
    pub unix_micros_at_zero: u64,
}

impl WallClock {
    /// Seconds since 1900, 32 bits before and 32 after the point.
    pub fn ntp(self, now: Micros) -> u64 {
        let micros = self.unix_micros_at_zero.saturating_add(now.0);
        let seconds = micros / 1_000_000 + UNIX_EPOCH;
        let fraction = ((micros % 1_000_000) << 32) / 1_000_000;
        seconds << 32 | fraction
    }

    /// The middle 32 bits, in which report blocks echo a sender report: units of 1/65536 s.
    pub fn middle(self, now: Micros) -> u32 {
        (self.ntp(now) >> 16) as u32
    }

    /// A stretch of microseconds in the same units.
    pub fn units(micros: u64) -> u32 {
        ((u128::from(micros) << 16) / 1_000_000) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_second_after_1970_is_half_a_second_after_its_ntp_number() {
        let clock = WallClock {
            unix_micros_at_zero: 0,
        };
        let ntp = clock.ntp(Micros(500_000));
        assert_eq!(ntp >> 32, 2_208_988_800);
        assert_eq!(ntp as u32, 1 << 31);
        assert_eq!(clock.middle(Micros(500_000)) as u16, 1 << 15);
    }
}
