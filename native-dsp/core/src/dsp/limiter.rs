//! A peak limiter without added delay: nothing leaves above the ceiling.
//!
//! It looks ahead inside the frame that it has in hand. The gain moves along straight lines between points
//! 1 ms apart, each low enough for the millisecond before and the one after it, so a peak is met by a ramp
//! and not by a clip; only a peak in the first millisecond of a frame must be met by a step.

use crate::block::Block;

const SEGMENTS: usize = 10;
/// Time for the gain to come back by 63 %.
const RELEASE_MS: f32 = 80.0;

/// The state of one stream; its channels are limited together, so that the image does not move.
pub struct Limiter {
    ceiling: f32,
    /// Share of the lost gain that comes back in 1 ms.
    release: f32,
    gain: f32,
}

impl Limiter {
    /// `ceiling`: the highest absolute sample value, 0 to 1.
    pub fn new(ceiling: f32) -> Self {
        Self {
            ceiling,
            release: 1.0 - (-1.0 / RELEASE_MS).exp(),
            gain: 1.0,
        }
    }

    /// Limits 10 ms in place.
    pub fn process(&mut self, audio: &mut Block) {
        let length = audio.format().frame_samples();
        let bounds =
            |segment: usize| segment * length / SEGMENTS..(segment + 1) * length / SEGMENTS;
        let limits: [f32; SEGMENTS] = std::array::from_fn(|segment| {
            let channels = 0..audio.channels();
            let peaks = channels
                .map(|channel| super::level::peak(&audio.channel(channel)[bounds(segment)]));
            let peak = peaks.fold(0.0, f32::max);
            (self.ceiling / peak.max(self.ceiling)).min(1.0)
        });
        if self.gain == 1.0 && limits == [1.0; SEGMENTS] {
            return;
        }
        let mut from = self.gain.min(limits[0]);
        for (segment, limit) in limits.into_iter().enumerate() {
            let released = from + (1.0 - from) * self.release;
            let next = limits.get(segment + 1).copied().unwrap_or(1.0);
            let to = released.min(limit).min(next);
            self.ramp(audio, bounds(segment), from, to);
            from = to;
        }
        self.gain = if from > 0.9999 { 1.0 } else { from };
    }

    fn ramp(&self, audio: &mut Block, range: std::ops::Range<usize>, from: f32, to: f32) {
        let step = (to - from) / range.len().max(1) as f32;
        for channel in 0..audio.channels() {
            let samples = &mut audio.channel_mut(channel)[range.clone()];
            for (index, sample) in samples.iter_mut().enumerate() {
                let limited = *sample * (from + step * index as f32);
                // Rounding may exceed the ceiling by the last bit.
                *sample = limited.clamp(-self.ceiling, self.ceiling);
            }
        }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.gain = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{Fit, decibels, noise, sine};
    use crate::format::Format;

    fn limit(ceiling: f32, samples: &[f32]) -> Vec<f32> {
        let mut limiter = Limiter::new(ceiling);
        let mut block = Block::silent(Format::VOICE);
        let frames = samples.chunks_exact(480).flat_map(|frame| {
            block.channel_mut(0).copy_from_slice(frame);
            limiter.process(&mut block);
            block.channel(0).to_vec()
        });
        frames.collect()
    }

    #[test]
    fn what_is_below_the_ceiling_is_untouched() {
        let quiet = noise(5, 0.49, 9_600);
        assert_eq!(limit(0.5, &quiet), quiet);
    }

    #[test]
    fn nothing_exceeds_the_ceiling_however_it_comes() {
        let mut bursts = noise(6, 0.1, 48_000);
        for (index, sample) in bursts.iter_mut().enumerate() {
            // Single samples and bursts at every place in a frame.
            if index % 1_237 == 0 || index % 7_919 < 300 {
                *sample *= 70.0;
            }
        }
        let limited = limit(0.8, &bursts);
        assert!(limited.iter().all(|sample| sample.abs() <= 0.8));
    }

    #[test]
    fn a_loud_tone_is_turned_down_not_clipped() {
        let limited = limit(0.5, &sine(48_000, 1_000.0, 2.0, 48_000));
        let fit = Fit::of(&limited[4_800..], 48_000, 1_000.0);
        assert!((fit.amplitude - 0.5).abs() < 0.02, "{}", fit.amplitude);
        let distortion = decibels(fit.residual_rms / (fit.amplitude / 2f64.sqrt()));
        assert!(
            distortion < -40.0,
            "{distortion} dB; clipping would give -8"
        );
    }

    #[test]
    fn after_a_peak_the_gain_comes_back_within_a_second() {
        let mut samples = sine(48_000, 1_000.0, 0.4, 96_000);
        samples[2_000] = 5.0;
        let limited = limit(0.5, &samples);
        assert!(limited[2_200].abs() < 0.2 && limited[48_000..] == samples[48_000..]);
    }
}
