//! What passes between JavaScript's thread and the media threads, and among these: bounded rings, each
//! with one writer and one reader. A full ring drops the newest, which is counted; commands are kept by
//! their writer.

use std::net::{IpAddr, SocketAddr};

use remotemedia_core::event::{EndReason, Event};
use remotemedia_core::graph::NodeState;
use remotemedia_session::Micros;

use crate::handle::Handle;
use crate::routes::Route;
use crate::session::{Session, Uplink};

/// The longest datagram that is taken: an Ethernet frame's worth.
pub const MAX_DATAGRAM: usize = 1500;

/// Commands to one thread.
pub(crate) const COMMANDS: usize = 1024;
/// Events and retired sessions from one thread.
pub(crate) const EVENTS: usize = 4096;
/// STUN and DTLS datagrams from one thread.
pub(crate) const DATAGRAMS: usize = 512;
/// Media from one thread to another.
pub(crate) const FORWARDS: usize = 256;

/// From JavaScript's thread to a media thread.
pub(crate) enum Command {
    Open {
        route: Route,
        ufrag: Box<[u8]>,
    },
    /// A peer may be at this address, or is: ICE has validated it.
    Address {
        address: SocketAddr,
        route: Route,
        validated: bool,
    },
    /// To the owner only.
    Start {
        session: Box<Session>,
    },
    Move {
        handle: Handle,
        remote: SocketAddr,
        local: Option<IpAddr>,
    },
    EndInput {
        handle: Handle,
        reason: EndReason,
    },
    SetNodeState {
        handle: Handle,
        node_id: Box<str>,
        state: NodeState,
    },
    /// `uplink` is there for the first tap of a session.
    Tap {
        handle: Handle,
        node_id: Box<str>,
        is_tapped: bool,
        uplink: Option<Box<Uplink>>,
    },
    FlushAudio {
        handle: Handle,
    },
    Close {
        handle: Handle,
    },
}

/// From a media thread to JavaScript's.
pub(crate) enum Upward {
    Event(Handle, Event),
    /// So many frames were thrown away as asked.
    Flushed(Handle, u32),
    Retired(Retired),
}

/// A session that its thread is done with, sent up so that it is freed where time does not matter.
pub(crate) struct Retired {
    pub handle: Handle,
    /// Held only to be dropped.
    pub _session: Box<Session>,
    pub failure: Option<Failure>,
}

/// Why the plane ended a session by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `graph_failed`, `session_panicked` or `media_thread_failed`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

/// A STUN or DTLS datagram on its way up.
pub struct Datagram {
    /// Whose it is.
    pub handle: Handle,
    /// Who sent it.
    pub address: SocketAddr,
    /// Own address that it came to, where the platform tells.
    pub local: Option<IpAddr>,
    pub(crate) length: usize,
    pub(crate) data: [u8; MAX_DATAGRAM],
}

impl Datagram {
    /// Its content.
    pub fn data(&self) -> &[u8] {
        &self.data[..self.length]
    }
}

/// Media that arrived at the socket of a thread which does not own the session.
pub(crate) struct Forwarded {
    pub handle: Handle,
    pub arrival: Micros,
    pub is_rtcp: bool,
    pub length: usize,
    pub data: [u8; MAX_DATAGRAM],
}
