//! What a graph that was given a clock records.

#[path = "contract/allocation.rs"]
mod allocation;
mod support;

use std::cell::Cell;

use allocation::allocations_of;
use remotemedia_core::block::Block;
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::metrics::{NodeMetrics, PipelineMetrics, PipelineRecorder};
use remotemedia_core::time::MediaTime;
use serde_json::{Value, json};
use support::{chain, compile, noise, run};

/// What a look at the clock costs, in the time that it tells.
const STEP_NS: u64 = 1_000;

thread_local! {
    static NOW_NS: Cell<u64> = const { Cell::new(0) };
}

/// A clock that moves on when it is looked at.
fn ticking() -> u64 {
    NOW_NS.set(NOW_NS.get() + STEP_NS);
    NOW_NS.get()
}

/// Frames of which each step takes longer than the frame lasts.
fn crawling() -> u64 {
    NOW_NS.set(NOW_NS.get() + 6_000_000);
    NOW_NS.get()
}

fn gain(id: &str) -> Value {
    json!({"id": id, "node_type": "GainNode"})
}

fn fault(kind: &str) -> Value {
    json!({
        "id": "fault", "node_type": "FaultNode", "params": {"after_ms": 30, "kind": kind},
        "execution": {"on_error": "mute"},
    })
}

/// Runs frames of noise.
fn drive(graph: &mut Graph, frames: usize) {
    let samples = frames * graph.input_format().frame_samples();
    run(graph, &[noise(3, 0.5, samples)]);
}

fn metrics_of(graph: &mut Graph, frames: usize) -> PipelineMetrics {
    let recorder = graph.measure(ticking);
    drive(graph, frames);
    recorder.metrics(None)
}

fn counts(node: &NodeMetrics) -> (&str, u64, u64) {
    (&node.node_id, node.execution_count, node.error_count)
}

#[test]
fn every_frame_is_counted_and_timed_for_every_node_and_for_the_whole() {
    let mut graph = compile(&chain(&[gain("a"), gain("b"), gain("c")]), Format::VOICE);
    let metrics = metrics_of(&mut graph, 20);
    assert_eq!((metrics.total_executions, metrics.frame_overruns), (20, 0));
    assert_eq!(metrics.total_duration_us, 60.0);
    assert_eq!(metrics.real_time_factor, Some(3.0 / 10_000.0));
    let nodes: Vec<_> = metrics.node_metrics.iter().map(counts).collect();
    assert_eq!(nodes, [("a", 20, 0), ("b", 20, 0), ("c", 20, 0)]);
    for node in &metrics.node_metrics {
        assert_eq!(node.node_type, "GainNode");
        assert_eq!(node.total_duration_us, 20.0);
        assert_eq!(
            (node.duration.min_duration_us, node.duration.p99_us),
            (1.0, 1.0)
        );
    }
}

#[test]
fn nodes_are_listed_as_in_the_manifest_whatever_order_they_run_in() {
    let nodes = json!([gain("last"), gain("first")]);
    let connections = json!([{"from": "first", "to": "last"}]);
    let mut graph = compile(&support::manifest(nodes, connections), Format::VOICE);
    let recorder = graph.measure(ticking);
    drive(&mut graph, 1);
    let listed = |recorder: &PipelineRecorder| {
        let nodes = recorder.metrics(None).node_metrics;
        nodes
            .into_iter()
            .map(|node| node.node_id)
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&recorder), ["last", "first"]);
}

#[test]
fn a_conversion_counts_for_the_pipeline_and_for_no_node() {
    let vad = json!({"id": "vad", "node_type": "SileroVADNode"});
    let mut graph = compile(&chain(&[vad]), Format::VOICE);
    assert!(!graph.plan().inserted.is_empty(), "the VAD hears 16 kHz");
    let metrics = metrics_of(&mut graph, 10);
    assert_eq!(metrics.node_metrics[0].total_duration_us, 10.0);
    assert_eq!(metrics.total_duration_us, 20.0);
}

#[test]
fn a_node_that_panicked_has_one_error_and_no_executions_after_it() {
    let mut graph = compile(&chain(&[fault("panic"), gain("after")]), Format::VOICE);
    let metrics = metrics_of(&mut graph, 10);
    let nodes: Vec<_> = metrics.node_metrics.iter().map(counts).collect();
    assert_eq!(nodes, [("fault", 4, 1), ("after", 10, 0)]);
    assert_eq!(metrics.node_metrics[0].success_rate, Some(0.75));
}

#[test]
fn every_frame_of_samples_that_are_no_numbers_is_an_error() {
    let mut graph = compile(&chain(&[fault("nan")]), Format::VOICE);
    let metrics = metrics_of(&mut graph, 10);
    assert_eq!(counts(&metrics.node_metrics[0]), ("fault", 10, 7));
}

#[test]
fn a_frame_that_takes_longer_than_it_lasts_is_an_overrun() {
    let mut graph = compile(&chain(&[gain("a"), gain("b")]), Format::VOICE);
    let recorder = graph.measure(crawling);
    drive(&mut graph, 5);
    let metrics = recorder.metrics(None);
    assert_eq!((metrics.total_executions, metrics.frame_overruns), (5, 5));
    assert_eq!(metrics.real_time_factor, Some(1.2));
}

#[test]
fn a_reset_forgets_the_audio_and_keeps_the_metrics() {
    let mut graph = compile(&chain(&[gain("a")]), Format::VOICE);
    let recorder = graph.measure(ticking);
    drive(&mut graph, 3);
    graph.reset();
    drive(&mut graph, 2);
    assert_eq!(recorder.metrics(None).total_executions, 5);
}

#[test]
fn a_graph_without_a_clock_gives_the_same_audio() {
    let pipeline = chain(&[gain("a"), json!({"id": "agc", "node_type": "AgcNode"})]);
    let input = [noise(8, 0.1, 48_000)];
    let mut measured = compile(&pipeline, Format::VOICE);
    let _recorder = measured.measure(ticking);
    let mut unmeasured = compile(&pipeline, Format::VOICE);
    assert_eq!(run(&mut measured, &input).0, run(&mut unmeasured, &input).0);
}

#[test]
fn recording_a_frame_allocates_nothing() {
    let pipeline = chain(&[gain("a"), fault("nan"), gain("b")]);
    let mut graph = compile(&pipeline, Format::VOICE);
    let recorder = graph.measure(ticking);
    let input = Block::silent(Format::VOICE);
    let mut frame = |number: i64| {
        graph.process(MediaTime::from_ms(number * 10), &input);
        graph.drain_events();
    };
    // The one report of the samples that are no numbers is a text.
    (0..10).for_each(&mut frame);
    assert_eq!(allocations_of(|| (10..200).for_each(&mut frame)), 0);
    assert_eq!(recorder.metrics(None).total_executions, 200);
}
