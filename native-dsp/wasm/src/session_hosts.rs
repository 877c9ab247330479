//! The nodes outside of the media session of this instance.

use std::cell::RefCell;

use remotemedia_core::offline::OfflineError;
use serde_json::{Value, json};

use crate::answer::answer;
use crate::session::{Session, Stage, media_of, with};
use crate::text::{reply, take_samples};

/// A frame for a node outside, kept until the host has copied its samples.
struct Frame {
    host: usize,
    position: i64,
    samples: Vec<f32>,
}

thread_local! {
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
}

/// Takes the frames for nodes outside and returns their number. Where there are any, replies with their list; `pointer` and
/// `length` say where their samples are until the next call of this kind.
#[unsafe(no_mangle)]
pub extern "C" fn session_drain_host_frames() -> i32 {
    answer(|| {
        with(|session| {
            let media = media_of(session)?;
            let places: Vec<u8> = media.hosts().iter().map(|place| place.node).collect();
            let mut frames = Vec::new();
            media.drain_host_frames(|frame| {
                let host = places.iter().position(|node| *node == frame.node);
                frames.extend(host.map(|host| Frame {
                    host,
                    position: frame.position,
                    samples: frame.planes.to_vec(),
                }));
            });
            let count = frames.len() as u32;
            if count > 0 {
                reply(frames.iter().map(told).collect::<Value>().to_string());
            }
            FRAMES.set(frames);
            Ok(count)
        })
    })
}

fn told(frame: &Frame) -> Value {
    json!({
        "host": frame.host,
        "position": frame.position,
        "pointer": frame.samples.as_ptr() as usize,
        "length": frame.samples.len(),
    })
}

/// Takes planar audio of a node outside, for a position or, where that is negative, after what waits already; returns
/// how many samples per channel were taken.
///
/// # Safety
/// See [`take_samples`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn session_give_host_audio(
    host: usize,
    position: f64,
    pointer: *mut f32,
    count: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let samples = unsafe { take_samples(pointer, count) };
    answer(|| with(|session| give(session, host, position, &samples)))
}

fn give(
    session: &mut Session,
    host: usize,
    position: f64,
    samples: &[f32],
) -> Result<u32, OfflineError> {
    let media = media_of(session)?;
    let place = media.hosts().get(host);
    let place = place.ok_or_else(|| OfflineError::options("no node outside has this place"))?;
    let channels = place.output.map_or(1, |format| format.channels);
    if !samples.len().is_multiple_of(usize::from(channels)) {
        let message = format!("there must be as many samples of each of {channels} channels");
        return Err(OfflineError::options(message));
    }
    let position = (position >= 0.0).then_some(position as i64);
    Ok(media.give_host_audio(host, position, samples) as u32)
}

/// Samples per channel of a node outside that are not played yet.
#[unsafe(no_mangle)]
pub extern "C" fn session_host_queued(host: usize) -> i32 {
    answer(|| with(|session| Ok(backlog(session, host).0 as u32)))
}

/// For how many frames its answer had not come.
#[unsafe(no_mangle)]
pub extern "C" fn session_host_late(host: usize) -> i32 {
    answer(|| with(|session| Ok(u32::try_from(backlog(session, host).1).unwrap_or(u32::MAX))))
}

fn backlog(session: &mut Session, host: usize) -> (usize, u64) {
    match &mut session.stage {
        Stage::Media(media) => media.host_backlog(host),
        Stage::Waiting(_) => (0, 0),
    }
}
