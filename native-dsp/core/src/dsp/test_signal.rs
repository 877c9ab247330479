//! Signals and measurements for the tests of kernels and nodes.

use std::f64::consts::TAU;

/// `length` samples of a tone that starts at phase 0.
pub fn sine(sample_rate: u32, hz: f64, amplitude: f64, length: usize) -> Vec<f32> {
    let step = TAU * hz / f64::from(sample_rate);
    (0..length)
        .map(|n| (amplitude * (step * n as f64).sin()) as f32)
        .collect()
}

/// White noise in -amplitude..amplitude, the same for the same seed (xorshift, Marsaglia 2003).
pub fn noise(seed: u64, amplitude: f32, length: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        amplitude * ((state >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
    };
    (0..length).map(|_| next()).collect()
}

/// Syllables of noise, five a second with a gap of 50 ms each: a voice to whoever measures levels.
pub fn babble(sample_rate: u32, seed: u64, amplitude: f32, length: usize) -> Vec<f32> {
    let (syllable, gap) = (sample_rate as usize / 5, sample_rate as usize / 20);
    let mut babble = noise(seed, amplitude, length);
    for (n, sample) in babble.iter_mut().enumerate() {
        *sample *= f32::from(n % syllable < syllable - gap);
    }
    babble
}

/// A ratio of amplitudes in dB.
pub fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.max(1e-20).log10()
}

/// Root mean square.
pub fn rms(samples: &[f32]) -> f64 {
    (samples.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
}

/// The tone of a known frequency in a signal, by least squares, and what remains without it.
pub struct Fit {
    /// Of the tone.
    pub amplitude: f64,
    /// Of the tone (as a sine) at the first sample, in radians.
    pub phase: f64,
    /// Of everything else.
    pub residual_rms: f64,
}

impl Fit {
    /// Fits a tone of `hz`.
    pub fn of(samples: &[f32], sample_rate: u32, hz: f64) -> Self {
        let step = TAU * hz / f64::from(sample_rate);
        let basis = |n: usize| (step * n as f64).sin_cos();
        let (mut ss, mut cc, mut sc, mut sy, mut cy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (n, sample) in samples.iter().enumerate() {
            let (s, c) = basis(n);
            let y = f64::from(*sample);
            ss += s * s;
            cc += c * c;
            sc += s * c;
            sy += s * y;
            cy += c * y;
        }
        let determinant = ss * cc - sc * sc;
        let a = (sy * cc - cy * sc) / determinant;
        let b = (cy * ss - sy * sc) / determinant;
        let residual = samples.iter().enumerate().map(|(n, sample)| {
            let (s, c) = basis(n);
            (f64::from(*sample) - a * s - b * c).powi(2)
        });
        Self {
            amplitude: a.hypot(b),
            phase: b.atan2(a),
            residual_rms: (residual.sum::<f64>() / samples.len() as f64).sqrt(),
        }
    }
}

/// Fourteen seconds of speech at 48 kHz: three sentences with a second of near-silence around each.
pub fn speech_48k() -> Vec<f32> {
    const WAV: &[u8] = include_bytes!("../../../../tests/fixtures/speech.wav");
    let samples = WAV[44..].chunks_exact(2);
    samples
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
        .collect()
}

/// By how many samples `output` lags `input`: the lag, up to `longest`, at which they correlate best.
pub fn delay_of(input: &[f32], output: &[f32], longest: usize) -> usize {
    let correlation = |lag: usize| -> f64 {
        let pairs = input.iter().zip(&output[lag..]);
        pairs.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let lags = 0..=longest;
    let best = lags.max_by(|a, b| correlation(*a).total_cmp(&correlation(*b)));
    best.unwrap_or(0)
}
