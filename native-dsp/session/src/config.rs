//! What a session is told when its media starts.

use crate::codec::{Concealment, EncoderConfig};
use crate::time::Micros;

/// Everything negotiated and decided about one session's media.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// Whether audio is received; if not, RTP is refused and counted.
    pub receive: bool,
    /// Payload type of Opus as the peer sends it.
    pub payload_type_opus: u8,
    /// Payload type of redundant audio (RFC 2198) as the peer sends it, if negotiated.
    pub payload_type_red: Option<u8>,
    /// Whether processed audio is sent back.
    pub send: bool,
    /// Payload type of Opus as the peer wants it.
    pub send_payload_type: u8,
    /// The stream that we send, also the name we report under.
    pub send_ssrc: u32,
    /// First sequence number to send; should be random (RFC 3550 section 5.1).
    pub first_sequence: u16,
    /// RTP timestamp of media time 0; should be random (RFC 3550 section 5.1).
    pub first_timestamp: u32,
    /// Canonical name for source descriptions (RFC 3550 section 6.5.1), at most 255 bytes are sent.
    pub cname: String,
    /// How outgoing audio is encoded.
    pub encoder: EncoderConfig,
    /// How lost audio is filled where nothing better is there.
    pub concealment: Concealment,
    /// Without a packet for this long, in ms, the input counts as paused and open speech is ended.
    pub inactivity_ms: u32,
    /// Wall clock, in microseconds since 1970, at the moment that the caller's monotonic clock calls 0.
    /// For sender reports only.
    pub unix_micros_at_zero: u64,
}

impl SessionConfig {
    pub(crate) fn inactivity(&self) -> Micros {
        Micros::from_ms(u64::from(self.inactivity_ms))
    }
}

impl Default for SessionConfig {
    /// Duplex audio with the payload types that browsers offer.
    fn default() -> Self {
        Self {
            receive: true,
            payload_type_opus: 111,
            payload_type_red: None,
            send: true,
            send_payload_type: 111,
            send_ssrc: 1,
            first_sequence: 0,
            first_timestamp: 0,
            cname: String::new(),
            encoder: EncoderConfig::default(),
            concealment: Concealment::Classic,
            inactivity_ms: 500,
            unix_micros_at_zero: 0,
        }
    }
}
