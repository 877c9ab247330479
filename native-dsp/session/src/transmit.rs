//! Packets on their way out: a bounded queue of fixed slots that drops the oldest.

use std::collections::VecDeque;

use crate::time::Micros;

/// Room that a caller gives to take a packet: no packet of ours is longer, in bytes.
pub const MAX_PACKET: usize = 1300;

/// Packets that wait for the caller. One incoming packet makes at most 51 outgoing ones (a filled gap
/// of a second), so a caller that takes them after every call loses none.
const CAPACITY: usize = 64;

/// Which protection a packet needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransmitKind {
    /// Audio.
    Rtp,
    /// A compound report.
    Rtcp,
}

/// A packet that was written to the caller's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// Audio or report.
    pub kind: TransmitKind,
    /// Bytes written.
    pub len: usize,
    /// For audio: when the packet came that completed its last frame. What has passed since then when
    /// the packet leaves is the latency that the gateway adds.
    pub arrival: Option<Micros>,
}

/// The queue.
pub(crate) struct TransmitQueue {
    storage: Box<[[u8; MAX_PACKET]]>,
    /// Slots in order of sending.
    waiting: VecDeque<(usize, Transmit)>,
    /// Slot for the next packet.
    free: usize,
    dropped: u64,
}

impl Default for TransmitQueue {
    fn default() -> Self {
        Self {
            storage: vec![[0; MAX_PACKET]; CAPACITY].into_boxed_slice(),
            waiting: VecDeque::with_capacity(CAPACITY),
            free: 0,
            dropped: 0,
        }
    }
}

impl TransmitQueue {
    /// Has `write` write a packet in place; it returns the length, or `None` to send nothing.
    pub fn push(
        &mut self,
        kind: TransmitKind,
        arrival: Option<Micros>,
        write: impl FnOnce(&mut [u8; MAX_PACKET]) -> Option<usize>,
    ) {
        if self.waiting.len() == CAPACITY {
            self.waiting.pop_front();
            self.dropped += 1;
        }
        if let Some(len) = write(&mut self.storage[self.free]) {
            self.waiting
                .push_back((self.free, Transmit { kind, len, arrival }));
            self.free = (self.free + 1) % CAPACITY;
        }
    }

    /// Takes the oldest packet out. One that `buffer` has no room for is dropped and counted.
    pub fn pop(&mut self, buffer: &mut [u8]) -> Option<Transmit> {
        loop {
            let (slot, transmit) = self.waiting.pop_front()?;
            if let Some(room) = buffer.get_mut(..transmit.len) {
                room.copy_from_slice(&self.storage[slot][..transmit.len]);
                return Some(transmit);
            }
            self.dropped += 1;
        }
    }

    /// Packets that were never taken.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_drops_the_oldest_and_counts_it() {
        let mut queue = TransmitQueue::default();
        for n in 0..CAPACITY as u8 + 3 {
            queue.push(TransmitKind::Rtp, None, |slot| {
                slot[0] = n;
                Some(1)
            });
        }
        assert_eq!(queue.dropped(), 3);
        let mut buffer = [0; MAX_PACKET];
        for n in 3..CAPACITY as u8 + 3 {
            assert_eq!(queue.pop(&mut buffer).unwrap().len, 1);
            assert_eq!(buffer[0], n);
        }
        assert_eq!(queue.pop(&mut buffer), None);
    }
}
