//! Nodes that act on suspicion, behind a detector in a graph, on spoken sentences.

mod support;

use remotemedia_core::event::{Event, EventKind};
use remotemedia_core::format::Format;
use serde_json::{Value, json};
use support::{chain, compile, manifest, run};

/// The sentences of the fixture, in ms, as its JSON gives them.
const SENTENCES_MS: [(usize, usize); 3] = [(1_000, 4_027), (5_000, 8_430), (10_000, 12_205)];

/// The fixture `speech.wav`, 14 s at 48 kHz.
fn speech() -> Vec<f32> {
    const WAV: &[u8] = include_bytes!("../../../tests/fixtures/speech.wav");
    let samples = WAV[44..].as_chunks::<2>().0.iter();
    samples
        .map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / 32_768.0)
        .collect()
}

/// The real-time manifest of the system whose node names these are: a gate between two resamplers, and a detector
/// beside it. (Chunkers in front of either are left out: frames have one length here.)
fn gated_voice() -> Value {
    manifest(
        json!([
            {"id": "resample_in", "node_type": "FastResampleNode",
             "params": {"sourceRate": 48000, "targetRate": 16000, "quality": "Low", "channels": 1}},
            {"id": "vad", "node_type": "SileroVADNode",
             "params": {"threshold": 0.5, "minSpeechDurationMs": 250, "minSilenceDurationMs": 100,
                        "speechPadMs": 30, "samplingRate": 16000}},
            {"id": "gate", "node_type": "SpeculativeVADGate",
             "params": {"lookbackMs": 100, "lookaheadMs": 25, "vadThreshold": 0.5, "sampleRate": 16000,
                        "minSpeechMs": 200, "minSilenceMs": 300, "padMs": 12}},
            {"id": "resample_out", "node_type": "FastResampleNode",
             "params": {"sourceRate": 16000, "targetRate": 48000, "quality": "Low", "channels": 1}},
        ]),
        json!([
            {"from": "resample_in", "to": "gate"},
            {"from": "vad", "to": "gate"},
            {"from": "gate", "to": "resample_out"},
        ]),
    )
}

fn energy(samples: &[f32]) -> f64 {
    samples
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum()
}

#[test]
fn the_gated_voice_keeps_the_sentences_and_is_silent_between_them() {
    let mut graph = compile(&gated_voice(), Format::VOICE);
    let speech = speech();
    let latency_ms = graph.latency().to_ms();
    assert!((100.0..110.0).contains(&latency_ms), "{latency_ms}");
    let (output, events) = run(&mut graph, std::slice::from_ref(&speech));
    let latency = (latency_ms * 48.0).round() as usize;
    // What leaves `latency` later is what entered.
    let heard = &output[0][latency..];
    for (start, end) in SENTENCES_MS {
        let range = start * 48..end * 48;
        let kept = energy(&heard[range.clone()]) / energy(&speech[range]);
        // Below 8 kHz is nearly everything.
        assert!(
            (0.9..1.02).contains(&kept),
            "{kept} of the sentence at {start} ms"
        );
    }
    for pause in [200..800, 4_700..4_850, 9_000..9_800, 13_000..13_800] {
        let pause = pause.start * 48..pause.end * 48;
        assert!(energy(&heard[pause.clone()]) < 1e-6, "{pause:?}");
    }
    let confirmed = |event: &&Event| matches!(event.kind, EventKind::SpeculationConfirmed { .. });
    assert!(events.iter().filter(confirmed).count() >= SENTENCES_MS.len());
    let told = |event: &Event| matches!(event.kind, EventKind::VadProbability { .. });
    assert!(
        !events.iter().any(told),
        "what is for the nodes alone stays in the graph"
    );
}

#[test]
fn a_detector_beside_the_audio_gives_a_gate_its_events_and_not_its_audio() {
    let graph = compile(&gated_voice(), Format::VOICE);
    let plan = serde_json::to_value(graph.plan()).unwrap();
    let edges: Vec<&Value> = plan["edges"].as_array().unwrap().iter().collect();
    assert_eq!(
        *edges[0],
        json!({"from": "resample_in", "to": "gate", "audio": true, "events": true})
    );
    assert_eq!(
        *edges[1],
        json!({"from": "vad", "to": "gate", "audio": false, "events": true})
    );
    // In a row there is no other audio: the same connection carries both.
    let row = chain(&[
        json!({"id": "vad", "node_type": "RustVADNode"}),
        json!({"id": "gate", "node_type": "SpeculativeVADGate"}),
    ]);
    let plan = serde_json::to_value(compile(&row, Format::VOICE).plan()).unwrap();
    assert_eq!(plan["edges"][0]["audio"], true);
}

#[test]
fn a_pause_within_a_turn_is_one_utterance_when_the_commit_waits_for_it() {
    let utterances = |commit_delay_ms: f64| {
        let nodes = [
            json!({"id": "vad", "node_type": "SpeculativeVADCoordinator",
                   "params": {"min_silence_duration_ms": 500}}),
            json!({"id": "turns", "node_type": "SpeculativeAudioCommitNode",
                   "params": {"commit_delay_ms": commit_delay_ms}}),
        ];
        let (_, events) = run(&mut compile(&chain(&nodes), Format::VOICE), &[speech()]);
        let cancelled = |event: &&Event| matches!(event.kind, EventKind::CommitCancelled { .. });
        let cancelled = events.iter().filter(cancelled).count();
        let utterances = events.into_iter().filter_map(|event| match event.kind {
            EventKind::Utterance(utterance) => Some((event.time.to_ms(), utterance.duration_ms)),
            _ => None,
        });
        (cancelled, utterances.collect::<Vec<_>>())
    };
    // The pauses between the sentences last 1.0 and 1.6 s.
    let (cancelled, apart) = utterances(500.0);
    assert_eq!((cancelled, apart.len()), (0, 3), "{apart:?}");
    let (cancelled, turns) = utterances(1_300.0);
    assert_eq!((cancelled, turns.len()), (1, 2), "{turns:?}");
    let (start_ms, length_ms) = turns[0];
    assert!(
        (start_ms - 800.0).abs() < 150.0 && (length_ms - 7_630.0).abs() < 300.0,
        "{turns:?}"
    );
}

#[test]
fn a_gate_without_a_detector_is_refused_with_a_remedy() {
    let lonely = chain(&[json!({"id": "gate", "node_type": "SpeculativeVADGate"})]);
    let Err(complaints) = support::try_compile(&lonely, Format::VOICE) else {
        panic!("accepted")
    };
    assert_eq!(complaints[0].code, "no_event_input");
    assert!(
        complaints[0].hint.contains("SileroVADNode"),
        "{complaints:?}"
    );
}
