//! What the session costs, as JSON lines `{"name", "us"}`: microseconds a 10 ms frame, the median of many.
//!
//! `cargo run --release -p remotemedia-session --example session_cost`
//!
//! With the argument `complexity` it prints instead what each complexity of the encoder costs, and what
//! it gains: `{"complexity", "us", "distance_db", "bitrate"}`, where the distance is the log-spectral one
//! between the voice and its decoded copy.

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use common::voice::{encode, voice};
use common::{FRAME, config, graph, stream};
use remotemedia_core::graph::Graph;
use remotemedia_session::codec::{AudioDecoder, AudioEncoder, Concealment, EncoderConfig};
use remotemedia_session::opus::{OpusDecoder, OpusEncoder};
use remotemedia_session::{MAX_PACKET, MediaSession, SessionConfig};

const PACKETS: usize = 1000;
const WARM_UP: usize = 100;
const FRAMES_PER_PACKET: f64 = 2.0;

/// Median microseconds a 10 ms frame of `work`, which is called for every packet.
fn median_us(mut work: impl FnMut(usize)) -> f64 {
    let mut times: Vec<_> = (0..PACKETS)
        .map(|n| {
            let start = Instant::now();
            work(n);
            start.elapsed().as_nanos()
        })
        .skip(WARM_UP)
        .collect();
    times.sort_unstable();
    times[times.len() / 2] as f64 / 1000.0 / FRAMES_PER_PACKET
}

fn encode_us(pcm: &[f32], config: EncoderConfig, mut sink: impl FnMut(&[u8])) -> f64 {
    let mut encoder = OpusEncoder::new(48_000, 1, config).unwrap();
    let mut packet = [0; 1275];
    median_us(|n| {
        let frame = &pcm[n * FRAME as usize..][..FRAME as usize];
        let length = encoder.encode(frame, &mut packet).unwrap();
        sink(&packet[..length]);
    })
}

fn session_us(packets: &[Vec<u8>], graph: Graph, config: SessionConfig) -> f64 {
    let mut session = MediaSession::new(config, graph).unwrap();
    let stream = stream(PACKETS, (0, 0), |p| packets[(p / FRAME) as usize].clone());
    let bytes: Vec<_> = stream.iter().map(common::Packet::bytes).collect();
    let mut buffer = [0; MAX_PACKET];
    median_us(|n| {
        session.handle_rtp(stream[n].at, &bytes[n]);
        while session.poll_transmit(&mut buffer).is_some() {}
        session.drain_events().for_each(drop);
    })
}

fn costs() {
    let pcm = voice(PACKETS);
    let print = |name: &str, us: f64| println!(r#"{{"name":"{name}","us":{us:.2}}}"#);
    print(
        "opus_encode",
        encode_us(&pcm, EncoderConfig::default(), |_| ()),
    );

    let packets = encode(&pcm, 10);
    let mut decoder = OpusDecoder::new(Concealment::Classic).unwrap();
    let mut out = [0.0; FRAME as usize];
    let us = median_us(|n| {
        decoder.decode(&packets[n], &mut out).unwrap();
    });
    print("opus_decode", us);
    let us = median_us(|n| {
        if n % 4 == 0 {
            decoder.decode(&packets[n], &mut out).unwrap();
        } else {
            decoder.conceal(&mut out).unwrap();
        }
    });
    print("opus_conceal", us);

    let duplex = SessionConfig::default();
    let receive_only = SessionConfig {
        send: false,
        ..SessionConfig::default()
    };
    let pipeline = |text| graph(text);
    let echo = include_str!("../../../configs/pipelines/echo.yaml");
    let enhance = include_str!("../../../configs/pipelines/voice-enhance.yaml");
    let prep = include_str!("../../../configs/pipelines/transcribe-prep.yaml");
    let us = session_us(&packets, pipeline(echo), receive_only.clone());
    print("session_receive", us);
    print(
        "session_echo",
        session_us(&packets, pipeline(echo), duplex.clone()),
    );
    let us = session_us(&packets, pipeline(enhance), duplex);
    print("session_voice_enhance", us);
    let us = session_us(&packets, pipeline(prep), receive_only);
    print("session_transcribe_prep", us);
}

/// Voice to try the encoder with: 48 kHz mono, 16 bit, without header, from the file named, or synthetic.
fn material() -> Vec<f32> {
    let Some(path) = std::env::args().nth(2) else {
        return voice(PACKETS);
    };
    let bytes = std::fs::read(path).unwrap();
    let samples = bytes.chunks_exact(2);
    let samples = samples.map(|s| f32::from(i16::from_le_bytes([s[0], s[1]])) / 32_768.0);
    let once: Vec<f32> = samples.collect();
    let length = PACKETS * FRAME as usize;
    once.iter().copied().cycle().take(length).collect()
}

fn complexities() {
    let pcm = material();
    for complexity in 0..=10 {
        let config = EncoderConfig {
            complexity,
            ..config().encoder
        };
        let mut decoder = OpusDecoder::new(Concealment::Classic).unwrap();
        let (mut decoded, mut bytes) = (Vec::new(), 0);
        let us = encode_us(&pcm, config, |packet| {
            let mut out = [0.0; FRAME as usize];
            decoder.decode(packet, &mut out).unwrap();
            decoded.extend(out);
            bytes += packet.len();
        });
        let distance = log_spectral_distance(&pcm, &decoded);
        let bitrate = bytes as f64 * 8.0 / (PACKETS as f64 * 0.02);
        println!(
            r#"{{"complexity":{complexity},"us":{us:.1},"distance_db":{distance:.3},"bitrate":{bitrate:.0}}}"#
        );
    }
}

/// Mean over every tenth frame of the root-mean-square difference of band levels in dB: 24 bands to 8 kHz, frames
/// of 20 ms that carry sound, the delay of encoder and decoder taken out.
fn log_spectral_distance(original: &[f32], decoded: &[f32]) -> f64 {
    const DELAY: usize = 312;
    let frames = (decoded.len() - DELAY) / FRAME as usize;
    let mut sum = 0.0;
    let mut count = 0.0;
    for n in (1..frames).step_by(10) {
        let at = n * FRAME as usize;
        let a = bands(&original[at..at + FRAME as usize]);
        let b = bands(&decoded[at + DELAY..at + DELAY + FRAME as usize]);
        if a.iter().copied().fold(f64::MIN, f64::max) < -50.0 {
            continue;
        }
        let square: f64 = a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b)).sum();
        sum += (square / a.len() as f64).sqrt();
        count += 1.0;
    }
    sum / count
}

/// Levels in dB of bands of 333 Hz, by direct transform: slow and short.
fn bands(frame: &[f32]) -> [f64; 24] {
    let mut levels = [0.0; 24];
    for bin in 1..160 {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in frame.iter().enumerate() {
            let angle = std::f64::consts::TAU * (bin * n % FRAME as usize) as f64 / FRAME as f64;
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / FRAME as f64).cos();
            re += window * f64::from(*sample) * angle.cos();
            im += window * f64::from(*sample) * angle.sin();
        }
        levels[bin * 24 / 160] += re * re + im * im;
    }
    levels.map(|power| 10.0 * (power / 1e5 + 1e-8).log10())
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("complexity") => complexities(),
        _ => costs(),
    }
}
