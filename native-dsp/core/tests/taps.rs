//! Listening in on single nodes of a running graph.

mod support;

use remotemedia_core::format::Format;
use remotemedia_core::graph::{Graph, UnknownNode};
use serde_json::{Value, json};
use support::{chain, compile, noise, run};

const FRAME: usize = 480;

fn node(id: &str, node_type: &str, params: Value) -> Value {
    json!({"id": id, "node_type": node_type, "params": params})
}

/// A node that delays, one that changes the level, one that only listens.
fn graph() -> Graph {
    let nodes = [
        node("slow", "LimiterNode", json!({})),
        node("louder", "GainNode", json!({"gain_db": 20})),
        node("vad", "SileroVADNode", json!({})),
    ];
    compile(&chain(&nodes), Format::VOICE)
}

/// What the taps have laid by: node, rate, media time and samples of every frame.
fn drain(graph: &mut Graph) -> Vec<(u8, u32, i64, Vec<f32>)> {
    let mut frames = Vec::new();
    graph.drain_taps(|it| {
        let rate = it.format.sample_rate;
        frames.push((it.node, rate, it.media_time_samples, it.planes.to_vec()));
    });
    frames
}

#[test]
fn a_tapped_node_is_heard_frame_by_frame_at_its_place_on_the_timeline() {
    let mut graph = graph();
    let input = noise(1, 0.01, 20 * FRAME);
    run(&mut graph, &[input[..10 * FRAME].to_vec()]);
    assert!(drain(&mut graph).is_empty());

    graph.reset();
    graph.set_tap("slow", true).unwrap();
    graph.set_tap("slow", true).unwrap();
    run(&mut graph, std::slice::from_ref(&input));
    let frames = drain(&mut graph);
    assert_eq!(frames.len(), 20);
    let latency = graph.latency().to_samples(48_000);
    for (n, (node, rate, media_time, samples)) in frames.iter().enumerate() {
        assert_eq!((*node, *rate, samples.len()), (0, 48_000, FRAME));
        assert_eq!(*media_time, (n * FRAME) as i64 - latency);
        for (at, sample) in samples.iter().enumerate() {
            let origin = usize::try_from(media_time + at as i64);
            assert_eq!(*sample, origin.map_or(0.0, |origin| input[origin]));
        }
    }
    assert!(drain(&mut graph).is_empty());
}

#[test]
fn several_nodes_are_tapped_side_by_side_and_one_is_let_go() {
    let mut graph = graph();
    for id in ["louder", "vad"] {
        graph.set_tap(id, true).unwrap();
    }
    let (output, _) = run(&mut graph, &[noise(2, 0.01, 4 * FRAME)]);
    let frames = drain(&mut graph);
    let of = |index| frames.iter().filter(move |(node, ..)| *node == index);
    let louder: Vec<f32> = of(1).flat_map(|(.., samples)| samples).copied().collect();
    assert_eq!(louder, output[0]);
    // An analyser gives nothing of its own: what it hears is told, in the format in which it hears it.
    assert!(of(2).all(|(_, rate, _, samples)| (*rate, samples.len()) == (16_000, 160)));
    assert_eq!(of(2).count(), 4);

    graph.set_tap("louder", false).unwrap();
    assert!(graph.is_tapped());
    run(&mut graph, &[vec![0.0; FRAME]]);
    assert!(drain(&mut graph).iter().all(|(node, ..)| *node == 2));
    graph.set_tap("vad", false).unwrap();
    assert!(!graph.is_tapped());
}

#[test]
fn what_nobody_fetches_is_lost_and_counted_and_what_is_left_is_the_newest() {
    let mut graph = graph();
    graph.set_tap("louder", true).unwrap();
    run(&mut graph, &[vec![0.0; 250 * FRAME]]);
    assert_eq!(graph.tapped_frames_dropped(), 150);
    let frames = drain(&mut graph);
    assert_eq!(frames.len(), 100);
    assert!(
        frames
            .windows(2)
            .all(|pair| pair[1].2 - pair[0].2 == FRAME as i64)
    );
    assert!(frames[0].2 > 148 * FRAME as i64);
}

#[test]
fn a_node_that_is_not_there_cannot_be_tapped() {
    assert_eq!(graph().set_tap("quieter", true), Err(UnknownNode));
}
