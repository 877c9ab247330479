//! `SpeechPresenceNode`: whether somebody speaks, several at once, or nobody for too long.

use crate::dsp::voice_mask::VoiceMask;
use crate::event::{EndReason, EventKind, PresenceState};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::per_channel::ChannelSet;
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SpeechPresenceNode",
    aliases: &["SpeechPresence"],
    summary: "Tells whether somebody speaks, several speak at once, or nobody has spoken for too long.",
    documentation: "\
Emits `speech_presence` whenever the state changes, with the channels that are active:

- `speaking`: a channel carries a voice.
- `quiet`: none does. Pauses of up to 300 ms belong to speech, sounds below 100 ms are clicks.
- `dead_air`: it has been quiet for `dead_air_threshold_ms`.
- `overlap`: two channels have carried voices of their own for `overlap_threshold_ms`. Its time is where they began to.

Each channel is a speaker. Channels that correlate above 0.7 are one voice, told by the first of them (or by one that \
is 3 dB louder); so mono, and one voice in both channels of a stereo pair, never overlap. A voice is above \
`silence_threshold_db` and 9 dB above the noise floor, the lowest level of the last two seconds. What speech says \
lies 400 ms back, so that nothing has to be taken back; `detection_delay_ms` tells. A stream begins `quiet`, which is \
not announced; skipped media and the end of input end every state. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["speech_presence"],
    requires: &[],
    build,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "dead_air_threshold_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 100,
            max: 3_600_000,
            default: 2_000,
        },
        documentation: "Quiet in ms that is dead air.",
    },
    ParamSpec {
        name: "overlap_threshold_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 10,
            max: 600_000,
            default: 500,
        },
        documentation: "Time in ms for which two must speak at once to overlap.",
    },
    SILENCE_THRESHOLD_DB,
    ParamSpec {
        name: "emit_interval_ms",
        aliases: &[],
        kind: ParamKind::OptionalNumber {
            min: 100.0,
            max: 3_600_000.0,
        },
        documentation: "Repeats the state after this time in ms without a change. Absent: only changes are told.",
    },
];

/// Shared by all nodes that look for voices by [`VoiceMask`].
pub(super) const SILENCE_THRESHOLD_DB: ParamSpec = ParamSpec {
    name: "silence_threshold_db",
    aliases: &["silence_threshold_dbfs"],
    kind: ParamKind::Number {
        min: -120.0,
        max: 0.0,
        default: -50.0,
    },
    documentation: "Level in dBFS below which nobody speaks.",
};

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let samples = |ms: i64| i64::from(offered.sample_rate) * ms / 1_000;
    Ok(Built {
        node: Box::new(SpeechPresence {
            format: offered,
            dead_air: samples(params.integer("dead_air_threshold_ms")),
            overlap: samples(params.integer("overlap_threshold_ms")),
            interval: params
                .optional_number("emit_interval_ms")
                .map(|ms| samples(ms as i64)),
            mask: VoiceMask::new(params.number(SILENCE_THRESHOLD_DB.name) as f32),
            next: None,
            expected: None,
            state: PresenceState::Quiet,
            since: 0,
            told: 0,
            several_since: None,
        }),
        input: offered,
        output: offered,
    })
}

struct SpeechPresence {
    format: Format,
    /// All lengths and positions are in samples per channel.
    dead_air: i64,
    overlap: i64,
    interval: Option<i64>,
    mask: VoiceMask,
    /// Position of the frame that the mask answers next; `None` before the first.
    next: Option<i64>,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
    state: PresenceState,
    /// Where the state began, and when it was last told.
    since: i64,
    told: i64,
    /// Since when several speak.
    several_since: Option<i64>,
}

impl Node for SpeechPresence {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let start = input.position;
        let end = start + self.frame();
        if let Some(expected) = self.expected.replace(end).filter(|at| *at != start) {
            self.finish(expected, output);
        }
        if self.next.is_none() {
            self.begin(start);
        }
        if let Some(active) = self.mask.update(input.audio) {
            self.advance(active, output);
        }
    }

    fn reset(&mut self) {
        self.mask.reset();
        self.next = None;
        self.expected = None;
        self.state = PresenceState::Quiet;
    }

    fn end_of_input(&mut self, position: i64, _: EndReason, output: &mut Output<'_>) {
        self.finish(position, output);
        self.expected = None;
    }
}

impl SpeechPresence {
    fn frame(&self) -> i64 {
        self.format.frame_samples() as i64
    }

    fn begin(&mut self, position: i64) {
        self.next = Some(position);
        self.state = PresenceState::Quiet;
        (self.since, self.told) = (position, position);
        self.several_since = None;
    }

    /// Takes the next frame's active channels.
    fn advance(&mut self, active: ChannelSet, output: &mut Output<'_>) {
        let Some(start) = self.next else { return };
        let end = start + self.frame();
        self.next = Some(end);
        self.several_since = match active.len() {
            0 | 1 => None,
            _ => self.several_since.or(Some(start)),
        };
        let quiet_since = match self.state {
            PresenceState::Quiet => self.since,
            _ => start,
        };
        let (state, since) = match (active.len(), self.several_since) {
            (0, _) if self.state == PresenceState::DeadAir => (self.state, self.since),
            (0, _) if end - quiet_since >= self.dead_air => {
                (PresenceState::DeadAir, quiet_since + self.dead_air)
            }
            (0, _) => (PresenceState::Quiet, quiet_since),
            (_, Some(several)) if end - several >= self.overlap => {
                (PresenceState::Overlap, several)
            }
            _ => (PresenceState::Speaking, start),
        };
        if state != self.state {
            self.change(state, since, active, output);
        } else if self
            .interval
            .is_some_and(|interval| end - self.told >= interval)
        {
            self.told = end;
            self.tell(end, self.state, active, output);
        }
    }

    fn change(
        &mut self,
        state: PresenceState,
        position: i64,
        active: ChannelSet,
        output: &mut Output<'_>,
    ) {
        let previous = std::mem::replace(&mut self.state, state);
        self.tell(position, previous, active, output);
        self.since = position;
        self.told = self.next.unwrap_or(position);
    }

    /// The media ends before sample `position`, or goes on elsewhere.
    fn finish(&mut self, position: i64, output: &mut Output<'_>) {
        while let Some(active) = self.mask.drain() {
            self.advance(active, output);
        }
        if self.next.take().is_some() && self.state != PresenceState::Quiet {
            self.change(PresenceState::Quiet, position, ChannelSet(0), output);
        }
        self.mask.reset();
    }

    fn tell(
        &self,
        position: i64,
        previous_state: PresenceState,
        active_channels: ChannelSet,
        output: &mut Output<'_>,
    ) {
        let samples = (position - self.since) as f64;
        output.emit(
            position,
            EventKind::SpeechPresence {
                state: self.state,
                previous_state,
                previous_duration_ms: (samples * 1_000.0 / f64::from(self.format.sample_rate))
                    as f32,
                active_channels,
            },
        );
    }
}

#[cfg(test)]
mod tests;
