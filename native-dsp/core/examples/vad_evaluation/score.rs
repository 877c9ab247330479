//! How probabilities compare with labels.

use super::labels::Recording;

/// A start counts after this many frames of 10 ms without speech.
const QUIET_FRAMES: usize = 30;
/// A start that is not found within this many frames is missed, and says nothing about delay.
const FOUND_FRAMES: usize = 100;

/// What was found in all recordings.
#[derive(Default)]
pub struct Score {
    /// (probability, whether somebody speaks) of every 10 ms.
    frames: Vec<(f32, bool)>,
    onsets_ms: Vec<f64>,
}

impl Score {
    /// Adds a recording with the (end, probability) of its windows.
    pub fn add(&mut self, recording: &Recording, windows: &[(i64, f32)]) {
        for (frame, speech) in recording.speech.iter().enumerate() {
            let middle = frame as i64 * 160 + 80;
            // The window that holds the middle of the frame; at the very end there may be none.
            let index = windows.partition_point(|(end, _)| *end <= middle);
            if let Some((_, probability)) = windows.get(index) {
                self.frames.push((*probability, *speech));
            }
        }
        for start in QUIET_FRAMES..recording.speech.len() {
            let before = &recording.speech[start - QUIET_FRAMES..start];
            if !recording.speech[start] || before.contains(&true) {
                continue;
            }
            let (from, to) = (start as i64 * 160, (start + FOUND_FRAMES) as i64 * 160);
            let found = windows
                .iter()
                .find(|(end, p)| (from..to).contains(end) && *p >= 0.5);
            self.onsets_ms
                .extend(found.map(|(end, _)| (end - from) as f64 / 16.0));
        }
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self, threshold: f32) -> f64 {
        let count = |is: fn(bool, bool) -> bool| {
            let frames = self.frames.iter();
            frames
                .filter(|(p, speech)| is(*p >= threshold, *speech))
                .count() as f64
        };
        let hits = count(|found, speech| found && speech);
        let wrong = count(|found, speech| found != speech);
        2.0 * hits / (2.0 * hits + wrong).max(1.0)
    }

    /// The highest F1, and its threshold.
    pub fn best_f1(&self) -> (f64, f32) {
        let thresholds = (1..100).map(|percent| percent as f32 / 100.0);
        let scores = thresholds.map(|threshold| (self.f1(threshold), threshold));
        scores
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .unwrap_or((0.0, 0.0))
    }

    /// Area under the curve of true against false positives; ties count half.
    pub fn auc(&self) -> f64 {
        let mut frames = self.frames.clone();
        frames.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut silent_below, mut area, mut speaking) = (0.0, 0.0, 0.0);
        for equals in frames.chunk_by(|a, b| a.0 == b.0) {
            let spoken = equals.iter().filter(|(_, speech)| *speech).count() as f64;
            let silent = equals.len() as f64 - spoken;
            area += spoken * (silent_below + silent / 2.0);
            silent_below += silent;
            speaking += spoken;
        }
        area / (speaking * silent_below).max(1.0)
    }

    /// Median delay of the onsets that were found.
    pub fn onset_ms(&self) -> f64 {
        let mut onsets = self.onsets_ms.clone();
        onsets.sort_by(f64::total_cmp);
        onsets.get(onsets.len() / 2).copied().unwrap_or(f64::NAN)
    }
}
