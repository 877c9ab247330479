//! What the plane tells its caller.

use remotemedia_core::event::Event;
use remotemedia_session::SessionStats;

use crate::handle::Handle;
use crate::histogram::Quantiles;
use crate::links::{Datagram, Failure};

/// What came up since the last look.
#[derive(Default)]
pub struct Batch {
    /// STUN and DTLS.
    pub datagrams: Vec<Datagram>,
    /// In the order in which each session reported them.
    pub events: Vec<(Handle, Event)>,
    /// Sessions that the plane ended by itself.
    pub closed: Vec<(Handle, Failure)>,
    /// Datagrams and events that found their ring full.
    pub dropped: u64,
}

/// A session's counters.
pub struct SessionReport {
    /// The session's own.
    pub media: SessionStats,
    /// Packets that SRTP refused, by reason.
    pub refused: Vec<(&'static str, u64)>,
    /// From arrival to after the send.
    pub latency: Quantiles,
    /// Work on one packet.
    pub processing: Quantiles,
    /// Events that found the ring full.
    pub events_dropped: u64,
}

/// The plane's counters.
#[derive(Default)]
pub struct PlaneReport {
    /// Slots in use.
    pub sessions: usize,
    /// Sessions whose media the threads hold; what is closed leaves a moment later.
    pub sessions_on_threads: u64,
    /// Media threads.
    pub threads: usize,
    /// Datagrams fetched.
    pub received: u64,
    /// Datagrams sent by the media threads.
    pub sent: u64,
    /// Datagrams thrown away, by reason.
    pub discarded: Vec<(&'static str, u64)>,
    /// Datagrams that the kernel dropped because their thread was late.
    pub receive_overflows: u64,
    /// Sends that the kernel refused.
    pub send_failures: u64,
    /// Datagrams passed from one thread to another.
    pub forwarded: u64,
}
