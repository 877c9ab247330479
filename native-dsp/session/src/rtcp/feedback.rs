//! What the peer's reports say about our stream: round trip and loss.

use super::{ReportBlock, WallClock};
use crate::time::Micros;

/// Past this, more redundancy costs more quality than it saves, in percent.
const MAX_LOSS_PERCENT: f64 = 30.0;

/// A round trip beyond this is nonsense, in units of 1/65536 s.
const MAX_ROUND_TRIP: u32 = 60 << 16;

/// The peer's view of our stream.
#[derive(Debug, Default)]
pub(crate) struct Feedback {
    pub round_trip_ms: Option<f64>,
    pub fraction_lost: f64,
    smoothed: f64,
    percent: u8,
}

impl Feedback {
    /// Takes a report block about our stream. Returns the loss in percent that the encoder should
    /// prepare for, when that has changed.
    pub fn report(&mut self, block: &ReportBlock, clock: WallClock, now: Micros) -> Option<u8> {
        if block.last_sender_report != 0 {
            let round_trip = clock
                .middle(now)
                .wrapping_sub(block.last_sender_report)
                .wrapping_sub(block.delay_since_last);
            if round_trip < MAX_ROUND_TRIP {
                self.round_trip_ms = Some(f64::from(round_trip) * 1000.0 / 65_536.0);
            }
        }
        self.fraction_lost = f64::from(block.fraction_lost) / 256.0;
        // Up at once, down slowly: loss comes in bursts.
        self.smoothed = self
            .fraction_lost
            .max(self.smoothed * 0.9 + self.fraction_lost * 0.1);
        // Below half a percent redundancy does not pay.
        let percent = (self.smoothed * 100.0).round().min(MAX_LOSS_PERCENT) as u8;
        let changed = percent != self.percent;
        self.percent = percent;
        changed.then_some(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: WallClock = WallClock {
        unix_micros_at_zero: 1_700_000_000_000_000,
    };

    #[test]
    fn the_round_trip_is_what_remains_after_the_peers_own_delay() {
        let mut feedback = Feedback::default();
        let block = ReportBlock {
            last_sender_report: CLOCK.middle(Micros::from_ms(1000)),
            delay_since_last: WallClock::units(300_000),
            ..ReportBlock::default()
        };
        feedback.report(&block, CLOCK, Micros::from_ms(1380));
        assert!((feedback.round_trip_ms.unwrap() - 80.0).abs() < 0.1);
    }

    #[test]
    fn loss_raises_the_redundancy_at_once_and_its_end_lowers_it_slowly() {
        let mut feedback = Feedback::default();
        let mut report = |fraction_lost| {
            let block = ReportBlock {
                fraction_lost,
                ..ReportBlock::default()
            };
            feedback.report(&block, CLOCK, Micros(0))
        };
        assert_eq!(report(0), None);
        assert_eq!(report(26), Some(10));
        assert_eq!(report(0), Some(9));
        assert_eq!(report(255), Some(30));
        assert!((0..60).filter_map(|_| report(0)).last() == Some(0));
    }
}
