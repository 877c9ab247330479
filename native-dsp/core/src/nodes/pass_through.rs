//! `PassThrough`: the audio as it came.

use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{BuildError, NodeSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "PassThrough",
    aliases: &["PassThroughNode"],
    summary: "Passes audio and events on unchanged.",
    documentation: "\
Returns its input, without copying it. Use it to echo a microphone back, to name a point of a graph, or to \
measure what the gateway adds by itself.",
    role: Role::Analyser,
    params: &[],
    events: &[],
    build: |_, offered| Ok(build(offered)),
};

fn build(offered: Format) -> Built {
    Built {
        node: Box::new(PassThrough),
        input: offered,
        output: offered,
    }
}

struct PassThrough;

impl Node for PassThrough {
    fn process(&mut self, _: &Input<'_>, _: &mut Output<'_>) {}

    fn reset(&mut self) {}
}

// The signature that every `build` has; a compile-time reminder for whoever copies this file.
const _: fn(&Params, Format) -> Result<Built, BuildError> = SPEC.build;
