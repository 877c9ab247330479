//! `GainNode`: louder or softer.

use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};

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
    build,
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
