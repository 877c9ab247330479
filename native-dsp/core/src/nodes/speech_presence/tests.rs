//! Tests of [`SPEC`] with one speaker, two speakers and none.

use super::*;
use crate::dsp::test_signal::{babble, noise, speech_48k};
use crate::node_test::Driver;
use crate::params::ParamValue::{Integer, Number};
use PresenceState::{DeadAir, Overlap, Quiet, Speaking};

const STEREO: Format = Format {
    sample_rate: 48_000,
    channels: 2,
};

/// (ms, state, ms of the state before, active channels) of every event.
fn changes(node: &mut Driver) -> Vec<(i64, PresenceState, i64, u8)> {
    let per_ms = i64::from(node.built.input.sample_rate) / 1_000;
    let events = node.events().into_iter();
    let changes = events.map(|(position, kind)| match kind {
        EventKind::SpeechPresence {
            state,
            previous_duration_ms,
            active_channels,
            ..
        } => (
            position / per_ms,
            state,
            previous_duration_ms as i64,
            active_channels.0,
        ),
        other => panic!("{other:?}"),
    });
    changes.collect()
}

fn states(node: &mut Driver) -> Vec<PresenceState> {
    changes(node).into_iter().map(|change| change.1).collect()
}

/// Babble between these moments, silence before and after.
fn sound(rate: usize, length_ms: usize, from_ms: usize, to_ms: usize, seed: u64) -> Vec<f32> {
    let mut sound = vec![0.0; length_ms * rate / 1_000];
    let voice = babble(rate as u32, seed, 0.2, (to_ms - from_ms) * rate / 1_000);
    let from = from_ms * rate / 1_000;
    sound[from..from + voice.len()].copy_from_slice(&voice);
    sound
}

#[test]
fn clean_speech_is_speaking_and_quiet_in_turn_and_never_dead_air() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&speech_48k());
    let changes = changes(&mut node);
    let edges: Vec<(i64, PresenceState)> = changes.iter().map(|it| (it.0, it.1)).collect();
    // Three sentences, as the fixture's JSON gives them, some with a pause in them.
    for (start, end) in [(1_000, 4_027), (5_000, 8_430), (10_000, 12_205)] {
        let is_near = |at: i64, state| {
            let mut edges = edges.iter();
            edges.any(|edge| edge.1 == state && edge.0.abs_diff(at) <= 150)
        };
        assert!(is_near(start, Speaking) && is_near(end, Quiet), "{edges:?}");
    }
    assert!(edges.iter().all(|edge| matches!(edge.1, Speaking | Quiet)));
    assert!(edges.windows(2).all(|pair| pair[0].1 != pair[1].1));
}

#[test]
fn two_seconds_of_quiet_are_dead_air_at_every_rate() {
    for rate in [8_000, 16_000, 48_000] {
        let mut node = Driver::new(&SPEC, &[], Format::mono(rate));
        node.run_mono(&sound(rate as usize, 5_000, 500, 1_500, 1));
        let expected = [
            (500, Speaking, 500, 1),
            (1_450, Quiet, 950, 0),
            (3_450, DeadAir, 2_000, 0),
        ];
        assert_eq!(changes(&mut node), expected);
    }
}

#[test]
fn dead_air_is_over_with_the_next_word() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&sound(48_000, 5_000, 4_000, 5_000, 2));
    let expected = [(2_000, DeadAir, 2_000, 0), (4_000, Speaking, 2_000, 1)];
    assert_eq!(changes(&mut node), expected);
}

#[test]
fn two_voices_overlap_when_they_go_on_and_not_when_one_only_says_yes() {
    let (a, b) = (
        sound(48_000, 4_000, 500, 2_500, 3),
        sound(48_000, 4_000, 1_500, 3_100, 4),
    );
    let mut node = Driver::new(&SPEC, &[], STEREO);
    node.run(&[&a, &b]);
    let expected = [
        (500, Speaking, 500, 0b01),
        (1_500, Overlap, 1_000, 0b11),
        (2_450, Speaking, 950, 0b10),
        (3_050, Quiet, 600, 0),
    ];
    assert_eq!(changes(&mut node), expected);

    let brief = sound(48_000, 4_000, 1_500, 1_900, 5);
    let mut node = Driver::new(&SPEC, &[], STEREO);
    node.run(&[&a, &brief]);
    assert_eq!(states(&mut node), [Speaking, Quiet]);
}

#[test]
fn one_voice_in_both_channels_does_not_overlap() {
    let speech = speech_48k();
    let softer: Vec<f32> = speech.iter().map(|sample| 0.5 * sample).collect();
    for right in [&speech, &softer] {
        let mut node = Driver::new(&SPEC, &[], STEREO);
        node.run(&[&speech, right]);
        let changes = changes(&mut node);
        assert!(changes.iter().all(|it| it.1 != Overlap), "{changes:?}");
        assert!(changes.iter().all(|it| it.3 <= 1), "{changes:?}");
    }
}

#[test]
fn one_parameter_given_leaves_the_others_at_their_defaults() {
    let given = [("dead_air_threshold_ms", Integer(500))];
    let mut node = Driver::new(&SPEC, &given, STEREO);
    let quiet = noise(6, 0.001, 96_000); // -65 dBFS, below -50
    node.run(&[&quiet, &quiet]);
    assert_eq!(changes(&mut node), [(500, DeadAir, 500, 0)]);
}

#[test]
fn the_state_is_repeated_where_that_is_asked_for() {
    let given = [("emit_interval_ms", Number(1_000.0))];
    let mut node = Driver::new(&SPEC, &given, Format::VOICE);
    node.run_mono(&[0.0; 4 * 48_000 + 40 * 480]);
    let expected = [
        (1_000, Quiet, 1_000, 0),
        (2_000, DeadAir, 2_000, 0),
        (3_000, DeadAir, 1_000, 0),
        (4_000, DeadAir, 2_000, 0),
    ];
    assert_eq!(changes(&mut node), expected);
}

#[test]
fn skipped_media_ends_the_state_and_is_not_quiet() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&sound(48_000, 1_100, 500, 1_100, 7));
    node.jump(10 * 48_000);
    node.run_mono(&[0.0; 48_000 + 40 * 480]);
    let expected = [(500, Speaking, 500, 1), (1_050, Quiet, 550, 0)];
    assert_eq!(changes(&mut node), expected);
}
