//! Encodes a WAV file (mono, 16 bit, 48 kHz) into 20 ms Opus packets, for benchmarks that need real speech.
//! Prints one JSON object a packet: `{"base16": "..."}`.

use std::io::Write;

use remotemedia_session::codec::{AudioEncoder, EncoderConfig};
use remotemedia_session::opus::OpusEncoder;

/// Size of the plain header that `tests/fixtures/make.mjs` writes.
const WAV_HEADER_BYTES: usize = 44;
const PACKET_SAMPLES: usize = 960;

fn main() {
    let path = std::env::args()
        .nth(1)
        .expect("usage: encode_wav <speech.wav>");
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let samples: Vec<f32> = bytes[WAV_HEADER_BYTES..]
        .chunks_exact(2)
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
        .collect();
    let mut encoder = OpusEncoder::new(48_000, 1, EncoderConfig::default()).expect("an encoder");
    let mut packet = [0; 1_500];
    let mut output = std::io::stdout().lock();
    for frame in samples.chunks_exact(PACKET_SAMPLES) {
        let length = encoder
            .encode(frame, &mut packet)
            .expect("20 ms are a valid frame");
        let base16: String = packet[..length]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        writeln!(output, "{{\"base16\": \"{base16}\"}}").expect("standard output");
    }
}
