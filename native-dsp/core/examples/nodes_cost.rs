//! Prints what each node type costs per 10 ms frame of 48 kHz mono speech, as JSON lines:
//! `{"name": "DenoiseNode", "us_per_frame": 12.3, "latency_ms": 7.5}`. Every node of the catalogue appears with
//! its defaults, nodes with engines or qualities to choose from once more for each.
//!
//! The figure is the mean over fourteen seconds of speech, each tenth of a second taken from the quickest of
//! several runs: what the code costs, not what else the machine was doing. A node that asks for another format is fed that format;
//! conversion is a cost of its own, listed under `FastResampleNode`.

use std::time::Instant;

use remotemedia_core::block::Block;
use remotemedia_core::catalogue;
use remotemedia_core::dsp::polyphase::{Polyphase, Quality};
use remotemedia_core::event::EventQueue;
use remotemedia_core::format::Format;
use remotemedia_core::node::{Built, Input, Output, Stamp};
use remotemedia_core::nodes;
use remotemedia_core::params::{ParamValue, Params};
use remotemedia_core::spec::{NodeSpec, ParamKind, Role};
use remotemedia_core::time::MediaTime;

const RUNS: usize = 7;
/// Frames timed together.
const STRETCH: usize = 10;
const SPEECH_WAV: &[u8] = include_bytes!("../../../tests/fixtures/speech.wav");

fn main() {
    // A node that exists to fail has no cost worth knowing, and one on values no frames.
    let is_working = |spec: &&&NodeSpec| {
        spec.node_type != nodes::fault::SPEC.node_type && spec.build.audio().is_some()
    };
    for spec in catalogue::all().iter().filter(is_working) {
        report(spec.node_type, spec, &Params::defaults(spec.params));
        for param in spec.params {
            let ParamKind::Choice { options, default } = param.kind else {
                continue;
            };
            for option in options.iter().filter(|option| **option != default) {
                let mut params = Params::defaults(spec.params);
                params.set(param.name, ParamValue::Choice(option));
                report(
                    &format!("{} {}={option}", spec.node_type, param.name),
                    spec,
                    &params,
                );
            }
        }
    }
}

fn report(name: &str, spec: &NodeSpec, params: &Params) {
    let build = spec.build.audio().expect("a node on audio");
    // A choice may make no sense for 48 kHz mono.
    let Ok(mut built) = build(params, Format::VOICE) else {
        return;
    };
    let frames = speech(built.input);
    // The first run warms caches and is not counted.
    let _ = run(spec, &mut built, &frames);
    let runs: Vec<Vec<f64>> = (0..RUNS).map(|_| run(spec, &mut built, &frames)).collect();
    let quickest = |stretch: usize| runs.iter().map(|run| run[stretch]).fold(f64::MAX, f64::min);
    let total: f64 = (0..runs[0].len()).map(quickest).sum();
    let cost = total / frames.len() as f64;
    let latency_ms =
        f64::from(built.node.latency_samples()) * 1e3 / f64::from(built.output.sample_rate);
    println!("{{\"name\": \"{name}\", \"us_per_frame\": {cost:.2}, \"latency_ms\": {latency_ms}}}");
}

/// Microseconds of each stretch.
fn run(spec: &NodeSpec, built: &mut Built, frames: &[Block]) -> Vec<f64> {
    built.node.reset();
    let mut block = Block::silent(built.output);
    let mut events = EventQueue::with_capacity(64);
    let length = built.input.frame_samples() as i64;
    let mut position = 0;
    let stretches = frames.chunks(STRETCH).map(|stretch| {
        let started = Instant::now();
        for frame in stretch {
            let end = position + length;
            let stamp = Stamp {
                node: 0,
                sample_rate: built.input.sample_rate,
                delay: MediaTime::ZERO,
                now: MediaTime::from_samples(end, built.input.sample_rate),
            };
            let audio = (spec.role == Role::Transform).then_some(&mut block);
            let mut output = Output::new(audio, &mut events, stamp);
            built.node.process(&Input::of(frame, position), &mut output);
            events.drain();
            position = end;
        }
        std::hint::black_box(&block);
        started.elapsed().as_secs_f64() * 1e6
    });
    stretches.collect()
}

/// The speech in the format that a node asks for.
fn speech(format: Format) -> Vec<Block> {
    let samples = SPEECH_WAV[44..].chunks_exact(2);
    let samples = samples.map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0);
    let samples: Vec<f32> = samples.collect();
    let mut converter =
        Polyphase::new(Format::VOICE.sample_rate, format.sample_rate, Quality::High);
    let frames = samples
        .chunks_exact(Format::VOICE.frame_samples())
        .map(|frame| {
            let mut block = Block::silent(format);
            converter.process(frame, block.channel_mut(0));
            let converted = block.channel(0).to_vec();
            (1..block.channels())
                .for_each(|channel| block.channel_mut(channel).copy_from_slice(&converted));
            block
        });
    frames.collect()
}
