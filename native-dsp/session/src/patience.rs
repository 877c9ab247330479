//! How long a missing packet is waited for: as long as reordering on this path has been seen to take.

use crate::time::Micros;

const SHORTEST: Micros = Micros::from_ms(10);
const LONGEST: Micros = Micros::from_ms(60);

/// Remembers the worst recent reordering.
#[derive(Debug, Default)]
pub struct Patience {
    peak: Micros,
}

impl Patience {
    /// A packet came in order. The memory halves in about 700 packets: 14 s at 20 ms.
    pub fn in_order(&mut self) {
        self.peak.0 -= self.peak.0 / 1024;
    }

    /// A packet came this long after it was missed.
    pub fn late_by(&mut self, lateness: Micros) {
        self.peak = self.peak.max(lateness.min(LONGEST));
    }

    /// The wait. No browser retransmits Opus, so a hole that reordering does not explain is loss.
    /// Interarrival jitter stands in while reordering has not been seen yet.
    pub fn bound(&self, jitter: Micros) -> Micros {
        let reordering = Micros(self.peak.0 * 3 / 2);
        reordering
            .max(Micros(jitter.0 * 2))
            .clamp(SHORTEST, LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_path_waits_10_ms_a_reordering_one_longer_but_never_over_60() {
        let mut patience = Patience::default();
        assert_eq!(patience.bound(Micros(0)), Micros::from_ms(10));
        patience.late_by(Micros::from_ms(20));
        assert_eq!(patience.bound(Micros(0)), Micros::from_ms(30));
        patience.late_by(Micros::from_ms(500));
        assert_eq!(patience.bound(Micros(0)), Micros::from_ms(60));
        for _ in 0..5000 {
            patience.in_order();
        }
        assert_eq!(patience.bound(Micros(0)), Micros::from_ms(10));
        assert_eq!(patience.bound(Micros::from_ms(8)), Micros::from_ms(16));
    }
}
