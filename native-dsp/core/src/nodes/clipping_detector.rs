//! `ClippingDetectorNode`: audio that was cut off at the top.

use crate::dsp::finite::finite;
use crate::dsp::level::{FLOOR_DBFS, peak_dbfs, power_dbfs};
use crate::event::{EndReason, EventKind};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "ClippingDetectorNode",
    aliases: &["ClippingDetector"],
    summary: "Tells whether the audio is clipped, by saturated samples and by a flat waveform.",
    documentation: "\
Judges windows of `window_ms` and emits `clipping` whenever the verdict changes. A channel is clipped where

- more than `saturation_ratio_threshold` per cent of its samples are at `saturation_threshold` or beyond, or
- its crest factor is below `crest_factor_threshold_db` and as many of its samples lie in flat tops (three \
in a row within 0.1 % of the peak): clipped first and turned down later. A pure tone, whose crest factor is \
3.01 dB, is not clipped.

The verdict is that of the worst channel, so one good channel hides nothing. `media_time` is the end of the \
window. Windows of silence clear the verdict. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["clipping"],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "saturation_threshold",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.1,
            max: 1.0,
            default: 0.99,
        },
        documentation: "Absolute value from which a sample is saturated; 1 is full scale.",
    },
    ParamSpec {
        name: "saturation_ratio_threshold",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 100.0,
            default: 1.0,
        },
        documentation: "Saturated samples, in per cent, above which the audio is clipped.",
    },
    ParamSpec {
        name: "crest_factor_threshold_db",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 20.0,
            default: 3.0,
        },
        documentation: "Ratio of peak to RMS in dB below which flat tops are clipping.",
    },
    ParamSpec {
        name: "window_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 100,
            max: 10_000,
            default: 1_000,
        },
        documentation: "Length in ms of the windows that are judged, rounded down to tens.",
    },
];

/// Relative to the peak. Three samples in a row this close to it: a tone that does so has at most 340 Hz
/// at 48 kHz, and then its samples show its peak well enough that its crest factor is above 3.
const FLAT: f32 = 0.999;
const FLAT_RUN: u32 = 3;
/// Below this it is quiet, and flat for other reasons.
const QUIETEST_PEAK: f32 = 0.01;

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    Ok(Built {
        node: Box::new(ClippingDetector {
            frames: params.integer("window_ms") / 10,
            saturation: params.number("saturation_threshold") as f32,
            ratio_percent: params.number("saturation_ratio_threshold") as f32,
            crest_db: params.number("crest_factor_threshold_db") as f32,
            channels: vec![Window::default(); usize::from(offered.channels)],
            filled: 0,
            is_clipping: false,
            expected: None,
        }),
        input: offered,
        output: offered,
    })
}

struct ClippingDetector {
    /// Of 10 ms, in a window.
    frames: i64,
    saturation: f32,
    ratio_percent: f32,
    crest_db: f32,
    channels: Vec<Window>,
    /// Frames in the window so far.
    filled: i64,
    is_clipping: bool,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

/// One channel of a window in the making.
#[derive(Clone, Copy, Default)]
struct Window {
    length: u32,
    saturated: u32,
    energy: f64,
    peak: f32,
    /// Samples in flat tops, as high as the peak so far.
    flat: u32,
    /// Samples in a row there, on the side that `last` is on.
    run: u32,
    last: f32,
}

/// What a channel's window shows.
#[derive(Clone, Copy)]
struct Verdict {
    is_clipping: bool,
    saturation_percent: f32,
    crest_db: f32,
    peak_dbfs: f32,
}

impl Node for ClippingDetector {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let audio = input.audio;
        let end = input.position + audio.format().frame_samples() as i64;
        let expected = self.expected.replace(end);
        if expected.is_some_and(|expected| expected != input.position) {
            self.start_window();
        }
        for (channel, window) in self.channels.iter_mut().enumerate() {
            window.hear(audio.channel(channel), self.saturation);
        }
        self.filled += 1;
        if self.filled == self.frames {
            self.judge(end, output);
        }
    }

    fn reset(&mut self) {
        self.start_window();
        self.is_clipping = false;
        self.expected = None;
    }

    fn end_of_input(&mut self, _: i64, _: EndReason, _: &mut Output<'_>) {
        // Part of a window proves nothing.
        self.start_window();
        self.expected = None;
    }
}

impl ClippingDetector {
    fn start_window(&mut self) {
        self.channels.fill(Window::default());
        self.filled = 0;
    }

    fn judge(&mut self, end: i64, output: &mut Output<'_>) {
        let verdicts = self.channels.iter().map(|window| self.verdict(window));
        let worst = verdicts.reduce(|worst, other| {
            let rank = |verdict: &Verdict| (verdict.is_clipping, verdict.saturation_percent);
            if rank(&other) > rank(&worst) {
                other
            } else {
                worst
            }
        });
        self.start_window();
        let Some(worst) = worst.filter(|worst| worst.is_clipping != self.is_clipping) else {
            return;
        };
        self.is_clipping = worst.is_clipping;
        output.emit(
            end,
            EventKind::Clipping {
                is_clipping: worst.is_clipping,
                saturation_ratio_percent: worst.saturation_percent,
                crest_factor_db: worst.crest_db,
                peak_dbfs: worst.peak_dbfs,
            },
        );
    }

    fn verdict(&self, window: &Window) -> Verdict {
        let percent = |count: u32| 100.0 * count as f32 / window.length as f32;
        let peak_dbfs = peak_dbfs(window.peak);
        let rms_dbfs = power_dbfs(window.energy / f64::from(window.length));
        // Between floors there is no ratio.
        let crest_db = if rms_dbfs > FLOOR_DBFS {
            (peak_dbfs - rms_dbfs).max(0.0)
        } else {
            0.0
        };
        let is_flat = window.peak >= QUIETEST_PEAK
            && crest_db < self.crest_db
            && percent(window.flat) > self.ratio_percent;
        Verdict {
            is_clipping: is_flat || percent(window.saturated) > self.ratio_percent,
            saturation_percent: percent(window.saturated),
            crest_db,
            peak_dbfs,
        }
    }
}

impl Window {
    fn hear(&mut self, samples: &[f32], saturation: f32) {
        for sample in samples {
            // Beyond full scale there is only more of the same.
            let sample = finite(*sample).clamp(-1.0, 1.0);
            let magnitude = sample.abs();
            self.saturated += u32::from(magnitude >= saturation);
            self.energy += f64::from(sample * sample);
            if magnitude * FLAT > self.peak {
                // Higher than all flat tops before, so they were none.
                self.flat = 0;
                self.run = 0;
            }
            self.peak = self.peak.max(magnitude);
            self.run = match () {
                () if magnitude < self.peak * FLAT || magnitude == 0.0 => 0,
                () if sample * self.last > 0.0 => self.run + 1,
                () => 1,
            };
            self.flat += match self.run {
                0..FLAT_RUN => 0,
                FLAT_RUN => FLAT_RUN,
                _ => 1,
            };
            self.last = sample;
        }
        self.length += samples.len() as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{noise, sine, speech_48k};
    use crate::node_test::Driver;
    use crate::params::ParamValue::Number;

    /// (ms, clipping, saturated per cent, crest factor) of every event.
    fn changes(node: &mut Driver) -> Vec<(i64, bool, f32, f32)> {
        let per_ms = i64::from(node.built.input.sample_rate) / 1_000;
        let events = node.events().into_iter();
        let changes = events.map(|(position, kind)| match kind {
            EventKind::Clipping {
                is_clipping,
                saturation_ratio_percent,
                crest_factor_db,
                ..
            } => (
                position / per_ms,
                is_clipping,
                saturation_ratio_percent,
                crest_factor_db,
            ),
            other => panic!("{other:?}"),
        });
        changes.collect()
    }

    /// Cut off at full scale after `gain`.
    fn clipped(samples: &[f32], gain: f32) -> Vec<f32> {
        let louder = samples.iter().map(|sample| sample * gain);
        louder.map(|sample| sample.clamp(-1.0, 1.0)).collect()
    }

    #[test]
    fn clean_speech_is_not_clipped_and_overdriven_speech_is() {
        let speech = speech_48k();
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&speech);
        assert_eq!(changes(&mut node), []);
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&clipped(&speech, 30.0));
        let changes = changes(&mut node);
        assert!(matches!(changes[0], (2_000, true, 1.0.., _)), "{changes:?}");
        assert!(changes.windows(2).all(|pair| pair[0].1 != pair[1].1));
        assert!(!changes.last().expect("not empty").1, "silence at the end");
    }

    #[test]
    fn one_per_cent_of_the_samples_in_a_second_decides_at_every_rate() {
        for rate in [8_000, 44_100, 48_000, 192_000] {
            let second = rate as usize;
            let mut sound = noise(1, 0.1, 2 * second);
            sound[..second / 100].fill(1.0);
            sound[second..second + second / 100 + 1].fill(-1.0);
            let mut node = Driver::new(&SPEC, &[], Format::mono(rate));
            node.run_mono(&sound);
            let changes = changes(&mut node);
            let [(_, true, percent, _)] = changes[..] else {
                panic!("{rate} Hz: {changes:?}")
            };
            assert!((1.0..1.02).contains(&percent), "{percent}");
        }
    }

    #[test]
    fn no_tone_is_taken_for_clipping() {
        for rate in [8_000, 16_000, 48_000] {
            for hz in (20..rate / 2).step_by(97) {
                let mut node = Driver::new(&SPEC, &[], Format::mono(rate));
                node.run_mono(&sine(rate, f64::from(hz), 0.9, rate as usize));
                assert_eq!(changes(&mut node), [], "{hz} Hz at {rate}");
            }
        }
    }

    #[test]
    fn a_tone_that_was_clipped_and_turned_down_is_found_by_its_flat_tops() {
        let tone = clipped(&sine(48_000, 440.0, 1.0, 48_000), 4.0);
        let quiet: Vec<f32> = tone.iter().map(|sample| sample * 0.25).collect();
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&quiet);
        let changes = changes(&mut node);
        assert!(
            matches!(changes[..], [(1_000, true, 0.0, 0.2..1.5)]),
            "{changes:?}"
        );
    }

    #[test]
    fn one_clean_channel_hides_nothing() {
        let stereo = Format {
            sample_rate: 48_000,
            channels: 2,
        };
        let clean = noise(2, 0.1, 48_000);
        let mut node = Driver::new(&SPEC, &[], stereo);
        node.run(&[&clean, &clipped(&clean, 20.0)]);
        assert!(matches!(changes(&mut node)[..], [(1_000, true, ..)]));
    }

    #[test]
    fn one_parameter_given_leaves_the_others_at_their_defaults() {
        let given = [("saturation_ratio_threshold", Number(60.0))];
        let mut node = Driver::new(&SPEC, &given, Format::VOICE);
        let mut half = noise(3, 0.1, 48_000);
        half[..24_000].fill(1.0);
        node.run_mono(&half);
        assert_eq!(changes(&mut node), []);
        half[..28_900].fill(1.0);
        node.run_mono(&half);
        assert!(matches!(changes(&mut node)[..], [(2_000, true, ..)]));
    }

    #[test]
    fn skipped_media_starts_a_new_window() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&[1.0; 24_000]);
        node.jump(480_000);
        node.run_mono(&noise(4, 0.1, 48_000));
        assert_eq!(changes(&mut node), []);
    }
}
