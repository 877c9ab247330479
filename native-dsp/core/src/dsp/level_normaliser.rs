//! A slow automatic gain for the ears of a detector; nobody hears its output.

use super::level::{energy, power_dbfs};

/// RMS of 10 ms at which speech peaks after the gain, in dBFS.
const TARGET_DBFS: f32 = -20.0;
/// Most gain, in dB. There is no attenuation: detectors do not mind loud speech.
const MAX_GAIN_DB: f32 = 30.0;
/// How fast a loud moment is forgotten: slow enough to bridge pauses, in dB a second.
const DECAY_DB_PER_SECOND: f32 = 2.0;
/// How fast the gain may grow, in dB a second. It falls at once, so that a first loud word is not distorted.
const RISE_DB_PER_SECOND: f32 = 50.0;
const FRAMES_PER_SECOND: f32 = 100.0;

/// Follows the level of one stream of 10 ms frames.
#[derive(Debug)]
pub struct LevelNormaliser {
    /// Follower of the loudest recent frame, in dBFS.
    level_dbfs: f32,
    gain_db: f32,
    /// The gain that the frame before ended with, as a factor.
    gain: f32,
}

impl Default for LevelNormaliser {
    fn default() -> Self {
        Self {
            level_dbfs: TARGET_DBFS - MAX_GAIN_DB,
            gain_db: 0.0,
            gain: 1.0,
        }
    }
}

impl LevelNormaliser {
    /// Amplifies one frame of 10 ms in place, within -1..1.
    pub fn process(&mut self, frame: &mut [f32]) {
        let frame_dbfs = power_dbfs(energy(frame) / frame.len() as f64);
        let decayed_dbfs = self.level_dbfs - DECAY_DB_PER_SECOND / FRAMES_PER_SECOND;
        self.level_dbfs = frame_dbfs.max(decayed_dbfs).max(TARGET_DBFS - MAX_GAIN_DB);
        let wanted_db = (TARGET_DBFS - self.level_dbfs).max(0.0);
        self.gain_db = wanted_db.min(self.gain_db + RISE_DB_PER_SECOND / FRAMES_PER_SECOND);

        let gain = 10f32.powf(self.gain_db / 20.0);
        let step = (gain - self.gain) / frame.len() as f32;
        for sample in frame.iter_mut() {
            self.gain += step;
            *sample = (*sample * self.gain).clamp(-1.0, 1.0);
        }
        self.gain = gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::sine;

    /// RMS in dBFS of the last 10 ms of `seconds` of a tone of this amplitude.
    fn settled_dbfs(normaliser: &mut LevelNormaliser, amplitude: f64, seconds: usize) -> f32 {
        let mut tone = sine(16_000, 1_000.0, amplitude, 16_000 * seconds);
        let mut level_dbfs = 0.0;
        for frame in tone.chunks_exact_mut(160) {
            normaliser.process(frame);
            level_dbfs = power_dbfs(energy(frame) / 160.0);
        }
        level_dbfs
    }

    #[test]
    fn quiet_speech_is_raised_to_the_target_within_a_second() {
        let level_dbfs = settled_dbfs(&mut LevelNormaliser::default(), 0.01, 1);
        assert!((level_dbfs - TARGET_DBFS).abs() < 0.1, "{level_dbfs} dBFS");
    }

    #[test]
    fn loud_speech_is_left_alone_even_after_quiet_speech() {
        let mut normaliser = LevelNormaliser::default();
        settled_dbfs(&mut normaliser, 0.01, 1);
        let level_dbfs = settled_dbfs(&mut normaliser, 0.5, 1);
        assert!((level_dbfs + 9.03).abs() < 0.1, "{level_dbfs} dBFS");
    }

    #[test]
    fn the_gain_never_exceeds_its_maximum() {
        let level_dbfs = settled_dbfs(&mut LevelNormaliser::default(), 0.0001, 5);
        assert!(
            (level_dbfs - (-83.01 + MAX_GAIN_DB)).abs() < 0.1,
            "{level_dbfs} dBFS"
        );
    }
}
