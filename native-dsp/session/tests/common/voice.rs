//! A voice-like signal, through real Opus.

use remotemedia_session::codec::{AudioEncoder, EncoderConfig};
use remotemedia_session::opus::OpusEncoder;

use super::{Dice, FRAME};

/// A buzz of changing pitch through two moving resonances, with syllables: enough like a voice that Opus
/// chooses its speech mode.
pub fn voice(frames: usize) -> Vec<f32> {
    let mut dice = Dice::new(7);
    let (mut phase, mut low, mut high) = (0.0_f64, [0.0; 2], [0.0; 2]);
    let sample = |n: usize| {
        let t = n as f64 / 48_000.0;
        let pitch = 120.0 + 30.0 * (t * 5.0).sin() + 10.0 * (t * 13.0).sin();
        phase = (phase + pitch / 48_000.0).fract();
        let breath = dice.below(1000) as f64 / 1000.0 - 0.5;
        let buzz = if phase < 0.1 { 1.0 } else { -0.11 } + 0.05 * breath;
        let first = resonate(&mut low, buzz, 500.0 + 250.0 * (t * 7.0).sin());
        let second = resonate(&mut high, buzz, 1500.0 + 600.0 * (t * 4.0).cos());
        let syllable = (0.55 + 0.45 * (t * 20.0).sin()).powi(2);
        (0.05 * syllable * (first + 0.5 * second)) as f32
    };
    (0..frames * FRAME as usize).map(sample).collect()
}

fn resonate(state: &mut [f64; 2], input: f64, hz: f64) -> f64 {
    let radius = 0.99;
    let angle = std::f64::consts::TAU * hz / 48_000.0;
    let out = input + 2.0 * radius * angle.cos() * state[0] - radius * radius * state[1];
    *state = [out, state[0]];
    out * 0.3
}

/// Packets of 20 ms at 32 kb/s, with in-band FEC for `loss_percent`.
pub fn encode(pcm: &[f32], loss_percent: u8) -> Vec<Vec<u8>> {
    let mut encoder = OpusEncoder::new(48_000, 1, EncoderConfig::default()).unwrap();
    encoder.set_packet_loss_percent(loss_percent);
    let mut packet = [0; 1275];
    pcm.chunks_exact(FRAME as usize)
        .map(|frame| {
            let length = encoder.encode(frame, &mut packet).unwrap();
            packet[..length].to_vec()
        })
        .collect()
}

/// Normalised correlation of two signals, -1 to 1.
pub fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-12)
}
