//! `FaultNode`: fails on purpose, at a chosen moment.

use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::time::MediaTime;

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "FaultNode",
    aliases: &[],
    summary: "Passes audio on unchanged and then fails, to rehearse what a pipeline does about it.",
    documentation: "\
A tool for tests and for drills: put it where a failure would hurt, choose `execution.on_error` for it, and \
see what your client gets. Until `after_ms` of media have passed it copies its input. It is the one node \
that breaks the promises of a node, and does so only when told to.",
    role: Role::Transform,
    params: PARAMS,
    events: &["node_error"],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "after_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 86_400_000.0,
            default: 1000.0,
        },
        documentation: "Media time of the failure, in ms: it happens in the first frame that begins then or later.",
    },
    ParamSpec {
        name: "kind",
        aliases: &[],
        kind: ParamKind::Choice {
            options: &["panic", "nan", "infinity", "silence"],
            default: "panic",
        },
        documentation: "What happens: `panic` is a bug in a node; `nan` and `infinity` give samples that are no \
numbers, from then on; `silence` is a node that has gone deaf.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let after = MediaTime::from_samples((params.number("after_ms") * 1000.0) as i64, 1_000_000);
    let node = Fault {
        after: after.to_samples(offered.sample_rate),
        kind: params.choice("kind"),
    };
    Ok(Built {
        node: Box::new(node),
        input: offered,
        output: offered,
    })
}

struct Fault {
    /// Position of the first sample that is allowed to be wrong.
    after: i64,
    kind: &'static str,
}

impl Node for Fault {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        audio.copy_from(input.audio);
        if input.position < self.after {
            return;
        }
        match self.kind {
            "nan" => audio.planes_mut().fill(f32::NAN),
            "infinity" => audio.planes_mut().fill(f32::INFINITY),
            "silence" => audio.fill_silence(),
            _ => panic!("FaultNode fails as its manifest asks"),
        }
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Block;
    use crate::event::EventQueue;
    use crate::node::Stamp;
    use crate::params::ParamValue;

    #[test]
    fn the_audio_is_untouched_until_the_moment_and_wrong_from_then_on() {
        let mut params = Params::defaults(PARAMS);
        params.set("after_ms", ParamValue::Number(20.0));
        params.set("kind", ParamValue::Choice("nan"));
        let mut built = build(&params, Format::VOICE).unwrap();
        let (mut input, mut output) = (Block::silent(Format::VOICE), Block::silent(Format::VOICE));
        input.planes_mut().fill(0.25);
        for frame in 0..4 {
            let mut events = EventQueue::with_capacity(1);
            let stamp = Stamp {
                node: 0,
                sample_rate: 48_000,
                delay: MediaTime::ZERO,
                now: MediaTime::ZERO,
            };
            let mut out = Output::new(Some(&mut output), &mut events, stamp);
            built
                .node
                .process(&Input::of(&input, frame * 480), &mut out);
            assert_eq!(output.planes()[0] == 0.25, frame < 2, "frame {frame}");
        }
    }
}
