//! Tests of [`SPEC`] on speech, on cuts, and across gaps.

use super::*;
use crate::dsp::test_signal::{noise, speech_48k};
use crate::event::EventQueue;
use crate::node::Stamp;
use crate::node_test::Driver;
use crate::params::ParamValue::Integer;
use crate::time::MediaTime;

/// (ms, sustained, dropouts, ms of silence, count) of every event.
fn changes(node: &mut Driver) -> Vec<(i64, bool, bool, i64, u32)> {
    let per_ms = i64::from(node.built.input.sample_rate) / 1_000;
    let events = node.events().into_iter();
    let changes = events.map(|(position, kind)| match kind {
        EventKind::Silence {
            is_sustained_silence,
            has_intermittent_dropouts,
            silence_duration_ms,
            dropout_count,
            ..
        } => (
            position / per_ms,
            is_sustained_silence,
            has_intermittent_dropouts,
            silence_duration_ms as i64,
            dropout_count,
        ),
        other => panic!("{other:?}"),
    });
    changes.collect()
}

/// Speech-like loudness, and every `period` a cut of `length`, at 48 kHz.
fn with_cuts(seconds: usize, period_ms: usize, length_ms: usize) -> Vec<f32> {
    let mut sound = noise(1, 0.2, seconds * 48_000);
    for cut in sound.chunks_exact_mut(period_ms * 48) {
        cut[..length_ms * 48].fill(0.0);
    }
    sound
}

#[test]
fn in_clean_speech_the_pauses_between_sentences_are_silence_and_nothing_is_intermittent() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&speech_48k());
    let changes = changes(&mut node);
    // A synthetic voice has no room: one of its pauses is as abrupt as a cut.
    let is_calm = changes.iter().all(|change| !change.2 && change.4 <= 1);
    assert!(is_calm, "{changes:?}");
    let edges: Vec<(i64, bool)> = changes.iter().map(|change| (change.0, change.1)).collect();
    // Before, between and after the sentences, as the fixture's JSON gives them.
    let pauses = [
        (0, 1_000),
        (4_027, 5_000),
        (8_430, 10_000),
        (12_205, 14_000),
    ];
    assert_eq!(
        edges.len(),
        2 * pauses.len() - 1,
        "the last goes on: {edges:?}"
    );
    for (pair, (start, end)) in edges.chunks(2).zip(pauses) {
        assert!(pair[0].1 && pair[0].0.abs_diff(start) <= 100, "{edges:?}");
        assert!(
            pair.len() == 1 || !pair[1].1 && pair[1].0.abs_diff(end) <= 100,
            "{edges:?}"
        );
    }
}

#[test]
fn sustained_silence_begins_with_its_first_sample_and_ends_with_the_first_sound() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&[0.1; 48_000]);
    node.run_mono(&[0.0; 24_000 - 480]);
    assert_eq!(changes(&mut node), [], "490 ms are not yet sustained");
    node.run_mono(&[0.0; 24_000]);
    assert_eq!(changes(&mut node), [(1_000, true, false, 500, 0)]);
    node.run_mono(&[0.1; 4_800]);
    assert_eq!(changes(&mut node), [(1_990, false, false, 990, 0)]);
}

#[test]
fn stereo_silence_lasts_as_long_as_mono_silence() {
    let stereo = Format {
        sample_rate: 48_000,
        channels: 2,
    };
    let mut node = Driver::new(&SPEC, &[], stereo);
    node.run(&[&[0.0; 23_520], &[0.0; 23_520]]);
    assert_eq!(changes(&mut node), []);
    node.run(&[&[0.0; 480], &[0.0; 480]]);
    assert_eq!(changes(&mut node), [(0, true, false, 500, 0)]);
}

#[test]
fn three_cuts_in_five_seconds_are_intermittent_dropouts_until_they_are_past() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&[0.1; 4_800]);
    node.run_mono(&with_cuts(3, 1_000, 150));
    assert_eq!(changes(&mut node), [(2_250, false, true, 150, 3)]);
    node.run_mono(&noise(2, 0.2, 240_000));
    assert_eq!(changes(&mut node), [(5_250, false, false, 0, 2)]);
}

#[test]
fn the_verdict_is_the_same_at_every_rate() {
    let sound = with_cuts(4, 1_000, 200);
    let verdict = |step: usize| {
        let mut node = Driver::new(&SPEC, &[], Format::mono(48_000 / step as u32));
        let sound: Vec<f32> = sound.iter().copied().step_by(step).collect();
        node.run_mono(&sound);
        changes(&mut node)
    };
    let at_48k = verdict(1);
    // The first silence is where the stream begins: nothing was cut.
    assert_eq!(at_48k, [(3_200, false, true, 200, 3)]);
    for step in [2, 3, 6] {
        assert_eq!(verdict(step), at_48k);
    }
}

#[test]
fn short_cuts_rare_cuts_and_fading_pauses_are_no_dropouts() {
    for sound in [with_cuts(10, 500, 80), with_cuts(20, 2_500, 200)] {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&sound);
        assert_eq!(changes(&mut node), []);
    }
    // 60 dB in 300 ms, then silence, twice a second.
    let fading: Vec<f32> = noise(3, 0.5, 480_000)
        .iter()
        .enumerate()
        .map(|(n, sample)| sample * 10f32.powf(-((n % 24_000) as f32) / 4_800.0))
        .collect();
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&fading);
    assert_eq!(changes(&mut node), []);
}

#[test]
fn one_parameter_given_leaves_the_others_at_their_defaults() {
    let given = [("sustained_silence_ms", Integer(1_000))];
    let mut node = Driver::new(&SPEC, &given, Format::VOICE);
    node.run_mono(&[0.001; 48_000]); // -60 dBFS, below -50
    assert_eq!(changes(&mut node), [(0, true, false, 1_000, 0)]);
}

#[test]
fn skipped_media_and_the_end_of_input_end_the_silence() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&[0.0; 28_800]);
    node.jump(480_000);
    node.run_mono(&[0.0; 23_520]);
    let expected = [(0, true, false, 500, 0), (600, false, false, 600, 0)];
    assert_eq!(changes(&mut node), expected);
    node.run_mono(&[0.0; 480]);
    assert_eq!(changes(&mut node), [(10_000, true, false, 500, 0)]);

    let mut events = EventQueue::with_capacity(4);
    let stamp = Stamp {
        node: 0,
        sample_rate: 48_000,
        delay: MediaTime::ZERO,
        now: MediaTime::from_samples(504_000, 48_000),
    };
    let mut output = Output::new(None, &mut events, stamp);
    node.built
        .node
        .end_of_input(504_000, EndReason::Mute, &mut output);
    let [event] = events.as_slice() else {
        panic!("{events:?}")
    };
    let EventKind::Silence {
        is_sustained_silence,
        silence_duration_ms,
        ..
    } = event.kind
    else {
        panic!("{event:?}")
    };
    assert_eq!((is_sustained_silence, silence_duration_ms), (false, 500.0));
}
