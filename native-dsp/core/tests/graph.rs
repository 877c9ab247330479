//! What a compiled graph does with audio.

mod support;

use remotemedia_core::format::Format;
use serde_json::json;
use support::{chain, compile, manifest, noise, run};

fn gain(id: &str, db: f64) -> serde_json::Value {
    json!({"id": id, "node_type": "GainNode", "params": {"gain_db": db}})
}

fn pass(id: &str) -> serde_json::Value {
    json!({"id": id, "node_type": "PassThrough"})
}

#[test]
fn an_echo_gives_back_every_sample() {
    let mut graph = compile(&chain(&[pass("echo")]), Format::VOICE);
    let input = noise(1, 0.5, 4800);
    let (output, events) = run(&mut graph, std::slice::from_ref(&input));
    assert_eq!(output, [input]);
    assert!(events.is_empty());
    assert_eq!(graph.plan().buffers.len(), 1, "an echo copies nothing");
}

#[test]
fn a_chain_runs_in_the_order_of_its_connections() {
    let nodes = json!([gain("b", -6.0), gain("a", 40.0)]);
    let edges = json!([{"from": "a", "to": "b"}]);
    let mut graph = compile(&manifest(nodes, edges), Format::VOICE);
    assert_eq!(graph.plan().order, ["a", "b"]);
    let (output, _) = run(&mut graph, &[vec![0.5; 480]]);
    // First up to full scale, then down by 6 dB; the other way round it would be 1.
    assert!((output[0][0] - 0.501_187).abs() < 1e-5);
}

#[test]
fn branches_are_added_up_and_the_same_stream_counts_once() {
    let nodes = json!([
        pass("in"),
        gain("left", 0.0),
        gain("right", -6.0),
        pass("out")
    ]);
    let edges = json!([
        {"from": "in", "to": "left"}, {"from": "in", "to": "right"},
        {"from": "left", "to": "out"}, {"from": "right", "to": "out"},
    ]);
    let (output, _) = run(
        &mut compile(&manifest(nodes, edges), Format::VOICE),
        &[vec![0.25; 480]],
    );
    assert!((output[0][7] - 0.25 * 1.501_187).abs() < 1e-5);

    let nodes = json!([pass("in"), pass("a"), pass("b"), pass("out")]);
    let edges = json!([
        {"from": "in", "to": "a"}, {"from": "in", "to": "b"},
        {"from": "a", "to": "out"}, {"from": "b", "to": "out"},
    ]);
    let (output, _) = run(
        &mut compile(&manifest(nodes, edges), Format::VOICE),
        &[vec![0.25; 480]],
    );
    assert_eq!(output[0][7], 0.25);
}
