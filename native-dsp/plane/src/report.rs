//! What the plane tells its caller.

use remotemedia_core::event::Event;
use remotemedia_core::metrics::Histogram;
use remotemedia_session::SessionStats;

use crate::audio_link::FrameHeader;
use crate::handle::Handle;
use crate::links::{Datagram, Failure};

/// What came up since the last look.
#[derive(Default)]
pub struct Batch {
    /// STUN and DTLS.
    pub datagrams: Vec<Datagram>,
    /// In the order in which each session reported them.
    pub events: Vec<(Handle, Event)>,
    /// Audio of tapped nodes, oldest first for each, plane after plane.
    pub tapped: Vec<(Handle, FrameHeader, Vec<f32>)>,
    /// Audio for nodes outside, oldest first for each, plane after plane.
    pub hosted: Vec<(Handle, FrameHeader, Vec<f32>)>,
    /// How many frames each [`Plane::flush_audio`](crate::Plane::flush_audio) threw away, in the order of the calls.
    pub flushed: Vec<(Handle, u32)>,
    /// Sessions that the plane ended by itself.
    pub closed: Vec<(Handle, Failure)>,
    /// Datagrams and events that found their ring full.
    pub dropped: u64,
}

/// Durations in microseconds. Quantiles are up to 6.25 % too large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quantiles {
    /// Half of the values are not above this.
    pub p50: u64,
    /// 99 of 100 values are not above this.
    pub p99: u64,
    /// The largest value, exactly.
    pub max: u64,
    /// Number of values.
    pub count: u64,
}

impl Quantiles {
    pub(crate) fn of(histogram: &Histogram) -> Self {
        let seen = histogram.distribution();
        Self {
            p50: seen.quantile(0.5),
            p99: seen.quantile(0.99),
            max: seen.max(),
            count: seen.count(),
        }
    }
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
    /// Frames of tapped nodes that found theirs full.
    pub audio_frames_dropped: u64,
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
