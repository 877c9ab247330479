//! Whatever comes in: a graph that runs, or complaints. Never a panic.

mod support;

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use remotemedia_core::catalogue;
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use serde_json::{Value, json};

/// Any JSON, with the words of manifests among its keys so that it gets far.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "version",
        "v1",
        "nodes",
        "connections",
        "metadata",
        "id",
        "node_type",
        "params",
        "from",
        "to",
        "gain_db",
        "GainNode",
        "PassThrough",
        "FastResampleNode",
        "execution",
        "on_error",
        "mute",
        "a",
        "b",
        "audio",
        "from_port",
    ]);
    let text = prop_oneof![3 => word.prop_map(String::from), 1 => any::<String>()];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A manifest with any nodes in any connection.
fn any_pipeline() -> impl Strategy<Value = Value> {
    // A manifest of audio and values is refused before anything else is tried.
    let on_audio = catalogue::all()
        .iter()
        .filter(|spec| spec.build.audio().is_some());
    let types: Vec<&str> = on_audio.map(|spec| spec.node_type).collect();
    let rate = prop::sample::select(vec![
        json!("auto"),
        json!(8_000),
        json!(44_100),
        json!(16_050),
        json!(192_000),
    ]);
    let node = (prop::sample::select(types), any::<bool>(), rate);
    let port = prop::sample::select(vec![None, Some("audio"), Some("events")]);
    (1usize..10).prop_flat_map(move |count| {
        let nodes = prop::collection::vec(node.clone(), count);
        let edges = prop::collection::vec((0..count, 0..count, port.clone()), 0..2 * count);
        (nodes, edges).prop_map(|(nodes, edges)| {
            let nodes = nodes.into_iter().enumerate().map(|(n, (node_type, is_output_node, rate))| {
                let params = match node_type {
                    "FastResampleNode" => json!({"target_rate": rate}),
                    _ => json!({}),
                };
                json!({"id": format!("n{n}"), "node_type": node_type, "params": params, "is_output_node": is_output_node})
            });
            let edges = edges.into_iter().map(|(a, b, port)| {
                // Mostly forward, or nearly every graph would be a cycle.
                let (from, to) = if port.is_none() { (a.min(b), a.max(b)) } else { (a, b) };
                let mut edge = json!({"from": format!("n{from}"), "to": format!("n{to}")});
                port.into_iter().for_each(|port| edge["from_port"] = port.into());
                edge
            });
            json!({"version": "v1", "nodes": nodes.collect::<Value>(), "connections": edges.collect::<Value>()})
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_read_or_complained_of(text in any::<String>()) {
        if let Err(complaints) = Manifest::parse(&text) {
            prop_assert!(!complaints.is_empty());
        }
    }

    #[test]
    fn any_value_is_read_or_complained_of(value in any_json()) {
        if let Err(complaints) = Manifest::from_value(&value) {
            prop_assert!(!complaints.is_empty());
            prop_assert!(complaints.iter().all(|c| !c.message.is_empty() && !c.hint.is_empty()));
        }
    }
}

#[test]
fn any_pipeline_compiles_and_runs_or_is_complained_of() {
    let ran = Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(200));
    let property = |(value, channels)| {
        let format = Format {
            sample_rate: 48_000,
            channels,
        };
        let compiled = Manifest::from_value(&value).and_then(|manifest| {
            let again =
                Manifest::from_value(&manifest.to_json()).expect("the normal form is sound");
            assert_eq!(again.to_json(), manifest.to_json());
            Graph::compile(&manifest, format)
        });
        match compiled {
            Err(complaints) => prop_assert!(!complaints.is_empty()),
            Ok(mut graph) => {
                ran.set(ran.get() + 1);
                let noise = support::noise(9, 0.5, 480 * 4);
                let garbage = [f32::NAN, f32::INFINITY, f32::MAX, f32::MIN, 1e-42];
                let garbage: Vec<f32> = garbage.into_iter().cycle().take(480 * 4).collect();
                let sounds = [noise, garbage, vec![f32::MAX; 480 * 4]];
                for sound in sounds {
                    let input = vec![sound; usize::from(channels)];
                    let (output, _) = support::run(&mut graph, &input);
                    prop_assert_eq!(output.is_empty(), graph.output_format().is_none());
                    prop_assert!(output.iter().flatten().all(|sample| sample.is_finite()));
                }
            }
        }
        Ok(())
    };
    runner.run(&(any_pipeline(), 1u8..3), property).unwrap();
    assert!(ran.get() >= 20, "only {} of 200 pipelines ran", ran.get());
}
