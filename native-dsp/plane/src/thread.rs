//! A media thread: waits for its socket, its commands and its sessions' deadlines, and for nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mio::{Events, Interest, Poll, Token};
use rtrb::Consumer;

use crate::address;
use crate::links::{Command, Forwarded};
use crate::priority;
use crate::socket::Receiver;
use crate::switch::{Switch, panic_message};

pub(crate) const SOCKET: Token = Token(0);
pub(crate) const WAKER: Token = Token(1);

/// How JavaScript is woken: once for everything that came up since it looked last.
pub(crate) struct Alarm {
    pub is_ringing: AtomicBool,
    pub ring: Box<dyn Fn() + Send + Sync>,
}

pub(crate) struct MediaThread {
    pub poll: Poll,
    pub socket: mio::net::UdpSocket,
    pub receiver: Receiver,
    pub switch: Switch,
    pub commands: Consumer<Command>,
    pub forwards: Vec<Consumer<Forwarded>>,
    pub alarm: Arc<Alarm>,
    pub stop: Arc<AtomicBool>,
}

impl MediaThread {
    /// Runs until it is told to stop. If it cannot, it writes down why and rings: its sessions are lost, the
    /// process and the other threads are not.
    pub fn live(self, grave: &OnceLock<String>) {
        let alarm = self.alarm.clone();
        // What a panic may leave half done is the thread's own, and goes with it.
        let end = catch_unwind(AssertUnwindSafe(move || self.run()));
        let message = match end {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(payload) => panic_message(&*payload),
        };
        let _ = grave.set(message);
        // Even where it rings already: the ring may be what failed.
        let _ = catch_unwind(AssertUnwindSafe(|| (alarm.ring)()));
    }

    fn run(mut self) -> std::io::Result<()> {
        priority::raise();
        self.poll
            .registry()
            .register(&mut self.socket, SOCKET, Interest::READABLE)?;
        let mut events = Events::with_capacity(8);
        // The poll reports a socket once and again only after it was read empty.
        let mut is_readable = true;
        while !self.stop.load(Ordering::Acquire) {
            let wait = if is_readable {
                Some(Duration::ZERO)
            } else {
                self.wait()
            };
            match self.poll.poll(&mut events, wait) {
                Err(error) if error.kind() != std::io::ErrorKind::Interrupted => return Err(error),
                _ => is_readable |= events.iter().any(|event| event.token() == SOCKET),
            }
            self.obey();
            if is_readable {
                is_readable = self.receive_batch();
            }
            self.take_forwarded();
            let now = self.switch.output.clock.now();
            self.switch.fire_timers(now);
            self.switch.hand_over_owed();
            self.wake_others();
        }
        Ok(())
    }

    fn wait(&self) -> Option<Duration> {
        let now = self.switch.output.clock.now();
        let deadline = self.switch.deadline()?;
        Some(Duration::from_micros((deadline - now).0))
    }

    fn obey(&mut self) {
        let now = self.switch.output.clock.now();
        while let Ok(command) = self.commands.pop() {
            self.switch.obey(command, now);
        }
    }

    /// One batch; false where the socket is empty.
    fn receive_batch(&mut self) -> bool {
        let trains = match self.receiver.receive(&self.socket) {
            Ok(trains) => trains,
            Err(error) => return is_about_one_datagram(error.kind()),
        };
        let stamp = self.switch.output.clock.stamp();
        for at in 0..trains {
            let (meta, train) = self.receiver.train(at);
            let (from, local) = (address::canonical(meta.addr), meta.dst_ip);
            let arrival = stamp.arrival(meta.timestamp);
            let stride = meta.stride.max(1);
            for datagram in train.chunks_mut(stride) {
                self.switch.receive(arrival, from, local, datagram);
            }
        }
        true
    }

    fn take_forwarded(&mut self) {
        for ring in &mut self.forwards {
            // No more than are there now, so that a busy neighbour cannot keep this thread here.
            for _ in 0..ring.slots() {
                let Ok(mut forwarded) = ring.pop() else { break };
                let Forwarded {
                    handle,
                    arrival,
                    is_rtcp,
                    length,
                    ..
                } = forwarded;
                self.switch
                    .session_input(handle, arrival, is_rtcp, &mut forwarded.data[..length]);
            }
        }
    }

    fn wake_others(&mut self) {
        for neighbour in self.switch.neighbours.iter_mut().flatten() {
            if std::mem::take(&mut neighbour.is_wake_due) {
                // Fails only where the process has no descriptors left to wait with; the ring is
                // looked at on every turn anyway.
                let _ = neighbour.waker.wake();
            }
        }
        let is_due = std::mem::take(&mut self.switch.output.is_wake_due);
        if is_due && !self.alarm.is_ringing.swap(true, Ordering::AcqRel) {
            (self.alarm.ring)();
        }
    }
}

/// Whether there may be more behind an error: an ICMP answer to something sent before, or a signal. All
/// others wait for the poll's next word, so that no error can keep the thread busy.
fn is_about_one_datagram(error: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error, ConnectionRefused | ConnectionReset | Interrupted)
}
