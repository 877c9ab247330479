//! Every node in a graph, at every common format.

use remotemedia_core::block::Block;
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::spec::{NodeSpec, Role};
use remotemedia_core::time::MediaTime;
use serde_json::{Value, json};

use crate::allocation::{allocations_of, payload_allocations};
use crate::promising;
use crate::signals::Signal;
use crate::support::{chain, compile};

/// The node by itself, or behind one that emits the events which it requires.
fn alone_or_behind_what_it_needs(spec: &NodeSpec) -> Value {
    let node = json!({"id": "node", "node_type": spec.node_type});
    let emits = |other: &&NodeSpec| {
        spec.requires
            .iter()
            .all(|event| other.events.contains(event))
    };
    match promising().find(emits) {
        Some(emitter) if !spec.requires.is_empty() => chain(&[
            json!({"id": "emitter", "node_type": emitter.node_type}),
            node,
        ]),
        _ => chain(&[node]),
    }
}

#[test]
fn every_node_runs_at_every_common_rate_in_mono_and_stereo() {
    for spec in promising() {
        let manifest = alone_or_behind_what_it_needs(spec);
        for sample_rate in [8_000, 16_000, 32_000, 44_100, 48_000] {
            for channels in [1, 2] {
                let format = Format {
                    sample_rate,
                    channels,
                };
                let mut graph = compile(&manifest, format);
                let name = format!("{} at {format}", spec.node_type);
                assert_eq!(
                    graph.output_format().is_none(),
                    spec.role == Role::Sink,
                    "{name}"
                );

                run(&mut graph, &name, |_| {});
                graph.reset();
                run(&mut graph, &name, |count| {
                    assert_eq!(count, 0, "{name} allocates")
                });
                assert_eq!(graph.failure(), None, "{name}");
            }
        }
    }
}

/// Runs a second of speech, and tells `check` the allocations of every frame beyond those of payloads.
fn run(graph: &mut Graph, name: &str, check: impl Fn(u64)) {
    let format = graph.input_format();
    let mut input = Block::silent(format);
    for frame in 0..100 {
        let position = frame * format.frame_samples() as i64;
        for channel in 0..input.channels() {
            for (n, sample) in input.channel_mut(channel).iter_mut().enumerate() {
                *sample = Signal::Speech.at(position + n as i64, format.sample_rate);
            }
        }
        let count = allocations_of(|| graph.process(MediaTime::from_ms(10 * frame), &input));
        let output = graph.output().into_iter().flat_map(Block::planes);
        assert!(output.copied().all(f32::is_finite), "{name}");
        let payloads: u64 = graph.drain_events().map(payload_allocations).sum();
        check(count.saturating_sub(payloads));
    }
}
