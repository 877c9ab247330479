use std::f32::consts::TAU;

use super::*;

const FRAME: usize = 960;

fn tone(frequency_hz: f32, from: usize, samples: usize) -> Vec<f32> {
    let sample = |n: usize| 0.5 * (TAU * frequency_hz * n as f32 / 48_000.0).sin();
    (from..from + samples).map(sample).collect()
}

/// A vowel: harmonics of 137 Hz, whose period is no whole number of samples.
fn vowel(from: usize, samples: usize) -> Vec<f32> {
    let sample = |n: usize| {
        let harmonic = |k: i32| {
            let phase = TAU * 137.0 * k as f32 * n as f32 / 48_000.0 + k as f32;
            phase.sin() / k as f32
        };
        0.15 * (1..12).map(harmonic).sum::<f32>()
    };
    (from..from + samples).map(sample).collect()
}

fn rms(pcm: &[f32]) -> f32 {
    (pcm.iter().map(|sample| sample * sample).sum::<f32>() / pcm.len() as f32).sqrt()
}

fn largest_step(pcm: &[f32]) -> f32 {
    let steps = pcm.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

fn difference_db(a: &[f32], b: &[f32]) -> f32 {
    let difference: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    20.0 * (rms(&difference) / rms(b)).log10()
}

/// Hears `signal` for 100 ms, loses `lost` samples, and hears it again; what came out from 20 ms before the gap.
fn play(signal: impl Fn(usize, usize) -> Vec<f32>, lost: usize) -> Vec<f32> {
    let mut extrapolation = Extrapolation::default();
    for n in 0..5 {
        extrapolation.join(&mut signal(n * FRAME, FRAME));
    }
    let mut out = signal(4 * FRAME, FRAME);
    for start in (0..lost).step_by(FRAME) {
        let mut pcm = vec![0.0; FRAME.min(lost - start)];
        extrapolation.extend(&mut pcm);
        out.extend(pcm);
    }
    let mut next = signal(5 * FRAME + lost, FRAME);
    extrapolation.join(&mut next);
    out.extend(next);
    out
}

#[test]
fn a_lost_packet_of_a_tone_stays_close_to_the_tone() {
    for frequency_hz in [60.0, 100.0, 137.0, 220.0, 440.0, 1000.0] {
        let out = play(|from, samples| tone(frequency_hz, from, samples), FRAME);
        let wanted = tone(frequency_hz, 5 * FRAME, FRAME);
        let difference = difference_db(&out[FRAME..2 * FRAME], &wanted);
        assert!(difference < -20.0, "{frequency_hz} Hz: {difference} dB");
    }
    let out = play(vowel, FRAME);
    let difference = difference_db(&out[FRAME..2 * FRAME], &vowel(5 * FRAME, FRAME));
    assert!(difference < -15.0, "vowel: {difference} dB");
}

#[test]
fn no_step_is_larger_than_the_signal_itself_makes() {
    for lost in [120, FRAME, 3 * FRAME, 6 * FRAME] {
        for frequency_hz in [70.0, 333.0, 900.0] {
            let out = play(|from, samples| tone(frequency_hz, from, samples), lost);
            let own = largest_step(&tone(frequency_hz, 0, FRAME));
            let found = largest_step(&out);
            assert!(
                found < 1.5 * own,
                "{frequency_hz} Hz, {lost} lost: {found} against {own}"
            );
        }
        let (found, own) = (
            largest_step(&play(vowel, lost)),
            largest_step(&vowel(0, FRAME)),
        );
        assert!(found < 1.5 * own, "vowel: {found} against {own}");
    }
}

#[test]
fn the_level_is_held_for_a_packet_then_falls_to_silence() {
    let out = play(vowel, 6 * FRAME);
    let levels: Vec<f32> = out.chunks(FRAME).map(rms).collect();
    let heard = levels[0];
    assert!(
        (20.0 * (levels[1] / heard).log10()).abs() < 1.0,
        "{levels:?}"
    );
    for pair in levels[1..6].windows(2) {
        assert!(pair[1] < pair[0] || pair[1] == 0.0, "{levels:?}");
    }
    assert_eq!(&levels[5..7], [0.0, 0.0]);
}

#[test]
fn silence_and_a_beginning_without_history_are_continued_by_silence() {
    let mut extrapolation = Extrapolation::default();
    let mut pcm = [1.0; FRAME];
    extrapolation.extend(&mut pcm);
    assert_eq!(pcm, [0.0; FRAME]);
}

#[test]
fn nothing_louder_than_what_was_heard_comes_of_anything() {
    // A click, an onset, noise: whatever the last samples are.
    let mut seed = 1u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed as f32 / u32::MAX as f32 - 0.5
    };
    for onset in [0, 1, 100, FRAME - 1, FRAME] {
        let mut extrapolation = Extrapolation::default();
        let mut heard = vec![0.0; FRAME];
        heard[onset..].fill_with(&mut noise);
        extrapolation.join(&mut heard);
        let mut pcm = vec![0.0; 2 * FRAME];
        extrapolation.extend(&mut pcm);
        // The seam may add one step to a sample.
        assert!(pcm.iter().all(|sample| sample.abs() <= 1.5), "{onset}");
        assert!(rms(&pcm) <= 1.2 * rms(&heard[onset.min(FRAME - 1)..]).max(0.01));
    }
}

/// Gives a tone for every packet, and counts what reaches it.
#[derive(Default)]
struct ToneDecoder {
    packets: usize,
}

impl PlainDecoder for ToneDecoder {
    fn decode(&mut self, _packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError> {
        self.packets += 1;
        pcm[..FRAME].copy_from_slice(&tone(200.0, 0, FRAME));
        Ok(FRAME)
    }

    fn reset(&mut self) {
        self.packets = 0;
    }
}

#[test]
fn a_plain_decoder_becomes_a_whole_one_and_never_sees_garbage() {
    let mut decoder = Concealing::new(ToneDecoder::default());
    let mut pcm = [0.0; FRAME];
    // 20 ms of CELT; the same with two frames of unequal halves.
    assert_eq!(decoder.decode(&[0xf8, 1, 2], &mut pcm), Ok(FRAME));
    assert_eq!(decoder.decode(&[0xf9, 1, 2, 3], &mut pcm), Err(DecodeError));
    assert_eq!(decoder.decode(&[], &mut pcm), Err(DecodeError));
    assert_eq!(decoder.decoder.packets, 1);
    assert_eq!(decoder.conceal(&mut pcm), Ok(FRAME));
    assert!(rms(&pcm) > 0.3);
    assert_eq!(decoder.fec_samples(&[0xf8, 1, 2]), 0);
    decoder.reset();
    assert_eq!(decoder.conceal(&mut pcm), Ok(FRAME));
    assert_eq!(pcm, [0.0; FRAME]);
}
