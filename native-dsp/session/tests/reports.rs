//! Reports to and from the peer (RFC 3550 section 6).

mod common;

use common::ramp::{packet, session};
use common::{Outcome, SSRC, config, echo, run, stream};
use remotemedia_session::codec::EncoderConfig;
use remotemedia_session::rtcp::{ReportBlock, RtcpItem, parse};
use remotemedia_session::{MAX_PACKET, MediaSession, Micros, SessionConfig, TransmitKind};

const fn ms(ms: u64) -> Micros {
    Micros::from_ms(ms)
}

fn reports(outcome: &Outcome) -> Vec<(Micros, Vec<RtcpItem>)> {
    let rtcp = outcome
        .sent
        .iter()
        .filter(|(_, transmit, _)| transmit.kind == TransmitKind::Rtcp);
    rtcp.map(|(at, _, bytes)| {
        let mut items = Vec::new();
        parse(bytes, |item| items.push(item)).unwrap();
        (*at, items)
    })
    .collect()
}

fn blocks(outcome: &Outcome) -> Vec<ReportBlock> {
    let items = reports(outcome).into_iter().flat_map(|(_, items)| items);
    items
        .filter_map(|item| match item {
            RtcpItem::Report(block) => Some(block),
            _ => None,
        })
        .collect()
}

/// A receiver report on our stream, as a peer sends it.
fn receiver_report(ssrc: u32, fraction_lost: u8, last: u32, delay: u32) -> Vec<u8> {
    let mut report = vec![0x81, 201, 0, 7];
    for word in [
        SSRC,
        ssrc,
        u32::from(fraction_lost) << 24,
        0,
        0,
        last,
        delay,
    ] {
        report.extend(word.to_be_bytes());
    }
    report
}

#[test]
fn a_report_goes_out_every_second_and_tells_the_loss_of_that_second() {
    let mut packets = stream(400, (65_400, 0), packet);
    let mut n = 0;
    packets.retain(|_| {
        n += 1;
        n % 5 != 4
    });
    let mut session = session(config(), echo());
    let outcome = run(&mut session, &packets, ms(8000), |_| ());
    let times: Vec<_> = reports(&outcome).iter().map(|(at, _)| *at).collect();
    assert_eq!(
        times,
        (0..8).map(|n| ms(500 + n * 1000)).collect::<Vec<_>>()
    );
    let blocks = blocks(&outcome);
    assert_eq!(blocks.len(), 8);
    for block in &blocks[1..] {
        assert_eq!(block.ssrc, SSRC);
        assert!((49..=53).contains(&block.fraction_lost), "{block:?}");
    }
    assert_eq!(blocks[7].highest_sequence, 65_400 + 375);
    assert!(blocks[7].cumulative_lost >= 74);
}

#[test]
fn the_sender_report_ties_our_timestamps_to_the_wall_clock() {
    let unix_micros_at_zero = 1_700_000_000_000_000;
    let config = SessionConfig {
        unix_micros_at_zero,
        first_timestamp: 5000,
        ..config()
    };
    let mut session = session(config, echo());
    let packets = stream(100, (0, 0), packet);
    let outcome = run(&mut session, &packets, ms(1600), |_| ());
    let (at, transmit, bytes) = outcome
        .sent
        .iter()
        .rfind(|(_, transmit, _)| transmit.kind == TransmitKind::Rtcp)
        .unwrap();
    assert_eq!((*at, transmit.arrival), (ms(1500), None));
    let word = |n: usize| u32::from_be_bytes(*bytes[n * 4..].first_chunk().unwrap());
    assert_eq!(word(1), 1000, "our stream");
    assert_eq!(u64::from(word(2)), 1_700_000_001 + 2_208_988_800);
    assert_eq!(word(3), 1 << 31, "half a second");
    assert_eq!(word(4), 5000 + 1500 * 48, "RTP timestamp of that moment");
    // The packets up to 1480 ms, and the one of 1500 ms which came just before.
    assert_eq!(u64::from(word(5)), 76);
    assert!(bytes.windows(7).any(|window| window == b"gateway"));
}

#[test]
fn a_session_that_sends_nothing_writes_receiver_reports() {
    let config = SessionConfig {
        send: false,
        ..config()
    };
    let mut session = session(config, echo());
    let outcome = run(&mut session, &stream(100, (0, 0), packet), ms(2000), |_| ());
    assert_eq!(outcome.audio().count(), 0);
    assert_eq!(outcome.sent[0].2[1], 201);
    assert_eq!(blocks(&outcome).len(), 2);
}

#[test]
fn the_round_trip_and_our_loss_are_read_from_the_peers_report() {
    let mut session = session(config(), echo());
    let outcome = run(&mut session, &stream(50, (0, 0), packet), ms(990), |_| ());
    let (at, items) = &reports(&outcome)[0];
    let RtcpItem::SenderReport { ntp, .. } = items[0] else {
        panic!("{items:?}")
    };
    // The peer holds the report for 250 ms; 130 ms are the network's.
    let last = (ntp >> 16) as u32;
    let report = receiver_report(1000, 64, last, 65_536 / 4);
    session.handle_rtcp(*at + ms(380), &report);
    let stats = session.stats();
    assert!((stats.round_trip_ms.unwrap() - 130.0).abs() < 0.1);
    assert_eq!(stats.remote_fraction_lost, 0.25);
    // A report on another stream is not about us.
    session.handle_rtcp(*at + ms(400), &receiver_report(1001, 0, 0, 0));
    assert_eq!(session.stats().remote_fraction_lost, 0.25);
    session.handle_rtcp(*at + ms(400), &[1, 2, 3]);
    assert_eq!(session.stats().rtcp_malformed, 1);
}

#[test]
fn the_peers_loss_makes_our_packets_carry_redundancy() {
    use remotemedia_session::codec::AudioDecoder;
    use remotemedia_session::codec::Concealment;
    use remotemedia_session::opus::OpusDecoder;
    let encoded = common::voice::encode(&common::voice::voice(200), 0);
    let config = SessionConfig {
        encoder: EncoderConfig::default(),
        ..config()
    };
    let mut session = MediaSession::new(config, echo()).unwrap();
    let decoder = OpusDecoder::new(Concealment::Classic).unwrap();
    let packets = stream(200, (0, 0), |p| {
        encoded[(p / common::FRAME) as usize].clone()
    });
    let mut redundant = [0, 0];
    let mut buffer = [0; MAX_PACKET];
    for (n, packet) in packets.iter().enumerate() {
        if n == 100 {
            session.handle_rtcp(packet.at, &receiver_report(1000, 51, 0, 0));
        }
        session.handle_rtp(packet.at, &packet.bytes());
        while let Some(transmit) = session.poll_transmit(&mut buffer) {
            let fec = decoder.fec_samples(&buffer[12..transmit.len]);
            redundant[n / 100] += usize::from(fec > 0);
        }
    }
    assert_eq!(redundant[0], 0);
    assert!(redundant[1] > 50, "{redundant:?}");
}

#[test]
fn a_goodbye_of_the_stream_we_hear_ends_the_input() {
    let mut session = session(config(), echo());
    run(&mut session, &stream(20, (0, 0), packet), ms(390), |_| ());
    let goodbye = |ssrc: u32| [&[0x81, 203, 0, 1][..], &ssrc.to_be_bytes()].concat();
    session.handle_rtcp(ms(395), &goodbye(SSRC + 1));
    assert!(session.deadline().unwrap() < ms(900), "the input goes on");
    session.handle_timeout(ms(500));
    session.handle_rtcp(ms(505), &goodbye(SSRC));
    assert_eq!(session.deadline(), Some(ms(1500)), "only reports are due");
}
