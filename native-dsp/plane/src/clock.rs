//! The plane's clock: microseconds since it was made.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use remotemedia_session::Micros;

/// A datagram that says it waited longer in the kernel than this tells of a wall clock that was set.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

#[derive(Clone, Copy)]
pub(crate) struct Clock {
    zero: Instant,
    unix_at_zero: Duration,
}

/// The moment at which a batch was fetched.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    /// On the plane's clock.
    pub now: Micros,
    unix: Duration,
}

impl Clock {
    pub fn start() -> Self {
        Self {
            zero: Instant::now(),
            unix_at_zero: unix_time(),
        }
    }

    pub fn now(&self) -> Micros {
        Micros(self.zero.elapsed().as_micros() as u64)
    }

    /// Wall clock at 0, in microseconds since 1970.
    pub fn unix_micros_at_zero(&self) -> u64 {
        self.unix_at_zero.as_micros() as u64
    }

    /// Stamps a batch: the one look at the clocks before its packets are processed.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            now: self.now(),
            unix: unix_time(),
        }
    }
}

impl Stamp {
    /// When a datagram of the batch arrived, by the kernel's wall-clock stamp where there is one: the time
    /// it waited for its thread belongs to the latency.
    pub fn arrival(&self, kernel: Option<Duration>) -> Micros {
        let waited = kernel.map_or(Duration::ZERO, |kernel| self.unix.saturating_sub(kernel));
        match waited {
            waited if waited <= LONGEST_WAIT => self.now - Micros(waited.as_micros() as u64),
            _ => self.now,
        }
    }
}

/// The clock that graphs are measured by, in nanoseconds since its first use.
pub fn monotonic_ns() -> u64 {
    static ZERO: OnceLock<Instant> = OnceLock::new();
    ZERO.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

fn unix_time() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_the_kernel_counts_and_a_clock_that_was_set_does_not() {
        let stamp = Stamp {
            now: Micros(5_000_000),
            unix: Duration::from_secs(1_000),
        };
        let arrival = |ms| stamp.arrival(Some(Duration::from_millis(ms)));
        assert_eq!(arrival(999_997), Micros(4_997_000));
        assert_eq!(arrival(1_000_400), Micros(5_000_000));
        assert_eq!(arrival(990_000), Micros(5_000_000));
        assert_eq!(stamp.arrival(None), Micros(5_000_000));
    }
}
