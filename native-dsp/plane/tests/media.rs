//! Media over real loopback sockets: what a peer sends comes back, and nobody harms anybody else.

mod support;

use remotemedia_core::event::EndReason;
use remotemedia_plane::srtp::Profile;
use remotemedia_plane::{Plane, PlaneConfig, PlaneError};
use support::{
    CHATTER, Echo, FAIL, PANIC, Peer, bursts, discarded, plane, refused, start, until,
    voice_enhance,
};

#[test]
fn packets_come_back_under_every_profile() {
    let mut plane = plane(1);
    for (number, profile) in (0..).zip(Profile::ALL) {
        let mut peer = Peer::with(&mut plane, number, profile, Echo::boxed());
        for round in 0..200 {
            peer.echoes(&[round; 90]);
        }
        let report = plane.session_report(peer.handle).unwrap();
        assert!(report.media.packets_received >= 199, "{profile:?}");
        assert!(
            report.latency.count >= 199
                && report.latency.p99 > 0
                && report.latency.p50 <= report.latency.p99
        );
        assert!(report.processing.p50 <= report.latency.max);
    }
}

#[test]
fn a_wrong_key_is_counted_and_harms_nothing() {
    let mut plane = plane(1);
    let mut peer = Peer::connect(&mut plane, 0);
    let mut packet = peer.packet(&[1; 50]);
    packet[30] ^= 1;
    peer.socket.send(&packet).unwrap();
    peer.echoes(&[2; 50]);
    until(|| (refused(&plane, peer.handle, "srtp_unauthentic") == 1).then_some(()));
}

#[test]
fn a_replayed_packet_is_answered_once() {
    let mut plane = plane(1);
    let mut peer = Peer::connect(&mut plane, 0);
    let packet = peer.packet(&[1; 50]);
    for _ in 0..3 {
        peer.socket.send(&packet).unwrap();
    }
    assert_eq!(peer.receive(), [1; 50]);
    peer.echoes(&[2; 50]);
    until(|| (refused(&plane, peer.handle, "srtp_replayed") == 2).then_some(()));
}

#[test]
fn garbage_with_any_first_octet_is_dropped_from_strangers_and_from_peers() {
    let mut plane = plane(1);
    let mut peer = Peer::connect(&mut plane, 0);
    let stranger = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.connect(peer.socket.peer_addr().unwrap()).unwrap();
    for first in 0..=255u8 {
        for length in [1, 2, 12, 40, 1400] {
            let mut garbage = vec![first ^ 0x5a; length];
            garbage[0] = first;
            stranger.send(&garbage).unwrap();
            // DTLS from a peer goes up, whatever it holds: werift judges it.
            if !(20..=63).contains(&first) {
                peer.socket.send(&garbage).unwrap();
            }
            // One at a time, so that the kernel's buffer loses none of them.
            let sent = u64::from(first) * 5;
            until(|| (plane.report().received >= sent).then_some(()));
        }
    }
    stranger.send(&[0x80; 2000]).unwrap();
    peer.echoes(&[3; 50]);
    // Of the first octets, 44 are DTLS and 64 are media, which takes two octets at least.
    assert_eq!(discarded(&plane, "unknown_source"), 44 * 5 + 64 * 4);
    assert_eq!(discarded(&plane, "malformed"), 2 * (148 * 5 + 64));
    assert_eq!(discarded(&plane, "oversize"), 1);
    assert!(
        plane.drain().datagrams.is_empty(),
        "nothing of it reaches JavaScript"
    );
}

#[test]
fn a_hundred_sessions_on_several_threads_hear_their_own_echo() {
    let mut plane = plane(3);
    let mut peers: Vec<_> = (0..100)
        .map(|number| Peer::connect(&mut plane, number))
        .collect();
    for round in 0..10 {
        for peer in &mut peers {
            let payload = [peer.ssrc as u8 % 250, round];
            peer.send(&payload);
        }
        for peer in &mut peers {
            assert_eq!(peer.receive(), [peer.ssrc as u8 % 250, round]);
        }
    }
    let report = plane.report();
    assert_eq!((report.sessions, report.sessions_on_threads), (100, 100));
    assert!(
        report.forwarded > 0,
        "two thirds arrive at a socket of another thread"
    );
    assert_eq!(discarded(&plane, "forward_ring_full"), 0);
}

#[test]
fn sessions_leave_while_packets_flow() {
    let mut plane = plane(2);
    let mut peers: Vec<_> = (0..20)
        .map(|number| Peer::connect(&mut plane, number))
        .collect();
    for round in 0..20u8 {
        for peer in &mut peers {
            peer.send(&[round; 100]);
        }
        let gone = peers.pop().unwrap();
        plane.close_session(gone.handle);
        plane.close_session(gone.handle);
        assert!(matches!(
            plane.session_report(gone.handle),
            Err(PlaneError::UnknownHandle)
        ));
        for peer in &mut peers {
            assert_eq!(peer.receive(), [round; 100]);
        }
    }
    assert_eq!(plane.report().sessions, 0);
    until(|| (plane.report().sessions_on_threads == 0).then_some(()));
    assert!(
        plane.drain().closed.is_empty(),
        "who closes a session need not be told"
    );
}

#[test]
fn what_closed_sessions_counted_stays_in_the_total() {
    let mut plane = plane(2);
    for number in 0..4 {
        let mut peer = Peer::connect(&mut plane, number);
        peer.echoes(&[7; 60]);
        peer.echoes(&[8; 60]);
        if number > 0 {
            plane.close_session(peer.handle);
        }
    }
    until(|| {
        plane.drain();
        (plane.report().sessions_on_threads == 1).then_some(())
    });
    let total = plane.total();
    assert_eq!((total.sessions, total.latency_us.count()), (4, 8));
    assert_eq!(total.packets_received, 8);
    assert!(total.latency_us.sum() >= total.processing_us.min());
}

#[test]
fn a_session_that_panics_or_whose_graph_fails_is_lost_alone_and_reported() {
    let mut plane = plane(1);
    let mut peers: Vec<_> = (0..3)
        .map(|number| Peer::connect(&mut plane, number))
        .collect();
    for (at, payload, code) in [(0, PANIC, "session_panicked"), (1, FAIL, "graph_failed")] {
        peers[at].send(&[payload]);
        let (handle, failure) = until(|| plane.drain().closed.pop());
        assert_eq!((handle, failure.code), (peers[at].handle, code));
        assert_eq!(failure.message, "asked for by the test");
    }
    peers[2].echoes(&[9; 60]);
    assert_eq!(plane.report().sessions_on_threads, 1);
    assert_eq!(
        plane.report().sessions,
        3,
        "slots are kept until they are closed, so that stats can be read"
    );
    peers[0].send(&[1; 60]);
    until(|| (discarded(&plane, "media_not_started") == 1).then_some(()));
    peers
        .iter()
        .for_each(|peer| plane.close_session(peer.handle));
    until(|| (plane.report().sessions_on_threads == 0).then_some(()));
}

#[test]
fn events_past_the_ring_are_dropped_and_counted_and_media_flows_on() {
    let mut plane = plane(1);
    let mut peer = Peer::connect(&mut plane, 0);
    for _ in 0..500 {
        peer.send(&[CHATTER]);
        peer.echoes(&[1; 20]);
    }
    let batch = plane.drain();
    assert_eq!(batch.events.len() as u64 + batch.dropped, 5_000);
    assert!(
        batch.dropped > 0
            && batch
                .events
                .iter()
                .all(|(handle, _)| *handle == peer.handle)
    );
    assert_eq!(
        plane.session_report(peer.handle).unwrap().events_dropped,
        batch.dropped
    );
    assert_eq!(plane.drain().dropped, 0);
    plane.end_input(peer.handle, EndReason::Flush).unwrap();
    until(|| (plane.drain().events.len() == 1).then_some(()));
}

#[test]
fn media_moves_only_where_the_caller_says_and_comes_from_there() {
    let mut plane = plane(1);
    let mut peer = Peer::connect(&mut plane, 0);
    peer.echoes(&[1; 20]);
    let other = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    other.connect(peer.socket.peer_addr().unwrap()).unwrap();
    other
        .set_read_timeout(peer.socket.read_timeout().unwrap())
        .unwrap();
    let packet = peer.packet(&[2; 20]);
    other.send(&packet).unwrap();
    until(|| (discarded(&plane, "unknown_source") == 1).then_some(()));
    plane
        .set_remote_address(peer.handle, other.local_addr().unwrap(), None)
        .unwrap();
    peer.socket = other;
    peer.echoes(&[3; 20]);
}

#[test]
fn mistakes_of_the_caller_have_codes() {
    let mut plane = plane(1);
    let handle = plane.open_session("abcd").unwrap();
    let peer = "127.0.0.1:9".parse().unwrap();
    let code = |result: Result<(), PlaneError>| result.unwrap_err().code();
    assert_eq!(
        plane.open_session("abcd").unwrap_err().code(),
        "duplicate_ufrag"
    );
    assert_eq!(
        plane.open_session("a:b:c").unwrap_err().code(),
        "invalid_options"
    );
    assert_eq!(
        code(plane.end_input(handle, EndReason::Mute)),
        "media_not_started"
    );
    let nowhere = "0.0.0.0:0".parse().unwrap();
    assert_eq!(
        code(start(
            &mut plane,
            handle,
            Profile::AeadAes128Gcm,
            nowhere,
            Echo::boxed()
        )),
        "invalid_address"
    );
    start(
        &mut plane,
        handle,
        Profile::AeadAes128Gcm,
        peer,
        Echo::boxed(),
    )
    .unwrap();
    assert_eq!(
        code(start(
            &mut plane,
            handle,
            Profile::AeadAes128Gcm,
            peer,
            Echo::boxed()
        )),
        "media_already_started"
    );
    plane.close_session(handle);
    assert_eq!(
        code(plane.set_remote_address(handle, peer, None)),
        "unknown_handle"
    );
    plane.close();
    plane.close();
    assert_eq!(
        plane.open_session("abcd").unwrap_err().code(),
        "plane_closed"
    );
    assert!(plane.drain().events.is_empty());
}

#[test]
fn slots_are_bounded_and_come_back() {
    let config = PlaneConfig {
        max_sessions: 2,
        threads: 1,
        ..PlaneConfig::default()
    };
    let mut plane = remotemedia_plane::Plane::new(&config, Box::new(|| {})).unwrap();
    let first = plane.open_session("aaaa").unwrap();
    plane.open_session("bbbb").unwrap();
    assert_eq!(
        plane.open_session("cccc").unwrap_err().code(),
        "too_many_sessions"
    );
    plane.close_session(first);
    assert_ne!(plane.open_session("aaaa").unwrap(), first);
}

#[test]
fn a_port_in_use_is_an_error_whatever_the_number_of_threads() {
    let first = plane(2);
    for threads in [1, 2] {
        let config = PlaneConfig {
            bind: Some("127.0.0.1".parse().unwrap()),
            port: first.port(),
            threads,
            ..PlaneConfig::default()
        };
        let second = remotemedia_plane::Plane::new(&config, Box::new(|| {}));
        assert_eq!(second.err().unwrap().code(), "bind_failed");
    }
}

#[test]
fn tapped_audio_that_nobody_fetches_is_lost_and_counted() {
    let mut plane = plane(1);
    let media = Box::new(voice_enhance());
    let mut peer = Peer::with(&mut plane, 0, Profile::AeadAes128Gcm, media);
    plane.tap(peer.handle, "denoise", true).unwrap();
    let handle = peer.handle;
    let report = |plane: &Plane| plane.session_report(handle).unwrap();
    for (sent, payload) in (1..).zip(bursts(300)) {
        let packet = peer.packet(&payload);
        peer.socket.send(&packet).unwrap();
        until(|| (report(&plane).media.packets_received == sent).then_some(()));
    }
    // The ring holds 200 frames of 480 samples.
    until(|| (report(&plane).audio_frames_dropped == 400).then_some(()));
    let positions: Vec<i64> = plane
        .drain()
        .tapped
        .iter()
        .map(|it| it.1.position)
        .collect();
    assert_eq!(positions.len(), 200);
    assert!(positions.windows(2).all(|pair| pair[1] - pair[0] == 480));
    assert!(plane.drain().tapped.is_empty());
}
