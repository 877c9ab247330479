//! `GainNode`: louder or softer.

use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "GainNode",
    aliases: &["Gain"],
    summary: "Multiplies the audio by a constant gain, without clicks and never beyond full scale.",
    documentation: "\
Amplifies or attenuates by `gain_db`. Samples that would leave -1..1 are clipped, because everything after \
the gateway's encoder clips anyway and a node's output must stay in range.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[ParamSpec {
    name: "gain_db",
    aliases: &["gain"],
    kind: ParamKind::Number {
        min: -60.0,
        max: 40.0,
        default: 0.0,
    },
    documentation: "Gain in dB: 6 doubles the amplitude, -6 halves it.",
}];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let gain = 10f32.powf(params.number("gain_db") as f32 / 20.0);
    Ok(Built {
        node: Box::new(Gain { gain }),
        input: offered,
        output: offered,
    })
}

struct Gain {
    gain: f32,
}

impl Node for Gain {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        for (out, sample) in audio.planes_mut().iter_mut().zip(input.audio.planes()) {
            let amplified = sample * self.gain;
            // NaN fails every comparison, so it becomes silence here.
            *out = if amplified.is_nan() {
                0.0
            } else {
                amplified.clamp(-1.0, 1.0)
            };
        }
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node_test::Driver;
    use crate::params::ParamValue::Number;

    fn amplify(gain_db: f64, samples: &[f32]) -> Vec<f32> {
        let mut frame = samples.to_vec();
        frame.resize(480, 0.0);
        let mut node = Driver::new(&SPEC, &[("gain_db", Number(gain_db))], Format::VOICE);
        let mut output = node.run_mono(&frame);
        output.truncate(samples.len());
        output
    }

    #[test]
    fn twenty_db_are_a_factor_of_ten_either_way() {
        let loud = amplify(20.0, &[0.05, -0.02]);
        assert!((loud[0] - 0.5).abs() < 1e-6 && (loud[1] + 0.2).abs() < 1e-6);
        let soft = amplify(-20.0, &[0.5]);
        assert!((soft[0] - 0.05).abs() < 1e-7);
    }

    #[test]
    fn no_gain_changes_no_bit() {
        let samples = [0.1, -0.999, 1.0, -1.0, 1e-20];
        assert_eq!(amplify(0.0, &samples), samples);
    }

    #[test]
    fn nothing_leaves_full_scale_not_even_garbage() {
        let output = amplify(
            12.0,
            &[0.9, -0.9, f32::INFINITY, f32::NEG_INFINITY, f32::NAN],
        );
        assert_eq!(output, [1.0, -1.0, 1.0, -1.0, 0.0]);
    }
}
