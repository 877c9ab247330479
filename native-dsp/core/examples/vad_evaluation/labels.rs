//! Recordings and where somebody speaks in them.

use std::fs;
use std::path::Path;

use remotemedia_core::dsp::polyphase::{Polyphase, Quality};
use serde_json::Value;

/// A recording at 16 kHz.
pub struct Recording {
    pub samples: Vec<f32>,
    /// For every 10 ms, whether somebody speaks.
    pub speech: Vec<bool>,
}

/// All labelled recordings of a folder, in the order of their names.
pub fn read(folder: &Path) -> Vec<Recording> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    let is = |extension: &'static str| {
        move |path: &&std::path::PathBuf| path.extension().is_some_and(|e| e == extension)
    };
    let turns: String = paths
        .iter()
        .filter(is("rttm"))
        .map(|path| fs::read_to_string(path).expect("a readable file"))
        .collect();
    let mut recordings = Vec::new();
    for path in paths.iter().filter(is("wav")) {
        let stretches = labels(path, &turns);
        if stretches.is_empty() {
            eprintln!("{} has no labels and is left out.", path.display());
            continue;
        }
        let samples = samples(&fs::read(path).expect("a readable file"));
        let speech = (0..samples.len() / 160).map(|frame| {
            let middle_ms = frame as f64 * 10.0 + 5.0;
            stretches
                .iter()
                .any(|(start, end)| (*start..*end).contains(&middle_ms))
        });
        recordings.push(Recording {
            speech: speech.collect(),
            samples,
        });
    }
    recordings
}

/// (start, end) of speech in ms.
fn labels(wav: &Path, turns: &str) -> Vec<(f64, f64)> {
    if let Ok(text) = fs::read_to_string(wav.with_extension("json")) {
        let json: Value = serde_json::from_str(&text).expect("JSON");
        let speech = json["speech"].as_array().cloned().unwrap_or_default();
        let ms = |item: &Value, name: &str| item[name].as_f64().expect("a time in ms");
        return speech
            .iter()
            .map(|item| (ms(item, "start_ms"), ms(item, "end_ms")))
            .collect();
    }
    let name = wav.file_stem().unwrap_or_default().to_string_lossy();
    let turns = turns.lines().filter_map(|line| {
        // SPEAKER <file id> <channel> <start in s> <duration in s> ...
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, file, _, start, duration, ..] = fields[..] else {
            return None;
        };
        let number = |text: &str| text.parse::<f64>().expect("seconds") * 1e3;
        name.ends_with(file)
            .then(|| (number(start), number(start) + number(duration)))
    });
    turns.collect()
}

/// The first channel of a WAV file of 16-bit or float samples, at 16 kHz.
fn samples(wav: &[u8]) -> Vec<f32> {
    let (mut at, mut format, mut data) = (12, &wav[..0], &wav[..0]);
    while at + 8 <= wav.len() {
        let length = u32::from_le_bytes(wav[at + 4..at + 8].try_into().expect("4 bytes")) as usize;
        let body = &wav[at + 8..wav.len().min(at + 8 + length)];
        match &wav[at..at + 4] {
            b"fmt " => format = body,
            b"data" => data = body,
            _ => {}
        }
        at += 8 + length + length % 2;
    }
    let short = |at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
    let (channels, bits) = (usize::from(short(2)), short(14));
    let rate = u32::from_le_bytes(format[4..8].try_into().expect("4 bytes"));
    let all: Vec<f32> = match bits {
        16 => data
            .as_chunks::<2>()
            .0
            .iter()
            .map(|b| f32::from(i16::from_le_bytes(*b)) / 32_768.0)
            .collect(),
        32 => data
            .as_chunks::<4>()
            .0
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect(),
        _ => panic!("{bits} bits"),
    };
    let first: Vec<f32> = all.into_iter().step_by(channels).collect();
    if rate == 16_000 {
        return first;
    }
    let mut converter = Polyphase::new(rate, 16_000, Quality::High);
    let mut frame = [0.0; 160];
    let frames = first.chunks_exact(rate as usize / 100).flat_map(|chunk| {
        converter.process(chunk, &mut frame);
        frame
    });
    frames.collect()
}
