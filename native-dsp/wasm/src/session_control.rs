//! What is changed and overheard in the media session of this instance while it runs.

use std::cell::RefCell;

use remotemedia_core::graph::{NodeState, UnknownNode};
use remotemedia_core::offline::{OfflineError, node_state, unknown_node};
use serde_json::{Value, json};

use crate::answer::{answer, nothing_here};
use crate::session::{Session, Stage, media_of, with};
use crate::text::{reply, take};

/// A frame of a tapped node, kept until the host has copied its samples.
struct Frame {
    node: u8,
    sample_rate: u32,
    channels: u8,
    media_time_samples: i64,
    samples: Vec<f32>,
}

thread_local! {
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
}

/// Switches a node off or on, before or after the start.
///
/// # Safety
/// See [`take`], for both texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn session_set_node_state(
    node: *mut u8,
    node_bytes: usize,
    state: *mut u8,
    state_bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let (node_id, state) = unsafe { (take(node, node_bytes), take(state, state_bytes)) };
    answer(|| {
        let state = node_state(&state)?;
        with(|session| set_node_state(session, &node_id, state))
    })
}

fn set_node_state(
    session: &mut Session,
    node_id: &str,
    state: NodeState,
) -> Result<u32, OfflineError> {
    let switched = match &mut session.stage {
        Stage::Media(media) => media.set_node_state(node_id, state),
        Stage::Waiting(waiting) => {
            let (_, graph) = waiting.as_deref_mut().ok_or_else(nothing_here)?;
            graph.set_node_state(node_id, state)
        }
    };
    known(switched, session, node_id)
}

/// Begins (1) or ends (0) to lay the audio of a node by, before or after the start.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn session_tap(node: *mut u8, node_bytes: usize, is_tapped: u32) -> i32 {
    // SAFETY: the caller's duty.
    let node_id = unsafe { take(node, node_bytes) };
    answer(|| with(|session| tap(session, &node_id, is_tapped != 0)))
}

fn tap(session: &mut Session, node_id: &str, is_tapped: bool) -> Result<u32, OfflineError> {
    let tapped = match &mut session.stage {
        Stage::Media(media) => media.set_tap(node_id, is_tapped),
        Stage::Waiting(waiting) => {
            let (_, graph) = waiting.as_deref_mut().ok_or_else(nothing_here)?;
            graph.set_tap(node_id, is_tapped)
        }
    };
    known(tapped, session, node_id)
}

fn known(
    result: Result<(), UnknownNode>,
    session: &Session,
    node_id: &str,
) -> Result<u32, OfflineError> {
    match result {
        Ok(()) => Ok(0),
        Err(UnknownNode) => Err(unknown_node(node_id, &session.graph_ids)),
    }
}

/// Throws away the audio that waits to be sent; returns how many frames that was.
#[unsafe(no_mangle)]
pub extern "C" fn session_flush_audio() -> i32 {
    answer(|| with(|session| Ok(media_of(session)?.flush_audio())))
}

/// Takes the audio of tapped nodes out and returns the number of frames. Where there are any, replies with their list; `pointer`
/// and `length` say where their samples are until the next call of this kind.
#[unsafe(no_mangle)]
pub extern "C" fn session_drain_taps() -> i32 {
    answer(|| {
        with(|session| {
            let mut frames = Vec::new();
            media_of(session)?.drain_taps(|frame| {
                frames.push(Frame {
                    node: frame.node,
                    sample_rate: frame.format.sample_rate,
                    channels: frame.format.channels,
                    media_time_samples: frame.media_time_samples,
                    samples: frame.planes.to_vec(),
                });
            });
            let count = frames.len() as u32;
            if count > 0 {
                let told = frames.iter().map(|frame| told(frame, &session.node_ids));
                reply(told.collect::<Value>().to_string());
            }
            FRAMES.set(frames);
            Ok(count)
        })
    })
}

fn told(frame: &Frame, node_ids: &[String]) -> Value {
    json!({
        "nodeId": node_ids[usize::from(frame.node)],
        "sampleRate": frame.sample_rate,
        "channels": frame.channels,
        "mediaTimeSamples": frame.media_time_samples,
        "pointer": frame.samples.as_ptr() as usize,
        "length": frame.samples.len(),
    })
}
