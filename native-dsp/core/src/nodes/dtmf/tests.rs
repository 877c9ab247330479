use super::*;
use crate::block::Block;
use crate::dsp::test_signal::{noise, sine, speech_48k};
use crate::event::Event;
use crate::graph::Graph;
use crate::manifest::Manifest;
use crate::time::MediaTime;

/// A pressed key.
#[derive(Clone, Copy)]
struct Press {
    low_hz: f64,
    high_hz: f64,
    low: f64,
    high: f64,
    ms: usize,
}

fn press(digit: char) -> Press {
    let row = KEYS.iter().position(|row| row.contains(&digit)).unwrap();
    let column = KEYS[row].iter().position(|key| *key == digit).unwrap();
    Press {
        low_hz: [697.0, 770.0, 852.0, 941.0][row],
        high_hz: [1_209.0, 1_336.0, 1_477.0, 1_633.0][column],
        low: 0.15,
        high: 0.15,
        ms: 40,
    }
}

impl Press {
    fn samples(self, rate: u32) -> Vec<f32> {
        let length = self.ms * rate as usize / 1_000;
        let low = sine(rate, self.low_hz, self.low, length);
        let high = sine(rate, self.high_hz, self.high, length);
        low.iter().zip(&high).map(|(a, b)| a + b).collect()
    }
}

fn pause(rate: u32, ms: usize) -> Vec<f32> {
    vec![0.0; ms * rate as usize / 1_000]
}

/// (start in ms, digit, duration in ms) of every digit that a graph of this rate hears.
fn heard(rate: u32, samples: &[f32]) -> Vec<(f64, char, f32)> {
    let manifest =
        serde_json::json!({"version": "v1", "nodes": [{"id": "keys", "node_type": "DtmfNode"}]});
    let manifest = Manifest::from_value(&manifest).unwrap();
    let format = Format::mono(rate);
    let mut graph = Graph::compile(&manifest, format).unwrap();
    let mut block = Block::silent(format);
    let mut digits = Vec::new();
    let mut collect = |event: Event| {
        let EventKind::Dtmf { digit, duration_ms } = event.kind else {
            panic!("{event:?}");
        };
        digits.push((event.time.to_ms(), digit, duration_ms));
    };
    for (frame, samples) in samples.chunks_exact(format.frame_samples()).enumerate() {
        block.channel_mut(0).copy_from_slice(samples);
        graph.process(MediaTime::from_ms(10 * frame as i64), &block);
        graph.drain_events().for_each(&mut collect);
    }
    graph.end_of_input(EndReason::TrackEnded);
    graph.drain_events().for_each(&mut collect);
    digits
}

fn digits(rate: u32, samples: &[f32]) -> String {
    heard(rate, samples)
        .iter()
        .map(|(_, digit, _)| digit)
        .collect()
}

fn is_heard(press: Press) -> bool {
    let samples = [pause(8_000, 100), press.samples(8_000), pause(8_000, 100)].concat();
    match digits(8_000, &samples).len() {
        0 => false,
        1 => true,
        many => panic!("{many} digits of one"),
    }
}

#[test]
fn every_key_is_heard_at_every_rate_where_and_as_long_as_it_was() {
    let keys = "1234567890*#ABCD";
    for rate in [8_000, 44_100, 48_000] {
        let mut samples = pause(rate, 100);
        for key in keys.chars() {
            samples.extend(press(key).samples(rate));
            samples.extend(pause(rate, 40));
        }
        let heard = heard(rate, &samples);
        let found: String = heard.iter().map(|(_, digit, _)| digit).collect();
        assert_eq!(found, keys, "at {rate} Hz");
        for (index, (start_ms, digit, duration_ms)) in heard.into_iter().enumerate() {
            let late = start_ms - (100 + 80 * index) as f64;
            assert!(late.abs() < 3.0, "{digit} at {rate} Hz is {late} ms late");
            assert!(
                (duration_ms - 40.0).abs() < 4.0,
                "{digit}: {duration_ms} ms at {rate} Hz"
            );
        }
    }
}

#[test]
fn digits_of_40_ms_are_heard_and_of_23_ms_are_not() {
    for key in "1590D".chars() {
        for ms in [40, 45, 100, 1_000] {
            assert!(is_heard(Press { ms, ..press(key) }), "{key}, {ms} ms");
        }
        for ms in [5, 15, 23] {
            assert!(!is_heard(Press { ms, ..press(key) }), "{key}, {ms} ms");
        }
    }
}

#[test]
fn tones_1_5_percent_off_are_heard_and_3_5_percent_off_are_not() {
    for key in "147*369D".chars() {
        let off = |low: f64, high: f64| {
            let press = press(key);
            is_heard(Press {
                low_hz: press.low_hz * (1.0 + low / 100.0),
                high_hz: press.high_hz * (1.0 + high / 100.0),
                ..press
            })
        };
        for sign in [-1.0, 1.0] {
            assert!(off(1.5 * sign, 1.5 * sign), "{key}, both {sign}");
            assert!(
                !off(3.5 * sign, 0.0) && !off(0.0, 3.5 * sign),
                "{key}, {sign}"
            );
        }
    }
}

#[test]
fn the_high_tone_may_be_4_db_above_and_8_db_below_the_low_one() {
    let twisted = |high_over_low_db: f64| {
        let high = 0.15 * 10f64.powf(high_over_low_db / 20.0);
        is_heard(Press { high, ..press('5') })
    };
    assert!(twisted(3.7) && twisted(-7.7));
    assert!(!twisted(4.5) && !twisted(-8.5));
}

#[test]
fn a_break_of_10_ms_does_not_end_a_digit_and_a_pause_of_40_ms_does() {
    let five = press('5').samples(8_000);
    let apart = |ms| {
        [
            five.clone(),
            pause(8_000, ms),
            five.clone(),
            pause(8_000, 100),
        ]
        .concat()
    };
    assert_eq!(digits(8_000, &apart(10)), "5");
    assert_eq!(digits(8_000, &apart(40)), "55");
}

#[test]
fn noise_15_db_below_does_not_hide_digits_and_alone_is_none() {
    let mut samples = pause(8_000, 200);
    for key in "0123456789".repeat(10).chars() {
        samples.extend(press(key).samples(8_000));
        samples.extend(pause(8_000, 60));
    }
    // The pair has a mean square of 0.15²; uniform noise a third of its amplitude squared.
    let amplitude = 0.15 * 3f32.sqrt() * 10f32.powf(-15.0 / 20.0);
    let hiss = noise(3, amplitude, samples.len());
    let noisy: Vec<f32> = samples.iter().zip(&hiss).map(|(a, b)| a + b).collect();
    assert_eq!(digits(8_000, &noisy), "0123456789".repeat(10));
    assert_eq!(digits(8_000, &noise(4, 0.5, 160_000)), "");
}

#[test]
fn speech_is_no_digit() {
    assert_eq!(digits(48_000, &speech_48k()), "");
}

#[test]
fn the_end_of_input_ends_a_digit() {
    let samples = [
        pause(8_000, 50),
        Press {
            ms: 70,
            ..press('#')
        }
        .samples(8_000),
    ]
    .concat();
    let heard = heard(8_000, &samples);
    assert_eq!(heard.len(), 1);
    assert!(
        heard[0].1 == '#' && (heard[0].2 - 70.0).abs() < 4.0,
        "{heard:?}"
    );
}
