//! Sans-I/O media session: RTP in, 10 ms frames through the graph, RTP out.
//!
//! [`MediaSession`](session::MediaSession) is the engine of one peer's audio: it admits RTP packets, puts
//! them in order, decodes Opus or recovers what is missing, runs the graph, encodes what comes out, and
//! reports by RTCP. It contains no socket, thread, clock or randomness.

pub mod codec;
pub mod conceal;
pub mod config;
mod control;
pub mod error;
mod framer;
mod gap;
mod hosts;
mod intake;
pub mod options;
#[cfg(feature = "libopus")]
pub mod opus;
pub mod opus_packet;
mod patience;
mod playout;
pub mod red;
mod reorder;
mod reports;
pub mod rtcp;
pub mod rtp_header;
mod sender;
mod sequence;
pub mod session;
pub mod stats;
pub mod time;
mod timeline;
mod transmit;

pub use config::SessionConfig;
pub use error::SessionError;
pub use hosts::{HostFrame, HostPlace};
pub use session::MediaSession;
pub use stats::SessionStats;
pub use time::Micros;
pub use transmit::{MAX_PACKET, Transmit, TransmitKind};
