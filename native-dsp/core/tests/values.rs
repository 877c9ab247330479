//! Pipelines of JSON values: order, branches, failures, results.

mod support;

use remotemedia_core::complaint::Complaint;
use remotemedia_core::executor::{ExecuteError, Executor};
use remotemedia_core::manifest::{Kind, Manifest};
use remotemedia_core::values::{Execution, ValueGraph};
use serde_json::{Value, json};
use support::{chain, manifest};

fn parse(value: &Value) -> Manifest {
    Manifest::from_value(value).unwrap_or_else(|complaints| panic!("{complaints:#?}"))
}

fn execute(manifest: &Value, input: Value) -> Execution {
    let execution = Executor::new().execute(&parse(manifest), &input);
    execution.unwrap_or_else(|error| panic!("{error}"))
}

fn complaints(manifest: &Value) -> Vec<Complaint> {
    let compiled = Manifest::from_value(manifest).and_then(|it| ValueGraph::compile(&it));
    compiled.err().expect("something is wrong")
}

fn multiply(id: &str, multiplier: f64) -> Value {
    json!({"id": id, "node_type": "MultiplyNode", "params": {"multiplier": multiplier}})
}

fn add(id: &str, addend: f64) -> Value {
    json!({"id": id, "node_type": "AddNode", "params": {"addend": addend}})
}

/// Divides 12 by what comes: fails for zero and for what is no number.
fn divide(on_error: &str) -> Value {
    json!({"id": "divide", "node_type": "CalculatorNode", "execution": {"on_error": on_error}})
}

fn question(divisor: i64) -> Value {
    json!({"operation": "divide", "operands": [12, divisor]})
}

#[test]
fn the_calculator_calculates_with_the_multiplier_it_was_given() {
    let calculator = |factor| chain(&[multiply("multiply", factor), add("add", 10.0)]);
    let execution = execute(&calculator(2.0), json!([5, 7, 3]));
    assert_eq!(
        serde_json::to_value(&execution).unwrap(),
        json!({
            "status": "success",
            "outputs": [20, 24, 16],
            "graph_info": {
                "node_count": 2,
                "source_count": 1,
                "sink_count": 1,
                "execution_order": ["multiply", "add"],
                "output_nodes": ["add"],
            },
            "node_error_count": 0,
            "node_errors": [],
        })
    );
    assert_eq!(
        execute(&calculator(3.0), json!([5, 7, 3])).outputs,
        json!([25, 31, 19])
    );
}

#[test]
fn the_sample_doubles_and_adds_ten() {
    let sample = Manifest::parse(include_str!("../../../configs/values/calculator.yaml")).unwrap();
    let execution = Executor::new().execute(&sample, &json!([5, 7, 3])).unwrap();
    assert_eq!(execution.outputs, json!([20, 24, 16]));
}

#[test]
fn one_result_stands_by_itself_and_a_list_within_a_list_is_one_value() {
    let double = chain(&[multiply("double", 2.0)]);
    assert_eq!(execute(&double, json!(5)).outputs, json!(10));
    assert_eq!(execute(&double, json!([5])).outputs, json!(10));
    assert_eq!(execute(&double, json!([[5, 7]])).outputs, json!([10, 14]));
    assert_eq!(execute(&double, json!([])).outputs, json!([]));
}

#[test]
fn falsy_values_survive_from_end_to_end() {
    let pass = chain(&[
        json!({"id": "a", "node_type": "PassThrough"}),
        json!({"id": "b", "node_type": "PassThrough"}),
    ]);
    for value in [json!(0), json!(""), json!(false), json!(null)] {
        assert_eq!(execute(&pass, value.clone()).outputs, value);
    }
    assert_eq!(
        execute(&chain(&[multiply("zero", 0.0)]), json!([1, 2])).outputs,
        json!([0, 0])
    );
}

#[test]
fn branches_come_together_in_the_order_of_the_connections() {
    let nodes = json!([
        multiply("double", 2.0),
        add("plus", 1.0),
        json!({"id": "end", "node_type": "Echo"})
    ]);
    let edges = json!([{"from": "plus", "to": "end"}, {"from": "double", "to": "end"}]);
    let execution = execute(&manifest(nodes, edges), json!(10));
    let echo =
        |input: i64, counter: u64| json!({"input": input, "counter": counter, "node": "Echo"});
    assert_eq!(execution.outputs, json!([echo(11, 1), echo(20, 2)]));
    assert_eq!(
        (
            execution.graph_info.source_count,
            execution.graph_info.sink_count
        ),
        (2, 1)
    );
}

#[test]
fn several_output_nodes_give_their_results_by_name() {
    let nodes = json!([add("same", 0.0), multiply("double", 2.0), add("plus", 1.0)]);
    let edges = json!([{"from": "same", "to": "double"}, {"from": "same", "to": "plus"}]);
    let fork = manifest(nodes, edges);
    assert_eq!(
        execute(&fork, json!([1, 5])).outputs,
        json!({"double": [2, 10], "plus": [2, 6]})
    );

    let mut marked = fork;
    marked["nodes"][0]["is_output_node"] = true.into();
    assert_eq!(
        execute(&marked, json!([1, 5])).outputs,
        json!([1, 5]),
        "the marked node alone"
    );
}

#[test]
fn a_failing_node_ends_the_run_and_says_which_input_it_was() {
    let pipeline = parse(&chain(&[divide("fail_session")]));
    let input = json!([question(4), question(0), question(3)]);
    let Err(ExecuteError::Node(error)) = Executor::new().execute(&pipeline, &input) else {
        panic!("division by zero has no result");
    };
    assert_eq!((error.node_id.as_str(), error.input_index), ("divide", 1));
    assert_eq!(error.error.code, "division_by_zero");
}

#[test]
fn a_failing_node_can_be_gone_around_or_muted_and_is_reported() {
    let input = json!([question(4), question(0), question(3)]);
    let bypass = execute(&chain(&[divide("bypass")]), input.clone());
    assert_eq!(bypass.outputs[0]["result"], 3);
    assert_eq!(bypass.outputs[1], question(0));
    assert_eq!(bypass.outputs[2]["result"], 4);
    let mute = execute(&chain(&[divide("mute")]), input);
    assert_eq!(mute.outputs.as_array().unwrap().len(), 2);
    for execution in [bypass, mute] {
        assert_eq!(execution.node_error_count, 1);
        let error = &execution.node_errors[0];
        assert_eq!((error.node_id.as_str(), error.input_index), ("divide", 1));
    }
}

#[test]
fn failures_are_listed_up_to_a_bound_and_counted_beyond() {
    let input: Vec<Value> = (0..250).map(|_| json!("nothing to divide")).collect();
    let execution = execute(&chain(&[divide("mute")]), input.into());
    assert_eq!(
        (execution.node_error_count, execution.node_errors.len()),
        (250, 100)
    );
    assert_eq!(execution.outputs, json!([]));
}

#[test]
fn branches_that_double_the_values_again_and_again_end_in_an_error() {
    let (mut nodes, mut edges) = (Vec::new(), Vec::new());
    for layer in 0..20 {
        for side in ["a", "b"] {
            nodes.push(add(&format!("{side}{layer}"), 0.0));
            for other in ["a", "b"].iter().filter(|_| layer > 0) {
                edges.push(json!({"from": format!("{other}{}", layer - 1), "to": format!("{side}{layer}")}));
            }
        }
    }
    let pipeline = parse(&manifest(nodes.into(), edges.into()));
    let Err(ExecuteError::Node(error)) = Executor::new().execute(&pipeline, &json!(1)) else {
        panic!("a million values");
    };
    assert_eq!(error.error.code, "too_many_values");
}

#[test]
fn nodes_keep_their_state_from_call_to_call_until_a_reset() {
    let pipeline = parse(&chain(&[json!({"id": "echo", "node_type": "Echo"})]));
    let mut graph = ValueGraph::compile(&pipeline).unwrap();
    let count =
        |graph: &mut ValueGraph| graph.execute(&json!("x")).unwrap().outputs["counter"].clone();
    assert_eq!([count(&mut graph), count(&mut graph)], [1, 2]);
    graph.reset();
    assert_eq!(count(&mut graph), 1);
}

#[test]
fn what_does_not_work_on_values_is_complained_of_with_what_to_do() {
    let audio = chain(&[json!({"id": "gain", "node_type": "GainNode"})]);
    assert_eq!(parse(&audio).kind(), Kind::Audio);
    assert_eq!(complaints(&audio)[0].code, "not_on_values");
    assert_eq!(complaints(&audio)[0].path, "nodes[0]");

    let mixed = chain(&[
        add("add", 1.0),
        json!({"id": "gain", "node_type": "GainNode"}),
    ]);
    assert_eq!(complaints(&mixed)[0].code, "mixed_pipeline");

    let mut ports = chain(&[add("a", 1.0), add("b", 1.0)]);
    ports["connections"][0]["from_port"] = "audio".into();
    assert_eq!(complaints(&ports)[0].code, "unsupported_port");
}

#[test]
fn a_pipeline_of_values_is_no_pipeline_for_audio() {
    let format = remotemedia_core::format::Format::VOICE;
    let complaints = support::try_compile(&chain(&[add("add", 1.0)]), format).err();
    let complaints = complaints.expect("sessions have no values");
    assert_eq!(
        (complaints[0].path.as_str(), complaints[0].code),
        ("nodes[0]", "not_on_audio")
    );
    assert!(complaints[0].hint.contains("--input"));
}
