//! One 10 ms frame of planar audio, allocated once and reused for the life of a graph.

use crate::format::Format;

/// A frame of audio: `channels` planes of `frame_samples` f32 values, plane after plane.
#[derive(Clone, Debug)]
pub struct Block {
    format: Format,
    samples: Vec<f32>,
}

impl Block {
    /// A silent frame of this format. The only allocation a block ever makes.
    pub fn silent(format: Format) -> Self {
        Self {
            format,
            samples: vec![0.0; format.frame_samples() * usize::from(format.channels)],
        }
    }

    /// The format this frame was made for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        usize::from(self.format.channels)
    }

    /// The samples of one channel.
    pub fn channel(&self, channel: usize) -> &[f32] {
        let length = self.format.frame_samples();
        &self.samples[channel * length..(channel + 1) * length]
    }

    /// The samples of one channel, writable.
    pub fn channel_mut(&mut self, channel: usize) -> &mut [f32] {
        let length = self.format.frame_samples();
        &mut self.samples[channel * length..(channel + 1) * length]
    }

    /// All planes, one after the other.
    pub fn planes(&self) -> &[f32] {
        &self.samples
    }

    /// All planes, writable.
    pub fn planes_mut(&mut self) -> &mut [f32] {
        &mut self.samples
    }

    /// Copies a frame of the same format.
    pub fn copy_from(&mut self, other: &Block) {
        self.samples.copy_from_slice(&other.samples);
    }

    /// Adds a frame of the same format, sample by sample.
    pub fn add(&mut self, other: &Block) {
        for (sum, sample) in self.samples.iter_mut().zip(&other.samples) {
            *sum += sample;
        }
    }

    /// Multiplies every channel by a gain that goes evenly from the first to the second; at 1 nothing is touched.
    pub fn fade(&mut self, [from, to]: [f32; 2]) {
        if [from, to] == [1.0, 1.0] {
            return;
        }
        let length = self.format.frame_samples();
        let step = (to - from) / length as f32;
        for channel in self.samples.chunks_exact_mut(length) {
            for (at, sample) in channel.iter_mut().enumerate() {
                *sample *= from + step * at as f32;
            }
        }
    }

    /// Makes the frame silent.
    pub fn fill_silence(&mut self) {
        self.samples.fill(0.0);
    }
}
