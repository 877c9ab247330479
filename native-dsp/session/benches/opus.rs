//! The codec by criterion, on synthetic voice: `cargo bench -p remotemedia-session`. A name says, behind a colon, what one
//! call covers.

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;

use common::FRAME;
use common::voice::{encode, voice};
use criterion::{Criterion, criterion_group, criterion_main};
use remotemedia_session::codec::{AudioDecoder, AudioEncoder, Concealment, EncoderConfig};
use remotemedia_session::opus::{OpusDecoder, OpusEncoder};

const PACKETS: usize = 200;

fn opus(criterion: &mut Criterion) {
    let pcm = voice(PACKETS);
    let packets = encode(&pcm, 10);

    let mut encoder =
        OpusEncoder::new(48_000, 1, EncoderConfig::default()).expect("a mono encoder");
    let (mut buffer, mut frames) = ([0; 1275], pcm.chunks_exact(FRAME as usize).cycle());
    criterion.bench_function(
        "Opus encode: a packet of 20 ms at 48 kHz, 960 samples",
        |bencher| {
            bencher.iter(|| {
                let frame = frames.next().expect("an endless voice");
                black_box(encoder.encode(frame, &mut buffer)).expect("a whole frame");
            });
        },
    );

    let mut decoder = OpusDecoder::new(Concealment::Classic).expect("a decoder");
    let (mut out, mut stream) = ([0.0; FRAME as usize], packets.iter().cycle());
    criterion.bench_function(
        "Opus decode: a packet of 20 ms at 48 kHz, 960 samples",
        |bencher| {
            bencher.iter(|| {
                let packet = stream.next().expect("an endless stream");
                black_box(decoder.decode(packet, &mut out)).expect("our own packet");
            });
        },
    );
}

criterion_group!(benches, opus);
criterion_main!(benches);
