//! How often each value occurred, with fixed memory: written by one thread, read by others.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::distribution::Distribution;

/// Buckets per doubling: values are known to 1/16, that is 6.25 %.
const STEPS: u64 = 16;
const STEP_BITS: u32 = STEPS.ilog2();
/// Values from here on share the last bucket: a minute in nanoseconds, 19 hours in microseconds.
const END_BITS: u32 = 36;
/// Below `STEPS` a bucket is one value wide.
pub(super) const BUCKETS: usize = (STEPS as usize) * (END_BITS - STEP_BITS + 1) as usize;

/// Counts values of any unit; [`Histogram::add_to`] reads it.
pub struct Histogram {
    counts: [AtomicU64; BUCKETS],
    sum: AtomicU64,
    min: AtomicU64,
    max: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: [const { AtomicU64::new(0) }; BUCKETS],
            sum: AtomicU64::new(0),
            min: AtomicU64::new(u64::MAX),
            max: AtomicU64::new(0),
        }
    }
}

impl Histogram {
    /// Counts one value. One thread only may record: there is no read-modify-write.
    pub fn record(&self, value: u64) {
        let sum = self.sum.load(Relaxed).wrapping_add(value);
        self.sum.store(sum, Relaxed);
        if value < self.min.load(Relaxed) {
            self.min.store(value, Relaxed);
        }
        if value > self.max.load(Relaxed) {
            self.max.store(value, Relaxed);
        }
        // Last: whoever sees the count sees what belongs to it.
        let count = &self.counts[bucket(value)];
        count.store(count.load(Relaxed) + 1, Release);
    }

    /// Adds all values so far to `total`. What is recorded meanwhile may be in it or not.
    pub fn add_to(&self, total: &mut Distribution) {
        let counts = self.counts.iter().map(|count| count.load(Acquire));
        total.add_counts(counts);
        let (min, max) = (self.min.load(Relaxed), self.max.load(Relaxed));
        total.add_extremes(self.sum.load(Relaxed), min, max);
    }

    /// All values so far.
    pub fn distribution(&self) -> Distribution {
        let mut distribution = Distribution::default();
        self.add_to(&mut distribution);
        distribution
    }
}

/// Linear up to `STEPS`, then `STEPS` buckets for every doubling.
pub(super) fn bucket(value: u64) -> usize {
    if value < STEPS {
        return value as usize;
    }
    let shift = value.ilog2() - STEP_BITS;
    let bucket = u64::from(shift) * STEPS + (value >> shift);
    (bucket as usize).min(BUCKETS - 1)
}

/// The largest value of a bucket.
pub(super) fn upper_end(bucket: usize) -> u64 {
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
        for value in (0..100_000).chain([1_000_000, 5_000_000, (1 << END_BITS) - 1]) {
            let end = upper_end(bucket(value));
            assert!(
                end >= value && end - value <= value / 16,
                "{value} in {end}"
            );
            assert_eq!(bucket(end), bucket(value));
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
        assert_eq!(upper_end(BUCKETS - 1), (1 << END_BITS) - 1);
    }

    #[test]
    fn a_reader_beside_the_writer_never_sees_a_count_without_its_value() {
        let histogram = Histogram::default();
        std::thread::scope(|scope| {
            scope.spawn(|| (1..=100_000).for_each(|value| histogram.record(value)));
            let mut before = 0;
            while before < 100_000 {
                let seen = histogram.distribution();
                assert!(seen.count() >= before, "counts never go back");
                before = seen.count();
                // The values are 1, 2, 3, ...: so many of them have at least this sum and largest value.
                assert!(seen.sum() >= before * (before + 1) / 2 && seen.max() >= before);
                assert!(before == 0 || seen.min() == 1);
            }
        });
    }
}
