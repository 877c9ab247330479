//! Where a media thread's results go: the network, and up to JavaScript.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rtrb::Producer;

use crate::clock::Clock;
use crate::counters::{Discard, ThreadCounters};
use crate::handle::Handle;
use crate::links::{Datagram, MAX_DATAGRAM, Upward};
use crate::socket::Sender;

pub(crate) struct Output {
    pub clock: Clock,
    pub counters: Arc<ThreadCounters>,
    pub sender: Sender,
    pub upward: Producer<Upward>,
    pub datagrams: Producer<Datagram>,
    /// Whether something went up since JavaScript was woken last.
    pub is_wake_due: bool,
}

impl Output {
    /// Sends a datagram; one that the kernel has no room for is lost, and counted.
    pub fn send(&self, contents: &[u8], to: SocketAddr, local: Option<IpAddr>) {
        match self.sender.send(contents, to, local) {
            Ok(()) => self.counters.sent.increment(),
            Err(_) => self.counters.send_failures.increment(),
        }
    }

    /// Passes something up; false where the ring is full, and it is dropped.
    pub fn push_up(&mut self, upward: Upward) -> bool {
        self.is_wake_due = true;
        let is_pushed = self.upward.push(upward).is_ok();
        if !is_pushed {
            self.counters.events_dropped.increment();
        }
        is_pushed
    }

    /// Passes a STUN or DTLS datagram up.
    pub fn push_datagram(
        &mut self,
        handle: Handle,
        address: SocketAddr,
        local: Option<IpAddr>,
        data: &[u8],
    ) {
        self.is_wake_due = true;
        let mut datagram = Datagram {
            handle,
            address,
            local: local.map(|local| local.to_canonical()),
            length: data.len(),
            data: [0; MAX_DATAGRAM],
        };
        datagram.data[..data.len()].copy_from_slice(data);
        if self.datagrams.push(datagram).is_err() {
            self.counters.discard(Discard::RingFull);
        }
    }
}
