//! How loud the speech is and how loud the noise beneath it, from the level of each 10 ms.
//!
//! The noise is a [`NoiseFloor`]. Speech stands out of the noise, moves as syllables do, and lasts: so neither
//! a fan nor a keyboard counts.

use super::level::{FLOOR_DBFS, power_dbfs};
use super::noise_floor::NoiseFloor;

/// Speech stands this far above the noise.
const SPEECH_ABOVE_NOISE_DB: f32 = 9.0;
/// Within half a second, speech moves at least this much; the level of noise stays within 3 dB.
const SPEECH_MOVEMENT_DB: f32 = 8.0;
const MOVEMENT_FRAMES: usize = 50;
/// Below this nobody means to be heard.
const FAINTEST_SPEECH_DBFS: f32 = -65.0;
/// A click or a key is over before so many frames.
const SHORTEST_SPEECH_FRAMES: usize = 10;
/// Frames of speech after which the past counts for 1/e.
const MEMORY_FRAMES: f64 = 400.0;
/// Levels are means over this many frames: a low voice has a pitch period of 12 ms. (A plain mean, since
/// the tail of an exponential one would make a keystroke last.)
const SMOOTHED_FRAMES: usize = 3;

/// The estimator.
pub struct SpeechLevel {
    powers: [f64; SMOOTHED_FRAMES],
    movement: [f32; MOVEMENT_FRAMES],
    noise: NoiseFloor,
    frames: usize,
    /// Frames of speech in a row, and the sum of their powers until they are enough to be believed.
    run: usize,
    pending: f64,
    speech_frames: usize,
    speech_power: f64,
}

impl SpeechLevel {
    /// An estimator that has heard nothing.
    pub fn new() -> Self {
        Self {
            powers: [0.0; SMOOTHED_FRAMES],
            movement: [FLOOR_DBFS; MOVEMENT_FRAMES],
            noise: NoiseFloor::new(10),
            frames: 0,
            run: 0,
            pending: 0.0,
            speech_frames: 0,
            speech_power: 0.0,
        }
    }

    /// Takes the mean square of the next 10 ms and says whether it is speech.
    pub fn update(&mut self, mean_square: f64) -> bool {
        // A moment of 60 dBFS would count for a minute after it.
        let mean_square = mean_square.min(1.0);
        let first = self.frames == 0;
        if first {
            self.powers.fill(mean_square);
        }
        self.powers[self.frames % SMOOTHED_FRAMES] = mean_square;
        let level = power_dbfs(self.powers.iter().sum::<f64>() / SMOOTHED_FRAMES as f64);
        self.remember(level, first);
        let moved = self.movement.iter().fold(FLOOR_DBFS, |a, b| a.max(*b))
            - self.movement.iter().fold(0.0, |a: f32, b| a.min(*b));
        let stands_out =
            level > self.noise_dbfs() + SPEECH_ABOVE_NOISE_DB && level > FAINTEST_SPEECH_DBFS;
        if !stands_out || moved < SPEECH_MOVEMENT_DB {
            (self.run, self.pending) = (0, 0.0);
            return false;
        }
        self.run += 1;
        self.pending += mean_square;
        if self.run < SHORTEST_SPEECH_FRAMES {
            return false;
        }
        let believed = if self.run == SHORTEST_SPEECH_FRAMES {
            self.run
        } else {
            1
        };
        self.speech_frames += believed;
        // A plain mean at first, then one that forgets.
        let weight = believed as f64 / (self.speech_frames as f64).min(MEMORY_FRAMES);
        self.speech_power += weight * (self.pending / believed as f64 - self.speech_power);
        self.pending = 0.0;
        true
    }

    /// Mean level of the speech so far, pauses left out; `None` before any.
    pub fn speech_dbfs(&self) -> Option<f32> {
        (self.speech_frames > 0).then(|| power_dbfs(self.speech_power))
    }

    /// Level of the noise.
    pub fn noise_dbfs(&self) -> f32 {
        self.noise.dbfs()
    }

    fn remember(&mut self, level: f32, first: bool) {
        if first {
            self.movement.fill(level);
        }
        self.movement[self.frames % MOVEMENT_FRAMES] = level;
        self.noise.update(level);
        self.frames += 1;
    }
}

impl Default for SpeechLevel {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::level::energy;
    use crate::dsp::test_signal::{noise, sine, speech_48k};

    /// Runs 48 kHz samples through; says how many frames were speech.
    fn listen(estimator: &mut SpeechLevel, samples: &[f32]) -> usize {
        let frames = samples.chunks_exact(480);
        let speech = frames.filter(|frame| estimator.update(energy(frame) / 480.0));
        speech.count()
    }

    #[test]
    fn speech_is_found_and_measured_without_its_pauses() {
        let speech = speech_48k();
        let mut estimator = SpeechLevel::new();
        let found = listen(&mut estimator, &speech);
        assert!((500..866).contains(&found), "{found} of 866 frames");
        let spoken = [
            &speech[48_000..193_296],
            &speech[240_000..404_640],
            &speech[480_000..585_840],
        ]
        .concat();
        let actual = power_dbfs(energy(&spoken) / spoken.len() as f64);
        let level = estimator.speech_dbfs().expect("there is speech");
        assert!(
            (level - actual).abs() < 2.5,
            "{level} dBFS instead of {actual}"
        );
        assert!(
            (-72.0..-62.0).contains(&estimator.noise_dbfs()),
            "{}",
            estimator.noise_dbfs()
        );
    }

    #[test]
    fn steady_sounds_are_not_speech_however_loud() {
        for sound in [noise(2, 0.3, 480_000), sine(48_000, 300.0, 0.3, 480_000)] {
            let mut estimator = SpeechLevel::new();
            assert_eq!(listen(&mut estimator, &sound), 0);
        }
    }

    #[test]
    fn noise_that_begins_is_mistaken_for_half_a_second_at_most() {
        let mut estimator = SpeechLevel::new();
        listen(&mut estimator, &[0.0; 96_000]);
        let mistaken = listen(&mut estimator, &noise(3, 0.1, 480_000));
        assert!(mistaken <= MOVEMENT_FRAMES, "{mistaken} frames");
    }

    #[test]
    fn what_is_far_beyond_full_scale_is_not_remembered_for_longer_than_full_scale() {
        let speech = speech_48k();
        let level_after = |burst: f32| {
            let mut estimator = SpeechLevel::new();
            for sound in [&speech[..], &[burst; 9_600], &speech] {
                listen(&mut estimator, sound);
            }
            estimator.speech_dbfs().expect("there is speech")
        };
        assert_eq!(level_after(999.0), level_after(1.0));
    }

    #[test]
    fn clicks_are_not_speech() {
        let mut keyboard = noise(4, 0.001, 480_000);
        for click in (0..480_000).step_by(12_000) {
            keyboard[click..click + 1_440]
                .iter_mut()
                .for_each(|sample| *sample *= 300.0);
        }
        assert_eq!(listen(&mut SpeechLevel::new(), &keyboard), 0);
    }
}
