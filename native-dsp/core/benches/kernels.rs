//! The kernels of the core by criterion, each on noise: `cargo bench -p remotemedia-core`. `make bench` runs them briefly
//! and keeps the figures. A name says, behind a colon, what one call covers.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use remotemedia_core::block::Block;
use remotemedia_core::dsp::band_split::{BandSplit, LOW_FRAME};
use remotemedia_core::dsp::biquad::Biquad;
use remotemedia_core::dsp::limiter::Limiter;
use remotemedia_core::dsp::polyphase::{Polyphase, Quality};
use remotemedia_core::dsp::resampler::{Layout, Resampler, StreamResampler};
use remotemedia_core::dsp::rnnoise::RnNoise;
use remotemedia_core::dsp::silero::{SileroNetwork, WINDOW_SAMPLES};
use remotemedia_core::dsp::webrtc_noise::WebRtcNoise;
use remotemedia_core::format::Format;
use sonora_ns::config::SuppressionLevel;

/// White noise at a moderate level, always the same.
fn noise(length: usize) -> Vec<f32> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1u32 << 24) as f32 - 0.5
    };
    (0..length).map(|_| next()).collect()
}

fn polyphase(criterion: &mut Criterion) {
    for (from, to, channels, quality) in [
        (48_000, 16_000, 1, Quality::Medium),
        (16_000, 48_000, 1, Quality::Medium),
        (44_100, 48_000, 1, Quality::Medium),
        (44_100, 16_000, 2, Quality::High),
    ] {
        let converter = || Polyphase::new(from, to, quality);
        let mut converters: Vec<_> = (0..channels).map(|_| converter()).collect();
        let input = noise(channels * from as usize / 100);
        let mut output = vec![0.0; channels * to as usize / 100];
        let name = format!(
            "polyphase {from} to {to} Hz, {quality:?}: 10 ms, {channels} x {} samples",
            from / 100
        );
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| {
                Polyphase::process_planes(&mut converters, black_box(&input), &mut output);
            });
        });
    }
}

fn resampler(criterion: &mut Criterion) {
    let mut resampler = Resampler::new(44_100, 16_000);
    let input = noise(2 * 44_100);
    let mut output = vec![0.0; 2 * 16_000];
    let name = "resampler 44100 to 16000 Hz: 1 s, 2 x 44100 samples";
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| resampler.convert(black_box(&input), 2, Layout::Interleaved, &mut output));
    });
}

fn stream_resampler(criterion: &mut Criterion) {
    let mut resampler = StreamResampler::new(44_100, 16_000, 2);
    let input = noise(2 * 441);
    let mut output = vec![0.0; 2 * 160];
    criterion.bench_function(
        "stream resampler 44100 to 16000 Hz: 10 ms, 2 x 441 samples",
        |bencher| {
            bencher.iter(|| resampler.process(black_box(&input), &mut output));
        },
    );
}

fn silero(criterion: &mut Criterion) {
    let mut network = SileroNetwork::new();
    let samples = noise(WINDOW_SAMPLES);
    let window: &[f32; WINDOW_SAMPLES] = samples.as_slice().try_into().expect("a window");
    criterion.bench_function(
        "Silero: a window of 32 ms at 16 kHz, 512 samples",
        |bencher| {
            bencher.iter(|| black_box(network.probability(black_box(window))));
        },
    );
}

fn filters(criterion: &mut Criterion) {
    let input = noise(480);
    let mut output = vec![0.0; 480];
    let mut split = BandSplit::new(0);
    let mut low = [0.0; LOW_FRAME];
    criterion.bench_function(
        "band split and join: 10 ms at 48 kHz, 480 samples",
        |bencher| {
            bencher.iter(|| {
                split.split(black_box(&input), &mut low);
                split.join(&mut low, 0.5, &mut output);
            });
        },
    );
    let mut cascade = Biquad::butterworth_high_pass(48_000, 100.0, 2);
    criterion.bench_function(
        "biquad: 10 ms at 48 kHz, 480 samples, and copying them",
        |bencher| {
            bencher.iter(|| {
                output.copy_from_slice(black_box(&input));
                cascade[0].process(&mut output);
            });
        },
    );
    for (ceiling, state) in [(0.5, "idle"), (0.25, "limiting")] {
        let mut limiter = Limiter::new(ceiling);
        let mut block = Block::silent(Format::VOICE);
        let name = format!("limiter, {state}: 10 ms at 48 kHz, 480 samples, and copying them");
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| {
                block.channel_mut(0).copy_from_slice(black_box(&input));
                limiter.process(&mut block);
            });
        });
    }
}

/// Both work on spectra.
fn denoisers(criterion: &mut Criterion) {
    let input = noise(480);
    let mut output = vec![0.0; 480];
    let mut webrtc = WebRtcNoise::new(SuppressionLevel::K12dB, true);
    criterion.bench_function(
        "WebRTC noise suppression: 10 ms at 48 kHz, 480 samples",
        |bencher| {
            bencher.iter(|| webrtc.process(black_box(&input), &mut output));
        },
    );
    let mut rnnoise = RnNoise::new();
    criterion.bench_function("RNNoise: 10 ms at 48 kHz, 480 samples", |bencher| {
        bencher.iter(|| rnnoise.process(black_box(&input), &mut output));
    });
}

criterion_group!(
    benches,
    polyphase,
    resampler,
    stream_resampler,
    silero,
    filters,
    denoisers
);
criterion_main!(benches);
