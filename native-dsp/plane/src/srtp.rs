//! SRTP and SRTCP, in place (RFC 3711; AES-GCM: RFC 7714), for the profiles that browsers negotiate.
//!
//! Why not a crate: those at hand return a new buffer per packet, and keep state for every SSRC before
//! the packet is authenticated, so that anyone who knows the address fills the memory
//! (`tests/srtp_oracle.rs` shows it). Here a packet is opened and protected in its own buffer, a replay
//! is refused before any cryptography, and state exists only for streams that were authenticated.

mod cipher;
mod counter_mode;
mod gcm;
mod header;
mod inbound;
mod keys;
mod outbound;
mod profile;
mod replay;

pub use inbound::Inbound;
pub use keys::{KeyError, MasterKeys};
pub use outbound::Outbound;
pub use profile::Profile;

/// Most octets that protection adds to a packet: the GCM tag and the SRTCP index.
pub const MAX_OVERHEAD: usize = 16 + 4;

/// Most streams (SSRCs) in one direction of a session; further ones are refused.
pub const MAX_STREAMS: usize = 8;

/// Why a packet was thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not RTP or RTCP, or shorter than its headers and tag.
    Malformed,
    /// Seen before.
    Replayed,
    /// Too far behind the newest packet to tell whether it was seen.
    TooOld,
    /// Authentication failed: wrong key, or tampered with.
    Unauthentic,
    /// RTCP that its sender did not encrypt, against DTLS-SRTP (RFC 5764, section 4.1.2).
    NotEncrypted,
    /// More streams than [`MAX_STREAMS`].
    TooManyStreams,
    /// The key has protected as many packets as it may (RFC 3711, section 9.2).
    KeyExhausted,
}
