//! Packet indices and the replay window of one stream (RFC 3711, section 3.3).

use super::Refusal;

/// Indices that the window remembers behind the newest one. RFC 3711 asks for 64 at least; 128 are 2.5 s
/// of 20 ms packets.
const WINDOW: u64 = 128;

/// The newest authenticated index of a stream and which of those before it were seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReplayWindow {
    highest: u64,
    /// Bit n is set where `highest - n` was seen.
    seen: u128,
}

impl ReplayWindow {
    /// The window of a stream whose first authenticated packet has this index.
    pub fn starting_at(index: u64) -> Self {
        Self {
            highest: index,
            seen: 1,
        }
    }

    /// The 48-bit index of an RTP packet: the one nearest to the newest (RFC 3711, section 3.3.1), or
    /// nothing where that would lie before the first or past the last that there can be.
    pub fn index_of(&self, sequence: u16) -> Option<u64> {
        let step = sequence.wrapping_sub(self.highest as u16).cast_signed();
        self.highest
            .checked_add_signed(i64::from(step))
            .filter(|index| *index < 1 << 48)
    }

    /// Refuses what was seen, or is too old to tell. Changes nothing: the packet is not authenticated yet.
    pub fn check(&self, index: u64) -> Result<(), Refusal> {
        if index > self.highest {
            return Ok(());
        }
        match self.highest - index {
            age if age >= WINDOW => Err(Refusal::TooOld),
            age if self.seen >> age & 1 == 1 => Err(Refusal::Replayed),
            _ => Ok(()),
        }
    }

    /// Marks an authenticated packet as seen.
    pub fn accept(&mut self, index: u64) {
        if index > self.highest {
            let step = index - self.highest;
            self.seen = if step < WINDOW { self.seen << step } else { 0 };
            self.highest = index;
        }
        self.seen |= 1 << (self.highest - index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_follows_the_sequence_number_over_every_wrap() {
        for start in [0, 1, 32_767, 32_768, 65_534, 65_535, (7 << 16) + 65_530] {
            let mut window = ReplayWindow::starting_at(start);
            for index in start + 1..start + 70_000 {
                assert_eq!(window.index_of(index as u16), Some(index), "from {start}");
                assert_eq!(window.check(index), Ok(()));
                window.accept(index);
            }
        }
    }

    #[test]
    fn each_packet_of_the_window_is_taken_once_in_any_order() {
        let mut window = ReplayWindow::starting_at(1_000);
        window.accept(1_127);
        for index in (1_001..1_127).rev() {
            assert_eq!(window.check(index), Ok(()), "{index}");
            window.accept(index);
            assert_eq!(window.check(index), Err(Refusal::Replayed), "{index}");
        }
        assert_eq!(window.check(1_000), Err(Refusal::Replayed));
        assert_eq!(window.check(999), Err(Refusal::TooOld));
        window.accept(5_000);
        assert_eq!(window.check(5_000 - 127), Ok(()));
        assert_eq!(window.check(5_000 - 128), Err(Refusal::TooOld));
    }

    #[test]
    fn there_is_no_index_before_the_first_and_none_past_the_last() {
        assert_eq!(ReplayWindow::starting_at(0).index_of(65_535), None);
        assert_eq!(ReplayWindow::starting_at((1 << 48) - 1).index_of(0), None);
    }
}
