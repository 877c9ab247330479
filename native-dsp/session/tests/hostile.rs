//! Whatever comes over the network is counted and dropped: no panic, no allocation, no undefined behaviour.

mod common;

use common::voice::{encode, voice};
use common::{Dice, FRAME, config, echo, stream};
use proptest::prelude::*;
use remotemedia_session::codec::{AudioDecoder, Concealment, MAX_PACKET_SAMPLES};
use remotemedia_session::opus::OpusDecoder;
use remotemedia_session::{MAX_PACKET, MediaSession, Micros};

/// A session in the middle of a call, with a hole open.
fn session_in_call(encoded: &[Vec<u8>]) -> MediaSession {
    let mut session = MediaSession::new(config(), echo()).unwrap();
    let packets = stream(20, (65_530, u32::MAX - 5000), |position| {
        encoded[(position / FRAME) as usize].clone()
    });
    for (n, packet) in packets.iter().enumerate() {
        if n != 18 {
            session.handle_rtp(packet.at, &packet.bytes());
        }
    }
    session
}

fn drain(session: &mut MediaSession) {
    let mut buffer = [0; MAX_PACKET];
    while session.poll_transmit(&mut buffer).is_some() {}
    session.drain_events().for_each(drop);
    session.stats();
}

fn encoded() -> Vec<Vec<u8>> {
    encode(&voice(50), 20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_no_rtp(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..1600), 1..20)) {
        let mut session = session_in_call(&encoded());
        for (n, packet) in (0..).zip(&packets) {
            session.handle_rtp(Micros::from_ms(400 + n), packet);
            drain(&mut session);
        }
    }

    #[test]
    fn random_bytes_are_no_rtcp(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..20)) {
        let mut session = session_in_call(&encoded());
        for (n, packet) in (0..).zip(&packets) {
            session.handle_rtcp(Micros::from_ms(400 + n), packet);
            drain(&mut session);
        }
    }

    #[test]
    fn any_header_before_any_payload_leaves_the_session_alive(
        headers in prop::collection::vec((any::<u16>(), any::<u32>(), 0..3_u8, 0..4_u32, 0..300_u64), 1..100),
        payload in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let encoded = encoded();
        let mut session = session_in_call(&encoded);
        let mut now = Micros::from_ms(400);
        for (sequence, timestamp, kind, ssrc, later) in headers {
            now = now + Micros::from_ms(later);
            let mut packet = stream(1, (sequence, timestamp), |_| payload.clone()).remove(0);
            packet.header.payload_type = [111, 63, 13][usize::from(kind)];
            packet.header.ssrc = common::SSRC + ssrc / 3;
            session.handle_rtp(now, &packet.bytes());
            session.handle_timeout(now);
            drain(&mut session);
        }
        // The call goes on.
        let before = session.stats().frames_decoded;
        let next = stream(5, (1234, 5678), |position| encoded[(position / FRAME) as usize].clone());
        for packet in &next {
            let mut packet = packet.clone();
            packet.header.ssrc = 4711;
            session.handle_rtp(now + Micros::from_ms(2000) + packet.at, &packet.bytes());
        }
        prop_assert_eq!(session.stats().frames_decoded, before + 5);
    }

    #[test]
    fn the_decoder_refuses_or_decodes_any_bytes(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..1500), 1..20)) {
        let mut decoder = OpusDecoder::new(Concealment::Classic).unwrap();
        for packet in &packets {
            try_everything(&mut decoder, packet);
        }
    }
}

/// Every call of the decoder with this packet; what it promises about lengths holds.
fn try_everything(decoder: &mut OpusDecoder, packet: &[u8]) {
    let mut pcm = [0.0; MAX_PACKET_SAMPLES];
    let samples = decoder.packet_samples(packet);
    assert!(samples.is_none_or(|samples| samples <= MAX_PACKET_SAMPLES));
    let fec = decoder.fec_samples(packet);
    if fec > 0 {
        let restored = decoder.decode_fec(packet, &mut pcm[..fec]);
        assert!(restored.is_err() || restored == Ok(fec));
    }
    if let Ok(decoded) = decoder.decode(packet, &mut pcm) {
        assert_eq!(Some(decoded), samples);
        assert!(pcm[..decoded].iter().all(|sample| sample.is_finite()));
    }
    assert_eq!(decoder.decode(packet, &mut []).ok(), None);
    assert_eq!(decoder.conceal(&mut pcm[..960]), Ok(960));
}

#[test]
fn valid_packets_with_flipped_bits_are_decoded_or_refused() {
    let encoded = encode(&voice(200), 20);
    let mut dice = Dice::new(3);
    let mut decoder = OpusDecoder::new(Concealment::Classic).unwrap();
    for round in 0..3000 {
        let mut packet = encoded[round % encoded.len()].clone();
        for _ in 0..1 + dice.below(8) {
            let at = dice.below(packet.len() as u64) as usize;
            packet[at] ^= 1 << dice.below(8);
        }
        if dice.chance(20) {
            packet.truncate(dice.below(packet.len() as u64) as usize);
        }
        try_everything(&mut decoder, &packet);
    }
}

#[test]
fn a_corrupt_packet_is_concealed_for_its_length_and_said_to_be_corrupt() {
    let encoded = encoded();
    let mut packets = stream(50, (0, 0), |p| encoded[(p / FRAME) as usize].clone());
    // A frame count byte of zero frames (RFC 6716 section 3.2.5).
    packets[20].payload = vec![encoded[20][0] | 3, 0];
    let mut session = MediaSession::new(config(), echo()).unwrap();
    let outcome = common::run(&mut session, &packets, Micros::from_ms(1100), |_| ());
    common::assert_media_is_exact(&session, &outcome);
    assert_eq!(session.stats().decode_errors, 1);
    let gap = ("Corrupt Concealment".to_owned(), 20 * FRAME, FRAME);
    assert_eq!(outcome.gaps(), [gap]);
}

#[test]
fn every_refusal_is_counted_by_its_reason() {
    let encoded = encoded();
    let mut session = session_in_call(&encoded);
    let good = stream(21, (65_530, u32::MAX - 5000), |p| {
        encoded[(p / FRAME) as usize].clone()
    })
    .remove(20);
    let now = Micros::from_ms(400);
    session.handle_rtp(now, &[0; 5]);
    session.handle_rtp(now, &[&good.bytes()[..], &[0; 1500]].concat());
    let mut unknown = good.clone();
    unknown.header.payload_type = 0;
    session.handle_rtp(now, &unknown.bytes());
    let mut far = good.clone();
    far.header.sequence = 30_000;
    session.handle_rtp(now, &far.bytes());
    let mut red = good.clone();
    red.header.payload_type = 63;
    red.header.sequence += 1;
    red.payload = vec![0xff; 30];
    session.handle_rtp(now, &red.bytes());
    let mut empty = good.clone();
    empty.header.sequence += 2;
    empty.payload.clear();
    session.handle_rtp(now, &empty.bytes());
    let refused = session.stats().packets_refused;
    assert_eq!(
        (refused.malformed, refused.payload_type, refused.sequence),
        (2, 1, 1)
    );
    assert_eq!((refused.red, refused.empty, refused.ssrc), (1, 1, 0));

    let receive = false;
    let deaf = remotemedia_session::SessionConfig {
        receive,
        ..config()
    };
    let mut session = MediaSession::new(deaf, echo()).unwrap();
    session.handle_rtp(now, &good.bytes());
    assert_eq!(session.stats().packets_refused.not_receiving, 1);
}
