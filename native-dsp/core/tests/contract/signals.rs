//! What nodes are fed: functions of time, so that the same signal exists at every rate.

use std::f64::consts::TAU;

/// A test signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Signal {
    /// Voiced syllables with pauses: gliding pitch, harmonics below 3 kHz.
    Speech,
    /// White noise at -26 dBFS.
    Noise,
    /// Zeros.
    Silence,
    /// A square wave at full scale.
    FullScale,
    /// Speech between NaN, infinities, denormals and absurd values.
    Garbage,
}

impl Signal {
    pub const ALL: [Self; 5] = [
        Self::Speech,
        Self::Noise,
        Self::Silence,
        Self::FullScale,
        Self::Garbage,
    ];

    /// Sample `n` at `rate` Hz.
    pub fn at(self, n: i64, rate: u32) -> f32 {
        let t = n as f64 / f64::from(rate);
        match self {
            Self::Speech => speech(t),
            Self::Noise => noise(n as u64) * 0.05,
            Self::Silence => 0.0,
            Self::FullScale => {
                if (t * 400.0) as i64 % 2 == 0 {
                    1.0
                } else {
                    -1.0
                }
            }
            Self::Garbage => match n % 17 {
                3 => f32::NAN,
                5 => f32::INFINITY,
                7 => f32::NEG_INFINITY,
                9 => 1e-42,
                11 => f32::MAX,
                _ => speech(t),
            },
        }
    }
}

/// The pitch glides so that no two periods are alike: a correlation has one peak only.
fn speech(t: f64) -> f32 {
    let phase = 110.0 * t + 18.0 * (TAU * 0.7 * t).sin() + 6.0 * t * t;
    let syllable = (TAU * 3.1 * t).sin().max(0.0).powf(0.7);
    let voice: f64 = (1..=14)
        .map(|harmonic| (TAU * f64::from(harmonic) * phase).sin() / f64::from(harmonic).powf(1.2))
        .sum();
    (voice * syllable * 0.15) as f32
}

/// SplitMix64 of the sample's number: Steele, Lea and Flood 2014.
fn noise(n: u64) -> f32 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0
}
