//! Tests of [`SPEC`] on samples that tell their positions.

use proptest::prelude::*;

use super::*;
use crate::event::EndReason;
use crate::node_test::{Driver, Given, build};
use crate::params::ParamValue::{Flag, Integer};

const STEREO: Format = Format {
    sample_rate: 16_000,
    channels: 2,
};

fn counted(length: usize, from: f32) -> Vec<f32> {
    (0..length).map(|n| from + n as f32).collect()
}

fn chunks(driver: &mut Driver) -> Vec<(i64, AudioChunk)> {
    let events = driver.events().into_iter().map(|(at, kind)| match kind {
        EventKind::AudioChunk(chunk) => (at, *chunk),
        other => panic!("{other:?}"),
    });
    events.collect()
}

fn driver(given: Given<'_>, format: Format) -> Driver {
    Driver::new(&SPEC, given, format)
}

#[test]
fn chunks_have_exactly_the_size_and_hold_the_audio_bit_for_bit() {
    let mut node = driver(&[], STEREO);
    let (left, right) = (counted(1_600, 0.0), counted(1_600, 0.5));
    node.run(&[&left, &right]);
    let given = chunks(&mut node);
    assert_eq!(given.len(), 3, "1600 / 512");
    for (index, (first, chunk)) in given.iter().enumerate() {
        let range = index * 512..(index + 1) * 512;
        assert_eq!(*first, range.start as i64);
        assert_eq!((chunk.index, chunk.length_samples), (index as u32, 512));
        assert_eq!((chunk.channels, chunk.audio_sample_rate), (2, 16_000));
        assert!(!chunk.is_partial && chunk.duration_ms == 32.0);
        assert!(chunk.samples == [&left[range.clone()], &right[range]].concat());
    }
}

#[test]
fn the_remainder_is_given_at_the_end_and_marked() {
    let audio = counted(1_600, 0.0);
    let mut node = driver(&[], Format::mono(16_000));
    node.run_mono(&audio);
    node.end(EndReason::TrackEnded);
    let given = chunks(&mut node);
    let (first, last) = given.last().unwrap();
    assert_eq!(
        (*first, last.length_samples, last.is_partial),
        (1_536, 64, true)
    );
    assert!(last.samples == audio[1_536..]);

    let mut node = driver(&[("flush_remainder", Flag(false))], Format::mono(16_000));
    node.run_mono(&audio);
    node.end(EndReason::TrackEnded);
    assert_eq!(chunks(&mut node).len(), 3);
}

#[test]
fn skipped_media_ends_a_chunk_and_begins_another() {
    let mut node = driver(&[], Format::mono(16_000));
    node.run_mono(&counted(640, 0.0));
    node.jump(10_000);
    node.run_mono(&counted(640, 10_000.0));
    let given = chunks(&mut node);
    let places: Vec<_> = given
        .iter()
        .map(|(first, chunk)| (*first, chunk.length_samples, chunk.is_partial))
        .collect();
    let expected = [(0, 512, false), (512, 128, true), (10_000, 512, false)];
    assert_eq!(places, expected);
    assert!(
        given
            .iter()
            .all(|(first, chunk)| chunk.samples[0] == *first as f32)
    );
}

#[test]
fn chunks_may_overlap_and_an_overlap_alone_is_no_remainder() {
    let given = [("chunk_size", Integer(400)), ("overlap", Integer(240))];
    let mut node = driver(&given, Format::mono(16_000));
    node.run_mono(&counted(1_040 / 160 * 160, 0.0));
    node.end(EndReason::TrackEnded);
    let firsts: Vec<i64> = chunks(&mut node)
        .iter()
        .map(|(first, chunk)| {
            assert!(chunk.samples[0] == *first as f32);
            *first
        })
        .collect();
    // 960 samples: the last whole chunk is 480 to 880, and 80 new samples remain, with 240 known ones before.
    assert_eq!(firsts, [0, 160, 320, 480, 640]);

    let given = [("chunk_size", Integer(320)), ("overlap", Integer(160))];
    let mut node = driver(&given, Format::mono(16_000));
    node.run_mono(&counted(320, 0.0));
    node.end(EndReason::TrackEnded);
    assert_eq!(chunks(&mut node).len(), 1);
}

#[test]
fn impossible_sizes_are_refused() {
    let refused = |given: Given<'_>, format| build(&SPEC, given, format).err().map(|e| e.param);
    let given = [("chunk_size", Integer(512)), ("overlap", Integer(512))];
    assert_eq!(refused(&given, Format::VOICE), Some("overlap"));
    let given = |size| [("chunk_size", Integer(size))];
    assert_eq!(refused(&given(7), Format::VOICE), Some("chunk_size"));
    assert_eq!(refused(&given(8), Format::VOICE), None);
    assert_eq!(refused(&given(1), Format::mono(8_000)), Some("chunk_size"));
    assert_eq!(refused(&given(2), Format::mono(8_000)), None);
}

proptest! {
    #[test]
    fn whatever_the_size_every_sample_is_given_once_and_in_order(size in 16i64..3_000, frames in 1usize..20) {
        let mut node = driver(&[("chunk_size", Integer(size))], Format::VOICE);
        let audio = counted(frames * 480, 0.0);
        node.run_mono(&audio);
        node.end(EndReason::TrackEnded);
        let given = chunks(&mut node);
        let whole = given.iter().take(audio.len() / size as usize);
        prop_assert!(whole.into_iter().all(|(_, chunk)| i64::from(chunk.length_samples) == size));
        let all: Vec<f32> = given.into_iter().flat_map(|(_, chunk)| chunk.samples).collect();
        prop_assert!(all == audio);
    }
}
