//! Tests of [`SPEC`] with a script of probabilities in the place of a detector.

use super::*;
use crate::event::{Event, EventQueue};
use crate::node::Stamp;
use crate::node_test::build;
use crate::params::ParamValue::Number;
use crate::time::MediaTime;

const RATE: u32 = 16_000;
const FRAME: i64 = 160;
/// As Silero judges.
const WINDOW: i64 = 512;

/// What came out of a gate.
struct Run {
    audio: Vec<f32>,
    /// (position it is about, position at which it was said, kind).
    events: Vec<(i64, i64, EventKind)>,
}

/// Feeds `ms` of samples that are all 1, with the windows of a detector that says `probability(window)`.
fn run(given: &[(&str, f64)], ms: i64, probability: impl Fn(i64) -> f32) -> Run {
    let given: Vec<_> = given
        .iter()
        .map(|(name, value)| (*name, Number(*value)))
        .collect();
    let format = Format::mono(RATE);
    let mut node = build(&SPEC, &given, format)
        .unwrap_or_else(|error| panic!("{error:?}"))
        .node;
    let (mut input, mut audio) = (Block::silent(format), Block::silent(format));
    input.planes_mut().fill(1.0);
    let mut queue = EventQueue::with_capacity(16);
    let mut run = Run {
        audio: Vec::new(),
        events: Vec::new(),
    };
    for position in (0..ms * 16).step_by(FRAME as usize) {
        let end = position + FRAME;
        let windows = (position / WINDOW..end / WINDOW).map(|window| Event {
            node: 1,
            time: MediaTime::from_samples((window + 1) * WINDOW, RATE),
            detected: MediaTime::from_samples(end, RATE),
            internal: true,
            kind: EventKind::VadProbability {
                probability: probability(window),
                speech: false,
            },
        });
        let windows: Vec<Event> = windows.collect();
        let stamp = Stamp {
            node: 0,
            sample_rate: RATE,
            delay: MediaTime::ZERO,
            now: MediaTime::from_samples(end, RATE),
        };
        let mut output = Output::new(Some(&mut audio), &mut queue, stamp);
        node.process(&Input::with_events(&input, position, &windows), &mut output);
        run.audio.extend_from_slice(audio.channel(0));
        let said = queue
            .drain()
            .map(|event| (event.time.to_samples(RATE), end, event.kind));
        run.events.extend(said);
    }
    run
}

/// Windows that are speech.
fn speech(windows: std::ops::Range<i64>) -> impl Fn(i64) -> f32 {
    move |window| if windows.contains(&window) { 0.9 } else { 0.1 }
}

/// The stretches of the input, in samples, that came out, `delay` samples later, at least half as loud.
fn let_through(audio: &[f32], delay: i64) -> Vec<(i64, i64)> {
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    let loud = audio
        .iter()
        .enumerate()
        .filter(|(_, sample)| **sample >= 0.5);
    for (n, _) in loud {
        let at = n as i64 - delay;
        match stretches.last_mut() {
            Some((_, end)) if *end == at => *end = at + 1,
            _ => stretches.push((at, at + 1)),
        }
    }
    stretches
}

#[test]
fn speech_is_let_through_from_before_its_start_until_the_padding_after_its_end() {
    // From 0.96 s to 1.92 s.
    let run = run(&[("min_silence_ms", 300.0)], 4_000, speech(30..60));
    let (first, last) = (30 * WINDOW, 60 * WINDOW - 1);
    let [(from, to)] = let_through(&run.audio, 2_400)[..] else {
        panic!("one stretch")
    };
    // The suspicion is told with the frame in which its window ends, at 31 * 512 = 99 * 160 + 32.
    let heard_at = 99 * FRAME;
    assert!((from - (heard_at - 2_400)).abs() <= 40, "{from}");
    assert!(from < first);
    // It closes where the padding ends, or late by what the detector needs beyond the delay: 300 - 150 ms.
    let closes_at = last + 1 + 4_800 - 2_400;
    assert!((to - closes_at).abs() <= WINDOW + FRAME, "{to}");

    let [
        (suspected, told, ref start),
        (confirmed, _, ref confirmation),
    ] = run.events[..]
    else {
        panic!("{:?}", run.events)
    };
    assert_eq!(
        (suspected, told, confirmed),
        (first, heard_at + FRAME, first)
    );
    let EventKind::SpeculationStarted { lookback_ms, .. } = *start else {
        panic!("{start:?}")
    };
    assert_eq!(
        f64::from(lookback_ms),
        (first - (heard_at - 2_400)) as f64 / 16.0
    );
    assert!(matches!(
        confirmation,
        EventKind::SpeculationConfirmed { .. }
    ));
}

#[test]
fn with_a_delay_longer_than_the_silence_it_closes_exactly_after_the_padding() {
    let given = [
        ("lookback_ms", 400.0),
        ("min_silence_ms", 100.0),
        ("pad_ms", 50.0),
    ];
    let run = run(&given, 4_000, speech(30..60));
    let [(_, to)] = let_through(&run.audio, 6_400)[..] else {
        panic!("one stretch")
    };
    // Half-way through the fade.
    assert!((to - (60 * WINDOW + 800 + 40)).abs() <= 2, "{to}");
}

#[test]
fn without_delay_nothing_is_delayed_and_the_first_window_is_lost() {
    let run = run(&[("lookback_ms", 0.0)], 3_000, speech(30..60));
    let [(from, _)] = let_through(&run.audio, 0)[..] else {
        panic!("one stretch")
    };
    assert!(
        (30 * WINDOW + 480..=30 * WINDOW + 672).contains(&from),
        "{from}"
    );
}

#[test]
fn a_click_is_cancelled_and_the_stretch_to_take_back_is_what_was_let_through() {
    for lookback_ms in [0.0, 20.0, 150.0, 500.0] {
        let delay = (lookback_ms * 16.0) as i64;
        let run = run(&[("lookback_ms", lookback_ms)], 3_000, speech(30..31));
        let [
            (first, _, EventKind::SpeculationStarted { .. }),
            (again, told, ref cancelled),
        ] = run.events[..]
        else {
            panic!("{:?}", run.events)
        };
        assert_eq!((first, again), (30 * WINDOW, 30 * WINDOW));
        let EventKind::SpeculationCancelled { from_ms, to_ms, .. } = *cancelled else {
            panic!("{cancelled:?}")
        };
        // Two silent windows are more than 50 ms.
        assert!((33 * WINDOW..33 * WINDOW + FRAME).contains(&told));
        let [(from, to)] = let_through(&run.audio, delay)[..] else {
            panic!("{lookback_ms}")
        };
        assert!(
            (from_ms * 16.0 - from as f64).abs() <= 41.0,
            "{lookback_ms}"
        );
        assert!((to_ms * 16.0 - to as f64).abs() <= 41.0, "{lookback_ms}");
    }
}

#[test]
fn a_suspicion_while_it_is_still_open_takes_nothing_of_the_speech_before_back() {
    // Speech, a pause that ends it, a click while the gate is open for the padding.
    let given = [("pad_ms", 1_000.0)];
    let probability = |window| {
        if (30..60).contains(&window) || window == 66 {
            0.9
        } else {
            0.1
        }
    };
    let run = run(&given, 4_000, probability);
    let stretches = let_through(&run.audio, 2_400);
    let [(_, to)] = stretches[..] else {
        panic!("{stretches:?}")
    };
    let padded = 60 * WINDOW + 16_000;
    assert!((to - padded).abs() <= 41, "{to}, {padded}");
    let Some((_, _, EventKind::SpeculationCancelled { from_ms, .. })) = run.events.last() else {
        panic!("{:?}", run.events)
    };
    assert_eq!(*from_ms, padded as f64 / 16.0);
}

#[test]
fn speech_passes_bit_for_bit_and_silence_is_silence() {
    let run = run(&[], 3_000, speech(30..60));
    let gains = |range: std::ops::Range<usize>| run.audio[range].iter();
    assert!(gains(0..90 * 160).all(|sample| *sample == 0.0));
    assert!(gains(18_000..30_000).all(|sample| *sample == 1.0));
    assert!(gains(40_000..48_000).all(|sample| *sample == 0.0));
}
