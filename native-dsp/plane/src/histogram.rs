//! Quantiles of durations in microseconds, with fixed memory: written by one thread, read by another.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Buckets per doubling: values are known to 1/16, that is 6.25 %.
const STEPS: u64 = 16;
const STEP_BITS: u32 = STEPS.ilog2();
/// Below `STEPS` microseconds a bucket is one microsecond; the last one begins beyond 16 s.
const BUCKETS: usize = (STEPS as usize) * 22;

/// How often each duration occurred.
pub struct Histogram {
    counts: [AtomicU64; BUCKETS],
    max: AtomicU64,
}

/// What a histogram says, in microseconds. Quantiles are the upper ends of their buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quantiles {
    /// Half of the values are not above this.
    pub p50: u64,
    /// 99 of 100 values are not above this.
    pub p99: u64,
    /// The largest value, exactly.
    pub max: u64,
    /// Number of values.
    pub count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: [const { AtomicU64::new(0) }; BUCKETS],
            max: AtomicU64::new(0),
        }
    }
}

impl Histogram {
    /// Counts one duration. One thread only may record: there is no read-modify-write.
    pub fn record(&self, micros: u64) {
        let count = &self.counts[bucket(micros)];
        count.store(count.load(Relaxed) + 1, Relaxed);
        if micros > self.max.load(Relaxed) {
            self.max.store(micros, Relaxed);
        }
    }

    /// The quantiles so far.
    pub fn quantiles(&self) -> Quantiles {
        let counts: Vec<u64> = self
            .counts
            .iter()
            .map(|count| count.load(Relaxed))
            .collect();
        let count = counts.iter().sum();
        let max = self.max.load(Relaxed);
        let quantile = |share: f64| {
            let rank = (count as f64 * share).ceil() as u64;
            let mut below = 0;
            let found = counts.iter().position(|count| {
                below += count;
                below >= rank
            });
            found.map_or(0, |bucket| upper_end(bucket).min(max))
        };
        match count {
            0 => Quantiles::default(),
            _ => Quantiles {
                p50: quantile(0.5),
                p99: quantile(0.99),
                max,
                count,
            },
        }
    }
}

/// Linear up to `STEPS`, then `STEPS` buckets for every doubling.
fn bucket(micros: u64) -> usize {
    if micros < STEPS {
        return micros as usize;
    }
    let shift = micros.ilog2() - STEP_BITS;
    let bucket = u64::from(shift) * STEPS + (micros >> shift);
    (bucket as usize).min(BUCKETS - 1)
}

/// The largest value of a bucket.
fn upper_end(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < STEPS {
        return bucket;
    }
    let shift = bucket / STEPS - 1;
    let mantissa = STEPS + bucket % STEPS;
    ((mantissa + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_a_bucket_that_is_at_most_a_sixteenth_wide() {
        for value in (0..100_000).chain([1_000_000, 5_000_000]) {
            let end = upper_end(bucket(value));
            assert!(
                end >= value && end - value <= value / 16,
                "{value} in {end}"
            );
            assert_eq!(bucket(end), bucket(value));
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_count_from_the_smallest() {
        let histogram = Histogram::default();
        assert_eq!(histogram.quantiles(), Quantiles::default());
        for value in 1..=100 {
            histogram.record(value);
        }
        histogram.record(40_000_000);
        let Quantiles {
            p50,
            p99,
            max,
            count,
        } = histogram.quantiles();
        assert_eq!((max, count), (40_000_000, 101));
        assert!(
            (51..=53).contains(&p50) && (100..=103).contains(&p99),
            "{p50} {p99}"
        );
    }
}
