//! The pipelines that come with the gateway, on 14 s of speech at 48 kHz: what the browser sends.

mod support;

use std::path::Path;

use remotemedia_core::event::{Event, EventKind};
use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use support::run;

const INPUT: Format = Format::mono(48_000);
const SENTENCES: usize = 3;

fn compile(name: &str) -> Graph {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/pipelines");
    let text = std::fs::read_to_string(folder.join(format!("{name}.yaml"))).expect(name);
    let graph = Manifest::parse(&text).and_then(|manifest| Graph::compile(&manifest, INPUT));
    graph.unwrap_or_else(|complaints| panic!("{name}: {complaints:#?}"))
}

/// The fixture `speech.wav`: three sentences with pauses.
fn speech() -> Vec<f32> {
    const WAV: &[u8] = include_bytes!("../../../tests/fixtures/speech.wav");
    let samples = WAV[44..].as_chunks::<2>().0.iter();
    samples
        .map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / 32_768.0)
        .collect()
}

fn count(events: &[Event], wanted: fn(&EventKind) -> bool) -> usize {
    events.iter().filter(|event| wanted(&event.kind)).count()
}

fn energy(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum()
}

#[test]
fn echo_gives_every_sample_back_at_once() {
    let speech = speech();
    let (output, events) = run(&mut compile("echo"), std::slice::from_ref(&speech));
    assert_eq!(output[0], speech);
    assert!(events.is_empty());
}

#[test]
fn voice_enhance_gives_the_voice_back_within_30_ms_and_tells_when_it_speaks() {
    let speech = speech();
    let mut graph = compile("voice-enhance");
    assert!(
        graph.latency().to_ms() < 30.0,
        "{}",
        graph.latency().to_ms()
    );
    let (output, events) = run(&mut graph, std::slice::from_ref(&speech));
    assert!(energy(&output[0]) > 0.25 * energy(&speech));
    let is_start = |kind: &EventKind| matches!(kind, EventKind::SpeechStarted { .. });
    let is_stop = |kind: &EventKind| matches!(kind, EventKind::SpeechStopped { .. });
    let is_level = |kind: &EventKind| matches!(kind, EventKind::AudioLevel { .. });
    let is_window = |kind: &EventKind| matches!(kind, EventKind::VadProbability { .. });
    assert_eq!(count(&events, is_start), SENTENCES);
    assert_eq!(count(&events, is_stop), SENTENCES);
    assert!(count(&events, is_level) >= 139);
    assert!(count(&events, is_window) >= 14_000 / 32 - 2);
}

#[test]
fn transcribe_prep_gives_one_utterance_per_sentence_and_no_audio() {
    let mut graph = compile("transcribe-prep");
    assert_eq!(graph.output_format(), None);
    let (_, events) = run(&mut graph, &[speech()]);
    let is_utterance = |kind: &EventKind| match kind {
        EventKind::Utterance(utterance) => utterance.audio_sample_rate == 16_000,
        _ => false,
    };
    assert_eq!(count(&events, is_utterance), SENTENCES);
}

#[test]
fn meter_measures_ten_times_a_second_and_changes_nothing() {
    let speech = speech();
    let (output, events) = run(&mut compile("meter"), std::slice::from_ref(&speech));
    assert_eq!(output[0], speech);
    let is_level = |kind: &EventKind| matches!(kind, EventKind::AudioLevel { .. });
    assert_eq!(count(&events, is_level), 140);
}
