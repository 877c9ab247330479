//! What can be wrong with a stream, and which event says so: one table for all nodes that combine the
//! reports of others.

use serde::ser::{Serialize, Serializer};

use crate::event::EventKind;

/// Something that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alert {
    /// `silence` says that it is silent, for long.
    Silence,
    /// `silence` says that audio is cut off again and again.
    Dropouts,
    /// `clipping` says so.
    Clipping,
    /// `audio_level` says that it is neither silent nor loud enough, for long.
    LowVolume,
    /// `channel_balance` says that the channels differ.
    Imbalance,
    /// `channel_balance` says that a channel is dead.
    DeadChannel,
    /// `speech_presence` says that nobody speaks, for long.
    DeadAir,
    /// `timing_drift` says that packets come irregularly.
    Jitter,
    /// `timing_drift` says that the sender's clock and ours run apart.
    Drift,
    /// `timing_drift` says that the delay has changed abruptly.
    LeadJump,
    /// `stream_health` says that the input stands still.
    Freeze,
    /// `stream_health` says that packets do not come in step.
    UnstableCadence,
    /// `stream_health` says that the delay is not what it was.
    LeadShift,
}

impl Alert {
    /// All of them; each stands at its own number.
    pub const ALL: [Self; 13] = [
        Self::Silence,
        Self::Dropouts,
        Self::Clipping,
        Self::LowVolume,
        Self::Imbalance,
        Self::DeadChannel,
        Self::DeadAir,
        Self::Jitter,
        Self::Drift,
        Self::LeadJump,
        Self::Freeze,
        Self::UnstableCadence,
        Self::LeadShift,
    ];

    /// Whether it is about quiet, which is part of every conversation: an alert only after some time, and
    /// never of media that nobody has heard.
    pub fn is_quiet(self) -> bool {
        matches!(self, Self::Silence | Self::LowVolume | Self::DeadAir)
    }
}

/// Some of the alerts; in JSON the list of their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertSet(u16);

impl AlertSet {
    /// Those for which `is_in` is true.
    pub fn of(is_in: impl Fn(Alert) -> bool) -> Self {
        let mut set = Self::default();
        for alert in Alert::ALL {
            set.set(alert, is_in(alert));
        }
        set
    }

    /// Adds or removes one.
    pub fn set(&mut self, alert: Alert, is_in: bool) {
        let bit = 1 << alert as u16;
        self.0 = if is_in { self.0 | bit } else { self.0 & !bit };
    }

    /// Whether `alert` is in it.
    pub fn contains(self, alert: Alert) -> bool {
        self.0 >> alert as u16 & 1 == 1
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// In the order of [`Alert::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Alert> + Clone {
        Alert::ALL.into_iter().filter(move |it| self.contains(*it))
    }

    /// Those of this set that are not in `other`.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// One alert for one fault: what is silent is also low and without speech.
    pub fn distinct(mut self) -> Self {
        let is_silent = self.contains(Alert::Silence);
        if is_silent {
            self.set(Alert::DeadAir, false);
        }
        if is_silent || self.contains(Alert::DeadAir) {
            self.set(Alert::LowVolume, false);
        }
        self
    }
}

impl Serialize for AlertSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// One thing that an event says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// Of what.
    pub alert: Alert,
    /// Whether it is so.
    pub holds: bool,
    /// For how long it had been so at the event's time, in ms.
    pub age_ms: f32,
}

/// What an event says of alerts: nothing, one thing or several.
pub fn conditions(kind: &EventKind) -> impl Iterator<Item = Condition> {
    let now = |alert, holds| {
        let age_ms = 0.0;
        Some(Condition {
            alert,
            holds,
            age_ms,
        })
    };
    let said = match *kind {
        EventKind::Silence {
            is_sustained_silence,
            has_intermittent_dropouts,
            ..
        } => [
            now(Alert::Silence, is_sustained_silence),
            now(Alert::Dropouts, has_intermittent_dropouts),
            None,
        ],
        EventKind::Clipping { is_clipping, .. } => [now(Alert::Clipping, is_clipping), None, None],
        EventKind::AudioLevel {
            is_low_volume,
            is_silence,
            ..
        } => [
            now(Alert::LowVolume, is_low_volume && !is_silence),
            None,
            None,
        ],
        EventKind::ChannelBalance {
            is_imbalanced,
            dead_channels,
            ..
        } => [
            // A dead channel is quieter than the others, of course.
            now(Alert::Imbalance, is_imbalanced && dead_channels == 0),
            now(Alert::DeadChannel, dead_channels > 0),
            None,
        ],
        EventKind::SpeechPresence {
            state,
            previous_duration_ms,
            ..
        } => [
            Some(Condition {
                alert: Alert::DeadAir,
                holds: state == crate::event::PresenceState::DeadAir,
                age_ms: previous_duration_ms,
            }),
            None,
            None,
        ],
        EventKind::TimingDrift {
            is_jittery,
            is_drifting,
            has_lead_jump,
            ..
        } => [
            now(Alert::Jitter, is_jittery),
            now(Alert::Drift, is_drifting),
            now(Alert::LeadJump, has_lead_jump),
        ],
        EventKind::StreamHealth {
            is_frozen,
            is_cadence_unstable,
            is_lead_shifted,
            ..
        } => [
            now(Alert::Freeze, is_frozen),
            now(Alert::UnstableCadence, is_cadence_unstable),
            now(Alert::LeadShift, is_lead_shifted),
        ],
        _ => [None; 3],
    };
    said.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_alert_stands_at_its_own_number_and_has_a_name() {
        for (number, alert) in Alert::ALL.into_iter().enumerate() {
            assert_eq!(alert as usize, number);
        }
        let set = AlertSet::of(|alert| matches!(alert, Alert::LeadShift | Alert::Dropouts));
        assert_eq!(json!(set), json!(["dropouts", "lead_shift"]));
        assert_eq!((set.len(), set.is_empty()), (2, false));
    }

    #[test]
    fn silence_is_one_fault_though_three_monitors_notice_it() {
        let quiet = AlertSet::of(Alert::is_quiet);
        assert_eq!(quiet.len(), 3);
        let distinct: Vec<Alert> = quiet.distinct().iter().collect();
        assert_eq!(distinct, [Alert::Silence]);
        let both = AlertSet::of(|alert| matches!(alert, Alert::Clipping | Alert::LowVolume));
        assert_eq!(both.distinct(), both);
    }

    #[test]
    fn one_event_may_say_several_things_and_most_say_none() {
        let kind = EventKind::Silence {
            is_sustained_silence: false,
            has_intermittent_dropouts: true,
            silence_duration_ms: 0.0,
            dropout_count: 3,
            level_dbfs: -20.0,
        };
        let said: Vec<(Alert, bool)> = conditions(&kind).map(|it| (it.alert, it.holds)).collect();
        assert_eq!(said, [(Alert::Silence, false), (Alert::Dropouts, true)]);
        let kind = EventKind::VadProbability {
            probability: 0.5,
            speech: false,
        };
        assert_eq!(conditions(&kind).count(), 0);
    }
}
