//! Which channels carry a voice, frame by frame, with short pauses filled and clicks taken out.

use crate::block::Block;
use crate::dsp::level::{FLOOR_DBFS, energy, power_dbfs};
use crate::dsp::noise_floor::NoiseFloor;
use crate::format::MAX_CHANNELS;
use crate::per_channel::ChannelSet;

/// Shorter sound is a click.
const SHORTEST_VOICE: u32 = 10;
/// Shorter pauses are part of speech: between words, and the closures of consonants.
const LONGEST_PAUSE: u32 = 30;
/// How many frames the answer comes late, so that it need not be taken back.
pub const DELAY_FRAMES: u32 = SHORTEST_VOICE + LONGEST_PAUSE;
/// How far a voice stands above the noise, as in `RustVADNode`.
const NOISE_MARGIN_DB: f32 = 9.0;
/// Channels that correlate above this are one voice.
const SAME_VOICE: f64 = 0.7;
/// What is left of a correlation after a frame: a time constant of 250 ms.
const MEMORY: f64 = 0.96;
/// A channel belongs to the voice of one before it, unless it is this much louder (3 dB).
const LOUDER: f64 = 2.0;

const CHANNELS: usize = MAX_CHANNELS as usize;

/// Voice activity of every channel of a stream, by level, noise floor and correlation.
pub struct VoiceMask {
    threshold_dbfs: f32,
    channels: [Channel; CHANNELS],
    /// Decaying sums of products of channels: `[a][b]` for a < b.
    products: [[f64; CHANNELS]; CHANNELS],
    /// Frames that are not yet answered, at most [`DELAY_FRAMES`].
    waiting: u32,
}

struct Channel {
    noise: NoiseFloor,
    /// Decaying sum of squares.
    energy: f64,
    /// One bit a frame, the newest lowest: whether it is voice.
    voice: u64,
    /// Frames in a row with sound.
    run: u32,
    /// Frames since the last voice; large where there was none.
    pause: u32,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            noise: NoiseFloor::new(10),
            energy: 0.0,
            voice: 0,
            run: 0,
            pause: u32::MAX / 2,
        }
    }
}

impl VoiceMask {
    /// What is below `threshold_dbfs` is no voice.
    pub fn new(threshold_dbfs: f32) -> Self {
        Self {
            threshold_dbfs,
            channels: std::array::from_fn(|_| Channel::default()),
            products: [[0.0; CHANNELS]; CHANNELS],
            waiting: 0,
        }
    }

    /// Takes the next frame; gives the answer for the one [`DELAY_FRAMES`] before it.
    pub fn update(&mut self, audio: &Block) -> Option<ChannelSet> {
        let count = audio.channels();
        let mut levels = [FLOOR_DBFS; CHANNELS];
        for (channel, level) in levels[..count].iter_mut().enumerate() {
            let energy = energy(audio.channel(channel));
            let state = &mut self.channels[channel];
            state.energy = state.energy * MEMORY + energy;
            *level = power_dbfs(energy / audio.channel(channel).len() as f64);
            state.noise.update(*level);
        }
        self.correlate(audio);
        for (channel, level) in levels[..count].iter().enumerate() {
            let noise_dbfs = self.channels[channel].noise.dbfs();
            let has_sound = *level >= self.threshold_dbfs && *level >= noise_dbfs + NOISE_MARGIN_DB;
            let is_own = !self.is_echo(channel, count);
            self.channels[channel].advance(has_sound && is_own);
        }
        self.answer(count)
    }

    /// The answer for the next frame that still waits, when nothing more will come.
    pub fn drain(&mut self) -> Option<ChannelSet> {
        if self.waiting == 0 {
            return None;
        }
        for channel in &mut self.channels {
            channel.advance(false);
        }
        // The frame that was just made up is never answered.
        self.waiting -= 1;
        Some(self.oldest(CHANNELS))
    }

    /// As new.
    pub fn reset(&mut self) {
        *self = Self::new(self.threshold_dbfs);
    }

    fn answer(&mut self, count: usize) -> Option<ChannelSet> {
        if self.waiting < DELAY_FRAMES {
            self.waiting += 1;
            return None;
        }
        Some(self.oldest(count))
    }

    fn oldest(&self, count: usize) -> ChannelSet {
        let bits = self.channels[..count].iter().enumerate();
        ChannelSet(bits.fold(0, |set, (index, channel)| {
            set | ((channel.voice >> DELAY_FRAMES & 1) as u8) << index
        }))
    }

    fn correlate(&mut self, audio: &Block) {
        for a in 0..audio.channels() {
            for b in a + 1..audio.channels() {
                let product = &mut self.products[a][b];
                *product = *product * MEMORY + dot(audio.channel(a), audio.channel(b));
            }
        }
    }

    /// Whether `channel` carries the voice of another one.
    fn is_echo(&self, channel: usize, count: usize) -> bool {
        let own = self.channels[channel].energy;
        (0..count).filter(|other| *other != channel).any(|other| {
            let energy = self.channels[other].energy;
            let (a, b) = (channel.min(other), channel.max(other));
            let is_same = self.products[a][b].abs() > SAME_VOICE * (own * energy).sqrt();
            let is_first = match other < channel {
                true => own <= LOUDER * energy,
                false => energy > LOUDER * own,
            };
            is_same && is_first
        })
    }
}

impl Channel {
    fn advance(&mut self, has_sound: bool) {
        self.voice <<= 1;
        self.pause = (self.pause + 1).min(u32::MAX / 2);
        self.run = if has_sound { self.run + 1 } else { 0 };
        if self.run < SHORTEST_VOICE {
            return;
        }
        // It turns out that the whole run is voice, and with it the pause before.
        let fresh = if self.run == SHORTEST_VOICE {
            SHORTEST_VOICE
        } else {
            1
        };
        let pause = self.pause - fresh.min(self.pause);
        let bridged = if pause <= LONGEST_PAUSE { pause } else { 0 };
        self.voice |= (1 << (fresh + bridged)) - 1;
        self.pause = 0;
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    use crate::dsp::finite::finite;
    // Lanes, for the compiler to vectorise.
    let mut lanes = [0.0f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = a.remainder().iter().zip(b.remainder());
    let rest: f32 = rest.map(|(a, b)| finite(*a) * finite(*b)).sum();
    for (a, b) in a.zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += finite(*a) * finite(*b);
        }
    }
    f64::from(rest + lanes.iter().sum::<f32>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{noise, speech_48k};
    use crate::format::Format;

    /// One character a frame: the set's bits as a digit.
    fn masks(channels: &[&[f32]]) -> Vec<u8> {
        let format = Format {
            sample_rate: 48_000,
            channels: channels.len() as u8,
        };
        let (mut mask, mut block) = (VoiceMask::new(-50.0), Block::silent(format));
        let mut answers = Vec::new();
        for at in (0..channels[0].len()).step_by(480) {
            for (index, samples) in channels.iter().enumerate() {
                let frame = &samples[at..at + 480];
                block.channel_mut(index).copy_from_slice(frame);
            }
            answers.extend(mask.update(&block));
        }
        answers.extend(std::iter::from_fn(|| mask.drain()));
        answers.into_iter().map(|set| set.0).collect()
    }

    /// Noise in these stretches of ms, silence elsewhere.
    fn sound(length_ms: usize, stretches: &[(usize, usize)], seed: u64) -> Vec<f32> {
        let mut sound = noise(seed, 0.2, length_ms * 48);
        for (n, sample) in sound.iter_mut().enumerate() {
            let is_in = |(start, end): &(usize, usize)| (start * 48..end * 48).contains(&n);
            *sample *= f32::from(stretches.iter().any(is_in));
        }
        sound
    }

    /// Stretches of the mask in frames, with its value.
    fn runs(masks: &[u8]) -> Vec<(usize, usize, u8)> {
        let mut runs: Vec<(usize, usize, u8)> = Vec::new();
        for (frame, mask) in masks.iter().enumerate() {
            match runs.last_mut() {
                Some(run) if run.2 == *mask => run.1 = frame + 1,
                _ => runs.push((frame, frame + 1, *mask)),
            }
        }
        runs.retain(|run| run.2 != 0);
        runs
    }

    #[test]
    fn every_frame_is_answered_once_and_in_its_place() {
        let sound = sound(2_000, &[(500, 1_000)], 1);
        let masks = masks(&[&sound]);
        assert_eq!(masks.len(), 200);
        assert_eq!(runs(&masks), [(50, 100, 1)]);
    }

    #[test]
    fn pauses_of_300_ms_are_filled_and_clicks_are_left_out() {
        let stretches = [(500, 700), (1_000, 1_200), (1_510, 1_800), (2_200, 2_290)];
        let sound = sound(3_000, &stretches, 2);
        assert_eq!(runs(&masks(&[&sound])), [(50, 120, 1), (151, 180, 1)]);
    }

    #[test]
    fn a_voice_in_both_channels_is_one_and_two_voices_are_two() {
        let (a, b) = (
            sound(2_000, &[(500, 1_500)], 3),
            sound(2_000, &[(1_000, 1_800)], 4),
        );
        let quieter: Vec<f32> = a.iter().map(|sample| -0.4 * sample).collect();
        let louder: Vec<f32> = a.iter().map(|sample| 3.0 * sample).collect();
        assert_eq!(runs(&masks(&[&a, &a])), [(50, 150, 1)]);
        assert_eq!(runs(&masks(&[&a, &quieter])), [(50, 150, 1)]);
        assert_eq!(runs(&masks(&[&a, &louder])), [(50, 150, 2)]);
        let two = runs(&masks(&[&a, &b]));
        assert_eq!(two, [(50, 100, 1), (100, 150, 3), (150, 180, 2)]);
    }

    #[test]
    fn steady_noise_is_no_voice_and_speech_in_it_is() {
        let steady = noise(5, 0.02, 14 * 48_000);
        let in_noise: Vec<f32> = speech_48k()
            .iter()
            .zip(&steady)
            .map(|(a, b)| a + b)
            .collect();
        let talk = |samples: &[f32]| masks(&[samples]).iter().filter(|mask| **mask != 0).count();
        assert_eq!(talk(&steady), 0);
        let (clean, noisy) = (talk(&speech_48k()), talk(&in_noise));
        assert!(noisy * 10 > clean * 7, "{noisy} of {clean} frames");
    }
}
