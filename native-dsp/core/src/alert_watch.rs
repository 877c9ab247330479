//! What is wrong right now, by the events that a node hears.

use crate::alert::{Alert, AlertSet, conditions};
use crate::node::Input;
use crate::params::Params;
use crate::spec::{ParamKind, ParamSpec};

/// The parameter of all nodes that watch.
pub const DEAD_AIR_ISSUE_MS: ParamSpec = ParamSpec {
    name: "dead_air_issue_ms",
    aliases: &[],
    kind: ParamKind::Integer {
        min: 0,
        max: 3_600_000,
        default: 3_000,
    },
    documentation: "Time in ms for which it must be quiet until that is an issue.",
};

/// Follows the alerts of the nodes upstream, one for each fault. Positions are on the listening node's timeline.
pub struct AlertWatch {
    sample_rate: u32,
    /// Samples that quiet must last until it is an alert.
    patience: i64,
    /// Where each became, or will become, an alert.
    due: [Option<i64>; Alert::ALL.len()],
    raised: AlertSet,
    /// Where the next frame should begin.
    expected: Option<i64>,
}

/// What changed in one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Alerts that are new.
    pub raised: AlertSet,
    /// Alerts that are over.
    pub cleared: AlertSet,
}

impl AlertWatch {
    /// Silence, low volume and dead air are alerts only when they have lasted for [`DEAD_AIR_ISSUE_MS`].
    pub fn new(sample_rate: u32, params: &Params) -> Self {
        let patience_ms = params.integer(DEAD_AIR_ISSUE_MS.name);
        Self {
            sample_rate,
            patience: i64::from(sample_rate) * patience_ms / 1_000,
            due: [None; Alert::ALL.len()],
            raised: AlertSet::default(),
            expected: None,
        }
    }

    /// Takes what was said in this frame. An alert that came and went within it is not told.
    pub fn listen(&mut self, input: &Input<'_>) -> Changes {
        let end = input.position + input.audio.format().frame_samples() as i64;
        let expected = self.expected.replace(end);
        let before = self.raised;
        if expected.is_some_and(|expected| expected != input.position) {
            self.forget_quiet();
        }
        for (at, kind) in input.messages() {
            for said in conditions(kind) {
                let due = &mut self.due[said.alert as usize];
                if !said.holds {
                    if due.take().is_some() && said.alert == Alert::Silence {
                        self.postpone_quiet(at);
                    }
                } else if due.is_none() {
                    let age = f64::from(said.age_ms) * f64::from(self.sample_rate) / 1_000.0;
                    let patience = if said.alert.is_quiet() {
                        self.patience
                    } else {
                        0
                    };
                    *due = Some(at.max(at - age as i64 + patience));
                }
            }
        }
        let is_due = |alert| self.due[alert as usize].is_some_and(|due| due <= end);
        self.raised = AlertSet::of(is_due).distinct();
        Changes {
            raised: self.raised.without(before),
            cleared: before.without(self.raised),
        }
    }

    /// What is wrong.
    pub fn raised(&self) -> AlertSet {
        self.raised
    }

    /// Where `alert` became one, if it is raised.
    pub fn raised_at(&self, alert: Alert) -> Option<i64> {
        self.due[alert as usize].filter(|_| self.raised.contains(alert))
    }

    /// The input has ended or paused: what is not heard is not quiet.
    pub fn end_of_input(&mut self) {
        self.forget_quiet();
        self.expected = None;
    }

    /// As new.
    pub fn reset(&mut self) {
        self.due = [None; Alert::ALL.len()];
        self.raised = AlertSet::default();
        self.expected = None;
    }

    /// There is sound again at `position`. Whether it is speech, and loud enough, is known only later: what other monitors still
    /// call quiet must last as long again.
    fn postpone_quiet(&mut self, position: i64) {
        for alert in [Alert::LowVolume, Alert::DeadAir] {
            let due = &mut self.due[alert as usize];
            *due = due.map(|due| due.max(position + self.patience));
        }
    }

    fn forget_quiet(&mut self) {
        for alert in Alert::ALL.into_iter().filter(|alert| alert.is_quiet()) {
            self.due[alert as usize] = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Block;
    use crate::event::{Event, EventKind, PresenceState};
    use crate::format::Format;
    use crate::params::ParamValue;
    use crate::per_channel::ChannelSet;
    use crate::time::MediaTime;

    fn watch(patience_ms: i64) -> AlertWatch {
        let mut params = Params::defaults(&[DEAD_AIR_ISSUE_MS]);
        params.set(DEAD_AIR_ISSUE_MS.name, ParamValue::Integer(patience_ms));
        AlertWatch::new(48_000, &params)
    }

    fn silence(is_sustained_silence: bool, has_intermittent_dropouts: bool) -> EventKind {
        EventKind::Silence {
            is_sustained_silence,
            has_intermittent_dropouts,
            silence_duration_ms: 0.0,
            dropout_count: 0,
            level_dbfs: -60.0,
        }
    }

    /// The frame that begins at `ms`, with what was said of the moment `at_ms`.
    fn listen(watch: &mut AlertWatch, ms: i64, said: Option<(i64, EventKind)>) -> Changes {
        let block = Block::silent(Format::VOICE);
        let events: Vec<Event> = said
            .into_iter()
            .map(|(at_ms, kind)| Event {
                node: 0,
                time: MediaTime::from_ms(at_ms),
                detected: MediaTime::from_ms(ms + 10),
                kind,
            })
            .collect();
        watch.listen(&Input::with_events(&block, ms * 48, &events))
    }

    #[test]
    fn silence_is_an_alert_when_it_has_lasted_and_a_dropout_at_once() {
        let mut watch = watch(3_000);
        let changes = listen(&mut watch, 500, Some((0, silence(true, true))));
        let raised: Vec<Alert> = changes.raised.iter().collect();
        assert_eq!(raised, [Alert::Dropouts]);
        let due = (51..400).find(|frame| {
            let changes = listen(&mut watch, 10 * frame, None);
            changes.raised.contains(Alert::Silence)
        });
        assert_eq!(due, Some(299), "the frame that ends at 3 s");
        assert_eq!(watch.raised_at(Alert::Silence), Some(3 * 48_000));
        let changes = listen(&mut watch, 3_000, Some((3_000, silence(false, true))));
        let cleared: Vec<Alert> = changes.cleared.iter().collect();
        assert_eq!(cleared, [Alert::Silence]);
        assert!(watch.raised().contains(Alert::Dropouts));
    }

    #[test]
    fn when_sound_is_back_missing_speech_is_no_alert_before_it_has_lasted_again() {
        let mut watch = watch(3_000);
        let dead_air = EventKind::SpeechPresence {
            state: PresenceState::DeadAir,
            previous_state: PresenceState::Quiet,
            previous_duration_ms: 2_000.0,
            active_channels: ChannelSet(0),
        };
        let mut said = vec![
            (500, (0, silence(true, false))),
            (2_400, (2_000, dead_air)),
            (4_000, (4_000, silence(false, false))),
        ];
        let mut raised = Vec::new();
        for ms in (0..9_000).step_by(10) {
            let now = said.iter().position(|it| it.0 == ms);
            let changes = listen(&mut watch, ms, now.map(|index| said.remove(index).1));
            raised.extend(changes.raised.iter().map(|alert| (ms + 10, alert)));
        }
        assert_eq!(raised, [(3_000, Alert::Silence), (7_000, Alert::DeadAir)]);
    }

    #[test]
    fn skipped_media_and_the_end_of_input_are_not_silent() {
        for is_jump in [true, false] {
            let mut watch = watch(1_000);
            listen(&mut watch, 500, Some((0, silence(true, true))));
            if is_jump {
                listen(&mut watch, 60_000, None);
            } else {
                watch.end_of_input();
                listen(&mut watch, 510, None);
            }
            listen(&mut watch, 600_000, None);
            let raised: Vec<Alert> = watch.raised().iter().collect();
            assert_eq!(raised, [Alert::Dropouts]);
        }
    }
}
