//! `DenoiseNode`: less noise behind the voice.

use sonora_ns::config::SuppressionLevel;

use crate::dsp::rnnoise::RnNoise;
use crate::dsp::webrtc_noise::WebRtcNoise;
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "DenoiseNode",
    aliases: &["Denoise", "NoiseSuppressionNode", "NoiseSuppressorNode"],
    summary: "Suppresses steady noise (WebRTC's suppressor) or all that is not speech (RNNoise).",
    documentation: "\
`webrtc` lowers steady noise by up to `suppression_db`, adds 6 ms at 16 kHz and 7.5 ms at 48 kHz, and helps \
voice activity detection in noise. `rnnoise` is a small neural network that removes far more, adds 10 ms, \
costs about four times as much, and can damage soft speech: use it for listeners, never in front of a voice \
activity detector. `webrtc` runs at 16 kHz or 48 kHz (8 kHz is raised to 16, other rates are converted to \
48), `rnnoise` at 48 kHz. Each channel is denoised by itself.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "engine",
        aliases: &[],
        kind: ParamKind::Choice {
            options: &["webrtc", "rnnoise"],
            default: "webrtc",
        },
        documentation: "`webrtc`: gentle, cheap, for machines and people. `rnnoise`: strong, for people.",
    },
    ParamSpec {
        name: "suppression_db",
        aliases: &["level_db"],
        kind: ParamKind::Integer {
            min: 6,
            max: 21,
            default: 12,
        },
        documentation: "Most that `webrtc` attenuates noise, in dB: 6, 12, 18 or 21. `rnnoise` decides itself.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let level = match params.integer("suppression_db") {
        6 => SuppressionLevel::K6dB,
        12 => SuppressionLevel::K12dB,
        18 => SuppressionLevel::K18dB,
        21 => SuppressionLevel::K21dB,
        other => {
            return Err(BuildError {
                param: "suppression_db",
                message: format!("the suppressor has no level of {other} dB"),
                hint: "take 6, 12, 18 or 21".into(),
            });
        }
    };
    let rnnoise = params.choice("engine") == "rnnoise";
    let full_band = rnnoise || offered.sample_rate > 16_000;
    let format = Format {
        sample_rate: if full_band { 48_000 } else { 16_000 },
        channels: offered.channels,
    };
    let engine = || match rnnoise {
        true => Engine::RnNoise(RnNoise::new()),
        false => Engine::WebRtc(WebRtcNoise::new(level, full_band)),
    };
    Ok(Built {
        node: Box::new(Denoise {
            channels: (0..offered.channels).map(|_| engine()).collect(),
        }),
        input: format,
        output: format,
    })
}

enum Engine {
    WebRtc(WebRtcNoise),
    RnNoise(RnNoise),
}

struct Denoise {
    channels: Vec<Engine>,
}

impl Node for Denoise {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        for (index, engine) in self.channels.iter_mut().enumerate() {
            let (samples, cleaned) = (input.audio.channel(index), audio.channel_mut(index));
            match engine {
                Engine::WebRtc(engine) => engine.process(samples, cleaned),
                Engine::RnNoise(engine) => engine.process(samples, cleaned),
            }
            cleaned
                .iter_mut()
                .for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
        }
    }

    fn reset(&mut self) {
        for engine in &mut self.channels {
            match engine {
                Engine::WebRtc(engine) => engine.reset(),
                Engine::RnNoise(engine) => engine.reset(),
            }
        }
    }

    fn latency_samples(&self) -> u32 {
        match &self.channels[0] {
            Engine::WebRtc(engine) => engine.latency_samples(),
            Engine::RnNoise(_) => RnNoise::LATENCY_SAMPLES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{decibels, delay_of, noise, rms, speech_48k};
    use crate::node_test::{Driver, build};
    use crate::params::ParamValue::{Choice, Integer};

    fn driver(engine: &'static str, rate: u32) -> Driver {
        Driver::new(&SPEC, &[("engine", Choice(engine))], Format::mono(rate))
    }

    fn attenuation_db(node: &mut Driver, samples: &[f32]) -> f64 {
        let output = node.run_mono(samples);
        let tail = samples.len() * 3 / 4;
        decibels(rms(&output[tail..]) / rms(&samples[tail..]))
    }

    #[test]
    fn steady_noise_falls_by_about_what_was_asked() {
        for rate in [16_000, 48_000] {
            let hiss = noise(7, 0.05, rate as usize * 8);
            let mut weaker = 0.0;
            for asked in [6, 12, 18, 21] {
                let given = [("suppression_db", Integer(asked))];
                let gain =
                    attenuation_db(&mut Driver::new(&SPEC, &given, Format::mono(rate)), &hiss);
                // The bands above 8 kHz follow the voice's band with some reserve.
                assert!(
                    (gain + asked as f64).abs() < 5.0,
                    "{asked} dB at {rate}: {gain}"
                );
                assert!(
                    gain < weaker - 1.0,
                    "{asked} dB at {rate}: {gain} after {weaker}"
                );
                weaker = gain;
            }
        }
        let gain = attenuation_db(&mut driver("rnnoise", 48_000), &noise(7, 0.05, 48_000 * 8));
        assert!(gain < -20.0, "rnnoise: {gain} dB");
    }

    #[test]
    fn clean_speech_keeps_its_level() {
        let speech = speech_48k();
        for engine in ["webrtc", "rnnoise"] {
            let output = driver(engine, 48_000).run_mono(&speech);
            let gain = decibels(rms(&output) / rms(&speech));
            assert!(gain.abs() < 1.5, "{engine}: {gain} dB");
        }
    }

    #[test]
    fn the_delay_is_what_it_says() {
        let speech = speech_48k();
        let mut down = Driver::new(&super::super::fast_resample::SPEC, &[], Format::VOICE);
        let speech_16k = down.run_mono(&speech);
        for (engine, rate, input, expected) in [
            ("webrtc", 48_000, &speech, 360),
            ("webrtc", 16_000, &speech_16k, 96),
            ("rnnoise", 48_000, &speech, 480),
        ] {
            let mut node = driver(engine, rate);
            let output = node.run_mono(input);
            assert_eq!(
                delay_of(input, &output, 1_000),
                expected,
                "{engine} at {rate}"
            );
            assert_eq!(node.built.node.latency_samples() as usize, expected);
        }
    }

    #[test]
    fn garbage_gives_finite_output_and_leaves_no_trace() {
        for engine in ["webrtc", "rnnoise"] {
            let mut node = driver(engine, 48_000);
            for garbage in [f32::NAN, f32::INFINITY, f32::MIN, f32::MIN_POSITIVE / 2.0] {
                let output = node.run_mono(&[garbage; 960]);
                assert!(output.iter().all(|sample| sample.abs() <= 1.0), "{engine}");
            }
            let speech = speech_48k();
            let gain = decibels(rms(&node.run_mono(&speech)) / rms(&speech));
            assert!(gain.abs() < 1.5, "{engine}: {gain} dB");
        }
    }

    #[test]
    fn reset_is_as_new() {
        for engine in ["webrtc", "rnnoise"] {
            let mut node = driver(engine, 48_000);
            let first = node.run_mono(&noise(3, 0.3, 9_600));
            node.built.node.reset();
            assert_eq!(node.run_mono(&noise(3, 0.3, 9_600)), first, "{engine}");
        }
    }

    #[test]
    fn rates_that_an_engine_does_not_know_are_asked_of_the_plan() {
        for (engine, offered, wanted) in [
            ("webrtc", 8_000, 16_000),
            ("webrtc", 44_100, 48_000),
            ("rnnoise", 16_000, 48_000),
        ] {
            assert_eq!(driver(engine, offered).built.input, Format::mono(wanted));
        }
    }

    #[test]
    fn a_level_between_the_levels_is_refused() {
        let built = build(&SPEC, &[("suppression_db", Integer(10))], Format::VOICE);
        assert!(built.is_err_and(|error| error.param == "suppression_db"));
    }
}
