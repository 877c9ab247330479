//! The recent past of a stream as 16-bit samples, addressed by position.

use std::collections::VecDeque;
use std::ops::Range;

use super::sample_format::Sample;

/// Samples in a chunk: 0.25 s at 16 kHz, 8 kB.
const CHUNK_SAMPLES: usize = 4_000;
/// Loudness is measured in steps of 10 ms at 16 kHz.
const STEP_SAMPLES: i64 = 160;
/// Steps that make a quiet place: 30 ms, three periods of a low voice.
const QUIET_STEPS: usize = 3;

/// Samples from [`AudioHistory::start`] to [`AudioHistory::end`]. All memory is asked for at the start and
/// touched only when needed: what the system really spends grows by a chunk when more is kept than ever
/// before, because the chunks of what is forgotten are used again first.
#[derive(Debug)]
pub struct AudioHistory {
    /// Room for every chunk.
    memory: Vec<i16>,
    /// Places in `memory` of the chunks in use, oldest first.
    chunks: VecDeque<usize>,
    /// Places of the other chunks; the last one is used next.
    spare: Vec<usize>,
    /// Position of the first sample of the first chunk.
    base: i64,
    start: i64,
    end: i64,
}

impl AudioHistory {
    /// An empty history that keeps the last `samples` at least.
    pub fn with_capacity(samples: usize) -> Self {
        let chunks = samples / CHUNK_SAMPLES + 2;
        Self {
            // Zeroed memory of this size comes from the system untouched.
            memory: vec![0; chunks * CHUNK_SAMPLES],
            chunks: VecDeque::with_capacity(chunks),
            spare: (0..chunks).rev().collect(),
            base: 0,
            start: 0,
            end: 0,
        }
    }

    /// Position of the oldest sample kept.
    pub fn start(&self) -> i64 {
        self.start
    }

    /// Position after the newest sample.
    pub fn end(&self) -> i64 {
        self.end
    }

    /// Forgets all; the next sample is at `position`.
    pub fn restart(&mut self, position: i64) {
        self.spare.extend(self.chunks.drain(..));
        (self.base, self.start, self.end) = (position, position, position);
    }

    /// Forgets what is older than `position`.
    pub fn forget_before(&mut self, position: i64) {
        self.start = position.clamp(self.start, self.end);
        while self.start - self.base >= CHUNK_SAMPLES as i64 {
            self.spare.extend(self.chunks.pop_front());
            self.base += CHUNK_SAMPLES as i64;
        }
    }

    /// Appends samples in -1..1.
    pub fn push(&mut self, samples: &[f32]) {
        self.extend(samples.iter().map(|sample| sample.convert()));
    }

    /// Appends silence.
    pub fn push_silence(&mut self, length: usize) {
        self.extend(std::iter::repeat_n(0, length));
    }

    /// The samples of a range, as far as they are kept. Allocates the copy.
    pub fn copy(&self, range: Range<i64>) -> Vec<i16> {
        let range = range.start.max(self.start)..range.end.min(self.end);
        let mut copy = Vec::with_capacity((range.end - range.start).max(0) as usize);
        self.pieces(range)
            .for_each(|piece| copy.extend_from_slice(piece));
        copy
    }

    /// The middle of the quietest 30 ms within a range, the latest of equals; the end of a range too short
    /// to have one.
    pub fn quietest(&self, range: Range<i64>) -> i64 {
        let (mut place, mut least) = (range.end, u64::MAX);
        let mut energies = [u64::MAX / 4; QUIET_STEPS];
        let mut position = range.start.max(self.start);
        while position + STEP_SAMPLES <= range.end.min(self.end) {
            let next = position + STEP_SAMPLES;
            let squares = self.pieces(position..next).flatten();
            energies.rotate_left(1);
            energies[QUIET_STEPS - 1] = squares.map(|s| u64::from(s.unsigned_abs()).pow(2)).sum();
            position = next;
            let energy = energies.iter().sum();
            // The first sums are incomplete, and too high to be chosen.
            if energy <= least && energy < u64::MAX / 4 {
                (place, least) = (next - QUIET_STEPS as i64 * STEP_SAMPLES / 2, energy);
            }
        }
        place
    }

    /// A range that is kept, in contiguous pieces.
    fn pieces(&self, range: Range<i64>) -> impl Iterator<Item = &[i16]> {
        let mut position = range.start;
        std::iter::from_fn(move || {
            if position >= range.end {
                return None;
            }
            let (chunk, offset) = self.place(position);
            let end = (CHUNK_SAMPLES as i64).min(offset as i64 + range.end - position) as usize;
            position += (end - offset) as i64;
            let place = self.chunks[chunk] * CHUNK_SAMPLES;
            Some(&self.memory[place + offset..place + end])
        })
    }

    /// Chunk and offset in it.
    fn place(&self, position: i64) -> (usize, usize) {
        let offset = (position - self.base) as usize;
        (offset / CHUNK_SAMPLES, offset % CHUNK_SAMPLES)
    }

    /// Adds a chunk at the end, if need be by forgetting the oldest.
    fn grow(&mut self) {
        if self.spare.is_empty() {
            self.forget_before(self.base + CHUNK_SAMPLES as i64);
        }
        self.chunks.extend(self.spare.pop());
    }

    fn extend(&mut self, mut samples: impl ExactSizeIterator<Item = i16>) {
        while samples.len() > 0 {
            if self.place(self.end).0 == self.chunks.len() {
                self.grow();
            }
            let (chunk, offset) = self.place(self.end);
            let place = self.chunks[chunk] * CHUNK_SAMPLES;
            let space = &mut self.memory[place + offset..place + CHUNK_SAMPLES];
            let length = samples.len().min(space.len());
            for (slot, sample) in space.iter_mut().zip(samples.by_ref().take(length)) {
                *slot = sample;
            }
            self.end += length as i64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples that tell their own position.
    fn counted(range: Range<i64>) -> Vec<f32> {
        range.map(|n| (n % 1_000) as f32 / 32_768.0).collect()
    }

    #[test]
    fn every_range_that_is_kept_comes_back_as_it_was() {
        let mut history = AudioHistory::with_capacity(20_000);
        history.restart(-300);
        history.push(&counted(0..15_000));
        history.forget_before(5_000);
        for range in [5_000..5_001, 5_000..14_700, 7_699..7_701, 11_000..11_900] {
            let expected: Vec<i16> = range.clone().map(|n| ((n + 300) % 1_000) as i16).collect();
            assert_eq!(history.copy(range), expected);
        }
        assert_eq!(history.copy(0..20_000).len(), 9_700);
        assert!(history.copy(20_000..30_000).is_empty());
    }

    #[test]
    fn forgotten_chunks_are_used_before_untouched_ones() {
        let mut history = AudioHistory::with_capacity(480_000);
        history.restart(0);
        for second in 1..100 {
            history.push(&[0.5; 16_000]);
            history.forget_before(second * 16_000 - 8_000);
        }
        let touched = history.memory.iter().filter(|sample| **sample != 0);
        assert!(touched.count() <= 24_000 + 2 * CHUNK_SAMPLES);
    }

    #[test]
    fn a_full_history_forgets_the_oldest() {
        let mut history = AudioHistory::with_capacity(10_000);
        history.restart(0);
        history.push(&counted(0..50_000));
        assert_eq!(history.end(), 50_000);
        assert!((30_000..=40_000).contains(&history.start()));
        let kept = history.copy(0..50_000);
        let expected: Vec<i16> = (history.start()..50_000)
            .map(|n| (n % 1_000) as i16)
            .collect();
        assert!(kept == expected);
    }

    #[test]
    fn the_quietest_place_is_in_the_pause() {
        let mut history = AudioHistory::with_capacity(40_000);
        history.restart(1_000);
        history.push(&[0.5; 10_000]);
        history.push(&[0.001; 800]);
        history.push(&[0.5; 10_000]);
        let place = history.quietest(1_000..21_800);
        assert!((11_240..=11_560).contains(&place), "{place}");
        assert_eq!(history.quietest(5_000..5_100), 5_100);
    }

    #[test]
    fn full_scale_saturates_and_garbage_is_silence() {
        let mut history = AudioHistory::with_capacity(4);
        history.restart(0);
        history.push(&[1.0, -1.0, 7.0, f32::NAN]);
        assert_eq!(history.copy(0..4), [i16::MAX, i16::MIN, i16::MAX, 0]);
    }
}
