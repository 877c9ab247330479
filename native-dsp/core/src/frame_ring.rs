//! Frames that wait to be fetched: bounded, the oldest gives way and is counted.

use crate::block::Block;
use crate::format::Format;

/// Frames of one format with their positions. All memory is taken when it is made.
pub struct FrameRing {
    format: Format,
    samples: Box<[f32]>,
    positions: Box<[i64]>,
    first: usize,
    waiting: usize,
    dropped: u64,
}

impl FrameRing {
    /// An empty ring that holds `frames` of them, at least one.
    pub fn new(format: Format, frames: usize) -> Self {
        let frames = frames.max(1);
        let length = format.frame_samples() * usize::from(format.channels);
        Self {
            format,
            samples: vec![0.0; frames * length].into(),
            positions: vec![0; frames].into(),
            first: 0,
            waiting: 0,
            dropped: 0,
        }
    }

    /// Format of its frames.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Copies a frame of this format in; the oldest gives way where the ring is full.
    pub fn push(&mut self, position: i64, frame: &Block) {
        if self.waiting == self.positions.len() {
            self.drop_first();
            self.dropped += 1;
        }
        let place = (self.first + self.waiting) % self.positions.len();
        let length = frame.planes().len();
        self.positions[place] = position;
        self.samples[place * length..][..length].copy_from_slice(frame.planes());
        self.waiting += 1;
    }

    /// The oldest frame: its position and its planes, one after the other.
    pub fn front(&self) -> Option<(i64, &[f32])> {
        let length = self.samples.len() / self.positions.len();
        let frame = &self.samples[self.first * length..][..length];
        (self.waiting > 0).then(|| (self.positions[self.first], frame))
    }

    /// Lets go of the oldest frame.
    pub fn pop(&mut self) {
        if self.waiting > 0 {
            self.drop_first();
        }
    }

    /// Forgets all frames, but not what was counted.
    pub fn clear(&mut self) {
        self.waiting = 0;
    }

    /// Frames that nobody fetched in time.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn drop_first(&mut self) {
        self.first = (self.first + 1) % self.positions.len();
        self.waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_frame_gives_way_and_is_counted() {
        let format = Format::mono(8_000);
        let mut ring = FrameRing::new(format, 3);
        let mut frame = Block::silent(format);
        for position in 0..5 {
            frame.planes_mut().fill(position as f32);
            ring.push(position, &frame);
        }
        assert_eq!(ring.dropped(), 2);
        for position in 2..5 {
            let (at, samples) = ring.front().unwrap();
            assert_eq!((at, samples.len()), (position, 80));
            assert!(samples.iter().all(|sample| *sample == position as f32));
            ring.pop();
        }
        assert_eq!(ring.front(), None);
        ring.pop();
        ring.push(9, &frame);
        assert_eq!(ring.front().unwrap().0, 9);
    }
}
