//! The media timeline: RTP timestamps become positions that count samples from the first packet on.

use crate::time::Micros;

/// Audio that may arrive ahead of real time, in samples at 48 kHz: the backlog of a 10 s stall.
const BURST: i64 = 10 * SAMPLE_RATE;

const SAMPLE_RATE: i64 = 48_000;

/// How a packet joins what was played before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// It begins this many samples after the position; mostly 0.
    After(i64),
    /// Its timestamp makes no sense, so it is taken to begin at the position.
    Resynchronised,
    /// There is more audio than time has passed: it must not be played.
    TooFast,
}

/// Where the media stands, and how fast it may go on.
///
/// A sender is free in its timestamps, but not to make us work: over any stretch of time, media may
/// exceed real time by 2 % (drift of cheap clocks is far below) and a burst.
#[derive(Debug)]
pub struct Timeline {
    position: i64,
    /// RTP timestamp of `position`; `None` before a stream's first packet.
    expected: Option<u32>,
    credit: i64,
    credited_at: Micros,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            position: 0,
            expected: None,
            credit: BURST,
            credited_at: Micros(0),
        }
    }
}

impl Timeline {
    /// Position of the next sample to play.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Tells how a packet of `samples` samples with `timestamp` joins at `now`.
    pub fn join(&mut self, now: Micros, timestamp: u32, samples: usize) -> Joint {
        let elapsed = ((now - self.credited_at).0 as i128 * 48 * 102 / 100_000) as i64;
        self.credited_at = now.max(self.credited_at);
        let credit = self.credit.saturating_add(elapsed);
        let expected = *self.expected.get_or_insert(timestamp);
        let gap = i64::from(timestamp.wrapping_sub(expected) as i32);
        let samples = samples as i64;
        let (joint, used) = if credit < samples {
            (Joint::TooFast, 0)
        } else if gap < 0 || gap + samples > credit {
            self.expected = Some(timestamp);
            (Joint::Resynchronised, samples)
        } else {
            (Joint::After(gap), gap + samples)
        };
        self.credit = (credit - used).min(BURST);
        joint
    }

    /// Whether audio with this timestamp lies before the position.
    pub fn is_past(&self, timestamp: u32) -> bool {
        self.expected
            .is_some_and(|expected| (timestamp.wrapping_sub(expected) as i32) < 0)
    }

    /// Moves on by what was played or skipped.
    pub fn advance(&mut self, samples: usize) {
        self.position += samples as i64;
        self.expected = self.expected.map(|at| at.wrapping_add(samples as u32));
    }

    /// The next packet, whatever its timestamp, begins at the position: another stream takes over.
    pub fn detach(&mut self) {
        self.expected = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_followed_through_the_wrap() {
        for first in [0, u32::MAX - 500, 0x7fff_ffff] {
            let mut timeline = Timeline::default();
            for n in 0..1000 {
                let now = Micros::from_ms(n * 20);
                let timestamp = first.wrapping_add(n as u32 * 960);
                assert_eq!(timeline.join(now, timestamp, 960), Joint::After(0));
                timeline.advance(960);
            }
            assert_eq!(timeline.position(), 960_000);
            let ahead = first.wrapping_add(1010 * 960);
            let joint = timeline.join(Micros::from_ms(20_200), ahead, 960);
            assert_eq!(joint, Joint::After(9600));
        }
    }

    #[test]
    fn a_pause_may_be_as_long_as_the_time_that_passed_and_10_s_more() {
        let join = |passed_ms: u64, gap: i64| {
            let mut timeline = Timeline::default();
            timeline.join(Micros(0), 0, 960);
            timeline.advance(960);
            timeline.join(
                Micros::from_ms(passed_ms),
                960_u32.wrapping_add(gap as u32),
                960,
            )
        };
        let minute = 60 * SAMPLE_RATE;
        assert_eq!(join(60_000, minute), Joint::After(minute));
        assert_eq!(join(51_000, minute), Joint::After(minute));
        assert_eq!(join(40_000, minute), Joint::Resynchronised);
        assert_eq!(join(60_000, -1), Joint::Resynchronised);
    }
}
