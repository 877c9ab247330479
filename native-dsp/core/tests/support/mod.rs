//! What the tests of whole graphs share.
#![allow(dead_code, reason = "every test binary uses its own part of this")]

use remotemedia_core::block::Block;
use remotemedia_core::complaint::Complaint;
use remotemedia_core::event::Event;
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::time::MediaTime;
use serde_json::{Value, json};

/// A manifest with these nodes and connections.
pub fn manifest(nodes: Value, connections: Value) -> Value {
    json!({"version": "v1", "metadata": {}, "nodes": nodes, "connections": connections})
}

/// A manifest that connects the nodes in a row.
pub fn chain(nodes: &[Value]) -> Value {
    let ids: Vec<&Value> = nodes.iter().map(|node| &node["id"]).collect();
    let connections = ids
        .windows(2)
        .map(|pair| json!({"from": pair[0], "to": pair[1]}));
    manifest(nodes.into(), connections.collect())
}

/// The graph of a sound manifest.
pub fn compile(manifest: &Value, input: Format) -> Graph {
    try_compile(manifest, input).unwrap_or_else(|complaints| panic!("{complaints:#?}"))
}

/// The graph of a manifest, or everything that is wrong with it.
pub fn try_compile(manifest: &Value, input: Format) -> Result<Graph, Vec<Complaint>> {
    Graph::compile(&Manifest::from_value(manifest)?, input)
}

/// Runs planar audio (whole frames) through the graph and returns its planar output and all events.
pub fn run(graph: &mut Graph, channels: &[Vec<f32>]) -> (Vec<Vec<f32>>, Vec<Event>) {
    let format = graph.input_format();
    let frame = format.frame_samples();
    let mut input = Block::silent(format);
    let outputs = graph
        .output_format()
        .map_or(0, |format| usize::from(format.channels));
    let (mut output, mut events) = (vec![Vec::new(); outputs], Vec::new());
    for at in (0..channels[0].len()).step_by(frame) {
        for (channel, samples) in channels.iter().enumerate() {
            input
                .channel_mut(channel)
                .copy_from_slice(&samples[at..at + frame]);
        }
        graph.process(
            MediaTime::from_samples(at as i64, format.sample_rate),
            &input,
        );
        for (channel, samples) in output.iter_mut().enumerate() {
            samples.extend_from_slice(graph.output().unwrap().channel(channel));
        }
        events.extend(graph.drain_events());
    }
    (output, events)
}

/// Seeded white noise within `amplitude`.
pub fn noise(seed: u64, amplitude: f32, length: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        // xorshift64*: Marsaglia 2003, Vigna 2016.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let bits = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40;
        (bits as f32 / (1u64 << 23) as f32 - 1.0) * amplitude
    };
    std::iter::repeat_with(next).take(length).collect()
}
