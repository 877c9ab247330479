//! A seeded network and a decoder whose samples say where they belong.
#![allow(
    dead_code,
    missing_docs,
    reason = "shared by several test crates, none of which uses all of it"
)]

use remotemedia_core::event::{Event, EventKind};
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_session::codec::EncoderConfig;
use remotemedia_session::rtp_header::RtpHeader;
use remotemedia_session::{MAX_PACKET, MediaSession, Micros, SessionConfig, Transmit};

pub mod ramp;
pub mod voice;

/// Where a scenario may start: at and around every wrap.
pub const SEQUENCE_ORIGINS: [u16; 4] = [0, 32_767, 65_500, 65_535];
pub const TIMESTAMP_ORIGINS: [u32; 3] = [0, 0x7fff_f000, u32::MAX - 48_000];

pub const FRAME: i64 = 960;
pub const SSRC: u32 = 77;

/// xorshift64*: small, seeded, good enough to throw dice.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// One packet of a scenario.
#[derive(Clone)]
pub struct Packet {
    /// When it was sent, and when it arrives.
    pub sent: Micros,
    pub at: Micros,
    pub header: RtpHeader,
    pub payload: Vec<u8>,
}

impl Packet {
    pub fn bytes(&self) -> Vec<u8> {
        [&self.header.to_bytes()[..], &self.payload].concat()
    }
}

/// `count` packets of 20 ms from the given origins, arriving at once; the payload of packet n is what
/// `payload` makes for the media position n * 960.
pub fn stream(
    count: usize,
    (sequence, timestamp): (u16, u32),
    payload: impl Fn(i64) -> Vec<u8>,
) -> Vec<Packet> {
    let packet = |n: usize| Packet {
        sent: Micros::from_ms(n as u64 * 20),
        at: Micros::from_ms(n as u64 * 20),
        header: RtpHeader {
            marker: n == 0,
            payload_type: 111,
            sequence: sequence.wrapping_add(n as u16),
            timestamp: timestamp.wrapping_add((n as i64 * FRAME) as u32),
            ssrc: SSRC,
        },
        payload: payload(n as i64 * FRAME),
    };
    (0..count).map(packet).collect()
}

/// Every pair of origins.
pub fn origins() -> impl Iterator<Item = (u16, u32)> {
    SEQUENCE_ORIGINS
        .into_iter()
        .flat_map(|s| TIMESTAMP_ORIGINS.into_iter().map(move |t| (s, t)))
}

/// What a session did.
#[derive(Default)]
pub struct Outcome {
    pub sent: Vec<(Micros, Transmit, Vec<u8>)>,
    pub events: Vec<Event>,
    /// Times at which `handle_timeout` was called.
    pub timeouts: Vec<Micros>,
}

impl Outcome {
    /// Gap events as (cause and filling, start, length), the latter two in samples at 48 kHz.
    pub fn gaps(&self) -> Vec<(String, i64, i64)> {
        self.events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Gap {
                    cause,
                    filled_with,
                    duration_ms,
                } => Some((
                    format!("{cause:?} {filled_with:?}"),
                    event.time.to_samples(48_000),
                    (f64::from(*duration_ms) * 48.0).round() as i64,
                )),
                _ => None,
            })
            .collect()
    }

    /// RTP packets sent, as (time, latency since arrival, header, payload).
    pub fn audio(&self) -> impl Iterator<Item = (Micros, Micros, RtpHeader, &[u8])> {
        self.sent.iter().filter_map(|(at, transmit, bytes)| {
            let arrival = transmit.arrival?;
            let (header, payload) = RtpHeader::parse(bytes).unwrap();
            Some((*at, *at - arrival, header, payload))
        })
    }
}

/// Delivers packets in order of arrival and calls the session at its deadlines, until `end`. `check` sees
/// the session after every call.
pub fn run(
    session: &mut MediaSession,
    packets: &[Packet],
    end: Micros,
    mut check: impl FnMut(&MediaSession),
) -> Outcome {
    let mut order: Vec<_> = packets.iter().collect();
    order.sort_by_key(|packet| packet.at);
    let mut order = order.into_iter().peekable();
    let mut outcome = Outcome::default();
    loop {
        let arrival = order.peek().map(|packet| packet.at);
        let deadline = session.deadline();
        let Some(now) = arrival
            .into_iter()
            .chain(deadline)
            .min()
            .filter(|now| *now <= end)
        else {
            return outcome;
        };
        if arrival == Some(now) {
            session.handle_rtp(now, &order.next().unwrap().bytes());
        } else {
            session.handle_timeout(now);
            outcome.timeouts.push(now);
            assert!(
                session.deadline().is_none_or(|next| next > now),
                "a deadline at {now:?} was not met"
            );
        }
        let mut buffer = [0; MAX_PACKET];
        while let Some(transmit) = session.poll_transmit(&mut buffer) {
            let bytes = buffer[..transmit.len].to_vec();
            outcome.sent.push((now, transmit, bytes));
        }
        outcome.events.extend(session.drain_events());
        check(session);
    }
}

pub fn config() -> SessionConfig {
    SessionConfig {
        // Its quality does not matter here, and thousands of sessions are played.
        encoder: EncoderConfig {
            complexity: 0,
            ..EncoderConfig::default()
        },
        payload_type_red: Some(63),
        cname: "gateway".into(),
        send_ssrc: 1000,
        ..SessionConfig::default()
    }
}

/// Ends every test: nothing is lost or invented without a gap event.
pub fn assert_media_is_exact(session: &MediaSession, outcome: &Outcome) {
    let stats = session.stats();
    let media = (stats.media_time_ms * 48.0).round() as i64;
    let played = stats.frames_decoded + stats.frames_red + stats.frames_fec;
    let stated = stats.samples_concealed + stats.samples_silence + stats.samples_skipped;
    assert_eq!(
        media,
        played as i64 * FRAME + stated as i64,
        "every sample has an origin: {stats:?}"
    );
    let told: i64 = outcome.gaps().iter().map(|(_, _, length)| length).sum();
    assert_eq!(
        told, stated as i64,
        "every sample that was not sent is told"
    );
}

/// A graph for a session.
pub fn graph(manifest: &str) -> Graph {
    Graph::compile(&Manifest::parse(manifest).unwrap(), Format::VOICE).unwrap()
}

/// The graph that gives back what it gets.
pub fn echo() -> Graph {
    graph("version: v1\nnodes: [{id: echo, node_type: PassThrough}]")
}
