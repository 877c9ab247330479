//! Tests of [`SPEC`] on spoken sentences at known times.

use super::*;
use crate::dsp::test_signal::noise;
use crate::event::{EndReason, EventKind, EventQueue, SpeechReason};
use crate::node::{Output, Stamp};
use crate::node_test::{Driver, build};
use crate::params::ParamValue::{Flag, Number};
use crate::time::MediaTime;

/// First and last millisecond of the sentences in the fixture, as its JSON gives them.
const SENTENCES_MS: [(i64, i64); 3] = [(1_000, 4_027), (5_000, 8_430), (10_000, 12_195)];

/// The fixture `speech-noisy.wav`, 14 s at 16 kHz.
fn speech() -> Vec<f32> {
    const WAV: &[u8] = include_bytes!("../../../../../tests/fixtures/speech-noisy.wav");
    let samples = WAV[44..].as_chunks::<2>().0.iter();
    samples
        .map(|bytes| f32::from(i16::from_le_bytes(*bytes)) / 32_768.0)
        .collect()
}

/// (type, position in ms) of starts, stops and misfires.
fn changes(node: &mut Driver) -> Vec<(&'static str, i64)> {
    let events = node.events().into_iter();
    let named = events.filter_map(|(position, kind)| {
        let name = match kind {
            EventKind::SpeechStarted { .. } => "started",
            EventKind::SpeechStopped { .. } => "stopped",
            EventKind::SpeechMisfire { .. } => "misfire",
            _ => return None,
        };
        Some((name, position / 16))
    });
    named.collect()
}

fn probabilities(node: &mut Driver) -> Vec<(i64, f32)> {
    let events = node.events().into_iter();
    let probabilities = events.filter_map(|(position, kind)| match kind {
        EventKind::VadProbability { probability, .. } => Some((position, probability)),
        _ => None,
    });
    probabilities.collect()
}

fn assert_finds_the_sentences(node: &mut Driver) {
    let changes = changes(node);
    assert_eq!(changes.len(), 2 * SENTENCES_MS.len(), "{changes:?}");
    for (change, (start_ms, end_ms)) in changes.chunks(2).zip(SENTENCES_MS) {
        let [(started, first_ms), (stopped, last_ms)] = *change else {
            panic!("pairs")
        };
        assert_eq!((started, stopped), ("started", "stopped"));
        assert!((first_ms - start_ms).abs() <= 150, "{changes:?}");
        assert!((last_ms - end_ms).abs() <= 150, "{changes:?}");
    }
}

#[test]
fn each_sentence_starts_and_stops_within_150_ms_of_the_truth() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    assert_eq!(node.built.input, Format::mono(16_000));
    node.run_mono(&speech());
    assert_finds_the_sentences(&mut node);
}

#[test]
fn ten_minutes_later_every_sentence_is_still_found() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    let speech = speech();
    for round in 0..43 {
        node.run_mono(&speech);
        let changes = changes(&mut node);
        assert_eq!(changes.len(), 2 * SENTENCES_MS.len(), "round {round}");
        for (change, (start_ms, _)) in changes.iter().step_by(2).zip(SENTENCES_MS) {
            let error_ms = change.1 - round * 14_000 - start_ms;
            assert!(error_ms.abs() <= 150, "round {round}: {changes:?}");
        }
    }
}

#[test]
fn speech_30_db_lower_is_found_with_the_normaliser() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    let quiet: Vec<f32> = speech().iter().map(|sample| sample * 0.0316).collect();
    node.run_mono(&quiet);
    assert_finds_the_sentences(&mut node);
}

#[test]
fn silence_and_steady_noise_of_any_level_are_not_speech() {
    for amplitude in [0.0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5] {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&noise(7, amplitude, 16_000 * 10));
        assert_eq!(changes(&mut node), [], "noise of {amplitude}");
    }
}

#[test]
fn a_window_is_judged_every_512_samples_whatever_the_frames() {
    let mut node = Driver::new(&SPEC, &[("emit_probability", Flag(true))], Format::VOICE);
    node.run_mono(&speech()[..16_000]);
    let positions: Vec<i64> = probabilities(&mut node).iter().map(|(at, _)| *at).collect();
    let expected: Vec<i64> = (1..=31).map(|window| window * 512).collect();
    assert_eq!(positions, expected);
}

#[test]
fn the_network_gives_the_probabilities_of_the_published_model() {
    let mut network = SileroNetwork::new();
    let probabilities: Vec<f32> = speech()
        .as_chunks()
        .0
        .iter()
        .map(|window| network.probability(window))
        .collect();
    // From the ONNX file run by onnxruntime: silence, an onset, speech, a pause, silence.
    for (window, expected) in REFERENCE {
        let found = probabilities[window];
        assert!((found - expected).abs() < 1e-5, "window {window}: {found}");
    }
}

const REFERENCE: [(usize, f32); 6] = [
    (5, 0.009_999_275),
    (31, 0.803_044_1),
    (60, 0.116_436_3),
    (140, 0.012_425_93),
    (200, 0.999_974_25),
    (420, 0.004_937_559),
];

#[test]
fn thresholds_and_durations_change_the_verdict() {
    let stops = |given: &[(&str, _)]| {
        let mut node = Driver::new(&SPEC, given, Format::VOICE);
        node.run_mono(&speech());
        changes(&mut node)
    };
    let default = stops(&[]);
    // A pause that no sentence has: one long speech which never stops.
    assert_eq!(
        stops(&[("min_silence_duration_ms", Number(5_000.0))]).len(),
        1
    );
    // Longer than any sentence: nothing but misfires.
    let misfires = stops(&[("min_speech_duration_ms", Number(5_000.0))]);
    assert!(misfires.iter().all(|(name, _)| *name == "misfire") && misfires.len() == 3);
    // The first start is announced at the same place however early it is confirmed.
    assert_eq!(
        stops(&[("min_speech_duration_ms", Number(50.0))])[0],
        default[0]
    );
    let strict = stops(&[("threshold", Number(0.99)), ("neg_threshold", Number(0.98))]);
    assert_ne!(strict, default);
}

#[test]
fn long_speech_is_split_at_the_limit() {
    let given = [
        ("max_speech_duration_s", Number(1.0)),
        ("emit_probability", Flag(true)),
    ];
    let mut node = Driver::new(&SPEC, &given, Format::VOICE);
    node.run_mono(&speech()[..16_000 * 5]);
    let changes = changes(&mut node);
    assert_eq!(changes[1], ("stopped", changes[0].1 + 999));
    assert_eq!(changes[2], ("started", changes[0].1 + 1_000));
}

#[test]
fn the_end_of_the_input_stops_speech_at_once_and_says_why() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&speech()[..16_000 * 2]);
    assert_eq!(node.events().len(), 1);
    let mut events = EventQueue::with_capacity(4);
    let stamp = Stamp {
        node: 0,
        sample_rate: 16_000,
        delay: MediaTime::ZERO,
        now: MediaTime::from_ms(2_000),
    };
    let mut output = Output::new(None, &mut events, stamp);
    let node = &mut node.built.node;
    node.end_of_input(32_000, EndReason::Mute, &mut output);
    node.end_of_input(32_000, EndReason::TrackEnded, &mut output);
    let heard: Vec<_> = events.drain().filter(|event| !event.internal).collect();
    let [event] = &heard[..] else {
        panic!("{events:?}")
    };
    assert_eq!(event.time.to_samples(16_000), 31_999);
    assert!(matches!(
        event.kind,
        EventKind::SpeechStopped {
            reason: SpeechReason::Mute,
            ..
        }
    ));
}

#[test]
fn skipped_media_moves_the_times_and_a_long_gap_stops_speech() {
    let speech = speech();
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.jump(160_000);
    node.run_mono(&speech[..32_000]);
    node.jump(240_000);
    node.run_mono(&speech[32_000..16_000 * 5]);
    let changes = changes(&mut node);
    assert_eq!(changes.len(), 4, "{changes:?}");
    assert!((changes[0].1 - 11_000).abs() <= 150);
    assert_eq!(changes[1], ("stopped", 11_999));
    assert!((changes[2].1 - 15_000).abs() <= 150);
}

#[test]
fn garbage_does_not_deafen_it() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    let garbage = [f32::NAN, f32::INFINITY, f32::MAX, 1e-42, -1e30];
    let garbage: Vec<f32> = garbage.iter().copied().cycle().take(1_600).collect();
    node.run_mono(&garbage);
    node.events();
    node.jump(0);
    node.run_mono(&speech());
    assert_finds_the_sentences(&mut node);
}

#[test]
fn a_reset_node_repeats_itself() {
    let mut node = Driver::new(&SPEC, &[("emit_probability", Flag(true))], Format::VOICE);
    let speech = speech();
    node.run_mono(&speech[..50_000]);
    let first = probabilities(&mut node);
    node.built.node.reset();
    node.jump(0);
    node.run_mono(&speech[..50_000]);
    assert_eq!(probabilities(&mut node), first);
}

#[test]
fn contradictory_parameters_are_refused_by_name() {
    let above = [("threshold", Number(0.3)), ("neg_threshold", Number(0.4))];
    let error = build(&SPEC, &above, Format::VOICE)
        .err()
        .map(|error| error.param);
    assert_eq!(error, Some("neg_threshold"));
    let short = [
        ("max_speech_duration_s", Number(1.0)),
        ("min_speech_duration_ms", Number(2_000.0)),
    ];
    let error = build(&SPEC, &short, Format::VOICE)
        .err()
        .map(|error| error.param);
    assert_eq!(error, Some("max_speech_duration_s"));
}
