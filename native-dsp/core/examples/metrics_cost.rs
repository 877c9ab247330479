//! Prints what recording metrics costs, as JSON lines: `{"name": "recording", "ns_per_node_and_frame": 41.5}`.
//!
//! Two graphs of the same manifest run the same frames in turns, one with a clock, one without; the figure is the
//! difference of their medians by the number of nodes. `clock` is one look at the clock, most of it.

use std::sync::OnceLock;
use std::time::Instant;

use remotemedia_core::block::Block;
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::time::MediaTime;
use serde_json::json;

/// Runs of each graph; the first ones warm caches and are not counted.
const RUNS: usize = 401;
const WARM_UP: usize = 20;
const FRAMES: usize = 200;
/// So many that the difference stands out of what else a frame costs.
const NODES: usize = 16;
const CLOCK_LOOKS: usize = 2_000;

fn main() {
    let clock_ns = median((0..RUNS).map(|_| clock_ns()).collect());
    println!("{{\"name\": \"clock\", \"ns\": {clock_ns:.1}}}");

    let nodes: Vec<_> = (0..NODES)
        .map(|number| json!({"id": format!("n{number}"), "node_type": "PassThrough"}))
        .collect();
    let edges: Vec<_> = (1..NODES)
        .map(|number| json!({"from": format!("n{}", number - 1), "to": format!("n{number}")}))
        .collect();
    let manifest = json!({"version": "v1", "metadata": {}, "nodes": nodes, "connections": edges});
    let manifest = Manifest::from_value(&manifest).expect("a chain");
    let mut plain = Graph::compile(&manifest, Format::VOICE).expect("fits");
    let mut measured = Graph::compile(&manifest, Format::VOICE).expect("fits");
    let recorder = measured.measure(monotonic_ns);

    let (mut plain_ns, mut measured_ns) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        // Neither always goes first.
        if run % 2 == 0 {
            plain_ns.push(frame_ns(&mut plain));
        }
        measured_ns.push(frame_ns(&mut measured));
        if run % 2 == 1 {
            plain_ns.push(frame_ns(&mut plain));
        }
    }
    let recorded = recorder.duration_ns().distribution().count();
    assert_eq!(recorded, (RUNS * FRAMES) as u64, "every frame was recorded");
    let (plain_ns, measured_ns) = (median(plain_ns), median(measured_ns));
    let cost_ns = (measured_ns - plain_ns) / NODES as f64;
    println!(
        "{{\"name\": \"recording\", \"ns_per_node_and_frame\": {cost_ns:.1}, \"nodes\": {NODES}, \
         \"plain_frame_ns\": {plain_ns:.0}, \"measured_frame_ns\": {measured_ns:.0}}}"
    );
}

/// The clock of the media threads.
fn monotonic_ns() -> u64 {
    static ZERO: OnceLock<Instant> = OnceLock::new();
    ZERO.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// Mean time of a look at the clock in one run.
fn clock_ns() -> f64 {
    let started = Instant::now();
    for _ in 0..CLOCK_LOOKS {
        std::hint::black_box(monotonic_ns());
    }
    started.elapsed().as_nanos() as f64 / CLOCK_LOOKS as f64
}

/// Mean time of a frame in one run.
fn frame_ns(graph: &mut Graph) -> f64 {
    let input = Block::silent(Format::VOICE);
    let started = Instant::now();
    for frame in 0..FRAMES {
        graph.process(MediaTime::from_ms(frame as i64 * 10), &input);
        std::hint::black_box(graph.output());
    }
    started.elapsed().as_nanos() as f64 / FRAMES as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.drain(..WARM_UP);
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
