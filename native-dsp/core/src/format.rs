//! The shape of audio on an edge of the graph.

use serde::Serialize;

/// Frames are 10 ms long everywhere; this many of them make a second.
pub const FRAMES_PER_SECOND: u32 = 100;

/// Most channels a node may handle.
pub const MAX_CHANNELS: u8 = 8;

/// Sample rate and channel count of a stream of f32 audio in -1..1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Format {
    /// Samples per second and channel: a multiple of 100, 8 000 to 192 000.
    pub sample_rate: u32,
    /// Channels, 1 to [`MAX_CHANNELS`].
    pub channels: u8,
}

impl Format {
    /// What a session receives: Opus decodes to 48 kHz, and voice is mono.
    pub const VOICE: Self = Self::mono(48_000);

    /// One channel at `sample_rate` Hz.
    pub const fn mono(sample_rate: u32) -> Self {
        Self {
            sample_rate,
            channels: 1,
        }
    }

    /// Samples per channel in a 10 ms frame.
    pub const fn frame_samples(self) -> usize {
        (self.sample_rate / FRAMES_PER_SECOND) as usize
    }

    /// Whether a 10 ms frame holds a whole number of samples and all is in range.
    pub const fn is_supported(self) -> bool {
        self.sample_rate >= 8_000
            && self.sample_rate <= 192_000
            && self.sample_rate.is_multiple_of(FRAMES_PER_SECOND)
            && self.channels >= 1
            && self.channels <= MAX_CHANNELS
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} Hz, {} channel{}",
            self.sample_rate,
            self.channels,
            if self.channels == 1 { "" } else { "s" }
        )
    }
}
