//! A node and a dot product in turns, each at its quickest.

use std::hint::black_box;
use std::time::Instant;

use remotemedia_core::block::Block;
use remotemedia_core::dsp::polyphase::{Polyphase, Quality};
use remotemedia_core::event::EventQueue;
use remotemedia_core::format::Format;
use remotemedia_core::node::{Built, Input, Output, Stamp};
use remotemedia_core::params::Params;
use remotemedia_core::spec::{NodeSpec, Role};
use remotemedia_core::time::MediaTime;

use crate::allocation::{allocations_of, payload_allocations};

/// Frames of 10 ms in a turn: the fourth second of the fixture, which is all speech.
const FRAMES: usize = 100;
const SKIPPED_FRAMES: usize = 300;
const TURNS: usize = 12;
const DOT_VALUES: usize = 4_800;
const DOTS_A_TURN: usize = 200;
const SPEECH_WAV: &[u8] = include_bytes!("../../../../tests/fixtures/speech.wav");

/// What a node costs.
pub struct Cost {
    /// Dot products a frame.
    pub cost: f64,
    /// In all frames of a turn, once warm, beyond those that payloads of events are made of.
    pub allocations: u64,
    /// Those that payloads are made of, whose memory is given away.
    pub payload_allocations: u64,
}

/// The cost of a node with its defaults that processes each frame `times` times.
pub fn cost(spec: &NodeSpec, times: usize) -> Cost {
    let params = Params::defaults(spec.params);
    let build = spec.build.audio().expect("a node on audio");
    let mut built = build(&params, Format::VOICE).expect("defaults fit 48 kHz mono");
    let frames = speech(built.input);
    let mut room = (
        Block::silent(built.output),
        EventQueue::with_capacity(64 * times),
    );
    // Warms caches, and lets what keeps audio take its memory.
    turn(spec, &mut built, &frames, times, &mut room);
    let (mut node_s, mut dot_s) = (f64::MAX, f64::MAX);
    let (mut allocations, mut payload_allocations) = (u64::MAX, u64::MAX);
    for _ in 0..TURNS {
        dot_s = dot_s.min(dots());
        built.node.reset();
        let (mut seconds, mut payloads) = (0.0, 0);
        let count = allocations_of(|| {
            (seconds, payloads) = turn(spec, &mut built, &frames, times, &mut room);
        });
        node_s = node_s.min(seconds);
        allocations = allocations.min(count.saturating_sub(payloads));
        payload_allocations = payload_allocations.min(payloads);
    }
    let (frame, dot) = (node_s / FRAMES as f64, dot_s / DOTS_A_TURN as f64);
    Cost {
        cost: frame / dot,
        allocations,
        payload_allocations,
    }
}

/// Seconds of a turn, and the allocations that its payloads are made of.
fn turn(
    spec: &NodeSpec,
    built: &mut Built,
    frames: &[Block],
    times: usize,
    (block, events): &mut (Block, EventQueue),
) -> (f64, u64) {
    let started = Instant::now();
    let mut payloads = 0;
    let length = built.input.frame_samples() as i64;
    let mut position = 0;
    for frame in frames {
        for _ in 0..times {
            let stamp = Stamp {
                node: 0,
                sample_rate: built.input.sample_rate,
                delay: MediaTime::ZERO,
                now: MediaTime::from_samples(position + length, built.input.sample_rate),
            };
            let audio = (spec.role == Role::Transform).then_some(&mut *block);
            let mut output = Output::new(audio, events, stamp);
            built.node.process(&Input::of(frame, position), &mut output);
            payloads += events.drain().map(payload_allocations).sum::<u64>();
            position += length;
        }
    }
    black_box(block);
    (started.elapsed().as_secs_f64(), payloads)
}

/// Seconds of all dot products of a turn.
fn dots() -> f64 {
    let a: Vec<f32> = (0..DOT_VALUES).map(|n| (n % 7) as f32 * 0.1).collect();
    let b: Vec<f32> = (0..DOT_VALUES).map(|n| (n % 5) as f32 * 0.2).collect();
    let started = Instant::now();
    for _ in 0..DOTS_A_TURN {
        let mut sums = [0.0f32; 16];
        for (a, b) in black_box(&a)
            .chunks_exact(16)
            .zip(black_box(&b).chunks_exact(16))
        {
            for lane in 0..16 {
                sums[lane] += a[lane] * b[lane];
            }
        }
        black_box(sums);
    }
    started.elapsed().as_secs_f64()
}

/// The speech in the format that a node asks for.
fn speech(format: Format) -> Vec<Block> {
    let samples = SPEECH_WAV[44..].chunks_exact(2);
    let samples = samples.map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0);
    let samples: Vec<f32> = samples.collect();
    let mut converter =
        Polyphase::new(Format::VOICE.sample_rate, format.sample_rate, Quality::High);
    let frames = samples.chunks_exact(Format::VOICE.frame_samples());
    frames
        .skip(SKIPPED_FRAMES)
        .take(FRAMES)
        .map(|frame| {
            let mut block = Block::silent(format);
            converter.process(frame, block.channel_mut(0));
            let first = block.channel(0).to_vec();
            (1..block.channels()).for_each(|at| block.channel_mut(at).copy_from_slice(&first));
            block
        })
        .collect()
}
