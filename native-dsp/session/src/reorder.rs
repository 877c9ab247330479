//! Packets in the order of their sequence numbers, in a ring of fixed slots.
//!
//! What is in order leaves at once. A hole is reported with the moment it was noticed, and the session
//! decides how long to wait for it.

use crate::time::Micros;

/// Packets that may wait behind a hole: more than a second at 20 ms.
pub const CAPACITY: usize = 64;

/// Largest payload held, in bytes: an Ethernet frame's worth.
pub const MAX_PAYLOAD: usize = 1500;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Audio as it was sent.
    Audio,
    /// A copy that a later packet carried (RFC 2198).
    Copy,
    /// A packet that came but carries no audio for us, so that it is not waited for.
    Nothing,
}

/// One packet.
pub struct Held {
    /// What it is.
    pub content: Content,
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// When it came.
    pub arrival: Micros,
    length: usize,
    bytes: [u8; MAX_PAYLOAD],
}

impl Held {
    /// The Opus packet.
    pub fn payload(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

struct Slot {
    occupied: bool,
    /// When a packet from behind this one came first.
    noticed: Micros,
    held: Held,
}

/// The next packet to play, and what is missing before it.
pub struct Next<'a> {
    /// Packets missing between the last one played and this one.
    pub missing: u32,
    /// When the hole was noticed; without one, when the packet came.
    pub noticed: Micros,
    /// The packet.
    pub held: &'a Held,
}

/// The ring. Sequence numbers are extended ones.
pub struct ReorderRing {
    slots: Box<[Slot]>,
    /// The number to play next; `None` before the first packet.
    next: Option<i64>,
    /// One past the highest number seen.
    end: i64,
}

impl Default for ReorderRing {
    fn default() -> Self {
        let slot = || Slot {
            occupied: false,
            noticed: Micros(0),
            held: Held {
                content: Content::Nothing,
                timestamp: 0,
                arrival: Micros(0),
                length: 0,
                bytes: [0; MAX_PAYLOAD],
            },
        };
        Self {
            slots: std::iter::repeat_with(slot).take(CAPACITY).collect(),
            next: None,
            end: 0,
        }
    }
}

impl ReorderRing {
    /// Whether `sequence` was played or given up already.
    pub fn is_late(&self, sequence: i64) -> bool {
        self.next.is_some_and(|next| sequence < next)
    }

    /// Whether `sequence` lies further ahead than the ring reaches.
    pub fn is_beyond(&self, sequence: i64) -> bool {
        self.next
            .is_some_and(|next| sequence >= next + CAPACITY as i64)
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.next.is_none_or(|next| next == self.end)
    }

    /// Puts a packet in its slot; the caller has refused late ones and made room. Returns how long after
    /// its hole was noticed it came, if it was missing.
    pub fn insert(
        &mut self,
        sequence: i64,
        content: Content,
        timestamp: u32,
        arrival: Micros,
        payload: &[u8],
    ) -> Option<Micros> {
        debug_assert!(!self.is_late(sequence) && !self.is_beyond(sequence));
        if self.next.is_none() {
            self.next = Some(sequence);
            self.end = sequence;
        }
        let lateness = self.lateness(sequence, arrival);
        for hole in self.end..sequence {
            let slot = self.slot_mut(hole);
            slot.occupied = false;
            slot.noticed = arrival;
        }
        self.end = self.end.max(sequence + 1);
        let slot = self.slot_mut(sequence);
        slot.occupied = true;
        if lateness.is_none() {
            slot.noticed = arrival;
        }
        let length = payload.len().min(MAX_PAYLOAD);
        slot.held.content = content;
        slot.held.timestamp = timestamp;
        slot.held.arrival = arrival;
        slot.held.length = length;
        slot.held.bytes[..length].copy_from_slice(&payload[..length]);
        lateness
    }

    /// How long after it was first missed a packet comes, even if it is too late to be played; `None` for
    /// one that nobody missed.
    pub fn lateness(&self, sequence: i64, arrival: Micros) -> Option<Micros> {
        let known = sequence < self.end && sequence >= self.end - CAPACITY as i64;
        known.then(|| arrival - self.slot(sequence).noticed)
    }

    /// Whether a copy with this timestamp fits at `sequence`: nothing is there yet, and it lies between
    /// the neighbours in time as well.
    pub fn has_place_for(&self, sequence: i64, timestamp: u32) -> bool {
        let Some(next) = self.next else { return false };
        if sequence < next || sequence >= self.end || self.slot(sequence).occupied {
            return false;
        }
        let before = (next..sequence).rev().find(|n| self.slot(*n).occupied);
        let after = (sequence..self.end).find(|n| self.slot(*n).occupied);
        let ahead_of = |n: i64| timestamp.wrapping_sub(self.slot(n).held.timestamp) as i32;
        before.is_none_or(|n| ahead_of(n) > 0) && after.is_none_or(|n| ahead_of(n) < 0)
    }

    /// The next packet to play.
    pub fn peek(&self) -> Option<Next<'_>> {
        let next = self.next?;
        let sequence = (next..self.end).find(|n| self.slot(*n).occupied)?;
        Some(Next {
            missing: (sequence - next) as u32,
            noticed: self.slot(next).noticed,
            held: &self.slot(sequence).held,
        })
    }

    /// Gives up what is missing before the packet that [`peek`](Self::peek) shows, and that packet.
    pub fn advance(&mut self) {
        let Some(next) = self.next else { return };
        let Some(sequence) = (next..self.end).find(|n| self.slot(*n).occupied) else {
            return;
        };
        self.slot_mut(sequence).occupied = false;
        self.next = Some(sequence + 1);
    }

    /// Moves an empty ring on to `sequence` and returns how many packets that skips.
    pub fn skip_to(&mut self, sequence: i64) -> u32 {
        debug_assert!(self.is_empty());
        let next = self.next.replace(sequence).unwrap_or(sequence);
        self.end = sequence;
        u32::try_from(sequence - next).unwrap_or(0)
    }

    /// Forgets the stream.
    pub fn clear(&mut self) {
        self.next = None;
        self.end = 0;
    }

    fn slot(&self, sequence: i64) -> &Slot {
        &self.slots[sequence.rem_euclid(CAPACITY as i64) as usize]
    }

    fn slot_mut(&mut self, sequence: i64) -> &mut Slot {
        &mut self.slots[sequence.rem_euclid(CAPACITY as i64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Micros = Micros::from_ms(100);

    fn ring(held: &[i64]) -> ReorderRing {
        let mut ring = ReorderRing::default();
        for n in held {
            ring.insert(
                *n,
                Content::Audio,
                (*n as u32).wrapping_mul(960),
                NOW,
                &[*n as u8],
            );
        }
        ring
    }

    #[test]
    fn packets_leave_in_order_with_what_is_missing_before_them() {
        for origin in [-3, 0, 65_535, 1 << 40] {
            let mut ring = ring(&[0, 4, 2, 1].map(|n| n + origin));
            let mut left = Vec::new();
            while let Some(next) = ring.peek() {
                left.push((i64::from(next.held.payload()[0]), next.missing));
                ring.advance();
            }
            let byte = |n: i64| (n + origin) & 0xff;
            assert_eq!(
                left,
                [(byte(0), 0), (byte(1), 0), (byte(2), 0), (byte(4), 1)]
            );
            assert!(ring.is_empty() && ring.is_late(origin + 3));
        }
    }

    #[test]
    fn a_copy_has_a_place_only_where_number_and_time_agree() {
        let ring = ring(&[10, 13]);
        assert!(ring.has_place_for(11, 11 * 960));
        assert!(!ring.has_place_for(10, 10 * 960), "taken");
        assert!(!ring.has_place_for(9, 9 * 960), "played");
        assert!(!ring.has_place_for(14, 14 * 960), "not missed yet");
        assert!(
            !ring.has_place_for(11, 10 * 960),
            "as old as the packet before"
        );
        assert!(
            !ring.has_place_for(12, 13 * 960),
            "as new as the packet after"
        );
    }

    #[test]
    fn a_hole_knows_since_when_it_is_missed() {
        let mut ring = ring(&[1]);
        let later = NOW + Micros::from_ms(7);
        assert_eq!(ring.insert(3, Content::Audio, 0, later, &[]), None);
        let late = later + Micros::from_ms(5);
        let lateness = ring.insert(2, Content::Audio, 0, late, &[]);
        assert_eq!(lateness, Some(Micros::from_ms(5)));
    }
}
