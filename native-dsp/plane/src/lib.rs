//! Media threads: one UDP port, SRTP, and the sessions with their graphs.
//!
//! A thread owns its sessions whole and shares nothing while it works. The caller (JavaScript's thread, by
//! way of the binding) speaks to the threads through bounded rings, and is woken once for a batch, never
//! for a packet. The path of a packet: `thread` fetches it, `switch` finds whose it is, `session` opens it,
//! has the [`Media`] work, protects and sends.

mod address;
mod audio_link;
mod clock;
mod config;
mod counters;
mod datagram;
mod error;
mod handle;
mod host_line;
mod links;
mod media;
mod output;
mod plane;
mod plane_control;
mod priority;
mod report;
mod routes;
mod session;
mod socket;
pub mod srtp;
mod start;
mod switch;
mod thread;
mod thread_link;
mod total;

pub use audio_link::FrameHeader;
pub use clock::monotonic_ns;
pub use config::{MediaStart, PlaneConfig};
pub use error::PlaneError;
pub use handle::Handle;
pub use links::{Datagram, Failure, MAX_DATAGRAM};
pub use media::Media;
pub use plane::Plane;
pub use report::{Batch, PlaneReport, Quantiles, SessionReport};
pub use total::MediaTotal;
