//! Sums that lose nothing when what is summed goes away.

use std::sync::Arc;

/// What recorders of one kind are added up in.
pub trait Sum<R>: Clone {
    /// Adds all that was recorded so far.
    fn add(&mut self, recorder: &R);
}

/// Recorders that may still be written to, and the sum of those that no longer are. The total never goes back.
pub struct Ledger<R, S> {
    live: Vec<Arc<R>>,
    done: S,
}

impl<R, S: Sum<R>> Ledger<R, S> {
    /// A ledger that begins with this sum.
    pub fn new(zero: S) -> Self {
        Self {
            live: Vec::new(),
            done: zero,
        }
    }

    /// Counts a recorder in. When all others have dropped their share of it, what it holds is kept as a sum.
    pub fn enter(&mut self, recorder: Arc<R>) {
        self.settle();
        self.live.push(recorder);
    }

    /// The sum of all that was ever entered.
    pub fn total(&mut self) -> S {
        self.settle();
        let mut total = self.done.clone();
        for recorder in &self.live {
            total.add(recorder);
        }
        total
    }

    fn settle(&mut self) {
        let done = &mut self.done;
        self.live
            .retain_mut(|recorder| match Arc::get_mut(recorder) {
                // The last share: its writer is gone, and all that it wrote is visible here.
                Some(recorder) => {
                    done.add(recorder);
                    false
                }
                None => true,
            });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Distribution, Histogram};
    use super::*;

    impl Sum<Histogram> for Distribution {
        fn add(&mut self, recorder: &Histogram) {
            recorder.add_to(self);
        }
    }

    #[test]
    fn what_was_recorded_stays_in_the_total_after_its_recorder_has_gone() {
        let mut ledger = Ledger::new(Distribution::default());
        let (first, second) = (
            Arc::new(Histogram::default()),
            Arc::new(Histogram::default()),
        );
        ledger.enter(first.clone());
        ledger.enter(second.clone());
        first.record(7);
        second.record(70);
        assert_eq!((ledger.total().count(), ledger.total().sum()), (2, 77));
        // Recorded after the last look, and then dropped.
        first.record(700);
        drop(first);
        let total = ledger.total();
        assert_eq!((total.count(), total.sum(), total.max()), (3, 777, 700));
        assert_eq!(ledger.live.len(), 1, "only what lives takes memory");
    }

    #[test]
    fn a_ledger_that_nobody_reads_keeps_no_dead_recorders() {
        let mut ledger = Ledger::new(Distribution::default());
        for value in 0..100 {
            let recorder = Arc::new(Histogram::default());
            ledger.enter(recorder.clone());
            recorder.record(value);
        }
        assert_eq!(ledger.live.len(), 1);
        assert_eq!(ledger.total().count(), 100);
    }
}
