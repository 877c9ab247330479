//! Every complaint, with its place and its hint.

use serde_json::{Value, json};

use super::*;

fn node(id: &str) -> Value {
    json!({"id": id, "node_type": "PassThrough"})
}

fn edge(from: &str, to: &str) -> Value {
    json!({"from": from, "to": to})
}

fn manifest(nodes: Value, connections: Value) -> Value {
    json!({"version": "v1", "metadata": {"name": "test"}, "nodes": nodes, "connections": connections})
}

fn complaints(value: &Value) -> Vec<Complaint> {
    Manifest::from_value(value).expect_err("this manifest is not sound")
}

fn only(value: &Value) -> Complaint {
    let mut list = complaints(value);
    assert_eq!(list.len(), 1, "{list:#?}");
    list.remove(0)
}

#[test]
fn the_smallest_manifest_is_a_version_and_a_node() {
    let manifest =
        Manifest::parse("version: v1\nnodes: [{id: echo, node_type: PassThroughNode}]").unwrap();
    assert_eq!(manifest.nodes()[0].spec.node_type, "PassThrough");
    assert!(manifest.connections().is_empty());
    assert_eq!(manifest.name(), None);
    assert_eq!(manifest.nodes()[0].execution.on_error, OnError::FailSession);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let list = complaints(&json!({
        "version": "1.0",
        "nodes": [
            {"id": "a b", "nodeType": "GainNode"},
            {"id": "gain", "node_type": "GainNode", "params": {"gain_db": 99}, "execution": {"on_error": "ignore"}},
            {"id": "gain", "node_type": "GainNod"},
        ],
        "edges": [],
        "connections": [edge("gain", "gian")],
    }));
    let places: Vec<_> = list.iter().map(|c| (c.path.as_str(), c.code)).collect();
    assert_eq!(
        places,
        [
            ("edges", code::UNKNOWN_FIELD),
            ("version", code::UNSUPPORTED_VERSION),
            ("nodes[2].id", code::DUPLICATE_ID),
            ("nodes[0].nodeType", code::UNKNOWN_FIELD),
            ("nodes[0].id", code::BAD_ID),
            ("nodes[0].node_type", code::MISSING_FIELD),
            ("nodes[1].params.gain_db", code::OUT_OF_RANGE),
            ("nodes[1].execution.on_error", code::UNKNOWN_CHOICE),
            ("nodes[2].node_type", code::UNKNOWN_NODE_TYPE),
            ("connections[0].to", code::UNKNOWN_ENDPOINT),
        ]
    );
    assert!(
        list.iter()
            .all(|c| !c.message.is_empty() && !c.hint.is_empty())
    );
    assert_eq!(list[0].hint, "Did you mean `connections`?");
    assert_eq!(
        list[1].hint,
        "Write `version: v1`. `remotemedia import` rewrites manifests of the RemoteMedia SDK."
    );
    assert_eq!(list[3].hint, "Did you mean `node_type`?");
    assert_eq!(list[8].hint, "Did you mean `GainNode`?");
    assert_eq!(list[9].hint, "Did you mean `gain`?");
}

#[test]
fn a_document_of_another_shape_is_told_what_a_manifest_is() {
    for text in ["", "null", "[]", "- a", "42", "just words"] {
        let list = Manifest::parse(text).unwrap_err();
        assert_eq!((list.len(), list[0].code), (1, code::WRONG_TYPE), "{text}");
    }
    let list = complaints(&json!({}));
    let codes: Vec<_> = list.iter().map(|c| (c.path.as_str(), c.code)).collect();
    assert_eq!(
        codes,
        [
            ("version", code::MISSING_FIELD),
            ("nodes", code::MISSING_FIELD)
        ]
    );
    let list = complaints(&json!({"version": 1, "nodes": {}, "connections": 3, "metadata": []}));
    let codes: Vec<_> = list.iter().map(|c| (c.path.as_str(), c.code)).collect();
    assert_eq!(
        codes,
        [
            ("version", code::UNSUPPORTED_VERSION),
            ("metadata", code::WRONG_TYPE),
            ("nodes", code::WRONG_TYPE),
            ("connections", code::WRONG_TYPE),
        ]
    );
}

#[test]
fn a_pipeline_has_1_to_64_nodes() {
    assert_eq!(only(&manifest(json!([]), json!([]))).code, code::NO_NODES);
    let nodes = |count| {
        (0..count)
            .map(|n| node(&format!("n{n}")))
            .collect::<Value>()
    };
    assert!(Manifest::from_value(&manifest(nodes(64), json!([]))).is_ok());
    assert_eq!(
        only(&manifest(nodes(65), json!([]))).code,
        code::TOO_MANY_NODES
    );
}

#[test]
fn too_many_nodes_are_told_alone() {
    let nodes: Value = (0..3_000).map(|n| node(&format!("n{n}"))).collect();
    let chain: Value = (1..3_000)
        .map(|n| json!({"from": format!("n{}", n - 1), "to": format!("n{n}")}))
        .collect();
    let complaint = only(&manifest(nodes, chain));
    assert_eq!(complaint.code, code::TOO_MANY_NODES);
    assert_eq!(complaint.path, "nodes");
}

#[test]
fn ids_are_short_and_plain() {
    for id in ["", "a b", "ä", "a.b", "../x", &"x".repeat(65)] {
        assert_eq!(
            only(&manifest(json!([node(id)]), json!([]))).code,
            code::BAD_ID,
            "{id}"
        );
    }
    for id in ["a", "A-b_9", &"x".repeat(64)] {
        assert!(
            Manifest::from_value(&manifest(json!([node(id)]), json!([]))).is_ok(),
            "{id}"
        );
    }
    let complaint = only(&manifest(
        json!([{"id": 7, "node_type": "PassThrough"}]),
        json!([]),
    ));
    assert_eq!(
        (complaint.code, complaint.hint.as_str()),
        (code::WRONG_TYPE, "Write it in quotes: \"7\".")
    );
}

#[test]
fn a_cycle_is_reported_with_its_path() {
    let nodes = json!([node("a"), node("b"), node("c"), node("d")]);
    let edges = json!([
        edge("a", "b"),
        edge("b", "c"),
        edge("c", "b"),
        edge("c", "d")
    ]);
    let complaint = only(&manifest(nodes, edges));
    assert_eq!(complaint.code, code::CYCLE);
    assert!(
        complaint.message.contains("b -> c -> b"),
        "{}",
        complaint.message
    );
}

#[test]
fn connections_go_from_one_node_to_another_and_only_once() {
    let nodes = json!([node("a"), node("b")]);
    let fault = |edges| only(&manifest(nodes.clone(), edges)).code;
    assert_eq!(fault(json!([edge("a", "a")])), code::SELF_LOOP);
    assert_eq!(
        fault(json!([edge("a", "b"), edge("a", "b")])),
        code::DUPLICATE_CONNECTION
    );
    let events = json!({"from": "a", "to": "b", "from_port": "events"});
    assert_eq!(
        fault(json!([edge("a", "b"), events])),
        code::DUPLICATE_CONNECTION
    );
    assert_eq!(
        fault(json!([{"from": "a", "to": "b", "from_port": "video"}])),
        code::UNSUPPORTED_PORT
    );
    assert_eq!(
        fault(json!([{"from": "a", "to": "b", "from_port": "audio", "to_port": "events"}])),
        code::UNSUPPORTED_PORT
    );
    assert_eq!(fault(json!([{"from": "a"}])), code::MISSING_FIELD);
    assert_eq!(
        fault(json!([{"source": "a", "to": "b", "from": "a"}])),
        code::UNKNOWN_FIELD
    );

    let audio = json!({"from": "a", "to": "b", "to_port": "audio"});
    let sound = Manifest::from_value(&manifest(nodes.clone(), json!([audio, events]))).unwrap();
    let carried: Vec<_> = sound
        .connections()
        .iter()
        .map(|edge| (edge.audio, edge.events))
        .collect();
    assert_eq!(carried, [(true, false), (false, true)]);
}

#[test]
fn the_order_of_nodes_follows_connections_and_then_the_manifest() {
    let nodes = json!([node("z"), node("y"), node("x"), node("w")]);
    let manifest = Manifest::from_value(&manifest(nodes, json!([edge("w", "z")]))).unwrap();
    assert_eq!(manifest.order(), [1, 2, 3, 0]);
}

#[test]
fn fields_of_the_format_are_kept_and_checked_for_type() {
    let mut value = json!({
        "version": "v1", "python_env": {"python_version": "3.12"}, "runtime": {"target": "wasm32-wasi"},
        "metadata": {"name": "n", "author": "someone", "tags": ["x"], "latency_budget_ms": 40},
        "nodes": [{
            "id": "a", "node_type": "PassThrough", "params": null, "is_streaming": true, "is_output_node": true,
            "runtime_hint": "auto", "capabilities": {"memory_gb": 1}, "media_capabilities": {}, "host": "h:1",
            "execution": {"placement": "local", "on_error": "mute"}, "fast_path": false, "python_deps": [],
            "docker": {},
        }],
    });
    let manifest = Manifest::from_value(&value).unwrap();
    assert_eq!(manifest.latency_budget_ms(), Some(40.0));
    assert_eq!(manifest.nodes()[0].execution.on_error, OnError::Mute);
    let normal = manifest.to_json();
    assert_eq!(normal["metadata"]["author"], "someone");
    assert_eq!(normal["python_env"], value["python_env"]);
    let execution = &normal["nodes"][0]["execution"];
    assert_eq!(execution["placement"], "local");
    assert_eq!(execution["on_error"], "mute");
    assert_eq!(execution["retry"]["max_attempts"], 3);
    assert_eq!(normal["nodes"][0]["capabilities"]["memory_gb"], 1);

    for (field, wrong) in [
        ("is_streaming", json!(1)),
        ("runtime_hint", json!("cobol")),
        ("capabilities", json!([])),
        ("host", json!(1)),
        ("python_deps", json!("numpy")),
        ("execution", json!({"on_eror": "mute"})),
    ] {
        let right = std::mem::replace(&mut value["nodes"][0][field], wrong);
        let complaint = only(&value);
        assert!(
            complaint.path.starts_with(&format!("nodes[0].{field}")),
            "{complaint}"
        );
        value["nodes"][0][field] = right;
    }
    value["metadata"]["latency_budget_ms"] = json!(0);
    assert_eq!(only(&value).code, code::OUT_OF_RANGE);
}

#[test]
fn the_normal_form_is_complete_and_stays_as_it_is() {
    let nodes = json!([
        {"id": "louder", "node_type": "Gain", "params": {"gain": 6}},
        {"id": "level", "node_type": "AudioLevelNode"},
    ]);
    let edges = json!([{"from": "louder", "to": "level", "to_port": "audio"}]);
    let normal = Manifest::from_value(&manifest(nodes, edges))
        .unwrap()
        .to_json();
    assert_eq!(normal["nodes"][0]["node_type"], "GainNode");
    assert_eq!(normal["nodes"][0]["params"], json!({"gain_db": 6.0}));
    assert_eq!(normal["nodes"][1]["params"]["window_ms"], 100);
    assert_eq!(normal["connections"][0]["from_port"], "audio");
    assert_eq!(Manifest::from_value(&normal).unwrap().to_json(), normal);
}

#[test]
fn a_manifest_made_to_waste_time_is_refused_quickly() {
    let long = "x".repeat(60);
    let params: Map<String, Value> = (0..15_000)
        .map(|n| (format!("{long}{n}"), json!(1)))
        .collect();
    let node = json!({"id": "a", "node_type": "GainNode", "params": params});
    let edges: Value = (0..4_000).map(|n| edge(&format!("b{n}"), &long)).collect();
    let list = complaints(&manifest(json!([node]), edges));
    assert_eq!(list.last().unwrap().code, code::TOO_MANY_COMPLAINTS);
    assert!(list.len() <= 101);
}
