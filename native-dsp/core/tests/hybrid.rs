//! Pipelines of several parts: what is planned, and how the graph keeps places for nodes outside.

use remotemedia_core::manifest::{Externals, Manifest};
use remotemedia_core::offline::{OfflinePipeline, Purpose, plan_pipeline, validate};
use serde_json::{Value, json};

const SPECS: &str = r#"[
  {"node_type": "Ducker", "executor": "javascript", "takes": ["audio", "event"], "gives": ["audio"],
   "params": [
     {"name": "depth_db", "type": "number", "min": -60, "max": 0, "default": -12},
     {"name": "mode", "type": "choice", "options": ["soft", "hard"], "default": "soft"},
     {"name": "words", "type": "json"}]},
  {"node_type": "Speaker", "executor": "python", "takes": ["value"], "gives": ["audio"],
   "output": {"sample_rate": 16000}},
  {"node_type": "Writer", "executor": "python"}
]"#;

fn externals() -> Externals {
    Externals::from_json(SPECS).unwrap()
}

fn plan(nodes: Value, connections: &[(&str, &str)]) -> Result<Value, Vec<(String, String)>> {
    let connections: Vec<_> = connections
        .iter()
        .map(|(from, to)| json!({"from": from, "to": to}))
        .collect();
    let manifest = json!({"version": "v1", "nodes": nodes, "connections": connections});
    let mut answer = plan_pipeline(&manifest.to_string(), Purpose::Any, &externals());
    if answer["ok"] == true {
        return Ok(answer["plan"].take());
    }
    let complaints = answer["complaints"].as_array().unwrap().iter();
    let text = |complaint: &Value, key: &str| complaint[key].as_str().unwrap().to_owned();
    Err(complaints
        .map(|c| (text(c, "path"), text(c, "code")))
        .collect())
}

/// The complaints about this chain of two for a session.
fn refusal_in_session(nodes: &Value) -> Value {
    let connections = json!([{"from": nodes[0]["id"], "to": nodes[1]["id"]}]);
    let manifest = json!({"version": "v1", "nodes": nodes, "connections": connections});
    plan_pipeline(&manifest.to_string(), Purpose::Audio, &externals())["complaints"].take()
}

/// What is planned of these nodes for a session.
fn live_plan(nodes: &Value) -> Value {
    let manifest = json!({"version": "v1", "nodes": nodes, "connections": []});
    plan_pipeline(&manifest.to_string(), Purpose::Audio, &externals())["plan"].take()
}

fn node(id: &str, node_type: &str) -> Value {
    json!({"id": id, "node_type": node_type})
}

fn part<'a>(plan: &'a Value, id: &str) -> &'a Value {
    let parts = plan["parts"].as_array().unwrap();
    parts.iter().find(|part| part["id"] == id).unwrap()
}

#[test]
fn nodes_outside_alone_have_places_in_a_session_and_none_where_items_of_any_length_come() {
    let nodes = json!([node("ducker", "Ducker")]);
    let offline = plan(nodes.clone(), &[]).unwrap();
    assert_eq!(
        (&offline["has_graph"], &part(&offline, "ducker")["hears"]),
        (&json!(false), &json!(false))
    );
    let live = live_plan(&nodes);
    let ducker = part(&live, "ducker");
    assert_eq!(live["has_graph"], true);
    assert_eq!(
        (&ducker["hears"], &ducker["speaks"]),
        (&json!(true), &json!(true))
    );
    let silent = live_plan(&json!([node("writer", "Writer")]));
    assert_eq!(silent["has_graph"], false);
}

#[test]
fn a_pipeline_of_every_mixture_falls_into_its_parts_in_order() {
    let nodes = json!([
        node("writer", "Writer"),
        node("vad", "SileroVADNode"),
        node("ducker", "Ducker"),
        node("gain", "GainNode"),
        node("pass", "PassThrough"),
        node("echo", "Echo"),
        node("sum", "AddNode"),
    ]);
    let edges = [
        ("vad", "ducker"),
        ("ducker", "pass"),
        ("pass", "gain"),
        ("vad", "writer"),
        ("writer", "echo"),
        ("echo", "sum"),
    ];
    let plan = plan(nodes, &edges).unwrap();
    assert_eq!(plan["kind"], "hybrid");
    let parts: Vec<_> = plan["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["id"].as_str().unwrap(), p["part"].as_str().unwrap()))
        .collect();
    let expected = [
        ("vad", "audio"),
        ("writer", "external"),
        ("ducker", "external"),
        ("pass", "audio"),
        ("gain", "audio"),
        ("echo", "value"),
        ("sum", "value"),
    ];
    assert_eq!(parts, expected);
    assert_eq!(part(&plan, "ducker")["hears"], true);
    assert_eq!(part(&plan, "ducker")["speaks"], true);
    assert_eq!(
        part(&plan, "ducker")["params"],
        json!({"depth_db": -12, "mode": "soft"})
    );
    assert_eq!(part(&plan, "writer")["hears"], false);
    let carried: Vec<_> = plan["connections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["carries"].clone())
        .collect();
    assert_eq!(carried[0], json!(["audio", "event"]));
    assert_eq!(carried[3], json!(["event"]));
    assert_eq!(carried[5], json!(["value"]));
}

#[test]
fn a_node_that_can_do_both_is_in_the_graph_where_its_neighbours_outside_speak_audio_alone() {
    let nodes = json!([
        node("ducker", "Ducker"),
        node("pass", "PassThrough"),
        node("writer", "Writer"),
        node("other", "PassThrough"),
    ]);
    let plan = plan(nodes, &[("ducker", "pass"), ("writer", "other")]).unwrap();
    assert_eq!(part(&plan, "pass")["part"], "audio");
    assert_eq!(part(&plan, "other")["part"], "value");
    assert_eq!(part(&plan, "ducker")["speaks"], true);
}

#[test]
fn what_cannot_be_carried_between_parts_is_complained_of_at_its_connection() {
    let nodes = json!([
        node("sum", "AddNode"),
        node("gain", "GainNode"),
        node("writer", "Writer"),
        node("loud", "GainNode")
    ]);
    let complaints = plan(nodes, &[("sum", "gain"), ("writer", "loud")]).unwrap_err();
    let expected = ["connections[0]", "connections[1]"]
        .map(|path| (path.to_owned(), "mixed_pipeline".to_owned()));
    assert_eq!(complaints, expected);
}

#[test]
fn what_a_module_takes_and_gives_is_open_until_it_is_read() {
    let mine = |extra: Value| {
        let mut outside = json!({"id": "mine", "node_type": "Mine", "module": "./mine.py"});
        outside
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        json!([node("gain", "GainNode"), outside, node("loud", "GainNode")])
    };
    let ends = [("gain", "mine"), ("mine", "loud")];
    let open = plan(mine(json!({})), &ends);
    assert!(open.is_ok(), "{open:?}");
    let said = plan(mine(json!({"takes": ["value"], "gives": ["value"]})), &ends);
    assert_eq!(said.unwrap_err().len(), 2);
    // A manifest in its normal form says no more than its author did.
    let normal = |extra| {
        let manifest = json!({"version": "v1", "nodes": mine(extra)});
        Manifest::from_value(&manifest).unwrap().to_json()["nodes"][1].take()
    };
    assert_eq!(
        (&normal(json!({}))["takes"], &normal(json!({}))["gives"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        normal(json!({"takes": ["audio"]}))["takes"],
        json!(["audio"])
    );
}

#[test]
fn parameters_of_nodes_outside_are_checked_as_those_inside() {
    let nodes = json!([
        {"id": "a", "node_type": "Ducker", "params": {"depthDb": 3, "mode": "loud", "depht_db": 1, "words": null}},
        {"id": "b", "node_type": "Duckr"},
        {"id": "c", "node_type": "GainNode", "module": "./gain.js"},
        {"id": "d", "node_type": "Mine", "module": "./mine.py", "gives": ["audio", "smoke"]},
    ]);
    let complaints = plan(nodes, &[]).unwrap_err();
    let at = |path: &str, code: &str| {
        assert!(
            complaints.contains(&(path.into(), code.into())),
            "{path} {code}: {complaints:?}"
        )
    };
    at("nodes[0].params.depthDb", "out_of_range");
    at("nodes[0].params.mode", "unknown_choice");
    at("nodes[0].params.depht_db", "unknown_parameter");
    at("nodes[1].node_type", "unknown_node_type");
    at("nodes[2].node_type", "invalid_combination");
    at("nodes[3].gives[1]", "unknown_choice");
    assert_eq!(complaints.len(), 6);
}

#[test]
fn a_circle_through_several_parts_is_refused() {
    let nodes = json!([node("a", "Writer"), node("b", "Echo"), node("c", "Writer")]);
    let complaints = plan(nodes, &[("a", "b"), ("b", "c"), ("c", "a")]).unwrap_err();
    assert_eq!(complaints[0].1, "cycle");
}

#[test]
fn hostile_specifications_are_refused_with_words() {
    for text in [
        "{}",
        "[{}]",
        "[1]",
        "nonsense",
        r#"[{"node_type": "GainNode", "executor": "python"}]"#,
        r#"[{"node_type": "X", "executor": "ruby"}]"#,
        r#"[{"node_type": "X", "executor": "python", "params": [{"name": "ä_ö", "type": "json"}]}]"#,
        r#"[{"node_type": "X", "executor": "python", "params": [{"name": "a", "aliases": ["ä_ö"], "type": "json"}]}]"#,
        r#"[{"node_type": "X", "executor": "python", "params": [{"name": "a", "type": "number", "max": 1, "default": 2}]}]"#,
    ] {
        assert!(
            Externals::from_json(text)
                .unwrap_err()
                .starts_with("externals"),
            "{text}"
        );
    }
}

#[test]
fn a_manifest_chooses_the_executor_whatever_the_type_says() {
    for executor in ["javascript", "worker", "python", "cpython"] {
        let writer = json!({"id": "w", "node_type": "Writer", "executor": executor});
        let plan = plan(json!([writer]), &[]).unwrap();
        assert_eq!(part(&plan, "w")["executor"], executor);
    }
}

#[test]
fn a_session_alone_refuses_what_it_cannot_run() {
    let text = "version: v1\nnodes: [{id: w, node_type: W, executor: python}, {id: g, node_type: GainNode}]";
    let manifest = Manifest::parse(text).unwrap();
    let complaints =
        remotemedia_core::graph::Graph::compile(&manifest, remotemedia_core::format::Format::VOICE);
    assert_eq!(complaints.err().unwrap()[0].path, "nodes[0]");
}

/// `gain -> ducker -> output`, the ducker outside.
fn ducked(execution: Value) -> OfflinePipeline {
    let manifest = json!({"version": "v1", "nodes": [
        node("gain", "GainNode"), {"id": "ducker", "node_type": "Ducker", "execution": execution},
    ], "connections": [{"from": "gain", "to": "ducker"}]});
    OfflinePipeline::compile_with(&manifest.to_string(), &externals(), 8_000.0, 1.0).unwrap()
}

/// What sample `n` of the input is: each another, and small enough for every node.
fn count(n: usize) -> f32 {
    (n + 1) as f32 / 4096.0
}

/// Runs frames whose samples count up; after each, the host may answer. Returns all output.
fn run(
    pipeline: &mut OfflinePipeline,
    frames: usize,
    mut answer: impl FnMut(&mut OfflinePipeline, f64, Vec<f32>),
) -> Vec<f32> {
    let mut output = Vec::new();
    for frame in 0..frames {
        for (n, sample) in pipeline.input_mut().iter_mut().enumerate() {
            *sample = count(frame * 80 + n);
        }
        pipeline.process().unwrap();
        output.extend_from_slice(pipeline.output());
        let handed = pipeline.host(0).unwrap().1.frame();
        let handed = handed.map(|(position, block)| (position as f64, block.planes().to_vec()));
        let (position, samples) = handed.unwrap();
        answer(pipeline, position, samples);
    }
    output
}

#[test]
fn an_answer_is_played_exactly_its_patience_later() {
    for patience_ms in [10, 20, 50] {
        let mut pipeline = ducked(json!({"patience_ms": patience_ms}));
        assert_eq!(pipeline.latency_samples(), patience_ms * 8);
        let output = run(&mut pipeline, 12, |pipeline, position, samples| {
            let louder: Vec<f32> = samples.iter().map(|sample| sample * 2.0).collect();
            assert_eq!(pipeline.give_host_audio(0, position, &louder), Ok(80));
        });
        let delay = patience_ms as usize * 8;
        for (at, sample) in output.iter().enumerate() {
            let expected = at.checked_sub(delay).map_or(0.0, |from| count(from) * 2.0);
            assert_eq!(*sample, expected, "sample {at} of patience {patience_ms}");
        }
        assert_eq!(pipeline.host(0).unwrap().1.late(), 0);
    }
}

#[test]
fn what_nodes_outside_give_cannot_add_up_to_infinity() {
    let nodes = ["a", "b"].map(|id| node(id, "Ducker"));
    let [a, b] = nodes;
    let edge = |from, to| json!({"from": from, "to": to});
    let manifest = json!({
        "version": "v1",
        "nodes": [node("in", "PassThrough"), a, b, node("out", "PassThrough")],
        "connections": [edge("in", "a"), edge("in", "b"), edge("a", "out"), edge("b", "out")],
    });
    let manifest = manifest.to_string();
    let mut pipeline =
        OfflinePipeline::compile_with(&manifest, &externals(), 8_000.0, 1.0).unwrap();
    for _ in 0..20 {
        pipeline.process().unwrap();
        assert!(pipeline.output().iter().all(|sample| *sample == 0.0));
        for host in 0..2 {
            let (_, node) = pipeline.host(host).unwrap();
            let position = node.frame().unwrap().0 as f64;
            let taken = pipeline.give_host_audio(host, position, &[f32::MAX; 80]);
            assert_eq!(taken, Ok(80));
        }
    }
    let told = pipeline.drain_events();
    let is_told = |id| {
        told.iter()
            .any(|text| text.contains("non_finite_output") && text.contains(id))
    };
    assert!(is_told("\"a\"") && is_told("\"b\""), "{told:?}");
}

#[test]
fn a_node_outside_that_is_off_is_handed_nothing_and_gone_around() {
    let mut pipeline = ducked(json!({"patience_ms": 20}));
    pipeline.set_node_state("ducker", "bypass").unwrap();
    let mut output = Vec::new();
    for frame in 0..10 {
        for (n, sample) in pipeline.input_mut().iter_mut().enumerate() {
            *sample = count(frame * 80 + n);
        }
        pipeline.process().unwrap();
        output.extend_from_slice(pipeline.output());
        // While the way around is filled, the node is still heard.
        let is_handed = pipeline.host(0).unwrap().1.frame().is_some();
        assert_eq!(is_handed, frame < 3, "frame {frame}");
    }
    for (at, sample) in output.iter().enumerate() {
        let expected = at.checked_sub(160).map_or(0.0, count);
        assert!((sample - expected).abs() < 1e-6, "sample {at}");
    }
}

#[test]
fn a_node_that_only_speaks_is_silent_in_bypass() {
    let manifest = json!({"version": "v1", "nodes": [node("voice", "Speaker")]});
    let compile = OfflinePipeline::compile_with;
    let mut pipeline = compile(&manifest.to_string(), &externals(), 16_000.0, 1.0).unwrap();
    pipeline.give_host_audio(0, -1.0, &[0.5; 1600]).unwrap();
    pipeline.set_node_state("voice", "bypass").unwrap();
    for frame in 0..5 {
        pipeline.input_mut().fill(0.25);
        pipeline.process().unwrap();
        let is_silent = pipeline.output().iter().all(|sample| *sample == 0.0);
        assert_eq!(is_silent, frame > 0, "frame {frame}");
    }
}

#[test]
fn a_late_answer_is_replaced_by_the_audio_or_by_silence_and_counted() {
    for (when_late, stands_in) in [("pass", 1.0), ("drop", 0.0)] {
        let mut pipeline = ducked(json!({"patience_ms": 20, "when_late": when_late}));
        let output = run(&mut pipeline, 10, |pipeline, position, samples| {
            // Of every other frame there is no answer; the answer to one comes much too late.
            if (position as usize / 80).is_multiple_of(2) {
                let answer: Vec<f32> = samples.iter().map(|sample| sample * 2.0).collect();
                pipeline.give_host_audio(0, position, &answer).unwrap();
            } else if position >= 400.0 {
                let late = pipeline.give_host_audio(0, position - 400.0, &samples);
                assert_eq!(late, Ok(0));
            }
        });
        for (at, sample) in output.iter().enumerate().skip(160) {
            let from = at - 160;
            let factor = if (from / 80).is_multiple_of(2) {
                2.0
            } else {
                stands_in
            };
            assert_eq!(*sample, count(from) * factor, "{when_late} at {at}");
        }
        assert_eq!(pipeline.host(0).unwrap().1.late(), 4);
        pipeline.reset();
        assert!(
            run(&mut pipeline, 2, |_, _, _| {})
                .iter()
                .all(|sample| *sample == 0.0)
        );
    }
}

#[test]
fn audio_without_a_position_is_played_in_order_and_bounded() {
    let manifest = json!({"version": "v1", "nodes": [node("speaker", "Speaker"), node("gain", "GainNode")],
        "connections": [{"from": "speaker", "to": "gain"}]});
    let mut pipeline =
        OfflinePipeline::compile_with(&manifest.to_string(), &externals(), 48_000.0, 1.0).unwrap();
    let (id, speaker) = pipeline.host(0).unwrap();
    assert_eq!((id, speaker.input_format()), ("speaker", None));
    assert_eq!(speaker.output_format().unwrap().sample_rate, 16_000);
    assert_eq!(pipeline.give_host_audio(0, -1.0, &[0.25; 200]), Ok(200));
    assert_eq!(pipeline.give_host_audio(0, -1.0, &[0.5; 120]), Ok(120));
    let mut output = Vec::new();
    for _ in 0..3 {
        pipeline.process().unwrap();
        output.extend_from_slice(pipeline.output());
    }
    assert_eq!(output[..200], [0.25; 200]);
    assert_eq!(output[200..320], [0.5; 120]);
    assert!(output[320..].iter().all(|sample| *sample == 0.0));
    let minute = vec![0.1; 60 * 16_000];
    assert_eq!(pipeline.give_host_audio(0, -1.0, &minute), Ok(30 * 16_000));
    assert_eq!(pipeline.give_host_audio(0, -1.0, &minute), Ok(0));
    pipeline.host(0).unwrap().1.flush();
    assert_eq!(pipeline.host(0).unwrap().1.queued(), 0);
}

#[test]
fn a_node_outside_that_only_listens_leaves_the_output_to_the_others() {
    let manifest = json!({"version": "v1", "nodes": [
        node("gain", "GainNode"), {"id": "ear", "node_type": "Ear", "executor": "python", "takes": ["audio"]}, node("level", "AudioLevelNode"),
    ], "connections": [{"from": "gain", "to": "ear"}, {"from": "gain", "to": "level"}]});
    let mut pipeline = OfflinePipeline::compile(&manifest.to_string(), 48_000.0, 1.0).unwrap();
    assert_eq!(pipeline.latency_samples(), 0);
    pipeline.input_mut().fill(0.5);
    pipeline.process().unwrap();
    assert_eq!(pipeline.output()[479], 0.5);
    assert_eq!(
        pipeline.host(0).unwrap().1.frame().unwrap().1.planes()[479],
        0.5
    );
}

#[test]
fn a_channel_is_refused_only_where_audio_cannot_have_it() {
    let right =
        json!({"id": "right", "node_type": "AudioChannelSplitterNode", "params": {"channel": 1}});
    let stereo = json!([node("gain", "GainNode"), right]);
    let chain = |first| [(first, "right")];
    assert!(plan(stereo.clone(), &chain("gain")).is_ok());
    let mono = json!({"id": "mono", "node_type": "FastResampleNode", "params": {"channels": 1}});
    let expected = ("nodes[1].params.channel", "invalid_combination");
    let refused = plan(json!([mono, right]), &chain("mono")).expect_err("mono has one channel");
    assert_eq!(refused, [(expected.0.into(), expected.1.into())]);
    let refused = refusal_in_session(&stereo);
    assert_eq!(refused[0]["path"], expected.0, "sessions are mono");

    let text = json!({
        "version": "v1", "nodes": stereo, "connections": [{"from": "gain", "to": "right"}],
    });
    let sound = |purpose| validate(&text.to_string(), purpose, &externals());
    assert_eq!(sound(Purpose::Any)["plan"]["input"]["channels"], 2);
    assert_eq!(sound(Purpose::Audio)["ok"], false);
}
