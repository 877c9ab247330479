//! A media thread that dies by a bug outside all sessions. The bug is here in the ring, which is the only code
//! of the caller that runs on a media thread.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use remotemedia_plane::{Handle, Plane, PlaneConfig};
use support::{CHATTER, Peer, until};

/// A plane whose ring panics once when it is told to.
fn fragile_plane(threads: usize) -> (Plane, Arc<AtomicBool>) {
    let is_armed = Arc::<AtomicBool>::default();
    let config = PlaneConfig {
        bind: Some("127.0.0.1".parse().unwrap()),
        threads,
        ..PlaneConfig::default()
    };
    let trap = is_armed.clone();
    let ring = move || assert!(!trap.swap(false, SeqCst), "asked for by the test");
    (Plane::new(&config, Box::new(ring)).unwrap(), is_armed)
}

/// Has the thread of this peer's session die, and returns the sessions that are reported lost.
fn kill_thread_of(peer: &mut Peer, plane: &mut Plane, is_armed: &AtomicBool) -> Vec<Handle> {
    plane.drain();
    is_armed.store(true, SeqCst);
    peer.send(&[CHATTER]);
    let closed = until(|| Some(plane.drain().closed).filter(|closed| !closed.is_empty()));
    for (_, failure) in &closed {
        assert_eq!(failure.code, "media_thread_failed");
        assert_eq!(failure.message, "asked for by the test");
    }
    closed.into_iter().map(|(handle, _)| handle).collect()
}

#[test]
fn its_sessions_are_reported_and_the_others_live_on() {
    let (mut plane, is_armed) = fragile_plane(2);
    let mut peers: Vec<_> = (0..8)
        .map(|number| Peer::connect(&mut plane, number))
        .collect();
    peers.iter_mut().for_each(|peer| peer.echoes(&[1; 20]));
    let waiting = plane.open_session("waiting0").unwrap();

    let lost = kill_thread_of(&mut peers[0], &mut plane, &is_armed);
    assert!(lost.contains(&peers[0].handle) && lost.contains(&waiting));
    let (mut dead, mut alive): (Vec<_>, Vec<_>) = peers
        .into_iter()
        .partition(|peer| lost.contains(&peer.handle));
    assert_eq!((dead.len(), alive.len(), lost.len()), (4, 4, 5));
    assert!(plane.drain().closed.is_empty(), "they are told once");

    // Half of them arrived at the dead thread's socket until now.
    alive.iter_mut().for_each(|peer| peer.echoes(&[2; 20]));
    Peer::connect(&mut plane, 9).echoes(&[3; 20]);
    dead[0].send(&[4; 20]);
    for peer in dead.drain(..) {
        plane.close_session(peer.handle);
    }
    assert_eq!(plane.report().sessions, 6);
    assert_eq!(plane.report().sessions_on_threads, 5);
    alive.iter_mut().for_each(|peer| peer.echoes(&[5; 20]));
}

#[test]
fn the_last_one_leaves_a_plane_that_says_so() {
    let (mut plane, is_armed) = fragile_plane(1);
    let mut peer = Peer::connect(&mut plane, 0);
    peer.echoes(&[1; 20]);
    let lost = kill_thread_of(&mut peer, &mut plane, &is_armed);
    assert_eq!(lost, [peer.handle]);
    assert_eq!(
        plane.open_session("abcd").unwrap_err().code(),
        "media_thread_failed"
    );
    // The last words of a session still go out.
    let address = peer.socket.local_addr().unwrap();
    plane
        .send_datagram(peer.handle, &[23; 40], address, None)
        .unwrap();
    let mut buffer = [0; 100];
    assert_eq!(peer.socket.recv(&mut buffer).unwrap(), 40);
    plane.close_session(peer.handle);
    plane.close();
}
