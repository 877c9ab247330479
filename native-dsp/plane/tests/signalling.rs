//! STUN and DTLS on their way up, and down again.

mod support;

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use remotemedia_plane::{Plane, PlaneConfig};
use support::{discarded, plane, stun, until};

fn peer_of(plane: &Plane, address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(format!("{address}:0")).unwrap();
    socket
        .connect(format!("{address}:{}", plane.port()))
        .unwrap();
    socket
        .set_read_timeout(Some(std::time::Duration::from_secs(5)))
        .unwrap();
    socket
}

#[test]
fn a_request_finds_its_session_by_ufrag_and_what_follows_by_address() {
    let mut plane = plane(2);
    let one = plane.open_session("gate1").unwrap();
    let two = plane.open_session("gate2").unwrap();
    for (handle, ufrag) in [
        (one, "gate1:peer"),
        (two, "gate2:peer"),
        (one, "gate1:peer"),
    ] {
        let socket = peer_of(&plane, "127.0.0.1");
        let request = stun(1, ufrag);
        socket.send(&request).unwrap();
        socket.send(&[22, 254, 253, 0]).unwrap();
        socket.send(&stun(0x0101, "no matter")).unwrap();
        let mut datagrams = Vec::new();
        until(|| {
            datagrams.extend(plane.drain().datagrams);
            (datagrams.len() == 3).then_some(())
        });
        assert!(datagrams.iter().all(|datagram| datagram.handle == handle));
        assert_eq!(datagrams[0].data(), request);
        assert_eq!(datagrams[1].data(), [22, 254, 253, 0]);
        assert_eq!(datagrams[0].address, socket.local_addr().unwrap());
        assert_eq!(datagrams[0].local, Some("127.0.0.1".parse().unwrap()));
    }
}

#[test]
fn a_request_for_nobody_is_dropped_and_its_source_stays_unknown() {
    let mut plane = plane(1);
    let handle = plane.open_session("gate1").unwrap();
    let socket = peer_of(&plane, "127.0.0.1");
    socket.send(&stun(1, "gate9:peer")).unwrap();
    socket.send(&[22, 254, 253, 0]).unwrap();
    until(|| (discarded(&plane, "unknown_source") == 1).then_some(()));
    assert_eq!(discarded(&plane, "unknown_ufrag"), 1);
    plane.close_session(handle);
    socket.send(&stun(1, "gate1:peer")).unwrap();
    until(|| (discarded(&plane, "unknown_ufrag") == 2).then_some(()));
    assert!(plane.drain().datagrams.is_empty());
}

#[test]
fn answers_come_from_the_one_port_over_ipv4_and_ipv6() {
    let config = PlaneConfig {
        threads: 2,
        ..PlaneConfig::default()
    };
    let mut plane = Plane::new(&config, Box::new(|| {})).unwrap();
    let handle = plane.open_session("gate1").unwrap();
    for address in ["127.0.0.1", "[::1]"] {
        if UdpSocket::bind(format!("{address}:0")).is_err() {
            eprintln!("no {address} here");
            continue;
        }
        let socket = peer_of(&plane, address);
        // The peer was not heard of before: it is known because the caller sent to it.
        plane
            .send_datagram(handle, &[1, 1, 0, 0], socket.local_addr().unwrap(), None)
            .unwrap();
        let mut buffer = [0; 100];
        assert_eq!(socket.recv(&mut buffer).unwrap(), 4);
        socket.send(&[22, 1]).unwrap();
        let datagram = until(|| plane.drain().datagrams.pop());
        assert_eq!(
            (datagram.address, datagram.data()),
            (socket.local_addr().unwrap(), &[22, 1][..])
        );
        plane
            .send_datagram(handle, &[22, 2], datagram.address, datagram.local)
            .unwrap();
        assert_eq!(socket.recv(&mut buffer).unwrap(), 2);
    }
}

#[test]
fn a_full_ring_drops_the_newest_and_wakes_once() {
    let wakes = Arc::new(AtomicU64::new(0));
    let count = wakes.clone();
    let config = PlaneConfig {
        threads: 1,
        ..PlaneConfig::default()
    };
    let ring = move || {
        count.fetch_add(1, Ordering::Relaxed);
    };
    let mut plane = Plane::new(&config, Box::new(ring)).unwrap();
    plane.open_session("gate1").unwrap();
    let socket = peer_of(&plane, "127.0.0.1");
    for sent in 1..=600u16 {
        let mut request = stun(1, "gate1:peer");
        request[8..10].copy_from_slice(&sent.to_be_bytes());
        socket.send(&request).unwrap();
        until(|| (plane.report().received == u64::from(sent)).then_some(()));
    }
    until(|| (discarded(&plane, "ring_full") == 600 - 512).then_some(()));
    assert_eq!(wakes.load(Ordering::Relaxed), 1);
    let batch = plane.drain();
    assert_eq!((batch.datagrams.len(), batch.dropped), (512, 88));
    assert_eq!(batch.datagrams[0].data()[8..10], [0, 1]);
    socket.send(&stun(1, "gate1:peer")).unwrap();
    until(|| (wakes.load(Ordering::Relaxed) == 2).then_some(()));
}
