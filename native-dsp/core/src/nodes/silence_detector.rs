//! `SilenceDetectorNode`: silence that lasts, and audio that is cut off again and again.

use std::collections::VecDeque;

use crate::dsp::level::{FLOOR_DBFS, energy, power_dbfs};
use crate::event::{EndReason, EventKind};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SilenceDetectorNode",
    aliases: &["SilenceDetector"],
    summary: "Tells silence that lasts from audio that drops out again and again.",
    documentation: "\
Emits `silence` whenever `is_sustained_silence` or `has_intermittent_dropouts` changes, and says nothing else.

- Silence is sustained once the level, of all channels together, has stayed below `silence_threshold_db` for \
`sustained_silence_ms`. The event's time is its first sample. It is over with the first sound, or when the \
input ends or skips; that event's time is the end, and `silence_duration_ms` the whole length.
- A dropout is a silent run of 100 ms or more, not sustained, that begins as a cut: the level falls by 40 dB \
within 20 ms. A voice fades slower than that, with its room, so pauses between words are no dropouts. \
`dropout_count_threshold` of them within `dropout_window_ms` are intermittent dropouts, until enough of them are that long ago.

Levels are measured over 10 ms. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["silence"],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "silence_threshold_db",
        aliases: &["silence_threshold_dbfs"],
        kind: ParamKind::Number {
            min: -120.0,
            max: 0.0,
            default: -50.0,
        },
        documentation: "Level in dBFS below which it is silent.",
    },
    ParamSpec {
        name: "sustained_silence_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 100,
            max: 600_000,
            default: 500,
        },
        documentation: "Silence in ms from which it is sustained.",
    },
    ParamSpec {
        name: "dropout_count_threshold",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 1,
            max: 100,
            default: 3,
        },
        documentation: "Dropouts that are intermittent dropouts.",
    },
    ParamSpec {
        name: "dropout_window_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 100,
            max: 600_000,
            default: 5_000,
        },
        documentation: "Time in ms within which they must happen.",
    },
];

/// Shorter silence is part of speech: the closure of a p lasts up to 100 ms.
const SHORTEST_DROPOUT_MS: i64 = 100;
/// A cut: so far within two frames. In a room with a reverberation time of 300 ms a voice falls by 4 dB.
const CUT_DB: f32 = 40.0;

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let samples = |ms: i64| i64::from(offered.sample_rate) * ms / 1_000;
    let enough = params.integer("dropout_count_threshold") as usize;
    Ok(Built {
        node: Box::new(SilenceDetector {
            sample_rate: offered.sample_rate,
            threshold_dbfs: params.number("silence_threshold_db") as f32,
            sustained: samples(params.integer("sustained_silence_ms")),
            shortest_dropout: samples(SHORTEST_DROPOUT_MS),
            dropout_window: samples(params.integer("dropout_window_ms")),
            dropouts: VecDeque::with_capacity(enough + 1),
            enough,
            silence: None,
            before: [FLOOR_DBFS; 2],
            is_sustained: false,
            is_intermittent: false,
            expected: None,
        }),
        input: offered,
        output: offered,
    })
}

struct SilenceDetector {
    sample_rate: u32,
    threshold_dbfs: f32,
    /// All lengths are in samples per channel.
    sustained: i64,
    shortest_dropout: i64,
    dropout_window: i64,
    /// Where the last dropouts ended; at most `enough`.
    dropouts: VecDeque<i64>,
    enough: usize,
    silence: Option<Silence>,
    /// Levels of the last two frames, the older first.
    before: [f32; 2],
    is_sustained: bool,
    is_intermittent: bool,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

/// A silent run that goes on.
#[derive(Clone, Copy)]
struct Silence {
    first: i64,
    is_cut: bool,
}

impl Node for SilenceDetector {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let audio = input.audio;
        let start = input.position;
        let end = start + audio.format().frame_samples() as i64;
        if let Some(expected) = self.expected.replace(end).filter(|at| *at != start) {
            self.interrupt(expected, output);
        }
        let energy: f64 = (0..audio.channels())
            .map(|channel| energy(audio.channel(channel)))
            .sum();
        let level_dbfs = power_dbfs(energy / audio.planes().len() as f64);
        if level_dbfs < self.threshold_dbfs {
            self.hear_silence(start, end, level_dbfs, output);
        } else if let Some(silence) = self.silence.take() {
            self.hear_sound_after(silence, start, level_dbfs, output);
        }
        self.before = [self.before[1], level_dbfs];
        self.forget_old_dropouts(end, level_dbfs, output);
    }

    fn reset(&mut self) {
        self.dropouts.clear();
        self.silence = None;
        self.before = [FLOOR_DBFS; 2];
        self.is_sustained = false;
        self.is_intermittent = false;
        self.expected = None;
    }

    fn end_of_input(&mut self, position: i64, _: EndReason, output: &mut Output<'_>) {
        self.interrupt(position, output);
        self.expected = None;
    }
}

impl SilenceDetector {
    fn hear_silence(&mut self, start: i64, end: i64, level_dbfs: f32, output: &mut Output<'_>) {
        let loudest = self.before[0].max(self.before[1]);
        let silence = *self.silence.get_or_insert(Silence {
            first: start,
            // The frame of the cut itself holds some sound; the first silent one may be the next.
            is_cut: loudest - level_dbfs >= CUT_DB,
        });
        if !self.is_sustained && end - silence.first >= self.sustained {
            self.is_sustained = true;
            self.report(silence.first, end - silence.first, level_dbfs, output);
        }
    }

    fn hear_sound_after(
        &mut self,
        silence: Silence,
        now: i64,
        level_dbfs: f32,
        output: &mut Output<'_>,
    ) {
        let length = now - silence.first;
        let is_dropout = silence.is_cut && !self.is_sustained && length >= self.shortest_dropout;
        if is_dropout {
            if self.dropouts.len() == self.enough {
                self.dropouts.pop_front();
            }
            self.dropouts.push_back(now);
        }
        let was = (self.is_sustained, self.is_intermittent);
        self.is_sustained = false;
        self.is_intermittent |= is_dropout && self.has_enough_dropouts(now);
        if was != (self.is_sustained, self.is_intermittent) {
            self.report(now, length, level_dbfs, output);
        }
    }

    fn has_enough_dropouts(&self, now: i64) -> bool {
        let recent = self
            .dropouts
            .iter()
            .filter(|at| now - **at < self.dropout_window);
        recent.count() >= self.enough
    }

    fn forget_old_dropouts(&mut self, now: i64, level_dbfs: f32, output: &mut Output<'_>) {
        while self
            .dropouts
            .front()
            .is_some_and(|at| now - at >= self.dropout_window)
        {
            self.dropouts.pop_front();
        }
        if self.is_intermittent && self.dropouts.len() < self.enough {
            self.is_intermittent = false;
            let length = self.silence.map_or(0, |silence| now - silence.first);
            self.report(now, length, level_dbfs, output);
        }
    }

    /// The media ends before sample `position` or goes on elsewhere: what is not heard is not silent.
    fn interrupt(&mut self, position: i64, output: &mut Output<'_>) {
        let silence = self.silence.take();
        if let Some(silence) = silence.filter(|_| self.is_sustained) {
            self.is_sustained = false;
            self.report(position, position - silence.first, self.before[1], output);
        }
        self.before = [FLOOR_DBFS; 2];
    }

    fn report(&self, position: i64, silence: i64, level_dbfs: f32, output: &mut Output<'_>) {
        output.emit(
            position,
            EventKind::Silence {
                is_sustained_silence: self.is_sustained,
                has_intermittent_dropouts: self.is_intermittent,
                silence_duration_ms: (silence as f64 * 1_000.0 / f64::from(self.sample_rate))
                    as f32,
                dropout_count: self.dropouts.len() as u32,
                level_dbfs,
            },
        );
    }
}

#[cfg(test)]
mod tests;
