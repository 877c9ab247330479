//! Tests of [`SPEC`] with a script in the place of a detector.

use proptest::prelude::*;

use super::*;
use crate::event::CancelReason::{Resumed, TooShort};
use crate::event::EventKind::{CommitCancelled, CommitPending};
use crate::event::{EventKind, SpeechReason};
use crate::utterance_cutter::script::{Said, Stage, started, stopped};

/// What a commit node says, without the audio.
#[derive(Debug, PartialEq)]
enum Word {
    Pending(u32, i64),
    Cancelled(u32, i64, crate::event::CancelReason),
    /// Index, first sample, length.
    Utterance(u32, i64, i64),
}

fn words(stage: &Stage) -> Vec<Word> {
    let word = |said: &Said| match &said.kind {
        CommitPending { index, .. } => Word::Pending(*index, said.about),
        CommitCancelled { index, reason } => Word::Cancelled(*index, said.about, *reason),
        EventKind::Utterance(utterance) => {
            Word::Utterance(utterance.index, said.about, utterance.samples.len() as i64)
        }
        other => panic!("{other:?}"),
    };
    stage.said.iter().map(word).collect()
}

fn suspected(said: i64, first: i64) -> (i64, i64, EventKind) {
    let kind = EventKind::SpeculationStarted {
        probability: 0.6,
        lookback_ms: 0.0,
    };
    (said, first, kind)
}

fn misfire(said: i64, first: i64) -> (i64, i64, EventKind) {
    let kind = EventKind::SpeechMisfire {
        probability: 0.6,
        level_dbfs: -30.0,
        duration_ms: 32.0,
    };
    (said, first, kind)
}

#[test]
fn an_utterance_is_pending_for_the_delay_and_then_committed() {
    let script = vec![started(24_000, 20_000, 0.0), stopped(52_000, 49_999)];
    let mut stage = Stage::new(&SPEC, &[], script);
    stage.feed_positions(100_000);
    assert_eq!(
        words(&stage),
        [
            Word::Pending(0, 49_999),
            Word::Utterance(0, 20_000 - 3_200, 33_200)
        ]
    );
    // 1.5 s after the last sample of speech, with the frame that reaches it.
    let told = stage.said[1].told;
    assert!(
        (49_999 + 24_000..=49_999 + 24_000 + 160).contains(&told),
        "{told}"
    );
}

#[test]
fn speech_that_goes_on_within_the_delay_is_the_same_utterance_pause_included() {
    let script = vec![
        started(24_000, 20_000, 0.0),
        stopped(52_000, 49_999),
        started(66_000, 64_000, 0.0),
        stopped(90_000, 87_999),
    ];
    let mut stage = Stage::new(&SPEC, &[], script);
    stage.feed_positions(130_000);
    assert_eq!(
        words(&stage),
        [
            Word::Pending(0, 49_999),
            Word::Cancelled(0, 64_000, Resumed),
            Word::Pending(0, 87_999),
            Word::Utterance(0, 16_800, 88_000 - 16_800),
        ]
    );
    assert!(stage.last_utterance().samples == Stage::slice(16_800..88_000));
}

#[test]
fn speech_suspected_in_time_is_waited_for_and_a_false_alarm_is_not() {
    let beginning = || vec![started(24_000, 20_000, 0.0), stopped(52_000, 49_999)];
    // Begins 100 ms before the delay is over, and is confirmed 150 ms after that.
    let mut script = beginning();
    script.extend([
        suspected(73_000, 72_400),
        started(76_400, 72_400, 0.0),
        stopped(99_000, 90_000),
    ]);
    let mut stage = Stage::new(&SPEC, &[], script);
    stage.feed_positions(130_000);
    assert!(matches!(
        words(&stage)[1],
        Word::Cancelled(0, 72_400, Resumed)
    ));
    assert_eq!(words(&stage).len(), 4);

    let mut script = beginning();
    script.extend([suspected(73_000, 72_400), misfire(80_000, 72_400)]);
    let mut stage = Stage::new(&SPEC, &[], script);
    stage.feed_positions(130_000);
    assert_eq!(words(&stage).len(), 2);
    assert!((80_000..=80_160).contains(&stage.said[1].told));
}

#[test]
fn speech_after_the_delay_is_another_utterance() {
    let script = vec![
        started(24_000, 20_000, 0.0),
        stopped(52_000, 49_999),
        started(80_000, 74_100, 0.0),
        stopped(110_000, 100_000),
    ];
    let mut stage = Stage::new(&SPEC, &[], script);
    stage.feed_positions(140_000);
    let utterances: Vec<Word> = words(&stage)
        .into_iter()
        .filter(|w| matches!(w, Word::Utterance(..)))
        .collect();
    assert_eq!(
        utterances,
        [
            Word::Utterance(0, 16_800, 33_200),
            Word::Utterance(1, 70_900, 100_001 - 70_900)
        ]
    );
}

#[test]
fn what_stays_too_short_is_cancelled_and_what_is_continued_is_not() {
    let mut stage = Stage::new(
        &SPEC,
        &[],
        vec![started(24_000, 20_000, 0.0), stopped(26_000, 22_000)],
    );
    stage.feed_positions(80_000);
    assert_eq!(
        words(&stage),
        [
            Word::Pending(0, 22_000),
            Word::Cancelled(0, 22_000, TooShort)
        ]
    );

    let script = vec![
        started(24_000, 20_000, 0.0),
        stopped(26_000, 22_000),
        started(40_000, 36_000, 0.0),
        stopped(52_000, 49_999),
    ];
    let mut stage = Stage::new(&SPEC, &[], script);
    stage.feed_positions(100_000);
    assert_eq!(
        words(&stage).last(),
        Some(&Word::Utterance(0, 16_800, 33_200))
    );
}

#[test]
fn the_end_of_the_input_commits_what_is_pending() {
    let mut stage = Stage::new(
        &SPEC,
        &[],
        vec![started(24_000, 20_000, 0.0), stopped(52_000, 49_999)],
    );
    stage.feed_positions(56_000);
    stage.end(SpeechReason::TrackEnded);
    assert_eq!(
        words(&stage).last(),
        Some(&Word::Utterance(0, 16_800, 33_200))
    );
    assert_eq!(stage.last_utterance().reason, SpeechReason::Threshold);
}

#[test]
fn a_split_by_the_detector_is_no_pause() {
    let mut script = vec![
        started(24_000, 20_000, 0.0),
        stopped(36_000, 35_999),
        started(36_000, 36_000, 0.0),
    ];
    for (_, _, kind) in &mut script[1..] {
        let (EventKind::SpeechStopped { reason, .. } | EventKind::SpeechStarted { reason, .. }) =
            kind
        else {
            unreachable!()
        };
        *reason = SpeechReason::MaxDuration;
    }
    script.push(stopped(52_000, 49_999));
    let mut stage = Stage::new(&SPEC, &[], script);
    stage.feed_positions(100_000);
    assert_eq!(
        words(&stage),
        [Word::Pending(0, 49_999), Word::Utterance(0, 16_800, 33_200)]
    );
}

proptest! {
    #[test]
    fn every_pending_commit_is_resolved_once_and_utterances_are_slices_that_never_overlap(
        stretches in prop::collection::vec((0i64..60_000, 1i64..60_000, 0i64..10_000, any::<bool>()), 1..10),
        delay_ms in 0.0f64..3_000.0,
        limit_ms in 1_000.0f64..4_000.0,
    ) {
        let (mut script, mut clock) = (Vec::new(), 0);
        for (silence, speech, delay, alarm) in stretches {
            if alarm && silence > 2_000 {
                script.extend([suspected(clock + 1_000, clock + 500), misfire(clock + 2_000, clock + 500)]);
            }
            let (first, last) = (clock + silence, clock + silence + speech);
            script.push(started((first + delay).min(last), first, 0.0));
            script.push(stopped(last + delay, last));
            clock = last + delay + 1;
        }
        let given = [("commit_delay_ms", delay_ms), ("max_utterance_duration_ms", limit_ms)];
        let mut stage = Stage::new(&SPEC, &given, script);
        stage.feed_positions(clock + 320);
        stage.end(SpeechReason::TrackEnded);
        let (mut pending, mut end, mut count) = (None, 0, 0);
        for said in &stage.said {
            match &said.kind {
                CommitPending { index, .. } => {
                    prop_assert_eq!((pending.replace(*index), *index), (None, count));
                }
                CommitCancelled { index, .. } => prop_assert_eq!(pending.take(), Some(*index)),
                EventKind::Utterance(utterance) => {
                    let resolved = pending.take();
                    prop_assert!(resolved == Some(count) || resolved.is_none() && utterance.continues);
                    let first = said.about;
                    let next = first + utterance.samples.len() as i64;
                    prop_assert!(first >= end && utterance.index == count);
                    prop_assert!(utterance.samples == Stage::slice(first..next));
                    (end, count) = (next, count + 1);
                }
                other => panic!("{other:?}"),
            }
        }
        prop_assert_eq!(pending, None);
    }
}
