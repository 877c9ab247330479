//! A browser's end of the wire, and sessions that need no codec. Shared by tests and measurements.
#![allow(dead_code, missing_docs, reason = "each user takes a part")]

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use remotemedia_core::event::{EndReason, Event, EventKind, SESSION_NODE, SpeechReason};
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::time::MediaTime;
use remotemedia_plane::srtp::{Inbound, MAX_OVERHEAD, MasterKeys, Outbound, Profile};
use remotemedia_plane::{Handle, Media, MediaStart, Plane, PlaneConfig, PlaneError, monotonic_ns};
use remotemedia_session::codec::{AudioEncoder, EncoderConfig};
use remotemedia_session::opus::OpusEncoder;
use remotemedia_session::{
    MediaSession, Micros, SessionConfig, SessionStats, Transmit, TransmitKind,
};

pub const KEY: [u8; 32] = [0x11; 32];
pub const SALT: [u8; 14] = [0x22; 14];
const LOCALHOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Sends every packet back; on command it panics or fails.
#[derive(Default)]
pub struct Echo {
    waiting: VecDeque<(Vec<u8>, Micros)>,
    events: Vec<Event>,
    stats: SessionStats,
    failure: Option<String>,
}

/// First octet of a payload that makes an [`Echo`] panic, fail, or report many events.
pub const PANIC: u8 = 250;
pub const FAIL: u8 = 251;
pub const CHATTER: u8 = 252;

impl Echo {
    pub fn boxed() -> Box<dyn Media> {
        Box::new(Self::default())
    }
}

impl Media for Echo {
    fn handle_rtp(&mut self, now: Micros, packet: &[u8]) {
        self.stats.packets_received += 1;
        match packet[12] {
            PANIC => panic!("asked for by the test"),
            FAIL => self.failure = Some("asked for by the test".to_owned()),
            CHATTER => (0..10).for_each(|_| self.events.push(event())),
            _ => self.waiting.push_back((packet.to_vec(), now)),
        }
    }

    fn handle_rtcp(&mut self, _: Micros, _: &[u8]) {}

    fn handle_timeout(&mut self, _: Micros) {}

    fn end_input(&mut self, _: Micros, _: EndReason) {
        self.events.push(event());
    }

    fn poll_transmit(&mut self, buffer: &mut [u8]) -> Option<Transmit> {
        let (packet, arrival) = self.waiting.pop_front()?;
        buffer[..packet.len()].copy_from_slice(&packet);
        self.stats.packets_sent += 1;
        Some(Transmit {
            kind: TransmitKind::Rtp,
            len: packet.len(),
            arrival: Some(arrival),
        })
    }

    fn drain_events(&mut self, sink: &mut dyn FnMut(Event)) {
        self.events.drain(..).for_each(sink);
    }

    fn deadline(&self) -> Option<Micros> {
        None
    }

    fn failure(&self) -> Option<String> {
        self.failure.clone()
    }

    fn stats(&self) -> SessionStats {
        self.stats
    }
}

fn event() -> Event {
    Event {
        node: SESSION_NODE,
        time: MediaTime::ZERO,
        detected: MediaTime::ZERO,
        internal: false,
        kind: EventKind::SpeechStopped {
            probability: 0.0,
            level_dbfs: -120.0,
            reason: SpeechReason::Flush,
            duration_ms: 0.0,
        },
    }
}

pub fn plane(threads: usize) -> Plane {
    let config = PlaneConfig {
        bind: Some(LOCALHOST),
        threads,
        ..PlaneConfig::default()
    };
    Plane::new(&config, Box::new(|| {})).expect("a free port")
}

/// A browser whose ICE and DTLS are done.
pub struct Peer {
    pub socket: UdpSocket,
    pub handle: Handle,
    pub outbound: Outbound,
    pub inbound: Inbound,
    pub sequence: u16,
    pub ssrc: u32,
}

impl Peer {
    pub fn connect(plane: &mut Plane, number: u32) -> Self {
        Self::with(plane, number, Profile::AeadAes128Gcm, Echo::boxed())
    }

    pub fn with(plane: &mut Plane, number: u32, profile: Profile, media: Box<dyn Media>) -> Self {
        let socket = UdpSocket::bind((LOCALHOST, 0)).unwrap();
        socket.connect((LOCALHOST, plane.port())).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let handle = plane.open_session(&format!("peer{number}")).unwrap();
        let keys = (&KEY[..profile.key_len()], &SALT[..profile.salt_len()]);
        start(plane, handle, profile, socket.local_addr().unwrap(), media).unwrap();
        let master = MasterKeys::new(profile, keys.0, keys.1).unwrap();
        Self {
            socket,
            handle,
            outbound: Outbound::new(&master),
            inbound: Inbound::new(&master),
            sequence: 0,
            ssrc: 1000 + number,
        }
    }

    /// The next packet with this payload, protected.
    pub fn packet(&mut self, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x80, 111];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend((u32::from(self.sequence) * 960).to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(payload);
        self.sequence = self.sequence.wrapping_add(1);
        let length = packet.len();
        packet.resize(length + MAX_OVERHEAD, 0);
        let length = self.outbound.protect_rtp(&mut packet, length).unwrap();
        packet.truncate(length);
        packet
    }

    pub fn send(&mut self, payload: &[u8]) {
        let packet = self.packet(payload);
        self.socket.send(&packet).unwrap();
    }

    /// The payload of the next packet that comes.
    pub fn receive(&mut self) -> Vec<u8> {
        let mut buffer = [0; 1500];
        let length = self.socket.recv(&mut buffer).expect("an echo in time");
        let length = self
            .inbound
            .open_rtp(&mut buffer[..length])
            .expect("our key");
        buffer[12..length].to_vec()
    }

    pub fn echoes(&mut self, payload: &[u8]) {
        self.send(payload);
        assert_eq!(self.receive(), payload);
    }
}

pub fn start(
    plane: &mut Plane,
    handle: Handle,
    profile: Profile,
    remote_address: SocketAddr,
    media: Box<dyn Media>,
) -> Result<(), PlaneError> {
    let keys = (&KEY[..profile.key_len()], &SALT[..profile.salt_len()]);
    let start = MediaStart {
        profile: profile.id(),
        local: keys,
        remote: keys,
        remote_address,
        local_address: None,
    };
    plane.start_media(handle, &start, media)
}

/// Looks until the media threads have come to it.
pub fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let give_up = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < give_up, "it never happened");
        std::thread::yield_now();
    }
}

/// How often the plane threw a datagram away for this reason.
pub fn discarded(plane: &Plane, reason: &str) -> u64 {
    let discarded = plane.report().discarded;
    discarded
        .iter()
        .find(|(name, _)| *name == reason)
        .expect("a known reason")
        .1
}

/// How often SRTP refused a session's packet for this reason.
pub fn refused(plane: &Plane, handle: Handle, reason: &str) -> u64 {
    let refused = plane.session_report(handle).unwrap().refused;
    refused
        .iter()
        .find(|(name, _)| *name == reason)
        .expect("a known reason")
        .1
}

/// A STUN message with a user name.
pub fn stun(message_type: u16, username: &str) -> Vec<u8> {
    let mut attribute = vec![0, 6];
    attribute.extend((username.len() as u16).to_be_bytes());
    attribute.extend(username.as_bytes());
    attribute.resize(attribute.len().next_multiple_of(4), 0);
    let mut datagram = message_type.to_be_bytes().to_vec();
    datagram.extend((attribute.len() as u16).to_be_bytes());
    datagram.extend([0x21, 0x12, 0xa4, 0x42]);
    datagram.extend([7; 12]);
    datagram.extend(attribute);
    datagram
}

/// Samples of 20 ms.
const FRAME: usize = 960;

/// Packets of 20 ms of bursts of a buzz, which is enough like speech to move every node.
pub fn bursts(count: usize) -> Vec<Vec<u8>> {
    let mut encoder = OpusEncoder::new(48_000, 1, EncoderConfig::default()).unwrap();
    let sample = |n: usize| match n / 24_000 % 2 {
        0 => ((n % 400) as f32 / 400.0 - 0.5) * 0.4,
        _ => 0.0,
    };
    let mut packet = [0; 1275];
    (0..count)
        .map(|at| {
            let pcm: Vec<f32> = (at * FRAME..(at + 1) * FRAME).map(sample).collect();
            let length = encoder.encode(&pcm, &mut packet).unwrap();
            packet[..length].to_vec()
        })
        .collect()
}

/// A session as the gateway runs it by default.
pub fn voice_enhance() -> MediaSession {
    let manifest = include_str!("../../../../configs/pipelines/voice-enhance.yaml");
    let mut graph = Graph::compile(&Manifest::parse(manifest).unwrap(), Format::VOICE).unwrap();
    graph.measure(monotonic_ns);
    MediaSession::new(SessionConfig::default(), graph).unwrap()
}
