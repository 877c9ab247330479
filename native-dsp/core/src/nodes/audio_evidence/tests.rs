//! Tests of [`SPEC`]: which audio a clip holds, and how many there are.

use super::*;
use crate::node_test::{Driver, build};
use crate::params::ParamValue::{Flag, Integer, Number};

#[derive(Debug, PartialEq)]
struct Told {
    ms: i64,
    index: u32,
    alert: Alert,
    offset_ms: i64,
    length_ms: i64,
    samples: Vec<i16>,
}

fn clips(node: &mut Driver) -> Vec<Told> {
    let told = node
        .events()
        .into_iter()
        .map(|(position, kind)| match kind {
            EventKind::AudioEvidence {
                index,
                alert,
                alert_offset_ms,
                duration_ms,
                has_audio,
                samples,
                ..
            } => {
                assert_eq!(has_audio, !samples.is_empty());
                Told {
                    ms: position / 16,
                    index,
                    alert,
                    offset_ms: alert_offset_ms.round() as i64,
                    length_ms: duration_ms.round() as i64,
                    samples,
                }
            }
            other => panic!("{other:?}"),
        });
    told.collect()
}

fn clipping(is_clipping: bool) -> EventKind {
    EventKind::Clipping {
        is_clipping,
        saturation_ratio_percent: 2.0,
        crest_factor_db: 6.0,
        peak_dbfs: 0.0,
    }
}

/// Every sample tells its millisecond.
fn counted(from_ms: i64, to_ms: i64) -> Vec<f32> {
    let samples = from_ms * 16..to_ms * 16;
    samples.map(|n| (n / 16) as f32 / 32_768.0).collect()
}

#[test]
fn the_clip_reaches_from_three_seconds_before_the_alert_to_two_after_it() {
    let mut node = Driver::new(&SPEC, &[("emit_audio_data", Flag(true))], FORMAT);
    node.run_mono(&counted(0, 9_000));
    node.tell(clipping(true));
    node.run_mono(&counted(9_000, 10_990));
    assert_eq!(clips(&mut node), []);
    node.run_mono(&counted(10_990, 12_000));
    let [clip] = &clips(&mut node)[..] else {
        panic!("one clip")
    };
    assert_eq!(
        (clip.ms, clip.offset_ms, clip.length_ms),
        (6_000, 3_000, 5_000)
    );
    assert_eq!((clip.index, clip.alert), (0, Alert::Clipping));
    let milliseconds: Vec<i16> = clip.samples.iter().step_by(16).copied().collect();
    assert_eq!(milliseconds, (6_000..11_000).collect::<Vec<i16>>());
}

#[test]
fn without_audio_data_the_place_is_told_and_no_audio_is_kept() {
    let mut node = Driver::new(&SPEC, &[], FORMAT);
    node.run_mono(&counted(0, 1_000));
    node.tell(clipping(true));
    node.run_mono(&counted(1_000, 4_000));
    let expected = Told {
        ms: 0,
        index: 0,
        alert: Alert::Clipping,
        offset_ms: 1_000,
        length_ms: 3_000,
        samples: Vec::new(),
    };
    assert_eq!(clips(&mut node), [expected]);
}

#[test]
fn alerts_within_a_clip_make_no_other_and_the_number_of_clips_is_bounded() {
    let given = [("max_clips", Integer(2))];
    let mut node = Driver::new(&SPEC, &given, FORMAT);
    for _ in 0..12 {
        node.tell(clipping(true));
        node.run_mono(&counted(0, 500));
        node.tell(clipping(false));
        node.run_mono(&counted(0, 500));
    }
    let told: Vec<(i64, u32)> = clips(&mut node)
        .iter()
        .map(|it| (it.ms, it.index))
        .collect();
    assert_eq!(told, [(0, 0), (0, 1)]);
}

#[test]
fn a_clip_ends_where_the_media_is_skipped_or_ends() {
    for is_jump in [true, false] {
        let mut node = Driver::new(&SPEC, &[("emit_audio_data", Flag(true))], FORMAT);
        node.run_mono(&counted(0, 5_000));
        node.tell(clipping(true));
        node.run_mono(&counted(5_000, 5_500));
        if is_jump {
            node.jump(16_000 * 60);
            node.run_mono(&counted(0, 10));
        } else {
            node.end(EndReason::TrackEnded);
        }
        let [clip] = &clips(&mut node)[..] else {
            panic!("one clip")
        };
        assert_eq!((clip.ms, clip.length_ms), (2_000, 3_500));
        assert_eq!(clip.samples.len(), 3_500 * 16);
    }
}

#[test]
fn a_clip_longer_than_what_is_kept_is_a_complaint() {
    let error = build(&SPEC, &[("pre_alert_s", Number(9.0))], FORMAT).err();
    assert_eq!(error.map(|it| it.param), Some("buffer_duration_s"));
}
