//! Whose a datagram is. Every media thread has its own copy, so that a look-up takes no lock: sessions are
//! announced to all threads by command, and addresses that STUN requests come from are learnt by the
//! thread that sees them (the kernel gives all datagrams of one peer to one socket).

use std::collections::HashMap;
use std::net::SocketAddr;

use remotemedia_session::Micros;

use crate::handle::Handle;

/// Most addresses remembered for a session: ICE tries few, an attacker many.
const MAX_ADDRESSES: usize = 32;

/// An address may go over to another session when its own has not heard from it for this long: browsers
/// reuse ports, but nobody may take a living session's address by naming it in a candidate.
const IDLE: Micros = Micros(2_000_000);

/// A session and the thread that owns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub handle: Handle,
    pub thread: usize,
}

#[derive(Default)]
pub(crate) struct Routes {
    by_ufrag: HashMap<Box<[u8]>, Route>,
    by_address: HashMap<SocketAddr, Known>,
    sessions: HashMap<Handle, Session>,
}

struct Known {
    route: Route,
    seen: Micros,
}

struct Session {
    ufrag: Box<[u8]>,
    addresses: Vec<SocketAddr>,
}

impl Routes {
    /// A new session.
    pub fn open(&mut self, route: Route, ufrag: Box<[u8]>) {
        self.by_ufrag.insert(ufrag.clone(), route);
        let addresses = Vec::new();
        self.sessions
            .insert(route.handle, Session { ufrag, addresses });
    }

    /// A session is gone, and its addresses with it.
    pub fn close(&mut self, handle: Handle) {
        let Some(session) = self.sessions.remove(&handle) else {
            return;
        };
        self.by_ufrag.remove(&session.ufrag);
        for address in session.addresses {
            if self
                .by_address
                .get(&address)
                .is_some_and(|known| known.route.handle == handle)
            {
                self.by_address.remove(&address);
            }
        }
    }

    /// The session that a STUN request names.
    pub fn by_ufrag(&self, ufrag: &[u8]) -> Option<Route> {
        self.by_ufrag.get(ufrag).copied()
    }

    /// The session that this address belongs to.
    pub fn by_address(&mut self, address: SocketAddr, now: Micros) -> Option<Route> {
        let known = self.by_address.get_mut(&address)?;
        known.seen = now;
        Some(known.route)
    }

    /// The session may be reached at, or was asked for from, this address. Another living session keeps
    /// what is its own.
    pub fn learn(&mut self, address: SocketAddr, route: Route, now: Micros) {
        let is_anothers = self
            .by_address
            .get(&address)
            .is_some_and(|known| known.route != route && now - known.seen < IDLE);
        if !is_anothers {
            self.claim(address, route, now);
        }
    }

    /// ICE has validated this address for the session.
    pub fn claim(&mut self, address: SocketAddr, route: Route, now: Micros) {
        let Some(session) = self.sessions.get_mut(&route.handle) else {
            return;
        };
        if !session.addresses.contains(&address) {
            if session.addresses.len() == MAX_ADDRESSES {
                return;
            }
            session.addresses.push(address);
        }
        self.by_address.insert(address, Known { route, seen: now });
    }

    /// Addresses known, of all sessions.
    #[cfg(test)]
    fn address_count(&self) -> usize {
        self.by_address.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(slot: u16) -> Route {
        Route {
            handle: Handle::new(slot, 0),
            thread: 0,
        }
    }

    fn peer(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn two_sessions() -> Routes {
        let mut routes = Routes::default();
        routes.open(route(0), b"aaaa"[..].into());
        routes.open(route(1), b"bbbb"[..].into());
        routes
    }

    #[test]
    fn a_session_is_found_by_ufrag_and_by_address_until_it_closes() {
        let mut routes = two_sessions();
        routes.learn(peer(1), route(0), Micros(0));
        assert_eq!(routes.by_ufrag(b"aaaa"), Some(route(0)));
        assert_eq!(routes.by_address(peer(1), Micros(1)), Some(route(0)));
        routes.close(route(0).handle);
        assert_eq!(routes.by_ufrag(b"aaaa"), None);
        assert_eq!(routes.by_address(peer(1), Micros(2)), None);
        assert_eq!(routes.by_ufrag(b"bbbb"), Some(route(1)));
    }

    #[test]
    fn nobody_takes_the_address_of_a_living_session() {
        let mut routes = two_sessions();
        routes.learn(peer(1), route(0), Micros(0));
        assert_eq!(
            routes.by_address(peer(1), Micros(5_000_000)),
            Some(route(0))
        );
        routes.learn(peer(1), route(1), Micros(6_000_000));
        assert_eq!(
            routes.by_address(peer(1), Micros(6_000_000)),
            Some(route(0))
        );
        routes.learn(peer(1), route(1), Micros(9_000_000));
        assert_eq!(
            routes.by_address(peer(1), Micros(9_000_000)),
            Some(route(1))
        );
        routes.close(route(0).handle);
        assert_eq!(
            routes.by_address(peer(1), Micros(9_000_000)),
            Some(route(1))
        );
    }

    #[test]
    fn addresses_of_a_session_are_bounded_and_leave_with_it() {
        let mut routes = two_sessions();
        for port in 1..1_000 {
            routes.learn(peer(port), route(0), Micros(0));
        }
        assert_eq!(routes.address_count(), MAX_ADDRESSES);
        routes.close(route(0).handle);
        assert_eq!(routes.address_count(), 0);
    }
}
