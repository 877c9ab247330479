//! What a failing node does to its graph, under each policy.

mod support;

use remotemedia_core::event::{Event, EventKind};
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::time::MediaTime;
use serde_json::{Value, json};
use support::{chain, compile, noise, run};

fn fault(kind: &str, on_error: &str) -> Value {
    json!({
        "id": "fault", "node_type": "FaultNode", "params": {"after_ms": 30, "kind": kind},
        "execution": {"on_error": on_error},
    })
}

fn gain(id: &str) -> Value {
    json!({"id": id, "node_type": "GainNode"})
}

/// A graph in which the middle node fails in the fourth frame, and ten frames run through it.
fn rehearse(node: Value) -> (Graph, Vec<f32>, Vec<f32>, Vec<Event>) {
    let mut graph = compile(
        &chain(&[gain("before"), node, gain("after")]),
        Format::VOICE,
    );
    let input = noise(5, 0.5, 4800);
    let (mut output, events) = run(&mut graph, std::slice::from_ref(&input));
    (graph, input, output.remove(0), events)
}

fn only_error(events: &[Event]) -> (&'static str, &'static str) {
    let [event] = events else {
        panic!("{events:?}")
    };
    assert_eq!((event.node, event.time), (1, MediaTime::from_ms(30)));
    assert_eq!(event.detected, MediaTime::from_ms(40));
    match &event.kind {
        EventKind::NodeError { code, policy, .. } => (code, policy),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_panic_fails_the_session_unless_the_manifest_says_otherwise() {
    let (graph, input, output, events) = rehearse(fault("panic", "fail_session"));
    let failure = graph.failure().expect("the session has to be closed");
    assert_eq!(failure.node_id, "fault");
    assert!(failure.message.contains("FaultNode"), "{}", failure.message);
    assert_eq!(only_error(&events), ("node_panicked", "fail_session"));
    assert_eq!(output[..1440], input[..1440]);
    assert!(output[1440..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_muted_node_gives_silence_and_the_session_lives() {
    let (graph, input, output, events) = rehearse(fault("panic", "mute"));
    assert_eq!(graph.failure(), None);
    assert_eq!(only_error(&events), ("node_panicked", "mute"));
    assert_eq!(output[..1440], input[..1440]);
    assert!(output[1440..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_bypassed_node_is_not_missed() {
    let (graph, input, output, events) = rehearse(fault("panic", "bypass"));
    assert_eq!(graph.failure(), None);
    assert_eq!(only_error(&events), ("node_panicked", "bypass"));
    assert_eq!(output, input);
}

#[test]
fn samples_that_are_no_numbers_become_silence_and_are_reported_once() {
    for kind in ["nan", "infinity"] {
        let (graph, input, output, events) = rehearse(fault(kind, "fail_session"));
        assert_eq!(graph.failure(), None);
        assert_eq!(only_error(&events).0, "non_finite_output");
        assert_eq!(output[..1440], input[..1440]);
        assert!(output[1440..].iter().all(|sample| *sample == 0.0));
    }
}

#[test]
fn garbage_at_the_input_reaches_no_node_and_no_client() {
    let echo = json!({"id": "echo", "node_type": "PassThrough"});
    let mut graph = compile(&chain(&[echo]), Format::VOICE);
    let mut input = vec![0.25; 480];
    input[7] = f32::NAN;
    input[8] = f32::NEG_INFINITY;
    let (output, _) = run(&mut graph, &[input]);
    assert_eq!(output[0][6..10], [0.25, 0.0, 0.0, 0.25]);
}

#[test]
fn reset_gives_a_failed_node_another_chance() {
    let (mut graph, input, first, _) = rehearse(fault("panic", "fail_session"));
    graph.reset();
    assert_eq!(graph.failure(), None);
    let (output, events) = run(&mut graph, std::slice::from_ref(&input));
    assert_eq!(output[0], first);
    assert_eq!(only_error(&events).0, "node_panicked");
}
