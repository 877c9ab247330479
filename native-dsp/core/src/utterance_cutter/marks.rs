//! What a detector said, in the terms of who cuts utterances.

use std::collections::VecDeque;
use std::ops::Range;

use crate::detector::SAMPLES_PER_MS;
use crate::event::{EventKind, SpeechReason};
use crate::node::Input;

/// What waits for its audio; a detector says no more than a few things per frame.
const MOST_PENDING: usize = 64;

/// One thing that was said.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    /// Speech began.
    Start {
        first: i64,
        pre_roll: i64,
        probability: f32,
        reason: SpeechReason,
    },
    /// Speech ended.
    Stop { last: i64, reason: SpeechReason },
    /// Speech may have begun.
    Suspicion { first: i64 },
    /// It was none.
    FalseAlarm,
    /// How a window was judged.
    Probability(f32),
}

impl Mark {
    /// The mark that an event makes for a cutter whose own pre-roll, if it has one, rules.
    fn of(at: i64, kind: &EventKind, pre_roll_ms: Option<f64>) -> Option<Self> {
        let mark = match *kind {
            EventKind::SpeechStarted {
                probability,
                reason,
                prefix_padding_ms,
                ..
            } => {
                let pre_roll_ms = pre_roll_ms.unwrap_or(prefix_padding_ms.into());
                Self::Start {
                    first: at,
                    pre_roll: (pre_roll_ms * SAMPLES_PER_MS).round() as i64,
                    probability,
                    reason,
                }
            }
            EventKind::SpeechStopped { reason, .. } => Self::Stop { last: at, reason },
            EventKind::SpeculationStarted { .. } => Self::Suspicion { first: at },
            EventKind::SpeechMisfire { .. } | EventKind::SpeculationCancelled { .. } => {
                Self::FalseAlarm
            }
            EventKind::VadProbability { probability, .. } => Self::Probability(probability),
            _ => return None,
        };
        Some(mark)
    }
}

/// What the detector said and the audio has not reached yet, which another path may have delayed.
pub(super) struct Marks(VecDeque<Mark>);

impl Marks {
    pub fn new() -> Self {
        Self(VecDeque::with_capacity(MOST_PENDING))
    }

    /// Notes what was said about `positions`.
    pub fn listen(&mut self, input: &Input<'_>, positions: Range<i64>, pre_roll_ms: Option<f64>) {
        for (at, kind) in input.messages().filter(|(at, _)| positions.contains(at)) {
            if let Some(mark) =
                Mark::of(at, kind, pre_roll_ms).filter(|_| self.0.len() < MOST_PENDING)
            {
                self.0.push_back(mark);
            }
        }
    }

    /// The next one that can be acted on now that the audio has come to `end`: a stop waits for its last
    /// sample, and all the rest behind it.
    pub fn next_before(&mut self, end: i64) -> Option<Mark> {
        match self.0.front() {
            Some(Mark::Stop { last, .. }) if *last >= end => None,
            _ => self.0.pop_front(),
        }
    }

    /// The audio ended at `end`: nothing has to wait for what will not come.
    pub fn bring_before(&mut self, end: i64) {
        for mark in &mut self.0 {
            if let Mark::Stop { last, .. } = mark {
                *last = (*last).min(end - 1);
            }
        }
    }

    /// Whether the detector split speech at its own limit, and so starts again at once.
    pub fn goes_on(&self) -> bool {
        let is_rest = |mark: &Mark| {
            let Mark::Start { reason, .. } = mark else {
                return false;
            };
            *reason == SpeechReason::MaxDuration
        };
        self.0.iter().any(is_rest)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}
