//! What all sessions counted, the closed ones included.

use remotemedia_core::metrics::{Distribution, Sum};
use remotemedia_session::SessionStats;

use crate::counters::SessionCounters;

/// Counters of all sessions since the plane was made. All of them only grow, except where said otherwise.
#[derive(Clone, Default)]
pub struct MediaTotal {
    /// Sessions that were opened.
    pub sessions: u64,
    /// RTP packets admitted.
    pub packets_received: u64,
    /// RTP packets made.
    pub packets_sent: u64,
    /// Packets expected and not received. May shrink when a late one comes.
    pub packets_lost: i64,
    /// Packets that came when their place had been played.
    pub packets_late: u64,
    /// Packets that SRTP refused.
    pub packets_refused: u64,
    /// Stretches of up to 20 ms extrapolated by the decoder.
    pub frames_concealed: u64,
    /// Events that found no room on their way to the caller.
    pub events_dropped: u64,
    /// From arrival to after the send, in microseconds.
    pub latency_us: Distribution,
    /// Work on one packet, in microseconds.
    pub processing_us: Distribution,
}

impl Sum<SessionCounters> for MediaTotal {
    fn add(&mut self, counters: &SessionCounters) {
        let SessionStats {
            packets_received,
            packets_sent,
            packets_lost,
            packets_late,
            frames_concealed,
            events_dropped,
            ..
        } = counters.media();
        self.sessions += 1;
        self.packets_received += packets_received;
        self.packets_sent += packets_sent;
        self.packets_lost += packets_lost;
        self.packets_late += packets_late;
        self.packets_refused += counters
            .refused()
            .iter()
            .map(|(_, count)| count)
            .sum::<u64>();
        self.frames_concealed += frames_concealed;
        self.events_dropped += events_dropped + counters.events_dropped.get();
        counters.latency.add_to(&mut self.latency_us);
        counters.processing.add_to(&mut self.processing_us);
    }
}
