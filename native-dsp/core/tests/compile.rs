//! What a sound manifest can still get wrong: formats, ports, outputs, budgets.

mod support;

use remotemedia_core::complaint::{Complaint, code};
use remotemedia_core::format::Format;
use serde_json::{Value, json};
use support::{chain, compile, manifest, try_compile};

fn only(manifest: &Value) -> Complaint {
    let Err(mut list) = try_compile(manifest, Format::VOICE) else {
        panic!("this pipeline should not compile")
    };
    assert_eq!(list.len(), 1, "{list:#?}");
    list.remove(0)
}

fn gain(id: &str) -> Value {
    json!({"id": id, "node_type": "GainNode"})
}

fn level(id: &str) -> Value {
    json!({"id": id, "node_type": "AudioLevelNode"})
}

fn resample(id: &str, rate: u32) -> Value {
    json!({"id": id, "node_type": "FastResampleNode", "params": {"target_rate": rate}})
}

#[test]
fn two_possible_outputs_need_a_mark() {
    let mut value = manifest(json!([gain("a"), gain("b")]), json!([]));
    let complaint = only(&value);
    assert_eq!(complaint.code, code::AMBIGUOUS_OUTPUT);
    assert!(
        complaint.message.contains("`a`, `b`"),
        "{}",
        complaint.message
    );
    value["nodes"][1]["is_output_node"] = json!(true);
    compile(&value, Format::VOICE);
}

#[test]
fn what_listeners_hear_is_the_output_where_nothing_else_is() {
    let nodes = json!([gain("in"), level("a"), level("b")]);
    let edges = json!([{"from": "in", "to": "a"}, {"from": "in", "to": "b"}]);
    let graph = compile(&manifest(nodes, edges), Format::VOICE);
    assert_eq!(graph.output_format(), Some(Format::VOICE));

    let nodes = json!([level("dry"), resample("narrow", 16_000), level("wet")]);
    let edges = json!([{"from": "narrow", "to": "wet"}]);
    assert_eq!(only(&manifest(nodes, edges)).code, code::AMBIGUOUS_OUTPUT);
}

#[test]
fn a_transform_at_the_end_goes_before_listeners_on_the_side() {
    let nodes = json!([level("dry"), resample("narrow", 16_000)]);
    let graph = compile(&manifest(nodes, json!([])), Format::VOICE);
    assert_eq!(graph.output_format(), Some(Format::mono(16_000)));
}

#[test]
fn several_marked_outputs_are_added_up() {
    let mark = |mut node: Value| {
        node["is_output_node"] = json!(true);
        node
    };
    let nodes = json!([mark(gain("a")), mark(gain("b"))]);
    let mut graph = compile(&manifest(nodes, json!([])), Format::VOICE);
    let (output, _) = support::run(&mut graph, &[vec![0.25; 480]]);
    assert_eq!(output[0][0], 0.5);
}

#[test]
fn a_node_that_gets_only_events_is_refused() {
    let nodes = json!([level("a"), gain("b")]);
    let edges = json!([{"from": "a", "to": "b", "from_port": "events"}]);
    let complaint = only(&manifest(nodes, edges));
    assert_eq!(
        (complaint.code, complaint.path.as_str()),
        (code::NO_AUDIO_INPUT, "nodes[1]")
    );
}

#[test]
fn parameters_that_do_not_fit_the_format_are_named() {
    let complaint = only(&chain(&[gain("a"), resample("b", 16_050)]));
    assert_eq!(
        (complaint.code, complaint.path.as_str()),
        (code::INVALID_COMBINATION, "nodes[1].params.target_rate")
    );
    assert!(
        compile(&chain(&[resample("b", 16_100)]), Format::VOICE)
            .output_format()
            .is_some()
    );
}

#[test]
fn a_pipeline_that_is_slower_than_its_budget_is_refused() {
    let mut value = chain(&[resample("down", 8_000), resample("up", 48_000)]);
    value["metadata"]["latency_budget_ms"] = json!(3);
    let complaint = only(&value);
    assert_eq!(
        (complaint.code, complaint.path.as_str()),
        (code::LATENCY_OVER_BUDGET, "metadata.latency_budget_ms")
    );
    assert!(complaint.hint.contains("`down`"), "{}", complaint.hint);
    value["metadata"]["latency_budget_ms"] = json!(30);
    compile(&value, Format::VOICE);
}

#[test]
fn audio_that_makes_no_whole_frames_is_refused() {
    for (sample_rate, channels) in [
        (11_025, 1),
        (4_000, 1),
        (400_000, 1),
        (48_000, 0),
        (48_000, 9),
    ] {
        let format = Format {
            sample_rate,
            channels,
        };
        let list = try_compile(&chain(&[gain("a")]), format)
            .err()
            .expect("refused");
        assert_eq!(list[0].code, code::UNSUPPORTED_FORMAT, "{format}");
    }
}
