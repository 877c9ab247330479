//! What the fuzz targets run, so that `cargo test` runs the same: each takes any bytes and must return.

use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_session::codec::{AudioDecoder, Concealment, MAX_PACKET_SAMPLES};
use remotemedia_session::opus::OpusDecoder;
use remotemedia_session::{MAX_PACKET, MediaSession, Micros, SessionConfig};

/// Cuts the input into packets: two bytes of length, one of milliseconds since the packet before.
fn packets(mut data: &[u8]) -> impl Iterator<Item = (Micros, &[u8])> {
    let mut now = Micros(0);
    std::iter::from_fn(move || {
        let [high, low, later] = *data.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([high, low])) % 2048;
        let (packet, rest) = data[3..].split_at(length.min(data.len() - 3));
        data = rest;
        now = now + Micros::from_ms(u64::from(later));
        Some((now, packet))
    })
}

fn session() -> MediaSession {
    let manifest = Manifest::parse("version: v1\nnodes: [{id: echo, node_type: PassThrough}]");
    let graph = Graph::compile(&manifest.unwrap(), Format::VOICE).unwrap();
    let config = SessionConfig {
        payload_type_red: Some(63),
        // Encoding is not what is tried here.
        send: false,
        ..SessionConfig::default()
    };
    MediaSession::new(config, graph).unwrap()
}

fn settle(session: &mut MediaSession, now: Micros) {
    if session.deadline().is_some_and(|deadline| deadline <= now) {
        session.handle_timeout(now);
    }
    let mut buffer = [0; MAX_PACKET];
    while session.poll_transmit(&mut buffer).is_some() {}
    session.drain_events().for_each(drop);
}

/// Any packets at any times; afterwards every sample of the timeline has an origin.
pub fn rtp_admission(data: &[u8]) {
    let mut session = session();
    for (now, packet) in packets(data) {
        session.handle_rtp(now, packet);
        settle(&mut session, now);
    }
    let stats = session.stats();
    let known = stats.samples_concealed + stats.samples_silence + stats.samples_skipped;
    assert!(
        stats.media_time_ms * 48.0 + 0.5 >= known as f64,
        "{stats:?}"
    );
    assert_eq!(stats.events_dropped, 0);
}

/// Any reports at any times.
pub fn rtcp(data: &[u8]) {
    let mut session = session();
    for (now, packet) in packets(data) {
        session.handle_rtcp(now, packet);
        settle(&mut session, now);
    }
}

/// Any packets to one decoder, in every way that a session calls it.
pub fn opus_decode(data: &[u8]) {
    let mut decoder = OpusDecoder::new(Concealment::Classic).unwrap();
    let mut pcm = [0.0; MAX_PACKET_SAMPLES];
    for (_, packet) in packets(data) {
        let samples = decoder.packet_samples(packet);
        let fec = decoder.fec_samples(packet);
        if fec > 0 {
            let restored = decoder.decode_fec(packet, &mut pcm[..fec]);
            assert!(restored.is_err() || restored == Ok(fec));
        }
        if let Ok(decoded) = decoder.decode(packet, &mut pcm) {
            assert_eq!(Some(decoded), samples);
            assert!(pcm[..decoded].iter().all(|sample| sample.is_finite()));
        }
        assert_eq!(decoder.conceal(&mut pcm[..960]), Ok(960));
    }
}
