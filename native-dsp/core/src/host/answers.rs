//! What the host has answered and the graph has not played yet.

use crate::format::Format;

/// Longest audio without a position that waits to be played, in seconds.
const LONGEST_QUEUE_S: usize = 30;

/// Samples by their position, and samples in a row. Planar; all memory is taken when it is made.
pub(super) struct Answers {
    channels: usize,
    /// Samples per channel of `placed`: an answer can be so much ahead of what is played.
    window: usize,
    placed: Vec<f32>,
    /// Which position a slot of the window holds; -1 for none.
    positions: Vec<i64>,
    /// Interleaved, in the order in which it came.
    queue: std::collections::VecDeque<f32>,
    most_queued: usize,
}

impl Answers {
    pub fn new(format: Format, window: usize) -> Self {
        let channels = usize::from(format.channels);
        let most_queued = LONGEST_QUEUE_S * format.sample_rate as usize * channels;
        Self {
            channels,
            window,
            placed: vec![0.0; window * channels],
            positions: vec![-1; window],
            // All of it beforehand, as answers are taken by a media thread; a system gives memory when it is first used.
            queue: std::collections::VecDeque::with_capacity(most_queued),
            most_queued,
        }
    }

    /// Of a node that gives none.
    pub fn none(format: Format) -> Self {
        Self {
            channels: usize::from(format.channels),
            window: 1,
            placed: Vec::new(),
            positions: vec![-1],
            queue: std::collections::VecDeque::new(),
            most_queued: 0,
        }
    }

    /// Puts planar samples where they belong. `due` is the first position that is still to be played; returns how many
    /// samples per channel were neither too late nor too far ahead.
    pub fn place(&mut self, position: i64, samples: &[f32], due: i64) -> usize {
        let length = samples.len() / self.channels;
        let mut taken = 0;
        for at in 0..length {
            let position = position + at as i64;
            if position < due.max(0) || position >= due + self.window as i64 {
                continue;
            }
            let slot = position as usize % self.window;
            self.positions[slot] = position;
            for channel in 0..self.channels {
                self.placed[channel * self.window + slot] = samples[channel * length + at];
            }
            taken += 1;
        }
        taken
    }

    /// Appends planar samples; returns how many per channel there was room for.
    pub fn append(&mut self, samples: &[f32]) -> usize {
        let length = samples.len() / self.channels;
        let taken = length.min(self.room());
        for at in 0..taken {
            let frame = (0..self.channels).map(|channel| samples[channel * length + at]);
            self.queue.extend(frame);
        }
        taken
    }

    /// The slot of a position, where its answer has come.
    pub fn slot(&self, position: i64) -> Option<usize> {
        let slot = usize::try_from(position).ok()? % self.window;
        (self.positions[slot] == position).then_some(slot)
    }

    pub fn sample(&self, channel: usize, slot: usize) -> f32 {
        self.placed[channel * self.window + slot]
    }

    /// The next sample of the queue; asked for channel after channel.
    pub fn next_queued(&mut self) -> Option<f32> {
        self.queue.pop_front()
    }

    /// Samples per channel that may still be appended.
    pub fn room(&self) -> usize {
        (self.most_queued - self.queue.len()) / self.channels
    }

    /// Forgets what was appended; returns how many samples per channel that was.
    pub fn forget_queued(&mut self) -> usize {
        let waiting = self.queued();
        self.queue.clear();
        waiting
    }

    /// Samples per channel that wait.
    pub fn queued(&self) -> usize {
        self.queue.len() / self.channels
    }

    /// Forgets what waits to be played.
    pub fn flush(&mut self) {
        self.queue.clear();
        self.positions.fill(-1);
    }
}
