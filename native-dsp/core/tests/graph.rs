//! What a compiled graph does with audio.

mod support;

use remotemedia_core::block::Block;
use remotemedia_core::format::Format;
use remotemedia_core::plan::Inserted;
use remotemedia_core::time::MediaTime;
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

#[test]
fn samples_beyond_all_measure_do_not_add_up_to_infinity() {
    let channel = |id: &str| json!({"id": id, "node_type": "AudioChannelSplitterNode"});
    let nodes = json!([pass("in"), channel("a"), channel("b"), pass("out")]);
    let edges = json!([
        {"from": "in", "to": "a"}, {"from": "in", "to": "b"},
        {"from": "a", "to": "out"}, {"from": "b", "to": "out"},
    ]);
    let mut graph = compile(&manifest(nodes, edges), Format::VOICE);
    let mut input = vec![0.25; 960];
    input[..480].fill(f32::MAX);
    let (output, events) = run(&mut graph, &[input]);
    assert!(output[0][..480].iter().all(|sample| *sample == 0.0));
    assert!(output[0][480..].iter().all(|sample| *sample == 0.5));
    assert!(events.is_empty(), "no node is to blame: {events:?}");
}

#[test]
fn branches_of_different_latency_are_aligned_before_they_are_added() {
    // One branch goes to 16 kHz and back, the other waits for it.
    let nodes = json!([
        pass("in"),
        {"id": "down", "node_type": "FastResampleNode", "params": {"target_rate": 16_000}},
        {"id": "up", "node_type": "FastResampleNode", "params": {"target_rate": 48_000}},
        gain("dry", 0.0), pass("out"),
    ]);
    let edges = json!([
        {"from": "in", "to": "down"}, {"from": "down", "to": "up"}, {"from": "up", "to": "out"},
        {"from": "in", "to": "dry"}, {"from": "dry", "to": "out"},
    ]);
    let mut graph = compile(&manifest(nodes, edges), Format::VOICE);
    let latency = graph.latency().to_samples(48_000) as usize;
    assert!(latency > 0);
    assert!(
        graph
            .plan()
            .inserted
            .iter()
            .any(|inserted| matches!(inserted, Inserted::Delay { .. }))
    );
    let sine = sine(1_000.0, 48_000, 48_000);
    let (output, _) = run(&mut graph, std::slice::from_ref(&sine));
    // In phase they double; 1 ms apart they would be something else.
    for n in 24_000..40_000 {
        let expected = 2.0 * sine[n - latency];
        assert!(
            (output[0][n] - expected).abs() < 2e-3,
            "{n}: {} {expected}",
            output[0][n]
        );
    }
}

#[test]
fn inputs_of_different_formats_are_brought_to_the_higher_one() {
    let nodes = json!([
        {"id": "narrow", "node_type": "FastResampleNode", "params": {"target_rate": 16_000, "channels": 1}},
        gain("wide", 0.0), pass("sum"),
    ]);
    let edges = json!([{"from": "narrow", "to": "sum"}, {"from": "wide", "to": "sum"}]);
    let stereo = Format {
        sample_rate: 48_000,
        channels: 2,
    };
    let mut graph = compile(&manifest(nodes, edges), stereo);
    assert_eq!(graph.output_format(), Some(stereo));
    let (output, _) = run(&mut graph, &[vec![0.25; 4800], vec![0.25; 4800]]);
    assert!(
        output
            .iter()
            .all(|channel| (channel[4000] - 0.5).abs() < 1e-4)
    );
}

#[test]
fn listeners_that_want_another_format_share_a_conversion_and_pass_on_what_came_before_it() {
    let nodes = json!([
        gain("in", 0.0),
        {"id": "first", "node_type": "SileroVADNode"},
        {"id": "second", "node_type": "SileroVADNode"},
    ]);
    let edges = json!([{"from": "in", "to": "first"}, {"from": "first", "to": "second"}]);
    let mut graph = compile(&manifest(nodes, edges), Format::VOICE);
    let conversions: Vec<_> = graph.plan().inserted.iter().collect();
    let [Inserted::Convert { to, before, .. }] = conversions[..] else {
        panic!("{conversions:?}")
    };
    assert_eq!(
        (to.sample_rate, &before[..]),
        (16_000, &["first".to_owned(), "second".to_owned()][..])
    );
    assert_eq!(
        graph.latency(),
        MediaTime::ZERO,
        "the listeners delay nothing"
    );
    let input = noise(2, 0.3, 4800);
    let (output, _) = run(&mut graph, std::slice::from_ref(&input));
    assert_eq!(output, [input]);
}

#[test]
fn the_plan_says_everything_as_json() {
    let nodes = json!([
        {"id": "resample", "node_type": "FastResampleNode"},
        {"id": "vad", "node_type": "SileroVADNode"},
        {"id": "level", "node_type": "AudioLevelNode", "is_output_node": true},
    ]);
    let edges = json!([
        {"from": "resample", "to": "vad"},
        {"from": "resample", "to": "level", "from_port": "audio"},
    ]);
    let graph = compile(
        &manifest(nodes, edges),
        Format {
            sample_rate: 44_100,
            channels: 2,
        },
    );
    let plan = serde_json::to_value(graph.plan()).unwrap();
    assert_eq!(plan["input"], json!({"sample_rate": 44_100, "channels": 2}));
    assert_eq!(
        plan["output"],
        json!({"sample_rate": 16_000, "channels": 2})
    );
    assert_eq!(plan["order"], json!(["resample", "vad", "level"]));
    assert_eq!(
        plan["edges"][1],
        json!({"from": "resample", "to": "level", "audio": true, "events": false})
    );
    assert_eq!(plan["inserted"][0]["kind"], "convert");
    assert_eq!(plan["inserted"][0]["before"], json!(["vad"]));
    assert_eq!(plan["nodes"][0]["latency_ms"], plan["latency_ms"]);
    assert!(plan["latency_ms"].as_f64().unwrap() > 0.0);
    assert!(plan["buffers"].as_array().unwrap().len() >= 2);
}

#[test]
fn a_graph_runs_the_same_after_reset_and_however_often_it_is_drained() {
    let nodes = [
        json!({"id": "vad", "node_type": "SileroVADNode", "params": {"emit_probability": true}}),
        json!({"id": "level", "node_type": "AudioLevelNode"}),
    ];
    let mut graph = compile(&chain(&nodes), Format::VOICE);
    let input = [noise(3, 0.2, 48_000)];
    let (_, events) = run(&mut graph, &input);
    graph.reset();
    let mut frame = Block::silent(Format::VOICE);
    for (at, samples) in input[0].chunks(480).enumerate() {
        frame.planes_mut().copy_from_slice(samples);
        graph.process(MediaTime::from_ms(10 * at as i64), &frame);
    }
    let late: Vec<_> = graph.drain_events().collect();
    assert!(!events.is_empty());
    assert_eq!(format!("{events:?}"), format!("{late:?}"));
}

#[test]
fn event_times_are_exact_through_resamplers() {
    // The level's window ends every 100 ms of its own timeline, which the resamplers have moved.
    for rate in [8_000, 16_000, 32_000, 44_100] {
        let nodes = [
            json!({"id": "away", "node_type": "FastResampleNode", "params": {"target_rate": rate}}),
            json!({"id": "back", "node_type": "FastResampleNode", "params": {"target_rate": 48_000}}),
            json!({"id": "level", "node_type": "AudioLevelNode", "params": {"window_ms": 100}}),
        ];
        let mut graph = compile(&chain(&nodes), Format::VOICE);
        let latency = graph.latency();
        let (_, events) = run(&mut graph, &[vec![0.1; 48_000]]);
        assert_eq!(events.len(), 10);
        for (index, event) in events.iter().enumerate() {
            let window_end = MediaTime::from_ms(100 * (index as i64 + 1));
            assert_eq!(event.time, window_end - latency, "{rate} Hz");
            assert_eq!(event.detected, window_end);
        }
    }
}

fn sine(hz: f32, rate: usize, length: usize) -> Vec<f32> {
    let step = std::f32::consts::TAU * hz / rate as f32;
    (0..length)
        .map(|n| 0.4 * (step * (n % rate) as f32).sin())
        .collect()
}
