//! Tests of [`SPEC`]: live frames against those of a whole recording.

use super::*;
use crate::dsp::log_mel::log_mel_spectrogram;
use crate::dsp::test_signal::noise;
use crate::event::EndReason;
use crate::node_test::{Driver, Given, build};
use crate::params::ParamValue::Integer;

fn payloads(driver: &mut Driver) -> Vec<(i64, Payload)> {
    let events = driver.events().into_iter().map(|(at, kind)| match kind {
        EventKind::LogMel(payload) => (at, *payload),
        other => panic!("{other:?}"),
    });
    events.collect()
}

fn listen(given: Given<'_>, samples: &[f32]) -> Vec<(i64, Payload)> {
    let mut node = Driver::new(&SPEC, given, Format::VOICE);
    node.run_mono(samples);
    node.end(EndReason::TrackEnded);
    payloads(&mut node)
}

/// All frames, normalised and turned to band after band as a whole recording is.
fn normalised(payloads: &[(i64, Payload)], mels: usize) -> Vec<f32> {
    let values: Vec<f32> = payloads
        .iter()
        .flat_map(|(_, p)| p.values.clone())
        .collect();
    let least = values.iter().copied().fold(f32::MIN, f32::max) - 8.0;
    let frames = values.len() / mels;
    let turned = (0..mels * frames).map(|at| values[at % frames * mels + at / frames]);
    turned.map(|value| (value.max(least) + 4.0) / 4.0).collect()
}

#[test]
fn live_frames_are_those_of_the_whole_recording() {
    for mels in [80, 128] {
        let recording = noise(7, 0.3, 16_000);
        let events = listen(&[("mels", Integer(mels as i64))], &recording);
        let (live, whole) = (
            normalised(&events, mels),
            log_mel_spectrogram(&recording, mels),
        );
        assert_eq!(live.len(), 100 * mels);
        assert!(live == whole, "{mels} bands");
    }
}

#[test]
fn every_interval_has_its_frames_and_their_time() {
    let events = listen(&[], &noise(8, 0.3, 8_000));
    assert_eq!(events.len(), 5);
    for (index, (at, payload)) in events.iter().enumerate() {
        assert_eq!(*at, index as i64 * 1_600);
        assert_eq!((payload.mels, payload.frames), (80, 10));
        assert_eq!(payload.first_frame, index as u64 * 10);
        assert_eq!(payload.values.len(), 800);
    }
    let events = listen(&[("interval_ms", Integer(35))], &noise(8, 0.3, 1_600));
    let frames: Vec<u32> = events.iter().map(|(_, payload)| payload.frames).collect();
    assert_eq!(frames, [3, 3, 3, 1]);
}

#[test]
fn skipped_media_begins_a_recording_of_its_own() {
    let (before, after) = (noise(9, 0.3, 4_000), noise(10, 0.3, 8_000));
    let mut node = Driver::new(&SPEC, &[], Format::VOICE);
    node.run_mono(&before);
    node.jump(160_000);
    node.run_mono(&after);
    node.end(EndReason::TrackEnded);
    let events = payloads(&mut node);
    let place = events.iter().position(|(at, _)| *at == 160_000);
    let (first, second) = events.split_at(place.expect("frames count from the jump"));
    assert!(normalised(first, 80) == log_mel_spectrogram(&before, 80));
    assert!(normalised(second, 80) == log_mel_spectrogram(&after, 80));
    assert_eq!(second[0].1.first_frame, 25);
}

#[test]
fn a_tone_is_loudest_in_its_band_and_silence_is_the_floor() {
    let tone = crate::dsp::test_signal::sine(16_000, 1_000.0, 0.5, 3_200);
    let events = listen(&[], &tone);
    let frame = &events[1].1.values[..80];
    let loudest = (0..80).max_by(|a, b| frame[*a].total_cmp(&frame[*b]));
    // 1 kHz is 15 mel of 45.25, divided by 81.
    assert_eq!(
        loudest,
        Some((15.0 / 45.245_6 * 81.0f64).round() as usize - 1)
    );
    assert!(
        listen(&[], &[0.0; 1_600])[0]
            .1
            .values
            .iter()
            .all(|value| *value == -10.0)
    );
}

#[test]
fn other_numbers_of_bands_are_refused() {
    let refused = build(&SPEC, &[("mels", Integer(100))], Format::VOICE).err();
    assert_eq!(refused.map(|error| error.param), Some("mels"));
}
