//! How the findings of a detector become events.

use super::SAMPLES_PER_MS;
use crate::dsp::level::power_dbfs;
use crate::dsp::speech_state::SpeechChange;
use crate::event::{EventKind, SpeechReason};
use crate::node::Output;

/// What the last judged window gave, as events state it.
#[derive(Clone, Copy, Debug)]
pub struct Evidence {
    /// Of speech, 0 to 1.
    pub probability: f32,
    /// RMS level in dBFS.
    pub level_dbfs: f32,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            probability: 0.0,
            level_dbfs: power_dbfs(0.0),
        }
    }
}

/// What a detector says, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Padding that travels in `speech_started`.
    pub prefix_padding_ms: f32,
    /// Whether everybody hears the probability of each window, or only the nodes downstream.
    pub emit_probability: bool,
    /// Where suspicions are for everybody: how much audio before them is speculated on, in samples at 16 kHz.
    /// `None`: only the nodes downstream hear of them.
    pub speculation_lookback: Option<i64>,
}

impl Report {
    /// Says the probability of the window that ends before sample `end`.
    pub fn window(&self, end: i64, evidence: Evidence, speech: bool, output: &mut Output<'_>) {
        let kind = EventKind::VadProbability {
            probability: evidence.probability,
            speech,
        };
        match self.emit_probability {
            true => output.emit(end, kind),
            false => output.tell(end, kind),
        }
    }

    /// Says what changed.
    pub fn change(&self, change: SpeechChange, evidence: Evidence, output: &mut Output<'_>) {
        let Evidence {
            probability,
            level_dbfs,
        } = evidence;
        match change {
            SpeechChange::Suspected { first } => self.suspected(first, probability, output),
            SpeechChange::Started { first, reason } => {
                // What goes on after a forced stop was confirmed long ago.
                if self.speculation_lookback.is_some() && reason == SpeechReason::Threshold {
                    output.emit(first, EventKind::SpeculationConfirmed { probability });
                }
                let kind = EventKind::SpeechStarted {
                    probability,
                    level_dbfs,
                    reason,
                    prefix_padding_ms: self.prefix_padding_ms,
                };
                output.emit(first, kind);
            }
            SpeechChange::Stopped {
                first,
                last,
                reason,
            } => {
                let kind = EventKind::SpeechStopped {
                    probability,
                    level_dbfs,
                    reason,
                    duration_ms: ms(last + 1 - first),
                };
                output.emit(last, kind);
            }
            SpeechChange::Misfired {
                first,
                last,
                probability,
            } => {
                let kind = match self.speculation_lookback {
                    Some(lookback) => EventKind::SpeculationCancelled {
                        probability,
                        from_ms: output.media_time(first - lookback).to_ms(),
                        to_ms: output.media_time(last).to_ms(),
                    },
                    None => EventKind::SpeechMisfire {
                        probability,
                        level_dbfs,
                        duration_ms: ms(last + 1 - first),
                    },
                };
                output.emit(first, kind);
            }
        }
    }

    fn suspected(&self, first: i64, probability: f32, output: &mut Output<'_>) {
        let kind = EventKind::SpeculationStarted {
            probability,
            lookback_ms: ms(self.speculation_lookback.unwrap_or(0)),
        };
        match self.speculation_lookback {
            Some(_) => output.emit(first, kind),
            None => output.tell(first, kind),
        }
    }
}

/// Of samples at 16 kHz.
fn ms(samples: i64) -> f32 {
    (samples as f64 / SAMPLES_PER_MS) as f32
}
