//! Compares the voice-activity detectors of the catalogue on labelled speech, as a Markdown table:
//!
//! ```text
//! cargo run --release -p remotemedia-core --example vad_evaluation -- [FOLDER]
//! ```
//!
//! FOLDER (`tests/fixtures` by default) holds WAV files and their labels: `NAME.json` beside `NAME.wav` as the
//! fixtures have it (`speech`: list of `start_ms`, `end_ms`), or any `.rttm` file whose file ids are the ends of
//! names. Files without labels are left out, and said so.
//!
//! Every detector judges every file at several levels, with and without the level normaliser where it has one.
//! Beside the catalogue stands Earshot, a small network that was considered and not taken (see ARCHITECTURE.md).
//! Probabilities are compared with the labels every 10 ms: F1 at a threshold of 0.5, the best F1 of any threshold,
//! and the area under the ROC curve. Onset is the median time from the labelled start of speech to the end of the
//! first window above 0.5 (of starts after 300 ms without speech, found within a second). Cost is the median over
//! stretches of 160 ms, which hold a whole number of windows of every detector.

#[path = "vad_evaluation/candidates.rs"]
mod candidates;
#[path = "vad_evaluation/labels.rs"]
mod labels;
#[path = "vad_evaluation/score.rs"]
mod score;

use std::path::{Path, PathBuf};
use std::time::Instant;

use candidates::Candidate;
use labels::Recording;
use remotemedia_core::block::Block;
use remotemedia_core::event::{EventKind, EventQueue};
use remotemedia_core::format::Format;
use remotemedia_core::node::{Input, Node, Output, Stamp};
use remotemedia_core::time::MediaTime;
use score::Score;

const FORMAT: Format = Format::mono(16_000);
/// Frames timed together.
const STRETCH: usize = 16;
const LEVELS_DB: [f32; 4] = [0.0, -20.0, -30.0, -40.0];

fn main() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let folder = std::env::args().nth(1).map_or(fixtures, PathBuf::from);
    let recordings = labels::read(&folder);
    let seconds: usize = recordings.iter().map(|r| r.samples.len() / 16_000).sum();
    println!("{} files, {seconds} s\n", recordings.len());
    println!(
        "| detector | normaliser | level | F1 at 0.5 | best F1 (at) | AUC | onset | us per 10 ms |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for candidate in candidates::all() {
        for level_db in LEVELS_DB {
            report(&candidate, level_db, &recordings);
        }
    }
}

fn report(candidate: &Candidate, level_db: f32, recordings: &[Recording]) {
    let mut score = Score::default();
    let mut costs_us = Vec::new();
    for recording in recordings {
        let gain = 10f32.powf(level_db / 20.0);
        let mut node = (candidate.make)();
        let windows = run(node.as_mut(), gain, &recording.samples, &mut costs_us);
        score.add(recording, &windows);
    }
    costs_us.sort_by(f64::total_cmp);
    let (best, at) = score.best_f1();
    println!(
        "| {} | {} | {level_db} dB | {:.3} | {best:.3} ({at:.2}) | {:.3} | {:.0} ms | {:.1} |",
        candidate.name,
        if candidate.normalises { "yes" } else { "no" },
        score.f1(0.5),
        score.auc(),
        score.onset_ms(),
        costs_us[costs_us.len() / 2] / STRETCH as f64,
    );
}

/// (end of a window in samples, its probability). Adds the microseconds of each stretch to `costs_us`.
fn run(
    node: &mut dyn Node,
    gain: f32,
    samples: &[f32],
    costs_us: &mut Vec<f64>,
) -> Vec<(i64, f32)> {
    let mut blocks: Vec<Block> = vec![Block::silent(FORMAT); STRETCH];
    let mut events = EventQueue::with_capacity(256);
    let length = FORMAT.frame_samples();
    let (mut windows, mut position) = (Vec::new(), 0);
    for stretch in samples.chunks_exact(STRETCH * length) {
        for (block, frame) in blocks.iter_mut().zip(stretch.chunks_exact(length)) {
            let scaled = frame.iter().map(|sample| sample * gain);
            block
                .channel_mut(0)
                .iter_mut()
                .zip(scaled)
                .for_each(|(to, sample)| *to = sample);
        }
        let started = Instant::now();
        for block in &blocks {
            let end = position + length as i64;
            let stamp = Stamp {
                node: 0,
                sample_rate: FORMAT.sample_rate,
                delay: MediaTime::ZERO,
                now: MediaTime::from_samples(end, FORMAT.sample_rate),
            };
            let mut output = Output::new(None, &mut events, stamp);
            node.process(&Input::of(block, position), &mut output);
            position = end;
        }
        costs_us.push(started.elapsed().as_secs_f64() * 1e6);
        for event in events.drain() {
            if let EventKind::VadProbability { probability, .. } = event.kind {
                windows.push((event.time.to_samples(FORMAT.sample_rate), probability));
            }
        }
    }
    windows
}
