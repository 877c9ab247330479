//! Tests of [`SPEC`] on clean speech, stuck input and packets out of step.

use super::*;
use crate::dsp::test_signal::{babble, noise, speech_48k};
use crate::node_test::Driver;
use crate::params::ParamValue::Integer;

/// What an event says: ms, tenths of the score, and the letters of the alerts.
fn told(node: &mut Driver) -> Vec<(i64, i32, String)> {
    let per_ms = i64::from(node.built.input.sample_rate) / 1_000;
    let told = node
        .events()
        .into_iter()
        .map(|(position, kind)| match kind {
            EventKind::StreamHealth {
                score,
                is_frozen,
                is_cadence_unstable,
                is_lead_shifted,
                is_health_low,
            } => {
                let letters = [
                    (is_frozen, 'f'),
                    (is_cadence_unstable, 'c'),
                    (is_lead_shifted, 'l'),
                    (is_health_low, 'h'),
                ];
                let letters = letters.iter().filter(|it| it.0).map(|it| it.1);
                (
                    position / per_ms,
                    (score * 10.0).round() as i32,
                    letters.collect(),
                )
            }
            other => panic!("{other:?}"),
        });
    told.collect()
}

/// The alerts in the order in which they changed, without the score.
fn alerts(node: &mut Driver) -> Vec<String> {
    let mut alerts: Vec<String> = told(node).into_iter().map(|it| it.2).collect();
    alerts.dedup();
    alerts
}

/// Runs noise in packets of 20 ms; `delay_ms` tells how late the packet of a time in s comes, or that it is lost.
fn run(node: &mut Driver, seconds: i64, delay_ms: impl Fn(f64) -> Option<f64>) {
    let sound = noise(9, 0.1, seconds as usize * 48_000);
    for (frame, samples) in sound.chunks(480).enumerate() {
        let ms = 10 * frame as i64;
        if let Some(delay_ms) = delay_ms(ms as f64 / 1_000.0).filter(|_| ms % 20 == 0) {
            node.arrive(MediaTime(((ms as f64 + delay_ms) * 705_600.0) as i64));
        }
        node.run_mono(samples);
    }
}

#[test]
fn clean_speech_from_a_file_or_a_steady_network_is_not_mentioned() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&speech_48k());
    assert_eq!(told(&mut node), []);
    let waits = noise(1, 2.0, 1_000);
    run(&mut node, 10, |s| {
        Some(f64::from(waits[(s * 100.0) as usize]))
    });
    assert_eq!(told(&mut node), []);
}

#[test]
fn digital_silence_and_discontinuous_transmission_are_not_frozen() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&[0.0; 480_000]);
    run(&mut node, 10, |s| {
        ((s * 100.0).round() as i64 % 40 == 0).then_some(3.0)
    });
    assert_eq!(told(&mut node), []);
}

#[test]
fn a_stuck_value_and_a_stuck_buffer_are_frozen_at_every_rate() {
    for (rate, period_ms) in [(8_000, 20), (16_000, 60), (44_100, 10), (48_000, 20)] {
        let mut node = Driver::new(&SPEC, &[], Format::mono(rate));
        let second = rate as usize;
        node.run_mono(&babble(rate, 1, 0.2, second));
        let buffer = noise(2, 0.2, second * period_ms / 1_000);
        let stuck: Vec<f32> = buffer.iter().copied().cycle().take(second).collect();
        node.run_mono(&stuck);
        node.run_mono(&noise(3, 0.2, 3 * second));
        assert_eq!(
            alerts(&mut node),
            ["f", "fh", "h", ""],
            "{rate} Hz, {period_ms} ms"
        );
        node.run_mono(&vec![0.25; second]);
        assert_eq!(told(&mut node)[0].2, "f");
    }
}

#[test]
fn no_packet_for_half_a_second_is_frozen_until_they_come_again() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    run(&mut node, 6, |s| (!(2.0..2.8).contains(&s)).then_some(0.0));
    let told = told(&mut node);
    assert_eq!((told[0].0, &told[0].2[..]), (2_500, "f"), "{told:?}");
    assert_eq!(told.last().map(|it| (it.1, &it.2[..])), Some((10, "")));
}

#[test]
fn packets_that_stay_away_until_the_input_ends_are_frozen_and_a_muted_track_is_not() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    run(&mut node, 2, |_| Some(0.0));
    node.end(EndReason::Mute);
    node.jump(60 * 48_000);
    run(&mut node, 2, |_| Some(0.0));
    assert_eq!(told(&mut node), []);
    node.end(EndReason::PacketTimeout);
    assert_eq!(told(&mut node), [(62_000, 0, "f".to_owned())]);
}

#[test]
fn a_longer_way_is_a_shift_that_becomes_usual() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    run(&mut node, 30, |s| Some(if s < 5.0 { 0.0 } else { 80.0 }));
    let told = told(&mut node);
    assert_eq!((told[0].0, &told[0].2[..]), (5_500, "l"), "{told:?}");
    assert_eq!(told.last().map(|it| (it.1, &it.2[..])), Some((10, "")));
}

#[test]
fn packets_that_come_in_pairs_are_out_of_step() {
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    run(&mut node, 10, |s| {
        let is_first = (s * 50.0).round() as i64 % 2 == 0;
        Some(if is_first && s > 5.0 { 20.0 } else { 0.0 })
    });
    let told = told(&mut node);
    assert!(told.iter().all(|it| it.0 > 5_000), "{told:?}");
    assert_eq!(told.last().map(|it| &it.2[..]), Some("ch"), "{told:?}");
}

#[test]
fn one_parameter_given_leaves_the_others_at_their_defaults() {
    let given = [("freeze_threshold_ms", Integer(2_000))];
    let mut node = Driver::new(&SPEC, &given, Format::VOICE);
    node.run_mono(&[0.25; 48_000]);
    assert_eq!(told(&mut node), []);
    node.run_mono(&[0.25; 72_000]);
    assert_eq!(told(&mut node)[0].2, "f");
}
