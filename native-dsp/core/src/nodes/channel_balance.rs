//! `ChannelBalanceNode`: channels that differ too much, or are dead.

use crate::dsp::level::{FLOOR_DBFS, energy, power_dbfs};
use crate::event::{EndReason, EventKind};
use crate::format::{Format, MAX_CHANNELS};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "ChannelBalanceNode",
    aliases: &["ChannelBalance"],
    summary: "Tells channels of very different level, and dead ones.",
    documentation: "\
Measures the RMS of every channel over windows of `window_ms` and emits `channel_balance` whenever \
`is_imbalanced` or the set of dead channels changes.

- The channels are imbalanced where the loudest and the quietest differ by more than `imbalance_threshold_db`.
- A channel is dead where its level is below `dead_channel_threshold_db` while another is not.

A window counts only where its loudest channel is `imbalance_threshold_db` above the dead level: in a pause all \
channels are quiet, and noise has no balance. Until the next that counts, the verdict stays. `media_time` is the end of \
the window. Mono is always balanced. Where each channel is a speaker of its own, imbalance only says who \
speaks. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["channel_balance"],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "imbalance_threshold_db",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 120.0,
            default: 10.0,
        },
        documentation: "Difference in dB between the loudest and the quietest channel above which they are imbalanced.",
    },
    ParamSpec {
        name: "dead_channel_threshold_db",
        aliases: &["dead_channel_threshold_dbfs"],
        kind: ParamKind::Number {
            min: -120.0,
            max: 0.0,
            default: -60.0,
        },
        documentation: "Level in dBFS below which a channel is dead.",
    },
    ParamSpec {
        name: "window_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 100,
            max: 60_000,
            default: 1_000,
        },
        documentation: "Length in ms of the windows that are judged, rounded down to tens.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    Ok(Built {
        node: Box::new(ChannelBalance {
            frames: params.integer("window_ms") / 10,
            imbalance_db: params.number("imbalance_threshold_db") as f32,
            dead_dbfs: params.number("dead_channel_threshold_db") as f32,
            energies: [0.0; MAX_CHANNELS as usize],
            filled: 0,
            is_imbalanced: false,
            dead: 0,
            expected: None,
        }),
        input: offered,
        output: offered,
    })
}

struct ChannelBalance {
    /// Of 10 ms, in a window.
    frames: i64,
    imbalance_db: f32,
    dead_dbfs: f32,
    /// Sums of squares of the window in the making, one a channel.
    energies: [f64; MAX_CHANNELS as usize],
    /// Frames in it so far.
    filled: i64,
    is_imbalanced: bool,
    /// Bit n is set where channel n is dead.
    dead: u8,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

impl Node for ChannelBalance {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let audio = input.audio;
        let length = audio.format().frame_samples();
        let end = input.position + length as i64;
        let expected = self.expected.replace(end);
        if expected.is_some_and(|expected| expected != input.position) {
            self.start_window();
        }
        for (channel, sum) in self.energies[..audio.channels()].iter_mut().enumerate() {
            // Beyond full scale there is only more of the same.
            *sum += energy(audio.channel(channel)).min(length as f64);
        }
        self.filled += 1;
        if self.filled == self.frames {
            let samples = length as f64 * self.frames as f64;
            self.judge(end, samples, audio.channels(), output);
        }
    }

    fn reset(&mut self) {
        self.start_window();
        self.is_imbalanced = false;
        self.dead = 0;
        self.expected = None;
    }

    fn end_of_input(&mut self, _: i64, _: EndReason, _: &mut Output<'_>) {
        // Part of a window proves nothing.
        self.start_window();
        self.expected = None;
    }
}

impl ChannelBalance {
    fn start_window(&mut self) {
        self.energies.fill(0.0);
        self.filled = 0;
    }

    fn judge(&mut self, end: i64, samples: f64, channels: usize, output: &mut Output<'_>) {
        let levels = self.energies.map(|energy| power_dbfs(energy / samples));
        self.start_window();
        let (mut loudest, mut quietest, mut dead) = (0, 0, 0u8);
        for (channel, level) in levels[..channels].iter().enumerate() {
            if *level > levels[loudest] {
                loudest = channel;
            }
            if *level < levels[quietest] {
                quietest = channel;
            }
            dead |= u8::from(*level < self.dead_dbfs) << channel;
        }
        let audible_dbfs = (self.dead_dbfs.max(FLOOR_DBFS) + self.imbalance_db).min(0.0);
        if levels[loudest] < audible_dbfs {
            return;
        }
        let imbalance_db = levels[loudest] - levels[quietest];
        let is_imbalanced = imbalance_db > self.imbalance_db;
        if (is_imbalanced, dead) == (self.is_imbalanced, self.dead) {
            return;
        }
        (self.is_imbalanced, self.dead) = (is_imbalanced, dead);
        output.emit(
            end,
            EventKind::ChannelBalance {
                is_imbalanced,
                dead_channels: dead.count_ones(),
                imbalance_db,
                loudest_channel: loudest as u32,
                loudest_dbfs: levels[loudest],
                quietest_channel: quietest as u32,
                quietest_dbfs: levels[quietest],
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{noise, sine, speech_48k};
    use crate::node_test::Driver;
    use crate::params::ParamValue::Number;

    const STEREO: Format = Format {
        sample_rate: 48_000,
        channels: 2,
    };

    /// (ms, imbalanced, dead channels, dB, loudest, quietest) of every event.
    fn changes(node: &mut Driver) -> Vec<(i64, bool, u32, f32, u32, u32)> {
        let per_ms = i64::from(node.built.input.sample_rate) / 1_000;
        let events = node.events().into_iter();
        let changes = events.map(|(position, kind)| match kind {
            EventKind::ChannelBalance {
                is_imbalanced,
                dead_channels,
                imbalance_db,
                loudest_channel,
                quietest_channel,
                ..
            } => (
                position / per_ms,
                is_imbalanced,
                dead_channels,
                imbalance_db.round(),
                loudest_channel,
                quietest_channel,
            ),
            other => panic!("{other:?}"),
        });
        changes.collect()
    }

    fn scaled(samples: &[f32], gain: f32) -> Vec<f32> {
        samples.iter().map(|sample| sample * gain).collect()
    }

    #[test]
    fn clean_speech_is_balanced_in_mono_in_stereo_and_a_little_to_one_side() {
        let speech = speech_48k();
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&speech);
        assert_eq!(changes(&mut node), []);
        let mut node = Driver::new(&SPEC, &[], STEREO);
        node.run(&[&speech, &scaled(&speech, 0.5)]);
        assert_eq!(changes(&mut node), []);
    }

    #[test]
    fn a_quiet_channel_is_reported_once_and_once_when_it_is_back_at_every_rate() {
        for sample_rate in [8_000, 16_000, 44_100, 48_000] {
            let tone = sine(sample_rate, 440.0, 0.5, 2 * sample_rate as usize);
            let mut node = Driver::new(
                &SPEC,
                &[],
                Format {
                    sample_rate,
                    channels: 2,
                },
            );
            node.run(&[&scaled(&tone, 0.1), &tone]);
            node.run(&[&tone, &tone]);
            let (first, last) = (
                1_000 * i64::from(sample_rate),
                3_000 * i64::from(sample_rate),
            );
            let per_ms = i64::from(sample_rate) / 1_000 * 1_000;
            let expected = [
                (first / per_ms, true, 0, 20.0, 1, 0),
                (last / per_ms, false, 0, 0.0, 0, 0),
            ];
            assert_eq!(changes(&mut node), expected, "{sample_rate} Hz");
        }
    }

    #[test]
    fn a_dead_channel_of_many_is_found_and_told_from_the_next() {
        let format = Format {
            sample_rate: 48_000,
            channels: 4,
        };
        let (live, dead) = (noise(1, 0.3, 48_000), [0.0; 48_000]);
        let mut node = Driver::new(&SPEC, &[], format);
        node.run(&[&live, &live, &dead, &live]);
        node.run(&[&live, &dead, &live, &live]);
        let changes = changes(&mut node);
        let dead: Vec<(i64, u32, u32)> = changes
            .iter()
            .map(|change| (change.0, change.2, change.5))
            .collect();
        assert_eq!(dead, [(1_000, 1, 2), (2_000, 1, 1)]);
    }

    #[test]
    fn a_pause_changes_no_verdict() {
        let tone = sine(48_000, 440.0, 0.5, 48_000);
        let mut node = Driver::new(&SPEC, &[], STEREO);
        node.run(&[&tone, &[0.0; 48_000]]);
        assert_eq!(changes(&mut node).len(), 1);
        node.run(&[&[0.0; 96_000], &[0.0; 96_000]]);
        node.run(&[&noise(2, 0.001, 96_000), &[0.0; 96_000]]);
        assert_eq!(changes(&mut node), []);
    }

    #[test]
    fn one_parameter_given_leaves_the_others_at_their_defaults() {
        let tone = sine(48_000, 440.0, 0.5, 48_000);
        let given = [("imbalance_threshold_db", Number(30.0))];
        let mut node = Driver::new(&SPEC, &given, STEREO);
        node.run(&[&tone, &scaled(&tone, 0.05)]);
        assert_eq!(changes(&mut node), []);
        node.run(&[&tone, &scaled(&tone, 0.001)]);
        assert_eq!(changes(&mut node), [(2_000, true, 1, 60.0, 0, 1)]);
    }

    #[test]
    fn skipped_media_starts_a_new_window() {
        let tone = sine(48_000, 440.0, 0.5, 48_000);
        let mut node = Driver::new(&SPEC, &[], STEREO);
        node.run(&[&tone[..24_000], &[0.0; 24_000]]);
        node.jump(480_000);
        node.run(&[&tone, &tone]);
        assert_eq!(changes(&mut node), []);
    }
}
