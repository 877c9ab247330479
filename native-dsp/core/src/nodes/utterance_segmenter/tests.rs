//! Tests of [`SPEC`] with a script in the place of a detector.

use std::ops::Range;

use proptest::prelude::*;

use super::SPEC;
use super::segmenter::FORMAT;
use crate::block::Block;
use crate::event::{EndReason, Event, EventKind, EventQueue, SpeechReason, Utterance};
use crate::format::Format;
use crate::node::{Input, Node, Output, Stamp};
use crate::node_test::build;
use crate::params::ParamValue::Number;
use crate::time::MediaTime;

/// What a detector says: (position at which it is said, position it is about, kind).
type Script = Vec<(i64, i64, EventKind)>;

fn started(said: i64, first: i64, prefix_padding_ms: f32) -> (i64, i64, EventKind) {
    let kind = EventKind::SpeechStarted {
        probability: 0.75,
        level_dbfs: -20.0,
        reason: SpeechReason::Threshold,
        prefix_padding_ms,
    };
    (said, first, kind)
}

fn stopped(said: i64, last: i64) -> (i64, i64, EventKind) {
    let kind = EventKind::SpeechStopped {
        probability: 0.1,
        level_dbfs: -60.0,
        reason: SpeechReason::Threshold,
        duration_ms: 0.0,
    };
    (said, last, kind)
}

/// A sample that tells its position, for the first 2 s and then again.
fn sample_at(position: i64) -> i16 {
    (position % 32_000 - 16_000) as i16
}

fn slice(range: Range<i64>) -> Vec<i16> {
    range.map(sample_at).collect()
}

/// A segmenter, the positions that it is fed, and what it gave.
struct Stage {
    node: Box<dyn Node>,
    position: i64,
    script: Script,
    utterances: Vec<(i64, Utterance)>,
}

impl Stage {
    fn new(given: &[(&str, f64)], script: Script) -> Self {
        let given: Vec<_> = given
            .iter()
            .map(|(name, value)| (*name, Number(*value)))
            .collect();
        let built = build(&SPEC, &given, Format::VOICE).unwrap_or_else(|error| panic!("{error:?}"));
        Self {
            node: built.node,
            position: 0,
            script,
            utterances: Vec::new(),
        }
    }

    /// Feeds frames up to `end`, of samples that `sample` makes from positions.
    fn feed(&mut self, end: i64, sample: impl Fn(i64) -> f32) {
        let mut audio = Block::silent(FORMAT);
        while self.position < end {
            for (n, value) in audio.channel_mut(0).iter_mut().enumerate() {
                *value = sample(self.position + n as i64);
            }
            let next = self.position + 160;
            let mut heard = Vec::new();
            while self.script.first().is_some_and(|(said, ..)| *said < next) {
                let (_, about, kind) = self.script.remove(0);
                let time = MediaTime::from_samples(about, 16_000);
                heard.push(Event {
                    node: 1,
                    time,
                    detected: time,
                    kind,
                });
            }
            let input = Input::with_events(&audio, self.position, &heard);
            self.act(|node, output| node.process(&input, output));
            self.position = next;
        }
    }

    /// Feeds samples that tell their positions.
    fn feed_positions(&mut self, end: i64) {
        self.feed(end, |position| f32::from(sample_at(position)) / 32_768.0);
    }

    fn act(&mut self, act: impl FnOnce(&mut dyn Node, &mut Output<'_>)) {
        let mut events = EventQueue::with_capacity(8);
        let stamp = Stamp {
            node: 0,
            sample_rate: 16_000,
            delay: MediaTime::ZERO,
            now: MediaTime::from_samples(self.position, 16_000),
        };
        act(
            self.node.as_mut(),
            &mut Output::new(None, &mut events, stamp),
        );
        for event in events.drain() {
            let EventKind::Utterance(utterance) = event.kind else {
                panic!("{event:?}")
            };
            self.utterances
                .push((event.time.to_samples(16_000), *utterance));
        }
    }
}

#[test]
fn an_utterance_is_the_input_from_pre_roll_to_the_last_sample_of_speech() {
    let script = vec![started(24_000, 20_001, 300.0), stopped(60_000, 51_233)];
    let mut stage = Stage::new(&[], script);
    stage.feed_positions(80_000);
    let [(first, utterance)] = &stage.utterances[..] else {
        panic!("one utterance")
    };
    assert_eq!(*first, 20_001 - 4_800);
    assert!(utterance.samples == slice(*first..51_234));
    assert_eq!(utterance.duration_ms, (51_234 - first) as f32 / 16.0);
    assert_eq!((utterance.index, utterance.continues), (0, false));
    assert_eq!(utterance.reason, SpeechReason::Threshold);
    assert_eq!(utterance.probability, 0.75);
}

#[test]
fn its_own_pre_roll_rules_over_the_detectors() {
    let script = vec![started(24_000, 20_000, 300.0), stopped(60_000, 50_000)];
    let mut stage = Stage::new(&[("pre_roll_ms", 100.0)], script);
    stage.feed_positions(80_000);
    assert_eq!(stage.utterances[0].0, 20_000 - 1_600);
}

#[test]
fn pre_roll_never_reaches_before_the_stream_or_into_the_utterance_before() {
    let script = vec![
        started(6_000, 1_000, 300.0),
        stopped(16_000, 9_999),
        started(20_000, 12_000, 300.0),
        stopped(40_000, 30_000),
    ];
    let mut stage = Stage::new(&[], script);
    stage.feed_positions(50_000);
    let firsts: Vec<i64> = stage.utterances.iter().map(|(first, _)| *first).collect();
    assert_eq!(firsts, [0, 10_000]);
}

#[test]
fn speech_below_the_minimum_is_dropped_and_does_not_count() {
    let script = vec![
        started(9_000, 8_000, 300.0),
        stopped(18_000, 11_998),
        started(40_000, 36_000, 300.0),
        stopped(60_000, 39_999),
    ];
    let mut stage = Stage::new(&[], script);
    stage.feed_positions(80_000);
    assert_eq!(stage.utterances.len(), 1);
    assert_eq!(stage.utterances[0].1.index, 0);
    assert_eq!(stage.utterances[0].0, 36_000 - 4_800);
}

#[test]
fn long_speech_is_split_in_its_pause_and_nothing_is_lost() {
    let script = vec![started(4_000, 0, 0.0), stopped(70_000, 63_999)];
    let given = [("max_utterance_duration_s", 2.0), ("split_search_s", 1.0)];
    let mut stage = Stage::new(&given, script);
    // A pause of 50 ms at 1.3 s; the next at 2.8 s.
    let is_pause = |position: i64| position % 24_000 >= 20_800 && position % 24_000 < 21_600;
    let sample = |position: i64| if is_pause(position) { 0.001 } else { 0.5 };
    stage.feed(80_000, sample);
    let cuts: Vec<i64> = stage.utterances.iter().map(|(first, _)| *first).collect();
    assert_eq!(cuts.len(), 3);
    assert!(is_pause(cuts[1]) && is_pause(cuts[2]), "{cuts:?}");
    let continues: Vec<bool> = stage.utterances.iter().map(|(_, u)| u.continues).collect();
    assert_eq!(continues, [true, true, false]);
    let all: Vec<i16> = stage
        .utterances
        .iter()
        .flat_map(|(_, u)| u.samples.clone())
        .collect();
    let expected = (0..64_000).map(|position| (sample(position) * 32_768.0).round() as i16);
    assert!(all == expected.collect::<Vec<_>>());
}

#[test]
fn a_split_by_the_detector_continues_without_a_gap() {
    let mut script = vec![started(24_000, 20_000, 300.0)];
    let (mut stop, mut start) = (stopped(36_000, 35_999), started(36_000, 36_000, 300.0));
    let EventKind::SpeechStopped { reason, .. } = &mut stop.2 else {
        unreachable!()
    };
    *reason = SpeechReason::MaxDuration;
    let EventKind::SpeechStarted { reason, .. } = &mut start.2 else {
        unreachable!()
    };
    *reason = SpeechReason::MaxDuration;
    script.extend([stop, start, stopped(50_000, 36_100)]);
    let mut stage = Stage::new(&[], script);
    stage.feed_positions(60_000);
    let parts: Vec<_> = stage
        .utterances
        .iter()
        .map(|(first, u)| (*first, u.samples.len(), u.continues))
        .collect();
    assert_eq!(parts, [(15_200, 20_800, true), (36_000, 101, false)]);
}

#[test]
fn the_end_of_the_input_ends_the_utterance() {
    let mut stage = Stage::new(&[], vec![started(24_000, 20_000, 0.0)]);
    stage.feed_positions(32_000);
    stage.act(|node, output| node.end_of_input(32_000, EndReason::Mute, output));
    let (first, utterance) = &stage.utterances[0];
    assert!(utterance.samples == slice(*first..32_000));
    assert_eq!(utterance.reason, SpeechReason::Mute);
    // And leaves nothing behind.
    stage.position = 500_000;
    stage.feed_positions(532_000);
    assert_eq!(stage.utterances.len(), 1);
}

#[test]
fn audio_that_comes_later_than_the_detectors_word_is_waited_for() {
    let script = vec![started(20_000, 20_500, 0.0), stopped(40_000, 40_799)];
    let mut stage = Stage::new(&[], script);
    stage.feed_positions(60_000);
    let (first, utterance) = &stage.utterances[0];
    assert_eq!(*first, 20_500);
    assert!(utterance.samples == slice(20_500..40_800));
}

#[test]
fn a_short_gap_is_silence_and_a_long_one_ends_the_utterance() {
    let script = vec![started(16_000, 16_000, 0.0)];
    let mut stage = Stage::new(&[], script);
    stage.feed_positions(24_000);
    stage.position = 25_600;
    stage.feed_positions(32_000);
    stage.position = 320_000;
    stage.feed_positions(324_000);
    let (first, utterance) = &stage.utterances[0];
    assert_eq!((*first, utterance.samples.len()), (16_000, 16_000));
    assert!(utterance.samples[..8_000] == slice(16_000..24_000));
    assert!(utterance.samples[8_000..9_600] == [0; 1_600]);
    assert!(utterance.samples[9_600..] == slice(25_600..32_000));
    assert_eq!(utterance.reason, SpeechReason::PacketTimeout);
}

#[test]
fn a_search_as_long_as_the_utterance_is_refused() {
    let given = [
        ("max_utterance_duration_s", Number(3.0)),
        ("split_search_s", Number(3.0)),
    ];
    let error = build(&SPEC, &given, Format::VOICE).err();
    assert_eq!(error.map(|error| error.param), Some("split_search_s"));
}

proptest! {
    #[test]
    fn utterances_are_slices_of_the_input_in_order_and_never_overlap(
        stretches in prop::collection::vec((0i64..40_000, 1i64..60_000, 0i64..10_000, 0.0f32..2_000.0), 1..8),
        limit_s in 1.0f64..4.0,
    ) {
        let (mut script, mut clock) = (Vec::new(), 0);
        for (silence, speech, delay, padding_ms) in stretches {
            let (first, last) = (clock + silence, clock + silence + speech);
            script.push(started((first + delay).min(last), first, padding_ms));
            script.push(stopped(last + delay, last));
            clock = last + delay + 1;
        }
        let given = [("max_utterance_duration_s", limit_s), ("split_search_s", 0.5)];
        let mut stage = Stage::new(&given, script);
        stage.feed_positions(clock + 320);
        stage.act(|node, output| node.end_of_input(0, EndReason::TrackEnded, output));
        let mut end = 0;
        for (index, (first, utterance)) in stage.utterances.iter().enumerate() {
            let length = utterance.samples.len() as i64;
            prop_assert!(*first >= end && utterance.index == index as u32);
            prop_assert!(length as f64 <= limit_s * 16_000.0 + 160.0);
            prop_assert!(utterance.samples == slice(*first..first + length));
            end = first + length;
        }
    }
}
