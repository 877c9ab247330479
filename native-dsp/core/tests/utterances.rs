//! Detector and segmenter together in a graph, on spoken sentences.

mod support;

use remotemedia_core::event::{EventKind, Utterance};
use remotemedia_core::format::Format;
use serde_json::json;
use support::{chain, compile, manifest, run, try_compile};

/// The fixture `speech-noisy.wav`, 14 s at 16 kHz with three sentences.
fn speech() -> Vec<i16> {
    const WAV: &[u8] = include_bytes!("../../../tests/fixtures/speech-noisy.wav");
    let samples = WAV[44..].as_chunks::<2>().0.iter();
    samples.map(|bytes| i16::from_le_bytes(*bytes)).collect()
}

#[test]
fn each_sentence_becomes_one_utterance_that_is_a_slice_of_the_input() {
    let nodes = [
        json!({"id": "vad", "node_type": "SileroVADNode"}),
        json!({"id": "utterances", "node_type": "UtteranceSegmenterNode"}),
    ];
    let mut graph = compile(&chain(&nodes), Format::mono(16_000));
    let speech = speech();
    let audio = speech.iter().map(|sample| f32::from(*sample) / 32_768.0);
    let (_, events) = run(&mut graph, &[audio.collect()]);

    let (mut starts, mut stops) = (Vec::new(), Vec::new());
    let mut utterances: Vec<(i64, &Utterance)> = Vec::new();
    for event in &events {
        let at = event.time.to_samples(16_000);
        match &event.kind {
            EventKind::SpeechStarted { .. } => starts.push(at),
            EventKind::SpeechStopped { .. } => stops.push(at),
            EventKind::Utterance(utterance) => utterances.push((at, utterance)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((starts.len(), stops.len(), utterances.len()), (3, 3, 3));
    for (index, (first, utterance)) in utterances.into_iter().enumerate() {
        assert_eq!(first, starts[index] - 4_800);
        let slice = &speech[first as usize..=stops[index] as usize];
        assert!(utterance.samples == slice, "utterance {index}");
    }
}

#[test]
fn at_48_khz_the_times_of_detector_and_segmenter_agree() {
    let nodes = [
        json!({"id": "vad", "node_type": "SileroVADNode"}),
        json!({"id": "utterances", "node_type": "UtteranceSegmenterNode"}),
    ];
    let mut graph = compile(&chain(&nodes), Format::VOICE);
    // Linear interpolation is enough for a detector.
    let speech = speech();
    let at = |n: usize| f32::from(speech[n.min(speech.len() - 1)]) / 32_768.0;
    let audio = (0..speech.len() * 3).map(|n| {
        let weight = (n % 3) as f32 / 3.0;
        at(n / 3) * (1.0 - weight) + at(n / 3 + 1) * weight
    });
    let (_, events) = run(&mut graph, &[audio.collect()]);
    let times = |wanted: fn(&EventKind) -> Option<f64>| -> Vec<f64> {
        let found = events.iter().filter_map(|event| {
            let shift_ms = wanted(&event.kind)?;
            Some(event.time.to_ms() + shift_ms)
        });
        found.collect()
    };
    let starts = times(|kind| matches!(kind, EventKind::SpeechStarted { .. }).then_some(-300.0));
    let utterances = times(|kind| matches!(kind, EventKind::Utterance(_)).then_some(0.0));
    assert_eq!(starts.len(), 3);
    for (start, utterance) in starts.iter().zip(&utterances) {
        assert!(
            (start - utterance).abs() < 0.1,
            "{start} ms, {utterance} ms"
        );
    }
    for (start, truth) in starts.iter().zip([1_000.0, 5_000.0, 10_000.0]) {
        assert!((start + 300.0 - truth).abs() < 150.0, "{start} ms");
    }
}

#[test]
fn a_segmenter_without_a_detector_is_refused_with_a_remedy() {
    let lonely = manifest(
        json!([{"id": "utterances", "node_type": "UtteranceSegmenterNode"}]),
        json!([]),
    );
    let Err(complaints) = try_compile(&lonely, Format::VOICE) else {
        panic!("accepted")
    };
    assert_eq!(complaints[0].code, "no_event_input");
    assert_eq!(complaints[0].path, "nodes[0]");
    assert!(
        complaints[0].hint.contains("SileroVADNode"),
        "{complaints:?}"
    );
}
