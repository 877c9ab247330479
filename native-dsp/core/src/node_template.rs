//! `TemplateNode`: what it does, in a few words.

use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "TemplateNode",
    aliases: &[],
    summary: "Says in one sentence what it does.",
    documentation: "\
Says what it does, when to use it, what it promises, and where the method is published; this one lowers the level \
by `attenuation_db`.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[ParamSpec {
    name: "attenuation_db",
    aliases: &[],
    kind: ParamKind::Number {
        min: 0.0,
        max: 60.0,
        default: 6.0,
    },
    documentation: "How much softer the audio becomes, in dB.",
}];

/// Parameters are checked one by one before. Return an error where they do not fit each other or the format; ask for
/// another format than `offered`, and the pipeline converts.
fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    Ok(Built {
        node: Box::new(Template {
            gain: 10f32.powf(-params.number("attenuation_db") as f32 / 20.0),
        }),
        input: offered,
        output: offered,
    })
}

struct Template {
    gain: f32,
}

impl Node for Template {
    /// 10 ms at a time; takes no memory, no lock and no clock.
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        for (out, sample) in audio.planes_mut().iter_mut().zip(input.audio.planes()) {
            // What comes in may be garbage, what goes out may not.
            let sample = if sample.is_finite() { *sample } else { 0.0 };
            *out = sample * self.gain;
        }
    }

    /// Everything that was learnt from the audio is forgotten here.
    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::noise;
    use crate::node_test::Driver;
    use crate::params::ParamValue::Number;

    #[test]
    fn it_does_what_it_says() {
        let samples = noise(1, 0.5, 4_800);
        let given = [("attenuation_db", Number(20.0))];
        let output = Driver::new(&SPEC, &given, Format::VOICE).run_mono(&samples);
        for (out, sample) in output.iter().zip(&samples) {
            assert!((out - 0.1 * sample).abs() < 1e-6);
        }
    }
}
