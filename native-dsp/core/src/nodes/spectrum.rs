//! `SpectrumNode`: what the sound is made of, for displays.

use crate::dsp::finite::finite;
use crate::dsp::level::power_dbfs;
use crate::dsp::spectrum_bands::SpectrumBands;
use crate::event::{EventKind, Spectrum as Payload};
use crate::format::{FRAMES_PER_SECOND, Format};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SpectrumNode",
    aliases: &["Spectrum", "SpectrumAnalyserNode"],
    summary: "Measures the level in bands from low to high, for a display.",
    documentation: "\
Every `interval_ms` it emits `spectrum` with the RMS level of each of `bands` bands between `min_hz` and `max_hz`, \
in dBFS to a tenth, lowest band first. Bands are equally wide on a logarithmic scale, as pitch is heard: band i \
ends where `min_hz` * (`max_hz` / `min_hz`)^((i + 1) / `bands`) is. Together they have the level of the signal: a \
full-scale tone reads -3 dBFS in its own band and at least 20 dB less in any other (12 dB below 200 Hz), however \
narrow they are. \
Measured over a Hann window of 40 ms on all channels mixed to one; skipped media counts as silence. The audio \
passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["spectrum"],
    requires: &[],
    build: Build::Audio(build),
};

/// The window, in frames of 10 ms.
const WINDOW_FRAMES: usize = 4;
/// Where nothing else is said, and the input goes as high.
const USUAL_MAX_HZ: f64 = 16_000.0;

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "bands",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 8,
            max: 64,
            default: 32,
        },
        documentation: "Number of bands.",
    },
    ParamSpec {
        name: "min_hz",
        aliases: &[],
        kind: ParamKind::Number {
            min: 20.0,
            max: 2_000.0,
            default: 50.0,
        },
        documentation: "Lower bound of the lowest band in Hz.",
    },
    ParamSpec {
        name: "max_hz",
        aliases: &[],
        kind: ParamKind::OptionalNumber {
            min: 1_000.0,
            max: 96_000.0,
        },
        documentation: "Upper bound of the highest band in Hz, at most half of the sample rate. Absent: 16000, or \
                        half of the sample rate where that is lower.",
    },
    ParamSpec {
        name: "interval_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 10,
            max: 10_000,
            default: 50,
        },
        documentation: "Time between events in ms, rounded down to whole frames of 10 ms.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let format = Format::mono(offered.sample_rate);
    let highest = f64::from(format.sample_rate) / 2.0;
    let min_hz = params.number("min_hz");
    let max_hz = params.optional_number("max_hz");
    let max_hz = max_hz.unwrap_or(USUAL_MAX_HZ.min(highest));
    if max_hz > highest {
        return Err(BuildError {
            param: "max_hz",
            message: format!(
                "audio of {} Hz has nothing above {highest} Hz",
                format.sample_rate
            ),
            hint: format!("Lower max_hz to {highest} or leave it out."),
        });
    }
    if max_hz <= min_hz {
        return Err(BuildError {
            param: "max_hz",
            message: format!("max_hz {max_hz} is not above min_hz {min_hz}"),
            hint: "Raise max_hz or lower min_hz.".into(),
        });
    }
    let length = WINDOW_FRAMES * format.frame_samples();
    let bands = params.integer("bands") as usize;
    let (min_hz, max_hz) = (min_hz as f32, max_hz as f32);
    Ok(Built {
        node: Box::new(Spectrum {
            bands: SpectrumBands::new(length, format.sample_rate, bands, min_hz, max_hz),
            min_hz,
            max_hz,
            interval: params.integer("interval_ms") * i64::from(FRAMES_PER_SECOND) / 1_000,
            recent: vec![0.0; length],
            window: vec![0.0; length],
            end: 0,
            frames: 0,
        }),
        input: format,
        output: format,
    })
}

struct Spectrum {
    bands: SpectrumBands,
    min_hz: f32,
    max_hz: f32,
    /// Frames between events.
    interval: i64,
    /// The last 40 ms.
    recent: Vec<f32>,
    /// The copy that is analysed, and used up by it.
    window: Vec<f32>,
    /// Position where the next frame should begin.
    end: i64,
    /// Frames since the last event.
    frames: i64,
}

impl Node for Spectrum {
    /// Allocates only the levels that it gives away.
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        if input.position != self.end {
            self.recent.fill(0.0);
        }
        let samples = input.audio.channel(0);
        self.end = input.position + samples.len() as i64;
        self.recent.copy_within(samples.len().., 0);
        let place = self.recent.len() - samples.len();
        for (recent, sample) in self.recent[place..].iter_mut().zip(samples) {
            *recent = finite(*sample);
        }

        self.frames += 1;
        if self.frames == self.interval {
            self.frames = 0;
            self.window.copy_from_slice(&self.recent);
            let powers = self.bands.analyse(&mut self.window).iter();
            // A display needs no more digits, and clients have fewer to read.
            let tenths = powers.map(|power| (power_dbfs(*power) * 10.0).round() / 10.0);
            let payload = Payload {
                min_hz: self.min_hz,
                max_hz: self.max_hz,
                bands_dbfs: tenths.collect(),
            };
            output.emit(self.end, EventKind::Spectrum(Box::new(payload)));
        }
    }

    fn reset(&mut self) {
        self.recent.fill(0.0);
        (self.end, self.frames) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{noise, rms, sine};
    use crate::node_test::{Driver, Given, build};
    use crate::params::ParamValue::{Integer, Number};

    /// The last spectrum of some samples, and how many there were.
    fn last(given: Given<'_>, rate: u32, samples: &[f32]) -> (Payload, usize) {
        let mut node = Driver::new(&SPEC, given, Format::mono(rate));
        node.run_mono(samples);
        let mut events = node.events();
        let count = events.len();
        let Some((at, EventKind::Spectrum(payload))) = events.pop() else {
            panic!("{count} events")
        };
        assert_eq!(at, samples.len() as i64);
        (*payload, count)
    }

    #[test]
    fn a_tone_reads_its_level_in_its_own_band_wherever_it_is() {
        for rate in [16_000, 44_100, 48_000] {
            for step in 0..60 {
                // From 80 Hz to 7 kHz, in the middle of bands and at their edges.
                let hz = 80.0 * (7_000.0f64 / 80.0).powf(f64::from(step) / 59.0);
                let (spectrum, _) = last(&[], rate, &sine(rate, hz, 0.2, rate as usize / 5));
                let octaves = f64::from(spectrum.max_hz / spectrum.min_hz).ln();
                let place = 32.0 * (hz / 50.0).ln() / octaves;
                // A tone within a thousandth of an edge may be taken for the next band's.
                if (place - place.round()).abs() < 0.02 {
                    continue;
                }
                let wanted = 20.0 * (0.2 / 2f64.sqrt()).log10();
                let found = f64::from(spectrum.bands_dbfs[place as usize]);
                assert!(
                    (found - wanted).abs() < 0.5,
                    "{hz} Hz at {rate}: {found}, {wanted}"
                );
                let others = spectrum.bands_dbfs.iter().enumerate();
                let others = others.filter(|(band, _)| *band != place as usize);
                let leak = others.map(|(_, level)| *level).fold(f32::MIN, f32::max);
                // A low tone is disturbed by its mirror image at negative frequencies.
                let distance = if hz > 200.0 { 20.0 } else { 12.0 };
                assert!(
                    f64::from(leak) < wanted - distance,
                    "{hz} Hz at {rate}: {leak} beside it"
                );
            }
        }
    }

    #[test]
    fn all_bands_together_have_the_level_of_the_signal() {
        let samples = noise(12, 0.5, 48_000 * 10);
        let given = [("min_hz", Number(20.0)), ("max_hz", Number(24_000.0))];
        let mut node = Driver::new(&SPEC, &given, Format::VOICE);
        node.run_mono(&samples);
        let (mut sum, mut count) = (0.0, 0.0);
        for (_, kind) in node.events() {
            let EventKind::Spectrum(spectrum) = kind else {
                panic!("{kind:?}")
            };
            let powers = spectrum
                .bands_dbfs
                .iter()
                .map(|db| 10f64.powf(f64::from(*db) / 10.0));
            sum += powers.sum::<f64>();
            count += 1.0;
        }
        let difference = 10.0 * (sum / count / rms(&samples).powi(2)).log10();
        assert!(difference.abs() < 0.2, "{difference} dB");
    }

    #[test]
    fn there_is_one_every_interval_and_silence_is_the_floor() {
        let (spectrum, count) = last(&[], 48_000, &[0.0; 48_000]);
        assert_eq!((count, spectrum.bands_dbfs), (20, vec![-120.0; 32]));
        let given = [("interval_ms", Integer(100)), ("bands", Integer(8))];
        let (spectrum, count) = last(&given, 8_000, &[f32::NAN; 8_000]);
        assert_eq!((count, spectrum.bands_dbfs), (10, vec![-120.0; 8]));
        assert_eq!((spectrum.min_hz, spectrum.max_hz), (50.0, 4_000.0));
    }

    #[test]
    fn bounds_that_the_audio_does_not_have_are_refused() {
        let refused = |given: Given<'_>| build(&SPEC, given, Format::mono(8_000)).err();
        let error = refused(&[("max_hz", Number(5_000.0))]).expect("4 kHz is the end");
        assert_eq!((error.param, error.hint.contains("4000")), ("max_hz", true));
        let given = [("max_hz", Number(1_000.0)), ("min_hz", Number(2_000.0))];
        assert_eq!(refused(&given).map(|error| error.param), Some("max_hz"));
    }
}
