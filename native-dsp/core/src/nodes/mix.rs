//! `MixNode`: one stream out of several, in range.

use crate::dsp::finite::finite;
use crate::dsp::level::amplitude;
use crate::dsp::limiter::Limiter;
use crate::format::{Format, MAX_CHANNELS};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "MixNode",
    aliases: &["Mix", "AudioMixerNode", "MixerNode"],
    summary: "Adds up everything that is connected to it, and keeps the sum in range.",
    documentation: "\
Connect every stream that shall be heard. Streams of different rates and channels are converted to the highest \
of them, delayed until all are as late as the latest, so that what happened together stays together, and added \
up; the same unchanged stream over two ways counts once. Then `gain_db` applies to the sum: -6 for two voices of \
full level. To weigh a single stream, put a `GainNode` in front of it.

A sum beyond full scale is turned down, not clipped: a limiter lowers the gain of all channels along ramps of \
1 ms that it plans over the 10 ms in hand, without delay, and lets it come back by 63 % in 80 ms. What is below \
full scale is not touched.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "gain_db",
        aliases: &["gain"],
        kind: ParamKind::Number {
            min: -60.0,
            max: 40.0,
            default: 0.0,
        },
        documentation: "Gain of the sum in dB.",
    },
    ParamSpec {
        name: "channels",
        aliases: &[],
        kind: ParamKind::IntegerOrAuto {
            min: 1,
            max: MAX_CHANNELS as i64,
        },
        documentation: "Channels that go out: fewer are averages, more are copies. `auto`: the most that come in.",
    },
];

/// What the limiter still takes for audio.
const LOUDEST: f32 = 1_000.0;

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let channels = params.optional_integer("channels");
    let format = Format {
        channels: channels.map_or(offered.channels, |count| count as u8),
        ..offered
    };
    Ok(Built {
        node: Box::new(Mix {
            gain: amplitude(params.number("gain_db") as f32),
            limiter: Limiter::new(1.0),
        }),
        input: format,
        output: format,
    })
}

struct Mix {
    gain: f32,
    limiter: Limiter,
}

impl Node for Mix {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        for (out, sample) in audio.planes_mut().iter_mut().zip(input.audio.planes()) {
            *out = (finite(*sample) * self.gain).clamp(-LOUDEST, LOUDEST);
        }
        self.limiter.process(audio);
    }

    fn reset(&mut self) {
        self.limiter.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Block;
    use crate::dsp::test_signal::{Fit, decibels, noise, sine};
    use crate::graph::Graph;
    use crate::manifest::Manifest;
    use crate::node_test::Driver;
    use crate::params::ParamValue::{Integer, Number};
    use crate::time::MediaTime;

    #[test]
    fn what_is_in_range_is_multiplied_and_nothing_else() {
        let samples = noise(1, 0.9, 4_800);
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        assert_eq!(node.run_mono(&samples), samples);
        let mut node = Driver::new(&SPEC, &[("gain_db", Number(-6.0206))], Format::VOICE);
        let output = node.run_mono(&samples);
        let halves = output
            .iter()
            .zip(&samples)
            .map(|(out, sample)| (out - sample / 2.0).abs());
        assert!(halves.fold(0.0, f32::max) < 1e-5);
    }

    #[test]
    fn a_sum_beyond_full_scale_is_turned_down_not_clipped() {
        let mut node = Driver::new(&SPEC, &[("gain_db", Number(6.0))], Format::VOICE);
        let output = node.run_mono(&sine(48_000, 1_000.0, 0.9, 48_000));
        assert!(output.iter().all(|sample| sample.abs() <= 1.0));
        let fit = Fit::of(&output[4_800..], 48_000, 1_000.0);
        let distortion = decibels(fit.residual_rms / (fit.amplitude / 2f64.sqrt()));
        assert!(
            fit.amplitude > 0.95 && distortion < -40.0,
            "{distortion} dB"
        );
    }

    #[test]
    fn channels_may_be_chosen() {
        let node = Driver::new(&SPEC, &[("channels", Integer(2))], Format::VOICE);
        assert_eq!(
            (node.built.input.channels, node.built.output.channels),
            (2, 2)
        );
    }

    #[test]
    fn two_streams_become_their_sum() {
        let manifest = serde_json::json!({
            "version": "v1",
            "nodes": [
                {"id": "half", "node_type": "GainNode", "params": {"gain_db": -6.020_6}},
                {"id": "quarter", "node_type": "GainNode", "params": {"gain_db": -12.041_2}},
                {"id": "mix", "node_type": "MixNode"},
            ],
            "connections": [{"from": "half", "to": "mix"}, {"from": "quarter", "to": "mix"}],
        });
        let manifest = Manifest::from_value(&manifest).unwrap();
        let mut graph = Graph::compile(&manifest, Format::VOICE).unwrap();
        let mut input = Block::silent(Format::VOICE);
        input.planes_mut().fill(0.8);
        graph.process(MediaTime::ZERO, &input);
        for sample in graph.output().unwrap().planes() {
            assert!((sample - 0.6).abs() < 1e-4, "{sample}");
        }
    }
}
