//! PCM of any length in, 10 ms frames out.

use remotemedia_core::block::Block;
use remotemedia_core::format::Format;

/// Fills one frame after the other and knows where on the media timeline it stands.
#[derive(Debug)]
pub struct Framer {
    frame: Block,
    filled: usize,
    /// Media position of the frame's first sample.
    start: i64,
}

impl Framer {
    /// Starts at media position 0 of a mono stream.
    pub fn new(format: Format) -> Self {
        Self {
            frame: Block::silent(format),
            filled: 0,
            start: 0,
        }
    }

    /// Takes as many samples as the frame has room for and returns how many.
    pub fn fill(&mut self, pcm: &[f32]) -> usize {
        let room = &mut self.frame.channel_mut(0)[self.filled..];
        let taken = room.len().min(pcm.len());
        room[..taken].copy_from_slice(&pcm[..taken]);
        self.filled += taken;
        taken
    }

    /// The frame and the position of its first sample, once it is full.
    pub fn full_frame(&self) -> Option<(i64, &Block)> {
        let full = self.filled == self.frame.format().frame_samples();
        full.then_some((self.start, &self.frame))
    }

    /// Begins the next frame where the full one ended.
    pub fn advance(&mut self) {
        self.start += self.filled as i64;
        self.filled = 0;
    }

    /// Begins an empty frame at `position`. To be called between frames only.
    pub fn jump(&mut self, position: i64) {
        debug_assert_eq!(self.filled, 0, "a jump would lose samples");
        self.start = position;
    }

    /// Samples that would complete the frame; 0 between frames.
    pub fn missing(&self) -> usize {
        match self.filled {
            0 => 0,
            filled => self.frame.format().frame_samples() - filled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_cut_gives_the_same_frames() {
        let samples: Vec<f32> = (0..4800).map(|n| n as f32).collect();
        for length in [1, 120, 479, 480, 481, 960, 2880] {
            let mut framer = Framer::new(Format::VOICE);
            let mut out = Vec::new();
            for mut pcm in samples.chunks(length) {
                while !pcm.is_empty() {
                    pcm = &pcm[framer.fill(pcm)..];
                    if let Some((start, frame)) = framer.full_frame() {
                        assert_eq!(start, out.len() as i64);
                        out.extend_from_slice(frame.channel(0));
                        framer.advance();
                    }
                }
            }
            assert_eq!(out, samples, "cut into {length}");
        }
    }
}
