//! Nodes that are switched off and on while the audio runs.

mod support;

use remotemedia_core::event::{Event, EventKind, SpeechReason};
use remotemedia_core::format::Format;
use remotemedia_core::graph::{Graph, NodeState, UnknownNode};
use serde_json::{Value, json};
use support::{chain, compile, noise, run};

const FRAME: usize = 480;

fn gain(id: &str, gain_db: f64) -> Value {
    json!({"id": id, "node_type": "GainNode", "params": {"gain_db": gain_db}})
}

/// A limiter that never has to: a node that only delays.
fn slow() -> Value {
    json!({"id": "slow", "node_type": "LimiterNode", "params": {"ceiling_db": 0}})
}

/// A VAD for which every signal but silence is speech.
fn vad() -> Value {
    json!({"id": "vad", "node_type": "EnergyVADNode"})
}

/// Runs mono audio through the graph: its output and events.
fn hear(graph: &mut Graph, input: &[f32]) -> (Vec<f32>, Vec<Event>) {
    let (mut output, events) = run(graph, &[input.to_vec()]);
    (output.remove(0), events)
}

fn assert_near(output: &[f32], expected: impl Iterator<Item = f32>) {
    for (at, (got, expected)) in output.iter().zip(expected).enumerate() {
        assert!(
            (got - expected).abs() < 1e-6,
            "sample {at}: {got}, not {expected}"
        );
    }
}

/// The largest step from one sample to the next.
fn steepest(samples: &[f32]) -> f32 {
    let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

#[test]
fn audio_goes_around_a_bypassed_node_as_late_as_through_it() {
    let mut graph = compile(&chain(&[slow(), gain("after", 6.0)]), Format::VOICE);
    let latency = graph.latency().to_samples(48_000) as usize;
    assert!(!latency.is_multiple_of(FRAME), "a hard case: {latency}");
    let input = noise(3, 0.25, 40 * FRAME);
    let factor = 10f32.powf(6.0 / 20.0);
    let mut output = hear(&mut graph, &input[..10 * FRAME]).0;
    for (at, state) in [
        (10, NodeState::Bypass),
        (20, NodeState::Enabled),
        (30, NodeState::Bypass),
    ] {
        graph.set_node_state("slow", state).unwrap();
        output.extend(hear(&mut graph, &input[at * FRAME..(at + 10) * FRAME]).0);
    }
    // Nothing is missing and nothing is heard twice, whichever way the audio took.
    assert_near(
        &output[latency..],
        input.iter().map(|sample| sample * factor),
    );
}

#[test]
fn a_change_is_a_fade_of_one_frame() {
    let mut graph = compile(&chain(&[gain("louder", 20.0)]), Format::VOICE);
    let input = vec![0.05; 5 * FRAME];
    let before = hear(&mut graph, &input).0;
    assert_near(&before, std::iter::repeat(0.5));
    for (state, level) in [
        (NodeState::Bypass, 0.05),
        (NodeState::Disabled, 0.0),
        (NodeState::Enabled, 0.5),
        (NodeState::Disabled, 0.0),
        (NodeState::Bypass, 0.05),
        (NodeState::Enabled, 0.5),
    ] {
        graph.set_node_state("louder", state).unwrap();
        let output = hear(&mut graph, &input).0;
        assert!(steepest(&output[..FRAME]) < 0.5 / FRAME as f32 * 1.1);
        assert_near(&output[FRAME..], std::iter::repeat(level));
    }
}

#[test]
fn a_node_that_changes_the_format_is_silent_in_bypass() {
    let down =
        json!({"id": "down", "node_type": "FastResampleNode", "params": {"target_rate": 16_000}});
    let mut graph = compile(&chain(&[down]), Format::VOICE);
    graph.set_node_state("down", NodeState::Bypass).unwrap();
    let output = hear(&mut graph, &noise(4, 0.5, 20 * FRAME)).0;
    assert!(output[160..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn an_analyser_that_is_off_closes_what_is_open_and_says_nothing_more() {
    for state in [NodeState::Bypass, NodeState::Disabled] {
        let mut graph = compile(&chain(&[vad(), gain("after", 0.0)]), Format::VOICE);
        let silence = vec![0.0; 100 * FRAME];
        let speech = noise(5, 0.5, 100 * FRAME);
        hear(&mut graph, &silence);
        let (_, events) = hear(&mut graph, &speech);
        assert!(matches!(
            events.last().unwrap().kind,
            EventKind::SpeechStarted { .. }
        ));

        graph.set_node_state("vad", state).unwrap();
        let (output, events) = hear(&mut graph, &speech);
        let [
            Event {
                kind: EventKind::SpeechStopped { reason, .. },
                ..
            },
        ] = &events[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!(*reason, SpeechReason::Flush);
        assert_near(&output, speech.iter().copied());
        let (_, events) = hear(&mut graph, &silence);
        assert!(events.is_empty(), "{events:?}");

        graph.set_node_state("vad", NodeState::Enabled).unwrap();
        let (_, events) = hear(&mut graph, &silence);
        assert!(events.is_empty(), "{events:?}");
        let (_, events) = hear(&mut graph, &speech);
        assert!(
            matches!(events[0].kind, EventKind::SpeechStarted { .. }),
            "{events:?}"
        );
    }
}

#[test]
fn a_failing_node_fails_nobody_while_it_is_off() {
    let fault = json!({"id": "fault", "node_type": "FaultNode", "params": {"after_ms": 100}});
    let mut graph = compile(&chain(&[fault]), Format::VOICE);
    graph.set_node_state("fault", NodeState::Bypass).unwrap();
    let input = noise(6, 0.5, 20 * FRAME);
    let (output, events) = hear(&mut graph, &input);
    assert_near(&output, input.iter().copied());
    assert!(events.is_empty() && graph.failure().is_none());
}

#[test]
fn a_failed_node_can_be_gone_around() {
    let fault = json!({"id": "fault", "node_type": "FaultNode", "params": {"after_ms": 0}, "execution": {"on_error": "mute"}});
    let mut graph = compile(&chain(&[fault]), Format::VOICE);
    let input = noise(7, 0.5, 5 * FRAME);
    assert!(
        hear(&mut graph, &input)
            .0
            .iter()
            .all(|sample| *sample == 0.0)
    );
    graph.set_node_state("fault", NodeState::Bypass).unwrap();
    assert_near(
        &hear(&mut graph, &input).0[FRAME..],
        input[FRAME..].iter().copied(),
    );
    graph.set_node_state("fault", NodeState::Enabled).unwrap();
    assert!(
        hear(&mut graph, &input).0[FRAME..]
            .iter()
            .all(|sample| *sample == 0.0)
    );
}

#[test]
fn a_way_around_that_was_left_keeps_no_old_audio() {
    let fault = json!({"id": "fault", "node_type": "FaultNode", "params": {"after_ms": 300}, "execution": {"on_error": "bypass"}});
    let mut graph = compile(&chain(&[slow(), fault]), Format::VOICE);
    graph.set_node_state("slow", NodeState::Bypass).unwrap();
    hear(&mut graph, &noise(8, 0.5, 10 * FRAME));
    graph.set_node_state("slow", NodeState::Enabled).unwrap();
    hear(&mut graph, &vec![0.0; 10 * FRAME]);
    graph.set_node_state("slow", NodeState::Bypass).unwrap();
    let output = hear(&mut graph, &vec![0.0; 10 * FRAME]).0;
    assert!(output.iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_reset_switches_every_node_on() {
    let mut graph = compile(&chain(&[gain("louder", 6.0), vad()]), Format::VOICE);
    let input = noise(9, 0.25, 50 * FRAME);
    let hear = |graph: &mut Graph| {
        let (output, events) = hear(graph, &input);
        (output, format!("{events:?}"))
    };
    let first = hear(&mut graph);
    for id in ["louder", "vad"] {
        graph.set_node_state(id, NodeState::Disabled).unwrap();
    }
    assert_ne!(hear(&mut graph), first);
    graph.reset();
    assert_eq!(hear(&mut graph), first);
}

#[test]
fn a_node_that_is_not_there_cannot_be_switched() {
    let mut graph = compile(&chain(&[gain("louder", 6.0)]), Format::VOICE);
    assert_eq!(
        graph.set_node_state("quieter", NodeState::Bypass),
        Err(UnknownNode)
    );
}
