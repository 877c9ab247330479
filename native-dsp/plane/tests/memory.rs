//! Memory of a running session: `cargo test -p remotemedia-plane --test memory -- --nocapture` prints it.
#![cfg(target_os = "linux")]

mod support;

use remotemedia_plane::Plane;
use remotemedia_plane::srtp::Profile;
use support::{Peer, bursts, plane, until, voice_enhance};

const SESSIONS: usize = 50;
/// One second of 20 ms each.
const PACKETS: usize = 50;
const MAX_BYTES: usize = 2_000_000;

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1));
    kibibytes.unwrap().parse::<usize>().unwrap() * 1024
}

/// Sessions of voice-enhance that have had a second of audio, each a packet at a time in turn.
fn talk(plane: &mut Plane, numbers: std::ops::Range<u32>, audio: &[Vec<u8>]) -> Vec<Peer> {
    let mut peers: Vec<_> = numbers
        .map(|number| {
            let media = Box::new(voice_enhance());
            Peer::with(plane, number, Profile::AeadAes128Gcm, media)
        })
        .collect();
    for (at, payload) in audio.iter().enumerate() {
        for peer in &mut peers {
            peer.send(payload);
        }
        for peer in &peers {
            until(|| {
                plane.drain();
                let report = plane.session_report(peer.handle).unwrap();
                (report.media.packets_received as usize > at).then_some(())
            });
        }
    }
    peers
}

#[test]
fn a_session_of_voice_enhance_stays_under_two_megabytes() {
    let audio = bursts(PACKETS);
    let mut plane = plane(1);
    // What all sessions share is there after the first.
    let _first = talk(&mut plane, 0..1, &audio);
    let before = resident();
    let _peers = talk(&mut plane, 1..1 + SESSIONS as u32, &audio);
    assert_eq!(plane.report().sessions_on_threads as usize, 1 + SESSIONS);
    let bytes = resident().saturating_sub(before) / SESSIONS;
    println!("{bytes} bytes per session");
    assert!((10_000..MAX_BYTES).contains(&bytes), "{bytes} bytes");
}
