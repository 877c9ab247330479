//! What is lost and can be restored is restored, with real Opus.

mod common;

use common::voice::{correlation, encode, voice};
use common::{FRAME, Packet, assert_media_is_exact, config, echo, run, stream};
use remotemedia_session::codec::{AudioDecoder, Concealment};
use remotemedia_session::opus::OpusDecoder;
use remotemedia_session::{MediaSession, Micros};

const FRAMES: usize = 500;

/// Decodes all packets; those of which `lost` is true by `recover(decoder, next packet, pcm)`.
fn decode(
    packets: &[Vec<u8>],
    lost: impl Fn(usize) -> bool,
    mut recover: impl FnMut(&mut OpusDecoder, &[u8], &mut [f32]),
) -> Vec<f32> {
    let mut decoder = OpusDecoder::new(Concealment::Classic).unwrap();
    let mut out = vec![0.0; packets.len() * FRAME as usize];
    for (n, pcm) in out.chunks_exact_mut(FRAME as usize).enumerate() {
        if lost(n) {
            recover(&mut decoder, &packets[n + 1], pcm);
        } else {
            assert_eq!(decoder.decode(&packets[n], pcm), Ok(FRAME as usize));
        }
    }
    out
}

fn lost(n: usize) -> bool {
    n % 10 == 5
}

/// Mean correlation of the lost frames with what they should have been.
fn likeness(intact: &[f32], recovered: &[f32]) -> f64 {
    let frames = intact
        .chunks_exact(FRAME as usize)
        .zip(recovered.chunks_exact(FRAME as usize))
        .enumerate()
        .filter(|(n, _)| lost(*n));
    let (sum, count) = frames.fold((0.0, 0), |(sum, count), (_, (a, b))| {
        (sum + correlation(a, b), count + 1)
    });
    sum / f64::from(count)
}

#[test]
fn in_band_fec_restores_what_concealment_only_guesses() {
    let packets = encode(&voice(FRAMES), 20);
    let intact = decode(&packets, |_| false, |_, _, _| ());
    let mut restorable = 0;
    let restored = decode(&packets, lost, |decoder, next, pcm| {
        let samples = decoder.fec_samples(next);
        restorable += usize::from(samples > 0);
        match samples {
            0 => decoder.conceal(pcm),
            _ => decoder.decode_fec(next, pcm),
        }
        .unwrap();
    });
    let concealed = decode(&packets, lost, |decoder, _, pcm| {
        decoder.conceal(pcm).unwrap();
    });
    assert!(restorable >= 40, "only {restorable} of 50 restorable");
    let (restored, concealed) = (likeness(&intact, &restored), likeness(&intact, &concealed));
    assert!(
        restored > 0.9 && restored > concealed + 0.1,
        "restored {restored:.3}, concealed {concealed:.3}"
    );
}

#[test]
fn an_encoder_that_knows_of_no_loss_adds_no_redundancy() {
    let decoder = OpusDecoder::new(Concealment::Classic).unwrap();
    let packets = encode(&voice(100), 0);
    assert!(
        packets
            .iter()
            .all(|packet| decoder.fec_samples(packet) == 0)
    );
}

#[test]
fn a_session_restores_single_losses_from_fec_without_waiting() {
    let encoded = encode(&voice(FRAMES), 20);
    let mut packets = stream(FRAMES, (65_400, u32::MAX - 1000), |position| {
        encoded[(position / FRAME) as usize].clone()
    });
    let mut n = 0;
    packets.retain(|_| {
        n += 1;
        !lost(n - 1)
    });
    let mut session = MediaSession::new(config(), echo()).unwrap();
    let outcome = run(&mut session, &packets, Micros::from_ms(10_100), |_| ());
    assert_media_is_exact(&session, &outcome);
    let stats = session.stats();
    assert!(stats.frames_fec >= 40, "{stats:?}");
    assert_eq!(stats.frames_fec + stats.frames_concealed, 50);
    assert_eq!(stats.packets_lost, 50);
}

/// Wraps each packet with a copy of the one before it, as browsers do.
fn with_copies(mut packets: Vec<Packet>, distance: usize) -> Vec<Packet> {
    let originals = packets.clone();
    for n in distance..packets.len() {
        let mut payload = Vec::new();
        for back in (1..=distance).rev() {
            let copy = &originals[n - back].payload;
            let offset = (back as i64 * FRAME) as u32;
            let header = 1 << 31 | 111 << 24 | offset << 10 | copy.len() as u32;
            payload.extend(header.to_be_bytes());
        }
        payload.push(111);
        for back in (0..=distance).rev() {
            payload.extend(&originals[n - back].payload);
        }
        packets[n].payload = payload;
        packets[n].header.payload_type = 63;
    }
    packets
}

fn play_red(distance: usize, keep: impl Fn(usize) -> bool) -> (MediaSession, common::Outcome) {
    let encoded = encode(&voice(FRAMES), 0);
    let packets = stream(FRAMES, (65_400, u32::MAX - 1000), |position| {
        encoded[(position / FRAME) as usize].clone()
    });
    let mut packets = with_copies(packets, distance);
    let mut n = 0;
    packets.retain(|_| {
        n += 1;
        keep(n - 1)
    });
    let mut session = MediaSession::new(config(), echo()).unwrap();
    let outcome = run(&mut session, &packets, Micros::from_ms(10_100), |_| ());
    assert_media_is_exact(&session, &outcome);
    (session, outcome)
}

#[test]
fn a_copy_in_the_next_packet_restores_a_lost_one_exactly_and_at_once() {
    let (intact, all) = play_red(1, |_| true);
    let (session, some) = play_red(1, |n| !lost(n));
    let stats = session.stats();
    assert_eq!(
        (stats.frames_red, stats.frames_decoded),
        (50, FRAMES as u64 - 50)
    );
    assert_eq!(intact.stats().frames_red, 0);
    assert!(some.events.is_empty());
    // Bit for bit the same audio goes out as without loss.
    let payloads = |outcome: &common::Outcome| -> Vec<Vec<u8>> {
        outcome.audio().map(|(.., p)| p.to_vec()).collect()
    };
    assert_eq!(payloads(&all), payloads(&some));
    assert!(some.audio().all(|(_, latency, ..)| latency == Micros(0)));
}

#[test]
fn two_copies_restore_two_losses_in_a_row() {
    let (session, outcome) = play_red(2, |n| !matches!(n % 10, 5 | 6));
    let stats = session.stats();
    assert_eq!((stats.frames_red, stats.frames_concealed), (100, 0));
    assert!(outcome.events.is_empty());
}
