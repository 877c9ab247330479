//! CPU time of transport alone, in microseconds a packet: SRTP in, SRTP out over loopback, with sessions
//! that send every packet back, and SRTP by itself beside another implementation. JSON lines.
//!
//! `cargo run --release -p remotemedia-plane --example transport_cost [sessions] [packets]`

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use remotemedia_plane::srtp::{Inbound, MAX_OVERHEAD, MasterKeys, Outbound, Profile};
use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;
use support::{KEY, Peer, SALT};

/// 64 kb/s of Opus in 20 ms packets.
const PAYLOAD: usize = 160;

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|text| text.parse().expect("a number"));
    let sessions = arguments.next().unwrap_or(20);
    let packets = arguments.next().unwrap_or(100_000);
    echo(sessions, packets);
    srtp(packets);
}

fn echo(sessions: u32, packets: u32) {
    let mut plane = support::plane(1);
    let mut peers: Vec<_> = (0..sessions)
        .map(|number| Peer::connect(&mut plane, number))
        .collect();
    peers.iter_mut().for_each(|peer| peer.echoes(&[1; PAYLOAD]));
    let media_thread_before = media_thread_cpu();
    let started = Instant::now();
    for _ in 0..packets / sessions {
        peers.iter_mut().for_each(|peer| peer.send(&[1; PAYLOAD]));
        peers.iter_mut().for_each(|peer| drop(peer.receive()));
    }
    let count = packets / sessions * sessions;
    let wall = started.elapsed();
    let cpu = media_thread_cpu() - media_thread_before;
    let report = plane
        .session_report(peers[0].handle)
        .expect("an open session");
    println!(
        r#"{{"name":"transport_echo","sessions":{sessions},"packets":{count},"cpu_us_per_packet":{:.2},"packets_per_second":{:.0},"latency_us":{{"p50":{},"p99":{},"max":{}}}}}"#,
        per_packet(cpu, count),
        f64::from(count) / wall.as_secs_f64(),
        report.latency.p50,
        report.latency.p99,
        report.latency.max,
    );
}

/// CPU time that the media thread has used, by the kernel's account, to the nanosecond.
fn media_thread_cpu() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task")
        .expect("Linux")
        .flatten();
    let is_media = |path: &std::path::Path| {
        std::fs::read_to_string(path.join("comm")).is_ok_and(|name| name.starts_with("media-"))
    };
    let path = threads
        .map(|entry| entry.path())
        .find(|path| is_media(path))
        .expect("a media thread");
    let text = std::fs::read_to_string(path.join("schedstat")).expect("schedstat");
    let nanoseconds = text
        .split_whitespace()
        .next()
        .and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}

fn srtp(packets: u32) {
    let profiles = [
        (Profile::AeadAes128Gcm, ProtectionProfile::AeadAes128Gcm),
        (
            Profile::Aes128CmHmacSha1_80,
            ProtectionProfile::Aes128CmHmacSha1_80,
        ),
    ];
    for (profile, name) in profiles {
        let (key, salt) = (&KEY[..profile.key_len()], &SALT[..profile.salt_len()]);
        let master = MasterKeys::new(profile, key, salt).expect("lengths fit");
        let (mut outbound, mut inbound) = (Outbound::new(&master), Inbound::new(&master));
        let ours = timed(packets, |packet| {
            let mut buffer = [0; 12 + PAYLOAD + MAX_OVERHEAD];
            buffer[..packet.len()].copy_from_slice(packet);
            let length = outbound
                .protect_rtp(&mut buffer, packet.len())
                .expect("in sequence");
            black_box(inbound.open_rtp(&mut buffer[..length]).expect("our key"));
        });
        let crypto = rtc_crypto::default_provider().expect("ring");
        let context =
            || Context::new(key, salt, name, None, None, crypto.crypto()).expect("lengths fit");
        let (mut protector, mut opener) = (context(), context());
        let theirs = timed(packets, |packet| {
            let wire = protector.encrypt_rtp(packet).expect("in sequence");
            black_box(opener.decrypt_rtp(&wire).expect("our key"));
        });
        println!(
            r#"{{"name":"srtp_protect_and_open","profile":"{profile:?}","us_per_packet":{:.3},"rtc_srtp_us_per_packet":{:.3}}}"#,
            per_packet(ours, packets),
            per_packet(theirs, packets),
        );
    }
}

fn timed(packets: u32, mut work: impl FnMut(&[u8])) -> Duration {
    let mut packet = [0; 12 + PAYLOAD];
    packet[0] = 0x80;
    let started = Instant::now();
    for sequence in 0..packets {
        packet[2..4].copy_from_slice(&(sequence as u16).to_be_bytes());
        work(&packet);
    }
    started.elapsed()
}

fn per_packet(duration: Duration, packets: u32) -> f64 {
    duration.as_secs_f64() * 1e6 / f64::from(packets)
}
