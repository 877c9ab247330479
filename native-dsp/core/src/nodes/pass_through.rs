//! `PassThrough`: the audio, or the value, as it came.

use serde_json::Value;

use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::spec::{Build, NodeSpec, Role};
use crate::values::{Outputs, ValueError, ValueNode};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "PassThrough",
    aliases: &["PassThroughNode"],
    summary: "Passes audio and events, or values, on unchanged.",
    documentation: "\
Returns its input, without copying it. Use it to echo a microphone back, to name a point of a graph, or to \
measure what the gateway adds by itself.",
    role: Role::Analyser,
    params: &[],
    events: &[],
    requires: &[],
    build: Build::Both(
        |_, offered| Ok(build(offered)),
        |_| Ok(Box::new(PassThrough)),
    ),
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

impl ValueNode for PassThrough {
    fn process(&mut self, input: &Value, outputs: &mut Outputs) -> Result<(), ValueError> {
        outputs.push(input.clone())
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node_test::Driver;

    #[test]
    fn it_takes_every_format_as_it_is_and_says_nothing() {
        for sample_rate in [8_000, 48_000, 192_000] {
            let format = Format {
                sample_rate,
                channels: 2,
            };
            let mut node = Driver::new(&SPEC, &[], format);
            assert_eq!((node.built.input, node.built.output), (format, format));
            assert_eq!(node.built.node.latency_samples(), 0);
            node.run(&[&[0.5; 1_920], &[0.5; 1_920]]);
            assert!(node.events().is_empty());
        }
    }
}
