//! What one or several histograms held when they were read.

use super::histogram::{BUCKETS, bucket, upper_end};

/// How values are spread, in the unit in which they were recorded. 4 kB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    counts: Box<[u64; BUCKETS]>,
    count: u64,
    sum: u64,
    min: u64,
    max: u64,
}

impl Default for Distribution {
    fn default() -> Self {
        Self {
            counts: Box::new([0; BUCKETS]),
            count: 0,
            sum: 0,
            min: u64::MAX,
            max: 0,
        }
    }
}

impl Distribution {
    /// Number of values.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The values added up, exactly.
    pub fn sum(&self) -> u64 {
        self.sum
    }

    /// The smallest value, exactly; 0 without values.
    pub fn min(&self) -> u64 {
        if self.count == 0 { 0 } else { self.min }
    }

    /// The largest value, exactly; 0 without values.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The mean, exactly; 0 without values.
    pub fn mean(&self) -> f64 {
        self.sum as f64 / self.count.max(1) as f64
    }

    /// The value that a `share` (0 to 1) of all values does not exceed, up to 6.25 % too large; 0 without
    /// values.
    pub fn quantile(&self, share: f64) -> u64 {
        let rank = (self.count as f64 * share).ceil() as u64;
        let mut below = 0;
        let found = self.counts.iter().position(|count| {
            below += count;
            below >= rank
        });
        found.map_or(0, |bucket| upper_end(bucket).clamp(self.min(), self.max))
    }

    /// How many values are smaller than `bound`: exact where it is a power of two below 2^36.
    pub fn count_below(&self, bound: u64) -> u64 {
        self.counts[..bucket(bound)].iter().sum()
    }

    pub(super) fn add_counts(&mut self, counts: impl Iterator<Item = u64>) {
        for (total, count) in self.counts.iter_mut().zip(counts) {
            *total += count;
            self.count += count;
        }
    }

    pub(super) fn add_extremes(&mut self, sum: u64, min: u64, max: u64) {
        self.sum = self.sum.wrapping_add(sum);
        self.min = self.min.min(min);
        self.max = self.max.max(max);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Histogram;
    use super::*;

    fn of(values: impl IntoIterator<Item = u64>) -> Histogram {
        let histogram = Histogram::default();
        values.into_iter().for_each(|value| histogram.record(value));
        histogram
    }

    #[test]
    fn quantiles_count_from_the_smallest() {
        let seen = of((1..=100).chain([40_000_000])).distribution();
        assert_eq!((seen.min(), seen.max(), seen.count()), (1, 40_000_000, 101));
        assert_eq!(
            (seen.sum(), seen.mean()),
            (40_005_050, 40_005_050.0 / 101.0)
        );
        let (p50, p99) = (seen.quantile(0.5), seen.quantile(0.99));
        assert!((51..=53).contains(&p50), "{p50}");
        assert!((100..=103).contains(&p99), "{p99}");
        assert_eq!(seen.quantile(1.0), 40_000_000);
    }

    #[test]
    fn without_values_everything_is_zero() {
        let none = Distribution::default();
        assert_eq!((none.min(), none.max(), none.mean()), (0, 0, 0.0));
        assert_eq!((none.quantile(0.0), none.quantile(0.99)), (0, 0));
        assert_eq!(none.count_below(1 << 20), 0);
    }

    #[test]
    fn powers_of_two_divide_the_values_exactly() {
        let seen = of([1, 255, 256, 257, 1023, 1024, 9_999]).distribution();
        let below = [8, 10, 11, 14].map(|exponent| seen.count_below(1 << exponent));
        assert_eq!(below, [2, 5, 6, 7]);
    }

    #[test]
    fn the_sum_of_two_histograms_is_that_of_all_their_values() {
        let mut total = Distribution::default();
        of(1..500).add_to(&mut total);
        of(500..=1_000).add_to(&mut total);
        assert_eq!(total, of(1..=1_000).distribution());
    }
}
