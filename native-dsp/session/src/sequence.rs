//! Sequence numbers: 16 bits that wrap become 64 bits that do not (RFC 3550 appendix A.1).

/// A forward jump up to this many packets is loss; past it, it needs proof.
const MAX_DROPOUT: i64 = 3000;

/// A packet up to this far behind is late; past it, it needs proof.
const MAX_MISORDER: i64 = 128;

/// What a sequence number turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extended {
    /// A packet not seen before, ahead of or behind the newest.
    New(i64),
    /// A packet that was seen before.
    Duplicate,
    /// Far from all before it. One such packet may be anything; a second one that continues it shows
    /// that the sender has restarted, and is then [`Extended::Restart`].
    Implausible,
    /// The first packet of a numbering that has nothing to do with the former one.
    Restart(i64),
}

/// Extends the sequence numbers of one stream and remembers which of the newest 128 it has seen.
#[derive(Debug, Default)]
pub struct SequenceNumbers {
    newest: Option<i64>,
    /// Bit n is set where packet `newest - n` was seen.
    seen: u128,
    /// The number that would confirm a restart.
    restart_candidate: Option<u16>,
}

impl SequenceNumbers {
    /// Classifies `sequence` and remembers it.
    pub fn extend(&mut self, sequence: u16) -> Extended {
        let Some(newest) = self.newest else {
            return Extended::New(self.start(sequence));
        };
        let ahead = i64::from(sequence.wrapping_sub(newest as u16) as i16);
        match ahead {
            1..=MAX_DROPOUT => {
                self.newest = Some(newest + ahead);
                self.seen = if ahead < 128 { self.seen << ahead } else { 0 } | 1;
            }
            _ if ahead <= 0 && ahead > -MAX_MISORDER => {
                let bit = 1 << -ahead;
                if self.seen & bit != 0 {
                    return Extended::Duplicate;
                }
                self.seen |= bit;
            }
            _ if self.restart_candidate == Some(sequence) => {
                return Extended::Restart(self.start(sequence));
            }
            _ => {
                self.restart_candidate = Some(sequence.wrapping_add(1));
                return Extended::Implausible;
            }
        }
        self.restart_candidate = None;
        Extended::New(newest + ahead)
    }

    fn start(&mut self, sequence: u16) -> i64 {
        let first = i64::from(sequence);
        *self = Self {
            newest: Some(first),
            seen: 1,
            restart_candidate: None,
        };
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGINS: [u16; 5] = [0, 1, 32_767, 32_768, 65_535];

    #[test]
    fn numbers_count_on_through_every_wrap() {
        for origin in ORIGINS {
            let mut numbers = SequenceNumbers::default();
            for n in 0..200_000_i64 {
                let extended = numbers.extend(origin.wrapping_add(n as u16));
                assert_eq!(extended, Extended::New(i64::from(origin) + n));
            }
        }
    }

    #[test]
    fn late_packets_are_new_once_and_duplicates_after() {
        for origin in ORIGINS {
            let mut numbers = SequenceNumbers::default();
            let first = i64::from(origin);
            let at = |n: u16| origin.wrapping_add(n);
            assert_eq!(numbers.extend(at(0)), Extended::New(first));
            assert_eq!(numbers.extend(at(100)), Extended::New(first + 100));
            assert_eq!(numbers.extend(at(1)), Extended::New(first + 1));
            assert_eq!(numbers.extend(at(1)), Extended::Duplicate);
            assert_eq!(numbers.extend(at(0)), Extended::Duplicate);
            assert_eq!(numbers.extend(at(100)), Extended::Duplicate);
        }
    }

    #[test]
    fn a_stray_packet_changes_nothing_but_two_in_a_row_are_a_restart() {
        for origin in ORIGINS {
            let mut numbers = SequenceNumbers::default();
            numbers.extend(origin);
            let far = origin.wrapping_add(20_000);
            assert_eq!(numbers.extend(far), Extended::Implausible);
            assert_eq!(
                numbers.extend(origin.wrapping_add(1)),
                Extended::New(i64::from(origin) + 1)
            );
            assert_eq!(numbers.extend(far.wrapping_add(1)), Extended::Implausible);
            let second = far.wrapping_add(2);
            assert_eq!(numbers.extend(second), Extended::Restart(i64::from(second)));
        }
    }

    #[test]
    fn packets_from_before_the_first_one_are_late_not_lost_in_the_wrap() {
        let mut numbers = SequenceNumbers::default();
        numbers.extend(0);
        assert_eq!(numbers.extend(65_535), Extended::New(-1));
    }
}
