//! The kernels of the core, each on one 10 ms frame (or window) of noise, by criterion:
//! `cargo bench -p remotemedia-core`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use remotemedia_core::dsp::polyphase::{Polyphase, Quality};
use remotemedia_core::dsp::resampler::{Layout, Resampler};

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
    let mut group = criterion.benchmark_group("polyphase");
    for (from, to, channels, quality) in [
        (48_000, 16_000, 1, Quality::Medium),
        (16_000, 48_000, 1, Quality::Medium),
        (44_100, 48_000, 1, Quality::Medium),
        (44_100, 16_000, 2, Quality::High),
        (44_100, 16_000, 2, Quality::VeryHigh),
    ] {
        let mut converters: Vec<_> = (0..channels)
            .map(|_| Polyphase::new(from, to, quality))
            .collect();
        let input = noise(channels * from as usize / 100);
        let mut output = vec![0.0; channels * to as usize / 100];
        let name = format!("{from}_to_{to}_x{channels}_{quality:?}");
        group.bench_function(&name, |bencher| {
            bencher.iter(|| {
                Polyphase::process_planes(&mut converters, black_box(&input), &mut output)
            });
        });
    }
    group.finish();
}

fn resampler(criterion: &mut Criterion) {
    let mut resampler = Resampler::new(44_100, 16_000);
    let input = noise(2 * 44_100);
    let mut output = vec![0.0; 2 * 16_000];
    criterion.bench_function("resampler/44100_to_16000_stereo_1s", |bencher| {
        bencher.iter(|| resampler.convert(black_box(&input), 2, Layout::Interleaved, &mut output));
    });
}

criterion_group!(benches, polyphase, resampler);
criterion_main!(benches);
