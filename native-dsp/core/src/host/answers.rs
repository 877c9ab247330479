//! What the host has answered and the graph has not played yet.

use crate::format::Format;

/// Longest audio without a position that waits to be played, in seconds, as far as the bytes reach: whoever gives more waits.
const LONGEST_QUEUE_S: usize = 30;
/// Most memory that it may take: 30 s of stereo at 48 kHz fit, of eight channels at 192 kHz not three.
const MOST_QUEUED_BYTES: usize = 16 << 20;

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
        let longest = LONGEST_QUEUE_S * format.sample_rate as usize;
        let most_queued = longest.min(MOST_QUEUED_BYTES / size_of::<f32>() / channels) * channels;
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
            // A host may name any position.
            let position = position.saturating_add(at as i64);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(sample_rate: u32, channels: u8) -> Answers {
        let format = Format {
            sample_rate,
            channels,
        };
        Answers::new(format, 480)
    }

    #[test]
    fn half_a_minute_waits_as_far_as_the_bytes_reach() {
        assert_eq!(answers(16_000, 1).room(), 30 * 16_000);
        assert_eq!(answers(48_000, 2).room(), 30 * 48_000);
        for channels in 1..=8 {
            let mut answers = answers(192_000, channels);
            assert!(answers.queue.capacity() * 4 <= MOST_QUEUED_BYTES);
            let second = vec![0.5; 192_000 * usize::from(channels)];
            let capacity = answers.queue.capacity();
            let taken: usize = (0..40).map(|_| answers.append(&second)).sum();
            assert_eq!((taken, answers.room()), (answers.queued(), 0));
            assert!(taken > 2 * 192_000, "{channels} channels");
            assert_eq!(answers.queue.capacity(), capacity, "it took more memory");
        }
    }

    #[test]
    fn an_answer_for_the_end_of_time_is_too_far_ahead() {
        let mut answers = answers(48_000, 1);
        for position in [i64::MAX, i64::MAX - 1, i64::MIN, -3] {
            assert_eq!(answers.place(position, &[0.5; 3], 0), 0);
        }
        assert_eq!(answers.place(478, &[0.5; 3], 0), 2);
    }
}
