//! What the media threads count and others read, without locks that anyone waits for.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use remotemedia_core::metrics::Histogram;
use remotemedia_session::SessionStats;

use crate::srtp::Refusal;

/// A number that only grows.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub fn increment(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Why a datagram was thrown away before any session saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discard {
    /// No protocol that is spoken here, or a broken STUN header.
    Malformed,
    /// Longer than any that WebRTC sends.
    Oversize,
    /// From an address that belongs to no session.
    UnknownSource,
    /// A STUN request for a session that is not here.
    UnknownUfrag,
    /// Media before DTLS was done, or after the session failed.
    MediaNotStarted,
    /// JavaScript did not fetch STUN and DTLS in time.
    RingFull,
    /// The owning thread did not take what another had received for it.
    ForwardRingFull,
}

impl Discard {
    /// All reasons, with their names in statistics.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Malformed, "malformed"),
        (Self::Oversize, "oversize"),
        (Self::UnknownSource, "unknown_source"),
        (Self::UnknownUfrag, "unknown_ufrag"),
        (Self::MediaNotStarted, "media_not_started"),
        (Self::RingFull, "ring_full"),
        (Self::ForwardRingFull, "forward_ring_full"),
    ];
}

/// Counters of one media thread.
#[derive(Default)]
pub(crate) struct ThreadCounters {
    pub received: Counter,
    pub sent: Counter,
    pub send_failures: Counter,
    pub forwarded: Counter,
    pub events_dropped: Counter,
    /// Sessions that the thread owns now.
    pub sessions: AtomicU64,
    discarded: [Counter; Discard::ALL.len()],
}

impl ThreadCounters {
    pub fn discard(&self, reason: Discard) {
        self.discarded[reason as usize].increment();
    }

    pub fn discarded(&self, reason: Discard) -> u64 {
        self.discarded[reason as usize].get()
    }
}

/// SRTP refusals with their names in statistics.
pub(crate) const REFUSALS: [(Refusal, &str); 7] = [
    (Refusal::Malformed, "srtp_malformed"),
    (Refusal::Replayed, "srtp_replayed"),
    (Refusal::TooOld, "srtp_too_old"),
    (Refusal::Unauthentic, "srtp_unauthentic"),
    (Refusal::NotEncrypted, "srtp_not_encrypted"),
    (Refusal::TooManyStreams, "srtp_too_many_streams"),
    (Refusal::KeyExhausted, "srtp_key_exhausted"),
];

/// Counters of one session; they outlive it until it is closed.
#[derive(Default)]
pub(crate) struct SessionCounters {
    /// From arrival to after the send, in microseconds.
    pub latency: Histogram,
    /// Work on one packet, in microseconds.
    pub processing: Histogram,
    pub events_dropped: Counter,
    /// Frames of tapped nodes that found their ring full.
    pub audio_frames_dropped: Counter,
    /// Packets of ours that could not be protected.
    pub unprotected: Counter,
    refused: [Counter; REFUSALS.len()],
    media: Mutex<SessionStats>,
}

impl SessionCounters {
    pub fn refuse(&self, refusal: Refusal) {
        self.refused[refusal as usize].increment();
    }

    pub fn refused(&self) -> [(&'static str, u64); REFUSALS.len()] {
        REFUSALS.map(|(refusal, name)| (name, self.refused[refusal as usize].get()))
    }

    /// Leaves a copy of the session's own counters for the reader; where the reader looks at this very
    /// moment, the next one will do. Never waits.
    pub fn publish(&self, stats: SessionStats) {
        if let Ok(mut published) = self.media.try_lock() {
            *published = stats;
        }
    }

    /// The copy that was left last.
    pub fn media(&self) -> SessionStats {
        *self
            .media
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_counter() {
        for (at, (reason, _)) in Discard::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, at);
        }
        for (at, (refusal, _)) in REFUSALS.into_iter().enumerate() {
            assert_eq!(refusal as usize, at);
        }
    }
}
