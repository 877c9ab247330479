//! Whether the input stands still.

use crate::block::Block;

/// A stuck buffer repeats itself after at most so many frames: 60 ms, the longest packet in use.
const LONGEST_PERIOD: usize = 6;
const FRAME_MS: f64 = 10.0;

/// Audio that repeats itself to the bit, and packets that stay away.
#[derive(Debug)]
pub(super) struct Freeze {
    threshold_ms: f64,
    /// Hashes of the last frames, a ring.
    hashes: [Option<u64>; LONGEST_PERIOD],
    frames: usize,
    repeated_ms: f64,
    /// Since the last packet; `None` where there never was one, as in a file.
    unheard_ms: Option<f64>,
    /// The longest standstill seen in this window, in ms.
    longest_ms: f64,
}

impl Freeze {
    pub fn new(threshold_ms: i64) -> Self {
        Self {
            threshold_ms: threshold_ms as f64,
            hashes: [None; LONGEST_PERIOD],
            frames: 0,
            repeated_ms: 0.0,
            unheard_ms: None,
            longest_ms: 0.0,
        }
    }

    /// Takes a frame, in which a packet begins or not.
    pub fn hear(&mut self, audio: &Block, is_packet: bool) {
        let hash = hash(audio);
        let is_repeated = hash.is_some() && self.hashes.contains(&hash);
        self.hashes[self.frames % LONGEST_PERIOD] = hash;
        self.frames += 1;
        self.repeated_ms = if is_repeated {
            self.repeated_ms + FRAME_MS
        } else {
            0.0
        };
        self.unheard_ms = match is_packet {
            true => Some(0.0),
            false => self.unheard_ms.map(|unheard_ms| unheard_ms + FRAME_MS),
        };
        let unheard_ms = self.unheard_ms.unwrap_or(0.0);
        self.longest_ms = self.longest_ms.max(self.repeated_ms).max(unheard_ms);
    }

    /// So much time has passed without media.
    pub fn skip(&mut self, ms: f64) {
        self.longest_ms = self.longest_ms.max(ms);
    }

    /// Whether the input stood still in this window.
    pub fn end_window(&mut self) -> bool {
        std::mem::take(&mut self.longest_ms) >= self.threshold_ms
    }

    pub fn reset(&mut self) {
        *self = Self::new(self.threshold_ms as i64);
    }
}

/// FNV-1a (Fowler, Noll, Vo) over the samples; `None` for digital silence, which repeats itself by right.
fn hash(audio: &Block) -> Option<u64> {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut is_silent = true;
    for sample in audio.planes() {
        is_silent &= *sample == 0.0;
        hash = (hash ^ u64::from(sample.to_bits())).wrapping_mul(0x0100_0000_01b3);
    }
    (!is_silent).then_some(hash)
}
