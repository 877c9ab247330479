//! A fixed delay, for audio that has to wait: for other audio, or for a decision.

use crate::block::Block;
use crate::format::Format;

/// Delays every channel by the same whole number of samples.
pub struct DelayLine {
    delay: usize,
    /// One ring of `delay` samples for every channel, one after the other.
    rings: Vec<f32>,
    at: usize,
}

impl DelayLine {
    /// A line of `delay` samples with a silent past.
    pub fn new(delay: usize, format: Format) -> Self {
        let rings = vec![0.0; delay * usize::from(format.channels)];
        Self {
            delay,
            rings,
            at: 0,
        }
    }

    /// Writes to `to` what came in `delay` samples ago.
    pub fn process(&mut self, from: &Block, to: &mut Block) {
        if self.delay == 0 {
            to.copy_from(from);
            return;
        }
        let start = self.at;
        for (channel, ring) in self.rings.chunks_exact_mut(self.delay).enumerate() {
            self.at = start;
            for (out, sample) in to
                .channel_mut(channel)
                .iter_mut()
                .zip(from.channel(channel))
            {
                *out = std::mem::replace(&mut ring[self.at], *sample);
                self.at = (self.at + 1) % self.delay;
            }
        }
    }

    /// Makes the past silent.
    pub fn reset(&mut self) {
        self.rings.fill(0.0);
        self.at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_comes_out_exactly_so_much_later() {
        let format = Format {
            sample_rate: 8_000,
            channels: 2,
        };
        for delay in [0, 1, 79, 80, 81, 333] {
            let mut line = DelayLine::new(delay, format);
            let (mut from, mut to) = (Block::silent(format), Block::silent(format));
            for frame in 0..10 {
                for channel in 0..2 {
                    for (n, sample) in from.channel_mut(channel).iter_mut().enumerate() {
                        *sample = (frame * 80 + n) as f32 + channel as f32 * 1e4 + 1.0;
                    }
                }
                line.process(&from, &mut to);
                for channel in 0..2 {
                    for (n, sample) in to.channel(channel).iter().enumerate() {
                        let origin = (frame * 80 + n).checked_sub(delay);
                        let expected =
                            origin.map_or(0.0, |o| o as f32 + channel as f32 * 1e4 + 1.0);
                        assert_eq!(*sample, expected, "delay {delay}");
                    }
                }
            }
        }
    }
}
