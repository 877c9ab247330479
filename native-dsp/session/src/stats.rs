//! What a session counts.

use serde::Serialize;

/// A snapshot of a session's counters. All of them only grow, except where said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct SessionStats {
    /// RTP packets admitted: audio of our stream, each counted once.
    pub packets_received: u64,
    /// Bytes of their payloads.
    pub bytes_received: u64,
    /// Packets expected and not received so far, by sequence number. May shrink when a late one comes.
    pub packets_lost: i64,
    /// Packets seen before.
    pub packets_duplicate: u64,
    /// Packets that came when their place had been played.
    pub packets_late: u64,
    /// Packets refused, by reason.
    pub packets_refused: RefusedPackets,
    /// Packets decoded from their own payload.
    pub frames_decoded: u64,
    /// Lost packets restored from a copy in a later one (RFC 2198).
    pub frames_red: u64,
    /// Lost packets restored from in-band FEC.
    pub frames_fec: u64,
    /// Stretches of up to 20 ms extrapolated by the decoder.
    pub frames_concealed: u64,
    /// Samples of those, at 48 kHz.
    pub samples_concealed: u64,
    /// Samples of silence put where nothing was sent or could be restored.
    pub samples_silence: u64,
    /// Samples skipped in pauses.
    pub samples_skipped: u64,
    /// Packets that the decoder refused.
    pub decode_errors: u64,
    /// Times that a stream's numbering began anew: a new SSRC, or a jump of the sequence.
    pub restarts: u64,
    /// Times that a timestamp made no sense and was put after its predecessor.
    pub timestamps_resynchronised: u64,
    /// Interarrival jitter in ms (RFC 3550 section 6.4.1); goes up and down.
    pub jitter_ms: f64,
    /// How long a hole is waited for, in ms; goes up and down.
    pub reorder_wait_ms: f64,
    /// Round-trip time in ms by the peer's last report; goes up and down.
    pub round_trip_ms: Option<f64>,
    /// Packets sent.
    pub packets_sent: u64,
    /// Share of our packets that the peer's last report calls lost, 0 to 1; goes up and down.
    pub remote_fraction_lost: f64,
    /// Outgoing packets that nobody took in time.
    pub packets_dropped: u64,
    /// RTCP packets, or parts of compounds, that made no sense.
    pub rtcp_malformed: u64,
    /// Events that nobody took in time.
    pub events_dropped: u64,
    /// Frames of tapped nodes, and for nodes outside, that nobody took in time.
    pub audio_frames_dropped: u64,
    /// Media processed, in ms.
    pub media_time_ms: f64,
}

/// Refused RTP packets by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RefusedPackets {
    /// Not RTP, or a payload larger than an Ethernet frame.
    pub malformed: u64,
    /// The session receives no audio.
    pub not_receiving: u64,
    /// A payload type that was not negotiated as audio.
    pub payload_type: u64,
    /// The stream that the current one has just replaced.
    pub ssrc: u64,
    /// A sequence number far from all others.
    pub sequence: u64,
    /// No payload.
    pub empty: u64,
    /// A RED payload whose lengths do not add up, or without audio (RFC 2198).
    pub red: u64,
    /// More audio than time has passed.
    pub too_fast: u64,
}
