//! From speech probabilities to starts and stops: the rules of a voice-activity detector, without audio.
//!
//! Positions are samples of one stream. A start is held back until the speech has lasted
//! `min_speech_samples`, so that a click is no start, and then announced with the position of its true
//! beginning; who cannot wait hears of the suspicion at once. A stop is announced once the silence has lasted `min_silence_samples`, with the position at
//! which the silence began. As in Silero's `get_speech_timestamps`, a pause shorter than that neither ends
//! speech nor spoils a start in the making.

use crate::event::SpeechReason;

/// When speech starts and stops.
#[derive(Clone, Copy, Debug)]
pub struct SpeechRules {
    /// Probability from which a window is speech, 0 to 1.
    pub threshold: f32,
    /// Probability below which a window is silence; in between, things stay as they are.
    pub neg_threshold: f32,
    /// Shortest speech that counts, in samples.
    pub min_speech_samples: i64,
    /// Shortest silence that ends speech, in samples.
    pub min_silence_samples: i64,
    /// Shortest silence that ends what is not confirmed yet, in samples.
    pub give_up_samples: i64,
    /// Longest speech before a forced stop, in samples; `None` for no limit.
    pub max_speech_samples: Option<i64>,
}

/// What a window or the end of the input brought about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SpeechChange {
    /// Something began that will be confirmed as speech or be a misfire.
    Suspected {
        /// Its first sample.
        first: i64,
    },
    /// Speech is confirmed.
    Started {
        /// Its first sample.
        first: i64,
        /// `Threshold`, or `MaxDuration` where it goes on after a forced stop.
        reason: SpeechReason,
    },
    /// Speech is over.
    Stopped {
        /// Its first sample.
        first: i64,
        /// Its last sample.
        last: i64,
        /// What ended it.
        reason: SpeechReason,
    },
    /// What looked like a start ended too soon.
    Misfired {
        /// Its first sample.
        first: i64,
        /// Its last sample.
        last: i64,
        /// Highest probability seen in it.
        probability: f32,
    },
}

/// Speech, confirmed or not, and the silence that may be about to end it.
#[derive(Clone, Copy, Debug)]
struct Segment {
    first: i64,
    confirmed: bool,
    /// First sample of the silence after it, while no window since has been speech.
    silence: Option<i64>,
    peak_probability: f32,
}

/// The state machine: probabilities in, changes out.
#[derive(Debug)]
pub struct SpeechState {
    rules: SpeechRules,
    segment: Option<Segment>,
}

impl SpeechState {
    /// A machine in silence.
    pub fn new(rules: SpeechRules) -> Self {
        Self {
            rules,
            segment: None,
        }
    }

    /// Whether speech is confirmed and not over.
    pub fn is_speech(&self) -> bool {
        self.segment.is_some_and(|segment| segment.confirmed)
    }

    /// Back to silence without a word.
    pub fn reset(&mut self) {
        self.segment = None;
    }

    /// Judges the window of samples `start..end`. Windows come in order and do not overlap.
    pub fn window(
        &mut self,
        start: i64,
        end: i64,
        probability: f32,
    ) -> impl Iterator<Item = SpeechChange> + use<> {
        let mut changes = [None, None];
        if let Some(segment) = &mut self.segment {
            segment.hear(start, probability, &self.rules);
        } else if probability >= self.rules.threshold {
            self.segment = Some(Segment {
                first: start,
                confirmed: false,
                silence: None,
                peak_probability: probability,
            });
            changes[0] = Some(SpeechChange::Suspected { first: start });
        }
        if let Some(segment) = self.segment {
            if segment.is_over(end, &self.rules) {
                self.segment = None;
                changes[0] = Some(segment.conclude(end, SpeechReason::Threshold));
            } else if segment.confirmed {
                changes = self.limit(segment, end);
            } else if segment.silence.is_none()
                && end - segment.first >= self.rules.min_speech_samples
            {
                changes[1] = Some(self.begin(segment.first, segment, SpeechReason::Threshold));
            }
        }
        changes.into_iter().flatten()
    }

    /// The input ended before sample `position`: closes what is open.
    pub fn end_of_input(&mut self, position: i64, reason: SpeechReason) -> Option<SpeechChange> {
        let segment = self.segment.take()?;
        Some(segment.conclude(position, reason))
    }

    fn begin(&mut self, first: i64, segment: Segment, reason: SpeechReason) -> SpeechChange {
        self.segment = Some(Segment {
            first,
            confirmed: true,
            ..segment
        });
        SpeechChange::Started { first, reason }
    }

    /// Stops speech that has outgrown its limit, and starts again where it goes on.
    fn limit(&mut self, segment: Segment, end: i64) -> [Option<SpeechChange>; 2] {
        let Some(limit) = self.rules.max_speech_samples else {
            return [None, None];
        };
        // Not at the limit itself: there must be a sample beyond it for the speech that goes on.
        let split = segment.first + limit;
        if end <= split {
            return [None, None];
        }
        let reason = SpeechReason::MaxDuration;
        if segment.silence.is_some() {
            self.segment = None;
            return [Some(segment.conclude(split, reason)), None];
        }
        let stopped = segment.conclude(split, reason);
        [Some(stopped), Some(self.begin(split, segment, reason))]
    }
}

impl Segment {
    fn hear(&mut self, start: i64, probability: f32, rules: &SpeechRules) {
        self.peak_probability = self.peak_probability.max(probability);
        if probability >= rules.threshold {
            self.silence = None;
        } else if probability < rules.neg_threshold {
            self.silence.get_or_insert(start);
        }
    }

    fn is_over(&self, end: i64, rules: &SpeechRules) -> bool {
        let longest_samples = match self.confirmed {
            true => rules.min_silence_samples,
            false => rules.give_up_samples,
        };
        self.silence
            .is_some_and(|silence| end - silence >= longest_samples)
    }

    /// How it ends: at the silence after it, or before sample `end` if there is none.
    fn conclude(&self, end: i64, reason: SpeechReason) -> SpeechChange {
        let first = self.first;
        let last = self.silence.map_or(end, |silence| silence.min(end)) - 1;
        if self.confirmed {
            return SpeechChange::Stopped {
                first,
                last,
                reason,
            };
        }
        SpeechChange::Misfired {
            first,
            last,
            probability: self.peak_probability,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::SpeechChange::{Misfired, Started, Stopped, Suspected};
    use super::SpeechReason::{Flush, MaxDuration, Threshold};
    use super::*;

    const WINDOW: i64 = 512;

    const RULES: SpeechRules = SpeechRules {
        threshold: 0.5,
        neg_threshold: 0.35,
        min_speech_samples: 4_000,
        min_silence_samples: 8_800,
        give_up_samples: 8_800,
        max_speech_samples: None,
    };

    /// Runs probabilities through a machine: (windows, probability) after one another.
    fn run(state: &mut SpeechState, stretches: &[(usize, f32)]) -> Vec<SpeechChange> {
        let windows = stretches
            .iter()
            .flat_map(|&(count, probability)| std::iter::repeat_n(probability, count));
        let mut changes = Vec::new();
        for (index, probability) in windows.enumerate() {
            let start = index as i64 * WINDOW;
            changes.extend(state.window(start, start + WINDOW, probability));
        }
        changes
    }

    #[test]
    fn a_start_is_its_first_window_and_a_stop_the_last_sample_before_the_silence() {
        let changes = run(
            &mut SpeechState::new(RULES),
            &[(10, 0.1), (20, 0.9), (20, 0.1)],
        );
        let first = 10 * WINDOW;
        assert_eq!(
            changes,
            [
                Suspected { first },
                Started {
                    first,
                    reason: Threshold
                },
                Stopped {
                    first,
                    last: 30 * WINDOW - 1,
                    reason: Threshold
                },
            ]
        );
    }

    #[test]
    fn a_click_is_a_misfire_and_not_a_start() {
        let changes = run(&mut SpeechState::new(RULES), &[(3, 0.8), (30, 0.0)]);
        let (first, last, probability) = (0, 3 * WINDOW - 1, 0.8);
        assert_eq!(
            changes,
            [
                Suspected { first },
                Misfired {
                    first,
                    last,
                    probability
                }
            ]
        );
    }

    #[test]
    fn a_suspicion_can_be_given_up_sooner_than_speech_ends() {
        let rules = SpeechRules {
            give_up_samples: 2 * WINDOW,
            ..RULES
        };
        let mut state = SpeechState::new(rules);
        let clicks = [(1, 0.8), (1, 0.1), (1, 0.8), (2, 0.1), (3, 0.1)];
        let given_up = Misfired {
            first: 0,
            last: 3 * WINDOW - 1,
            probability: 0.8,
        };
        assert_eq!(run(&mut state, &clicks), [Suspected { first: 0 }, given_up]);
        let pause = [(20, 0.9), (10, 0.1), (20, 0.9)];
        assert_eq!(run(&mut state, &pause).len(), 2, "suspected, started");
    }

    #[test]
    fn doubtful_windows_keep_speech_alive_but_do_not_revive_it() {
        let alive = run(&mut SpeechState::new(RULES), &[(20, 0.9), (100, 0.4)]);
        assert_eq!(alive.len(), 2, "suspected, started");
        let dead = run(
            &mut SpeechState::new(RULES),
            &[(20, 0.9), (1, 0.1), (100, 0.4)],
        );
        let stopped = Stopped {
            first: 0,
            last: 20 * WINDOW - 1,
            reason: Threshold,
        };
        assert_eq!(dead.last(), Some(&stopped));
    }

    #[test]
    fn speech_beyond_the_limit_is_stopped_there_and_starts_again() {
        let rules = SpeechRules {
            max_speech_samples: Some(16_000),
            ..RULES
        };
        let changes = run(&mut SpeechState::new(rules), &[(60, 0.9)]);
        assert_eq!(
            changes,
            [
                Suspected { first: 0 },
                Started {
                    first: 0,
                    reason: Threshold
                },
                Stopped {
                    first: 0,
                    last: 15_999,
                    reason: MaxDuration
                },
                Started {
                    first: 16_000,
                    reason: MaxDuration
                },
            ]
        );
    }

    fn rules() -> impl Strategy<Value = SpeechRules> {
        let limit = prop::option::of(32_000i64..100_000);
        (
            0.1f32..0.9,
            0.0f32..1.0,
            0i64..32_000,
            0i64..32_000,
            0i64..32_000,
            limit,
        )
            .prop_map(
                |(threshold, ratio, min_speech, min_silence, give_up, max_speech)| SpeechRules {
                    threshold,
                    neg_threshold: threshold * ratio,
                    min_speech_samples: min_speech,
                    min_silence_samples: min_silence,
                    give_up_samples: give_up.min(min_silence),
                    max_speech_samples: max_speech,
                },
            )
    }

    /// Long stretches as well as chatter, so that every limit is met.
    fn stretches() -> impl Strategy<Value = Vec<(usize, f32)>> {
        prop::collection::vec((1usize..120, 0.0f32..=1.0), 1..40)
    }

    proptest! {
        #[test]
        fn starts_and_stops_alternate_in_order_and_respect_every_limit(
            rules in rules(), stretches in stretches(), tail in 0i64..WINDOW,
        ) {
            let mut state = SpeechState::new(rules);
            let mut changes = run(&mut state, &stretches);
            let windows: usize = stretches.iter().map(|(count, _)| count).sum();
            let end = windows as i64 * WINDOW + tail;
            let was_speech = state.is_speech();
            let closing = state.end_of_input(end, Flush);
            prop_assert_eq!(was_speech, matches!(closing, Some(Stopped { .. })));
            prop_assert!(!state.is_speech());
            changes.extend(closing);

            let (mut open, mut suspected) = (None, None);
            let mut clock = -1;
            for change in changes {
                match change {
                    Suspected { first } => {
                        prop_assert!(open.is_none() && suspected.is_none() && first > clock);
                        suspected = Some(first);
                    }
                    Started { first, reason } => {
                        let goes_on = reason == MaxDuration;
                        prop_assert_eq!(suspected.take(), (!goes_on).then_some(first));
                        prop_assert!(open.is_none() && first > clock && first <= end);
                        open = Some((first, reason));
                        clock = first;
                    }
                    Stopped { first, last, reason } => {
                        let Some((opened, began)) = open.take() else { panic!("stop without start") };
                        prop_assert!(opened == first && last >= clock && last < end);
                        let length = last + 1 - first;
                        // What goes on after a forced stop may be short; all else is long enough.
                        prop_assert!(began == MaxDuration || length >= rules.min_speech_samples);
                        if let Some(limit) = rules.max_speech_samples {
                            // The input may end up to one window after the last one that was judged.
                            let unjudged = if reason == Flush { WINDOW } else { 0 };
                            prop_assert!(length <= limit + unjudged);
                        }
                        clock = last;
                    }
                    Misfired { first, last, probability } => {
                        prop_assert_eq!(suspected.take(), Some(first));
                        prop_assert!(open.is_none() && first > clock && last >= first && last < end);
                        prop_assert!(probability >= rules.threshold);
                        clock = last;
                    }
                }
            }
            prop_assert!(open.is_none() && suspected.is_none());
        }
    }
}
