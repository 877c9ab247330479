//! The heart of a media thread: every datagram to where it belongs, and the sessions it owns.

use std::any::Any;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use remotemedia_session::Micros;
use rtrb::Producer;

use crate::counters::Discard;
use crate::datagram::{self, Kind, Stun};
use crate::handle::Handle;
use crate::links::{Command, Failure, Forwarded, MAX_DATAGRAM, Retired, Upward};
use crate::output::Output;
use crate::routes::{Route, Routes};
use crate::session::Session;

/// The way to another thread.
pub(crate) struct Neighbour {
    pub ring: Producer<Forwarded>,
    pub waker: Arc<mio::Waker>,
    pub is_wake_due: bool,
}

pub(crate) struct Switch {
    pub output: Output,
    pub routes: Routes,
    /// By thread; none for this one.
    pub neighbours: Vec<Option<Neighbour>>,
    /// By slot.
    pub sessions: Vec<Option<Box<Session>>>,
    /// By slot, in microseconds; `u64::MAX` for none. Apart from the sessions, so that the scan is quick.
    pub deadlines: Vec<u64>,
    /// What found the ring full on its way up and must not be lost: sessions, and answers that somebody waits for.
    pub owed: VecDeque<Upward>,
}

impl Switch {
    /// A datagram from the socket.
    pub fn receive(
        &mut self,
        arrival: Micros,
        from: SocketAddr,
        local: Option<IpAddr>,
        data: &mut [u8],
    ) {
        let counters = &self.output.counters;
        counters.received.increment();
        if data.len() > MAX_DATAGRAM {
            return counters.discard(Discard::Oversize);
        }
        let kind = datagram::kind(data);
        let found = match kind {
            Kind::Unknown => Err(Discard::Malformed),
            Kind::Stun => self.route_stun(arrival, from, data),
            _ => self
                .routes
                .by_address(from, arrival)
                .ok_or(Discard::UnknownSource),
        };
        match (found, kind) {
            (Err(reason), _) => self.output.counters.discard(reason),
            (Ok(route), Kind::Rtp | Kind::Rtcp) => {
                self.media(route, arrival, kind == Kind::Rtcp, data)
            }
            (Ok(route), _) => self.output.push_datagram(route.handle, from, local, data),
        }
    }

    /// A request names its session, and makes its source known; answers go by their source.
    fn route_stun(&mut self, now: Micros, from: SocketAddr, data: &[u8]) -> Result<Route, Discard> {
        match datagram::stun(data) {
            Stun::Malformed => Err(Discard::Malformed),
            Stun::Other => self
                .routes
                .by_address(from, now)
                .ok_or(Discard::UnknownSource),
            Stun::RequestFor(ufrag) => {
                let route = self.routes.by_ufrag(ufrag).ok_or(Discard::UnknownUfrag)?;
                self.routes.learn(from, route, now);
                Ok(route)
            }
        }
    }

    fn media(&mut self, route: Route, arrival: Micros, is_rtcp: bool, data: &mut [u8]) {
        let Some(neighbour) = &mut self.neighbours[route.thread] else {
            return self.session_input(route.handle, arrival, is_rtcp, data);
        };
        let mut forwarded = Forwarded {
            handle: route.handle,
            arrival,
            is_rtcp,
            length: data.len(),
            data: [0; MAX_DATAGRAM],
        };
        forwarded.data[..data.len()].copy_from_slice(data);
        neighbour.is_wake_due = true;
        match neighbour.ring.push(forwarded) {
            Ok(()) => self.output.counters.forwarded.increment(),
            Err(_) => self.output.counters.discard(Discard::ForwardRingFull),
        }
    }

    /// Media that this thread or another received for a session of this thread.
    pub fn session_input(
        &mut self,
        handle: Handle,
        arrival: Micros,
        is_rtcp: bool,
        data: &mut [u8],
    ) {
        let is_there = self.with_session(handle, |session, output| {
            session.receive(arrival, is_rtcp, data, output);
        });
        if !is_there {
            self.output.counters.discard(Discard::MediaNotStarted);
        }
    }

    /// Obeys JavaScript.
    pub fn obey(&mut self, command: Command, now: Micros) {
        match command {
            Command::Open { route, ufrag } => self.routes.open(route, ufrag),
            Command::Address {
                address,
                route,
                validated: true,
            } => self.routes.claim(address, route, now),
            Command::Address { address, route, .. } => self.routes.learn(address, route, now),
            Command::Start { session } => self.start(session),
            Command::Move {
                handle,
                remote,
                local,
            } => {
                self.with_session(handle, |session, _| {
                    (session.remote, session.local) = (remote, local)
                });
            }
            Command::EndInput { handle, reason } => {
                self.with_session(handle, |session, output| {
                    session.take_answers();
                    session.media.end_input(now, reason);
                    session.flush(output);
                });
            }
            Command::SetNodeState {
                handle,
                node_id,
                state,
            } => {
                self.with_session(handle, |session, _| {
                    session.media.set_node_state(&node_id, state);
                });
            }
            Command::Tap {
                handle,
                node_id,
                is_tapped,
                uplink,
            } => {
                self.with_session(handle, |session, _| {
                    if uplink.is_some() {
                        session.uplink = uplink;
                    }
                    session.media.set_tap(&node_id, is_tapped);
                });
            }
            Command::FlushAudio { handle } => {
                let mut frames = 0;
                self.with_session(handle, |session, _| frames = session.flush_audio());
                self.owed.push_back(Upward::Flushed(handle, frames));
                self.hand_over_owed();
            }
            Command::Close { handle } => {
                self.routes.close(handle);
                self.retire(handle, None);
            }
        }
    }

    /// Lets every session work whose deadline has passed.
    pub fn fire_timers(&mut self, now: Micros) {
        for slot in 0..self.deadlines.len() {
            if self.deadlines[slot] > now.0 {
                continue;
            }
            let Some(handle) = self.sessions[slot].as_ref().map(|session| session.handle) else {
                self.deadlines[slot] = u64::MAX;
                continue;
            };
            self.with_session(handle, |session, output| {
                session.take_answers();
                session.media.handle_timeout(now);
                session.flush(output);
            });
        }
    }

    /// When the next session wants to work.
    pub fn deadline(&self) -> Option<Micros> {
        let earliest = self.deadlines.iter().copied().min()?;
        (earliest != u64::MAX).then_some(Micros(earliest))
    }

    /// Sends up what had found the ring full. A retired session is never dropped here: freeing takes time.
    pub fn hand_over_owed(&mut self) {
        while let Some(owed) = self.owed.pop_front() {
            self.output.is_wake_due = true;
            if let Err(rtrb::PushError::Full(owed)) = self.output.upward.push(owed) {
                return self.owed.push_front(owed);
            }
        }
    }

    fn start(&mut self, session: Box<Session>) {
        let (handle, slot) = (session.handle, session.handle.slot());
        if self.sessions.len() <= slot {
            self.sessions.resize_with(slot + 1, || None);
            self.deadlines.resize(slot + 1, u64::MAX);
        }
        self.sessions[slot] = Some(session);
        self.output.counters.sessions.fetch_add(1, Relaxed);
        // Asks for the first deadline, and sends what the session has to say at once.
        self.with_session(handle, Session::flush);
    }

    /// Runs one piece of a session's work; false where the session is not here. A panic or a failed graph
    /// costs that session alone.
    fn with_session(
        &mut self,
        handle: Handle,
        work: impl FnOnce(&mut Session, &mut Output),
    ) -> bool {
        let slot = handle.slot();
        let Some(Some(session)) = self.sessions.get_mut(slot) else {
            return false;
        };
        if session.handle != handle {
            return false;
        }
        let output = &mut self.output;
        // What the panic may leave half done is the session itself, which is removed.
        let result = catch_unwind(AssertUnwindSafe(|| {
            work(session, output);
            let deadline = session
                .media
                .deadline()
                .map_or(u64::MAX, |deadline| deadline.0);
            (deadline, session.media.failure())
        }));
        match result {
            Ok((deadline, None)) => self.deadlines[slot] = deadline,
            Ok((_, Some(message))) => {
                let code = "graph_failed";
                self.retire(handle, Some(Failure { code, message }));
            }
            Err(payload) => {
                let (code, message) = ("session_panicked", panic_message(&*payload));
                self.retire(handle, Some(Failure { code, message }));
            }
        }
        true
    }

    fn retire(&mut self, handle: Handle, failure: Option<Failure>) {
        let slot = handle.slot();
        let is_here = |session: &mut Box<Session>| session.handle == handle;
        let Some(session) = self
            .sessions
            .get_mut(slot)
            .and_then(|session| session.take_if(is_here))
        else {
            return;
        };
        self.deadlines[slot] = u64::MAX;
        self.output.counters.sessions.fetch_sub(1, Relaxed);
        self.owed.push_back(Upward::Retired(Retired {
            handle,
            _session: session,
            failure,
        }));
        self.hand_over_owed();
    }
}

/// What a panic said, for people.
pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}
