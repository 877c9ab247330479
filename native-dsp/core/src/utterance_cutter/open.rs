//! The utterance that is being spoken.

use crate::event::SpeechReason;

/// What is known of it so far.
pub(super) struct Open {
    /// First sample of its audio.
    pub first: i64,
    /// First sample of speech.
    pub speech: i64,
    /// Whether it is the rest of one that was split.
    pub is_rest: bool,
    /// Of the window that confirmed it.
    pub start_probability: f32,
    /// Speech has stopped and may go on.
    pub pause: Option<Pause>,
    probability_sum: f64,
    probabilities: u32,
}

/// Silence that may be the end.
pub(super) struct Pause {
    /// Last sample of speech.
    pub last: i64,
    /// Why speech stopped.
    pub reason: SpeechReason,
    /// Whether speech may be going on already.
    pub suspicion: bool,
}

impl Open {
    pub fn new(first: i64, speech: i64, is_rest: bool, start_probability: f32) -> Self {
        Self {
            first,
            speech,
            is_rest,
            start_probability,
            pause: None,
            probability_sum: 0.0,
            probabilities: 0,
        }
    }

    /// Takes the probability of a window of it.
    pub fn hear(&mut self, probability: f32) {
        self.probability_sum += f64::from(probability);
        self.probabilities += 1;
    }

    /// The mean over its windows, or what confirmed it where none was told.
    pub fn probability(&self) -> f32 {
        match self.probabilities {
            0 => self.start_probability,
            count => (self.probability_sum / f64::from(count)) as f32,
        }
    }
}
