//! `LoudnessNode`: how loud it seems, as broadcasting measures it.

use ebur128::{EbuR128, Mode};

use crate::block::Block;
use crate::dsp::finite::finite;
use crate::dsp::level::FLOOR_DBFS;
use crate::event::EventKind;
use crate::format::{FRAMES_PER_SECOND, Format, MAX_CHANNELS};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "LoudnessNode",
    aliases: &["Loudness", "LoudnessMeterNode"],
    summary: "Measures loudness and true peak by EBU R 128.",
    documentation: "\
Every `interval_ms` it emits `loudness`: momentary (the last 400 ms), short-term (the last 3 s) and integrated \
loudness (everything since the start, without the pauses, by the gates of ITU-R BS.1770) in LUFS, and the \
highest true peak of the interval in dBTP, found between the samples by oversampling. -120 stands for silence, \
and for a loudness of which nothing was measured yet. Mono counts as one channel of a stereo pair, so it is \
3 LU below the same signal in both. Media that was skipped is left out. The audio passes on untouched. \
Measured by the crate ebur128.",
    role: Role::Analyser,
    params: &[ParamSpec {
        name: "interval_ms",
        aliases: &["window_ms"],
        kind: ParamKind::Integer {
            min: 100,
            max: 60_000,
            default: 1_000,
        },
        documentation: "Time between events in ms, rounded down to whole frames of 10 ms.",
    }],
    events: &["loudness"],
    requires: &[],
    build: Build::Audio(build),
};

/// 3 s.
const SHORT_TERM_FRAMES: usize = 3 * FRAMES_PER_SECOND as usize;
const FRAME_MS: u32 = 1_000 / FRAMES_PER_SECOND;

/// The histogram bounds the memory of the integrated loudness: a session has no end.
fn meter(format: Format) -> EbuR128 {
    let mode = Mode::M | Mode::I | Mode::HISTOGRAM | Mode::TRUE_PEAK;
    EbuR128::new(u32::from(format.channels), format.sample_rate, mode)
        .expect("the meter takes 1 to 64 channels and rates up to 2.8 MHz")
}

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    Ok(Built {
        node: Box::new(Loudness {
            interval: params.integer("interval_ms") as u32 / FRAME_MS,
            frames: 0,
            peak: 0.0,
            meter: meter(offered),
            powers: [0.0; SHORT_TERM_FRAMES],
            next: 0,
            clean: Block::silent(offered),
        }),
        input: offered,
        output: offered,
    })
}

struct Loudness {
    /// Frames between events.
    interval: u32,
    /// Frames since the last.
    frames: u32,
    /// Highest true peak since the last.
    peak: f64,
    meter: EbuR128,
    /// Of each of the last frames. The meter would keep every sample of them: 37 MB of 8 channels at 192 kHz.
    powers: [f64; SHORT_TERM_FRAMES],
    /// Place of the oldest.
    next: usize,
    /// The frame without NaN and infinity.
    clean: Block,
}

impl Node for Loudness {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        for (clean, sample) in self.clean.planes_mut().iter_mut().zip(input.audio.planes()) {
            *clean = finite(*sample);
        }
        let channels = self.clean.channels();
        let mut planes: [&[f32]; MAX_CHANNELS as usize] = [&[]; MAX_CHANNELS as usize];
        for (channel, plane) in planes[..channels].iter_mut().enumerate() {
            *plane = self.clean.channel(channel);
        }
        let measured = self.meter.add_frames_planar_f32(&planes[..channels]);
        measured.expect("as many planes as channels, all of one length");
        let frame_lufs = self.meter.loudness_window(FRAME_MS);
        self.powers[self.next] = frame_lufs.map_or(0.0, |lufs| 10f64.powf(lufs / 10.0));
        self.next = (self.next + 1) % SHORT_TERM_FRAMES;
        let peaks = (0..channels as u32).filter_map(|c| self.meter.prev_true_peak(c).ok());
        self.peak = peaks.fold(self.peak, f64::max);

        self.frames += 1;
        if self.frames == self.interval {
            let length = input.audio.format().frame_samples();
            output.emit(input.position + length as i64, self.conclude());
        }
    }

    fn reset(&mut self) {
        // The crate's own reset keeps the oversampler's past.
        self.meter = meter(self.clean.format());
        self.powers.fill(0.0);
        self.next = 0;
        self.frames = 0;
        self.peak = 0.0;
    }
}

impl Loudness {
    fn conclude(&mut self) -> EventKind {
        self.frames = 0;
        let peak = std::mem::take(&mut self.peak);
        EventKind::Loudness {
            momentary_lufs: level(self.meter.loudness_momentary()),
            short_term_lufs: level(Ok(self.short_term_lufs())),
            integrated_lufs: level(self.meter.loudness_global()),
            true_peak_dbtp: (20.0 * peak.max(1e-6).log10()) as f32,
        }
    }

    fn short_term_lufs(&self) -> f64 {
        let mean = self.powers.iter().sum::<f64>() / SHORT_TERM_FRAMES as f64;
        10.0 * mean.log10()
    }
}

/// What was measured, or the floor where there is nothing.
fn level(measured: Result<f64, ebur128::Error>) -> f32 {
    let lufs = measured.ok().filter(|lufs| lufs.is_finite());
    lufs.map_or(FLOOR_DBFS, |lufs| (lufs as f32).max(FLOOR_DBFS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::sine;
    use crate::node_test::Driver;

    const STEREO: Format = Format {
        sample_rate: 48_000,
        channels: 2,
    };

    /// [momentary, short-term, integrated, true peak] of every event.
    fn measured(node: &mut Driver) -> Vec<[f32; 4]> {
        let events = node.events().into_iter().map(|(_, kind)| match kind {
            EventKind::Loudness {
                momentary_lufs,
                short_term_lufs,
                integrated_lufs,
                true_peak_dbtp,
            } => [
                momentary_lufs,
                short_term_lufs,
                integrated_lufs,
                true_peak_dbtp,
            ],
            other => panic!("{other:?}"),
        });
        events.collect()
    }

    /// A tone of 1 kHz in both channels, as EBU Tech 3341 writes its test cases.
    fn tone(dbfs: f64, seconds: usize) -> Vec<f32> {
        sine(48_000, 1_000.0, 10f64.powf(dbfs / 20.0), seconds * 48_000)
    }

    #[test]
    fn a_stereo_tone_at_minus_23_dbfs_is_minus_23_lufs() {
        // EBU Tech 3341, test cases 1 and 2.
        for level in [-23.0, -33.0] {
            let tone = tone(level, 20);
            let mut node = Driver::new(&SPEC, &[], STEREO);
            node.run(&[&tone, &tone]);
            let events = measured(&mut node);
            assert_eq!(events.len(), 20);
            for value in events[19] {
                assert!((value - level as f32).abs() < 0.1, "{value} at {level}");
            }
        }
    }

    #[test]
    fn pauses_do_not_count_for_the_integrated_loudness() {
        // EBU Tech 3341, test case 3: 10 s at -36, 60 s at -23, 10 s at -36.
        let tone = [tone(-36.0, 10), tone(-23.0, 60), tone(-36.0, 10)].concat();
        let mut node = Driver::new(&SPEC, &[], STEREO);
        node.run(&[&tone, &tone]);
        let [momentary, short_term, integrated, _] = measured(&mut node)[79];
        assert!((integrated + 23.0).abs() < 0.1, "{integrated}");
        assert!((momentary + 36.0).abs() < 0.1 && (short_term + 36.0).abs() < 0.1);
    }

    #[test]
    fn the_true_peak_lies_between_the_samples() {
        // A quarter of the rate at 45 degrees: every sample is 3 dB below the wave's peak (Tech 3341, 15 to 19).
        let samples: Vec<f32> = (0..48_000)
            .map(|n| 0.5 * [1.0, 1.0, -1.0, -1.0][n % 4] * 0.5f32.sqrt())
            .collect();
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&samples);
        let peak = measured(&mut node)[0][3];
        assert!((-6.42..-5.8).contains(&peak), "{peak} dBTP");
    }

    #[test]
    fn the_short_term_loudness_is_that_of_the_last_three_seconds() {
        // Before the third second, and after the fourth, a part of the window is silent.
        let tone = [tone(-20.0, 4), vec![0.0; 4 * 48_000]].concat();
        let mut node = Driver::new(&SPEC, &[], STEREO);
        node.run(&[&tone, &tone]);
        let short_term: Vec<f32> = measured(&mut node).iter().map(|event| event[1]).collect();
        let expected = [-24.77, -21.76, -20.0, -20.0, -21.76, -24.77];
        for (second, (level, wanted)) in short_term.iter().zip(expected).enumerate() {
            assert!((level - wanted).abs() < 0.1, "{level} in second {second}");
        }
        assert_eq!(short_term[7], FLOOR_DBFS);
    }

    #[test]
    fn silence_and_garbage_are_at_the_floor() {
        for sample in [0.0, f32::NAN, f32::INFINITY] {
            let mut node = Driver::new(&SPEC, &[], Format::VOICE);
            node.run_mono(&[sample; 48_000]);
            assert_eq!(measured(&mut node), [[FLOOR_DBFS; 4]]);
        }
    }
}
