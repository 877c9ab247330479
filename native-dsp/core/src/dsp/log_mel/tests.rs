//! Tests against an independent implementation, whose results are kept in `tests/fixtures`.

use super::*;

/// Three seconds of the fixture `speech-noisy.wav`, 16 kHz.
pub fn speech() -> Vec<f32> {
    const WAV: &[u8] = include_bytes!("../../../../../tests/fixtures/speech-noisy.wav");
    let samples = WAV[44..].chunks_exact(2).take(3 * 16_000);
    samples
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
        .collect()
}

/// What `tests/fixtures/make-log-mel.py` found for it, band after band: 16-bit steps of 1/16384.
pub fn reference(mels: usize) -> Vec<f32> {
    const OF_80: &[u8] = include_bytes!("../../../../../tests/fixtures/log-mel-80.i16");
    const OF_128: &[u8] = include_bytes!("../../../../../tests/fixtures/log-mel-128.i16");
    let bytes = if mels == 80 { OF_80 } else { OF_128 };
    let steps = bytes.chunks_exact(2);
    steps
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 16_384.0)
        .collect()
}

/// Half a step of the reference, and what f32 rounds.
pub const TOLERANCE: f32 = 0.5 / 16_384.0 + 2e-6;

#[test]
fn speech_gives_the_values_of_the_reference_implementation() {
    for mels in MELS {
        let (ours, reference) = (log_mel_spectrogram(&speech(), mels), reference(mels));
        assert_eq!(ours.len(), mels * 300);
        assert_eq!(reference.len(), ours.len());
        let errors = ours.iter().zip(&reference).map(|(a, b)| (a - b).abs());
        let worst = errors.fold(0.0, f32::max);
        assert!(worst < TOLERANCE, "{mels} bands differ by {worst}");
    }
}

#[test]
fn silence_and_garbage_are_the_floor_and_nothing_is_nothing() {
    for sample in [0.0, f32::NAN, f32::INFINITY] {
        // log10 of 1e-10, and (x + 4) / 4.
        assert_eq!(log_mel_spectrogram(&[sample; 1_600], 80), [-1.5; 800]);
    }
    assert!(log_mel_spectrogram(&[], 80).is_empty());
    assert!(log_mel_spectrogram(&[0.5; 159], 80).is_empty());
    assert_eq!(log_mel_spectrogram(&[0.5; 160], 128).len(), 128);
}

#[test]
fn a_signal_is_mirrored_without_repeating_its_ends() {
    let places: Vec<usize> = (-4..8).map(|position| mirrored(position, 4)).collect();
    assert_eq!(places, [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]);
    assert_eq!((mirrored(-200, 1), mirrored(5, 1)), (0, 0));
}
