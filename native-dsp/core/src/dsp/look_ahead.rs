//! The gain of a limiter that sees a peak before it must answer it.
//!
//! Each sample asks for a gain; the lowest of the window in view is held, let go slowly, and averaged over the
//! window, so that the gain reaches a peak's demand exactly when the peak leaves and never jumps (Giannoulis,
//! Massberg and Reiss, "Digital dynamic range compressor design", JAES 60, 2012, on smoothing).

use std::collections::VecDeque;

/// A gain of 1. Gains are whole numbers, so that the running sum is exact for ever.
const UNITY: u64 = 1 << 30;
/// Past this the remaining rise is inaudible (0.0001 dB), and the gain is 1 again.
const ALMOST_UNITY: f64 = 0.999_99;

/// The gain for a stream that is delayed by [`LookAhead::delay`].
pub struct LookAhead {
    ceiling: f32,
    /// Share of the lost gain that comes back with each sample.
    release: f64,
    /// Samples counted so far.
    now: u64,
    /// The demands below 1 in view, rising, each with its sample: the first is the lowest.
    lowest: VecDeque<(u64, f32)>,
    released: f64,
    /// The last gains, a ring as long as the view.
    recent: Vec<u64>,
    sum: u64,
}

impl LookAhead {
    /// Peaks are met at `ceiling` (sample value), seen `delay` samples ahead; the gain comes back by 63 % in
    /// `release` samples.
    pub fn new(ceiling: f32, delay: usize, release: f64) -> Self {
        let view = delay + 1;
        Self {
            ceiling,
            release: 1.0 - (-1.0 / release).exp(),
            now: 0,
            lowest: VecDeque::with_capacity(view + 1),
            released: 1.0,
            recent: vec![UNITY; view],
            sum: UNITY * view as u64,
        }
    }

    /// By how many samples the audio must lag behind the peaks.
    pub fn delay(&self) -> usize {
        self.recent.len() - 1
    }

    /// Whether the gain is 1 and stays 1 while no peak exceeds the ceiling.
    pub fn is_at_rest(&self) -> bool {
        self.lowest.is_empty() && self.sum == UNITY * self.recent.len() as u64
    }

    /// Takes the next absolute sample value (the highest of all channels), gives the gain for the sample
    /// [`LookAhead::delay`] before it.
    pub fn next(&mut self, peak: f32) -> f32 {
        let view = self.recent.len() as u64;
        if self
            .lowest
            .front()
            .is_some_and(|(at, _)| at + view <= self.now)
        {
            self.lowest.pop_front();
        }
        if peak > self.ceiling {
            let demand = self.ceiling / peak;
            while self.lowest.back().is_some_and(|(_, gain)| *gain >= demand) {
                self.lowest.pop_back();
            }
            self.lowest.push_back((self.now, demand));
        }
        let held = self
            .lowest
            .front()
            .map_or(1.0, |(_, gain)| f64::from(*gain));
        let risen = self.released + (1.0 - self.released) * self.release;
        self.released = held.min(if risen > ALMOST_UNITY { 1.0 } else { risen });

        let gain = (self.released * UNITY as f64) as u64;
        let slot = (self.now % view) as usize;
        self.sum = self.sum - self.recent[slot] + gain;
        self.recent[slot] = gain;
        self.now += 1;
        (self.sum as f64 / (UNITY * view) as f64) as f32
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.now = 0;
        self.lowest.clear();
        self.released = 1.0;
        self.recent.fill(UNITY);
        self.sum = UNITY * self.recent.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gain_is_down_when_the_peak_leaves_and_got_there_in_small_steps() {
        let mut gain = LookAhead::new(0.5, 72, 3_840.0);
        let peaks = (0..2_000).map(|n| if n == 1_000 { 2.0 } else { 0.1 });
        let gains: Vec<f32> = peaks.map(|peak| gain.next(peak)).collect();
        assert!(gains[..1_000].iter().all(|gain| *gain == 1.0));
        assert!(gains[1_072] <= 0.25 && gains[1_072] > 0.249);
        let steps = gains.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!(steps.fold(0.0, f32::max) < 0.011, "0.75 in 73 steps");
    }

    #[test]
    fn it_comes_to_rest_at_exactly_one() {
        let mut gain = LookAhead::new(0.5, 72, 480.0);
        gain.next(3.0);
        assert!(!gain.is_at_rest());
        let last = (0..12_000).map(|_| gain.next(0.4)).last();
        assert!(gain.is_at_rest() && last == Some(1.0));
    }
}
