//! `AudioLevelNode`: how loud it is.

use crate::dsp::level::{energy, peak, peak_dbfs, power_dbfs};
use crate::event::EventKind;
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "AudioLevelNode",
    aliases: &["AudioLevel", "LevelMeterNode"],
    summary: "Measures RMS and peak level, and tells silence and low volume.",
    documentation: "\
Every `window_ms` it emits `audio_level` with the RMS and peak of that window in dB relative to full scale \
(a full-scale sine is -3.01 dBFS RMS, the floor is -120). `is_silence` and `is_low_volume` judge the RMS of \
the last `verdict_window_ms`, long enough to span the pauses between words, so they do not flicker in \
speech. All channels count together. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["audio_level"],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "window_ms",
        aliases: &["interval_ms"],
        kind: ParamKind::Integer {
            min: 10,
            max: 10_000,
            default: 100,
        },
        documentation: "Length in ms of the window that each event measures, and so the time between events.",
    },
    ParamSpec {
        name: "low_volume_threshold_db",
        aliases: &["low_volume_threshold_dbfs"],
        kind: ParamKind::Number {
            min: -120.0,
            max: 0.0,
            default: -40.0,
        },
        documentation: "Level in dBFS below which `is_low_volume` is true.",
    },
    ParamSpec {
        name: "silence_threshold_db",
        aliases: &["silence_threshold_dbfs"],
        kind: ParamKind::Number {
            min: -120.0,
            max: 0.0,
            default: -60.0,
        },
        documentation: "Level in dBFS below which `is_silence` is true.",
    },
    ParamSpec {
        name: "verdict_window_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 10,
            max: 60_000,
            default: 1_000,
        },
        documentation: "Length in ms of the stretch that the two verdicts judge, rounded to whole windows.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let window_ms = params.integer("window_ms");
    let windows = (params.integer("verdict_window_ms") + window_ms / 2) / window_ms;
    Ok(Built {
        node: Box::new(AudioLevel {
            window: (i64::from(offered.sample_rate) * window_ms / 1_000) as usize,
            low_volume_dbfs: params.number("low_volume_threshold_db") as f32,
            silence_dbfs: params.number("silence_threshold_db") as f32,
            current: Measure::default(),
            recent: vec![0.0; windows.max(1) as usize],
            measured: 0,
            expected: None,
        }),
        input: offered,
        output: offered,
    })
}

struct AudioLevel {
    /// Samples per channel in a window.
    window: usize,
    low_volume_dbfs: f32,
    silence_dbfs: f32,
    current: Measure,
    /// Mean squares of the last windows, a ring.
    recent: Vec<f64>,
    /// Windows so far.
    measured: usize,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

/// A window in the making.
#[derive(Clone, Copy, Default)]
struct Measure {
    energy: f64,
    peak: f32,
    /// Samples per channel so far.
    length: usize,
}

impl Node for AudioLevel {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        // A window never spans skipped media: it would last longer than it says.
        if self
            .expected
            .is_some_and(|expected| expected != input.position)
        {
            self.current = Measure::default();
        }
        let audio = input.audio;
        let length = audio.format().frame_samples();
        self.expected = Some(input.position + length as i64);
        let mut start = 0;
        while start < length {
            let end = length.min(start + self.window - self.current.length);
            for channel in 0..audio.channels() {
                let samples = &audio.channel(channel)[start..end];
                self.current.energy += energy(samples);
                self.current.peak = self.current.peak.max(peak(samples));
            }
            self.current.length += end - start;
            start = end;
            if self.current.length == self.window {
                output.emit(input.position + end as i64, self.conclude(audio.channels()));
            }
        }
    }

    fn reset(&mut self) {
        self.current = Measure::default();
        self.measured = 0;
        self.expected = None;
    }
}

impl AudioLevel {
    fn conclude(&mut self, channels: usize) -> EventKind {
        let Measure { energy, peak, .. } = std::mem::take(&mut self.current);
        let mean_square = energy / (self.window * channels) as f64;
        let slot = self.measured % self.recent.len();
        self.recent[slot] = mean_square;
        self.measured += 1;
        let recent = &self.recent[..self.measured.min(self.recent.len())];
        let verdict_dbfs = power_dbfs(recent.iter().sum::<f64>() / recent.len() as f64);
        EventKind::AudioLevel {
            rms_dbfs: power_dbfs(mean_square),
            peak_dbfs: peak_dbfs(peak),
            is_silence: verdict_dbfs < self.silence_dbfs,
            is_low_volume: verdict_dbfs < self.low_volume_dbfs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::sine;
    use crate::node_test::Driver;
    use crate::params::ParamValue::{Integer, Number};

    /// (position, rms, peak, silence, low volume) of every event.
    fn levels(node: &mut Driver) -> Vec<(i64, f32, f32, bool, bool)> {
        let events = node.events().into_iter();
        let level = events.map(|(position, kind)| match kind {
            EventKind::AudioLevel {
                rms_dbfs,
                peak_dbfs,
                is_silence,
                is_low_volume,
            } => (position, rms_dbfs, peak_dbfs, is_silence, is_low_volume),
            other => panic!("{other:?}"),
        });
        level.collect()
    }

    #[test]
    fn a_full_scale_sine_is_minus_3_dbfs_every_100_ms() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&sine(48_000, 1_000.0, 1.0, 48_000));
        let levels = levels(&mut node);
        assert_eq!(levels.len(), 10);
        for (index, (position, rms, peak, silence, low)) in levels.into_iter().enumerate() {
            assert_eq!(position, (index as i64 + 1) * 4_800);
            assert!((rms + 3.0103).abs() < 1e-3 && peak.abs() < 1e-3);
            assert!(!silence && !low);
        }
    }

    #[test]
    fn a_window_need_not_be_a_whole_number_of_frames() {
        let mut node = Driver::new(&SPEC, &[("window_ms", Integer(25))], Format::mono(8_000));
        node.run_mono(&[0.1; 1_600]);
        let positions: Vec<i64> = levels(&mut node).iter().map(|level| level.0).collect();
        assert_eq!(positions, [200, 400, 600, 800, 1_000, 1_200, 1_400, 1_600]);
    }

    #[test]
    fn pauses_between_words_are_neither_silence_nor_low_volume() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        for _ in 0..5 {
            node.run_mono(&sine(48_000, 200.0, 0.5, 19_200));
            node.run_mono(&[0.0; 9_600]);
        }
        assert!(levels(&mut node).iter().all(|level| !level.3 && !level.4));
        node.run_mono(&[0.0; 96_000]);
        let last = levels(&mut node).pop().expect("twenty windows");
        assert_eq!(last, (240_000, -120.0, -120.0, true, true));
    }

    #[test]
    fn a_voice_of_ordinary_level_is_not_low_volume() {
        // ITU-T P.56: the nominal level of speech is -26 dBFS.
        for (dbfs, wanted) in [(-26.0, false), (-35.0, false), (-45.0, true)] {
            let mut node = Driver::new(&SPEC, &[], Format::VOICE);
            let amplitude = 10f64.powf(dbfs / 20.0) * 2f64.sqrt();
            node.run_mono(&sine(48_000, 200.0, amplitude, 48_000));
            assert!(
                levels(&mut node).iter().all(|level| level.4 == wanted),
                "{dbfs}"
            );
        }
    }

    #[test]
    fn one_threshold_given_leaves_the_other_at_its_default() {
        let given = [("silence_threshold_db", Number(-70.0))];
        let mut node = Driver::new(&SPEC, &given, Format::VOICE);
        node.run_mono(&[0.000_5; 4_800]); // -66 dBFS
        let (_, _, _, silence, low) = levels(&mut node)[0];
        assert!(!silence && low, "-66 is above -70 and below -40");
    }

    #[test]
    fn all_channels_count_together() {
        let stereo = Format {
            sample_rate: 48_000,
            channels: 2,
        };
        let mut node = Driver::new(&SPEC, &[], stereo);
        node.run(&[&[0.5; 4_800], &[0.0; 4_800]]);
        let (_, rms, peak, ..) = levels(&mut node)[0];
        assert!(
            (rms + 9.03).abs() < 0.01,
            "half the power of one channel at -6.02"
        );
        assert!((peak + 6.02).abs() < 0.01);
    }

    #[test]
    fn skipped_media_starts_a_new_window() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&[1.0; 2_400]);
        node.jump(48_000);
        node.run_mono(&[0.1; 4_800]);
        let levels = levels(&mut node);
        assert_eq!((levels.len(), levels[0].0), (1, 52_800));
        assert!((levels[0].1 + 20.0).abs() < 1e-3);
    }

    #[test]
    fn reset_forgets_the_loud_past() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&[1.0; 24_240]);
        node.built.node.reset();
        node.jump(0);
        node.events();
        node.run_mono(&[0.0; 4_800]);
        assert_eq!(levels(&mut node), [(4_800, -120.0, -120.0, true, true)]);
    }
}
