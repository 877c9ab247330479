//! `FastResampleNode`: another sample rate, another number of channels.

use crate::dsp::polyphase::{Polyphase, Quality};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::sample_rate::{self, RATE};
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// What `target_rate: auto` means: the rate of speech recognisers and voice activity detectors.
const SPEECH_RATE: u32 = 16_000;

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "FastResampleNode",
    aliases: &["FastResample", "ResampleNode", "RustResampleNode"],
    summary: "Converts the sample rate (and channels), 10 ms in and 10 ms out, without padding or bursts.",
    documentation: "\
A polyphase FIR for any pair of rates. Where the receiver of the audio needs a certain rate the pipeline \
converts by itself; use this node to choose rate and quality. The delay depends on quality and on the \
slower of both rates: 24, 32 or 48 of its samples for `low`, `medium`, `high`, which is 1.5, 2 or 3 ms \
between 48 and 16 kHz (rounded up to a whole output sample). Pass-band between 48 and 16 kHz: flat within \
0.05 dB to 6.0, 6.4 and 7.0 kHz; what would alias from 8.5 kHz up is attenuated by at least 90 dB.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "source_rate",
        aliases: &["input_rate"],
        kind: RATE,
        documentation: "Rate in Hz of the audio that comes in. `auto`: whatever it is. Where it is not, the \
                        pipeline converts to it first. A multiple of 100.",
    },
    ParamSpec {
        name: "target_rate",
        aliases: &["sample_rate", "output_rate"],
        kind: RATE,
        documentation: "Rate in Hz of the audio that goes out; `auto` is 16000. A multiple of 100.",
    },
    ParamSpec {
        name: "quality",
        aliases: &[],
        kind: ParamKind::Choice {
            options: &["low", "medium", "high"],
            default: "medium",
        },
        documentation: "Steepness of the filter, paid for in delay and time.",
    },
    ParamSpec {
        name: "channels",
        aliases: &[],
        kind: ParamKind::IntegerOrAuto { min: 1, max: 8 },
        documentation: "Channels that go out; `auto`: as many as come in.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let channels = params
        .optional_integer("channels")
        .map_or(offered.channels, |count| count as u8);
    let input = Format {
        sample_rate: sample_rate::chosen(params, "source_rate", offered.sample_rate)?,
        channels,
    };
    let output = Format {
        sample_rate: sample_rate::chosen(params, "target_rate", SPEECH_RATE)?,
        channels,
    };
    let quality = match params.choice("quality") {
        "low" => Quality::Low,
        "high" => Quality::High,
        _ => Quality::Medium,
    };
    let converter = || Polyphase::new(input.sample_rate, output.sample_rate, quality);
    Ok(Built {
        node: Box::new(FastResample {
            channels: (0..channels).map(|_| converter()).collect(),
        }),
        input,
        output,
    })
}

struct FastResample {
    channels: Vec<Polyphase>,
}

impl Node for FastResample {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        Polyphase::process_planes(&mut self.channels, input.audio.planes(), audio.planes_mut());
    }

    fn reset(&mut self) {
        self.channels.iter_mut().for_each(Polyphase::reset);
    }

    fn latency_samples(&self) -> u32 {
        self.channels[0].latency_samples()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{Fit, sine};
    use crate::graph::Graph;
    use crate::manifest::Manifest;
    use crate::node_test::{Driver, build};
    use crate::params::ParamValue::{Choice, Integer};

    #[test]
    fn by_default_it_makes_16_khz_of_whatever_comes() {
        for rate in [8_000, 16_000, 44_100, 48_000, 192_000] {
            let node = Driver::new(&SPEC, &[], Format::mono(rate));
            assert_eq!(node.built.input, Format::mono(rate));
            assert_eq!(node.built.output, Format::mono(16_000));
        }
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_level() {
        let mut node = Driver::new(&SPEC, &[("target_rate", Integer(24_000))], Format::VOICE);
        let output = node.run_mono(&sine(48_000, 1_000.0, 0.5, 9_600));
        assert_eq!(output.len(), 4_800, "exactly half the samples");
        let fit = Fit::of(&output[2_400..], 24_000, 1_000.0);
        assert!((fit.amplitude - 0.5).abs() < 1e-4 && fit.residual_rms < 1e-5);
    }

    #[test]
    fn a_given_source_rate_and_channel_count_are_asked_of_the_plan() {
        let given = [("source_rate", Integer(48_000)), ("channels", Integer(1))];
        let stereo = Format {
            sample_rate: 44_100,
            channels: 2,
        };
        let node = Driver::new(&SPEC, &given, stereo);
        assert_eq!(
            (node.built.input, node.built.output),
            (Format::VOICE, Format::mono(16_000))
        );
    }

    #[test]
    fn quality_buys_steepness_with_delay() {
        let delay = |word| {
            let node = Driver::new(&SPEC, &[("quality", Choice(word))], Format::VOICE);
            node.built.node.latency_samples()
        };
        assert_eq!([delay("low"), delay("medium"), delay("high")], [24, 32, 48]);
    }

    #[test]
    fn a_rate_without_whole_frames_is_refused_with_one_that_has_them_and_holds_the_same_audio() {
        for (hz, wanted) in [(22_050, "44100"), (11_025, "44100"), (44_056, "44100")] {
            let Err(error) = build(&SPEC, &[("target_rate", Integer(hz))], Format::VOICE) else {
                panic!("{hz} Hz was accepted");
            };
            assert_eq!(error.param, "target_rate");
            assert!(error.hint.ends_with(wanted), "{}", error.hint);
        }
    }

    #[test]
    fn quality_is_understood_in_every_spelling() {
        for word in ["high", "High", "HIGH"] {
            let node = serde_json::json!({
                "id": "n", "node_type": "RustResampleNode",
                "params": {"sourceRate": "auto", "targetRate": 24_000, "quality": word},
            });
            let manifest = serde_json::json!({"version": "v1", "nodes": [node]});
            let manifest = Manifest::from_value(&manifest).unwrap();
            let graph = Graph::compile(&manifest, Format::VOICE).unwrap();
            assert_eq!(graph.output_format(), Some(Format::mono(24_000)));
            // 48 of the slower rate's samples.
            assert_eq!(graph.latency().to_samples(24_000), 48);
        }
    }

    #[test]
    fn every_rate_that_has_whole_frames_is_taken_on_both_sides() {
        for (from, to) in [
            (8_000, 192_000),
            (192_000, 8_000),
            (11_100, 44_100),
            (96_000, 22_100),
        ] {
            let given = [("target_rate", Integer(to))];
            let mut node = Driver::new(&SPEC, &given, Format::mono(from));
            let output = node.run_mono(&sine(from, 440.0, 0.5, from as usize / 5));
            assert_eq!(output.len() as i64, to / 5);
            let fit = Fit::of(&output[output.len() / 2..], to as u32, 440.0);
            assert!(
                (fit.amplitude - 0.5).abs() < 1e-3,
                "{from} to {to}: {}",
                fit.amplitude
            );
        }
    }
}
