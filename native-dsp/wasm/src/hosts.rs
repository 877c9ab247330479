//! The places for nodes outside in the pipeline of this instance.

use std::cell::RefCell;

use remotemedia_core::format::Format;
use remotemedia_core::graph::Graph;
use remotemedia_core::offline::OfflinePipeline;
use serde_json::{Value, json};

use crate::pipeline::with;
use crate::text::{reply, take_samples};

thread_local! {
    /// Kept until the host has copied it.
    static FRAME: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// What never changes about them.
pub fn describe(pipeline: &mut OfflinePipeline) -> Value {
    describe_graph(pipeline.graph_mut())
}

/// The same of a graph without a pipeline around it.
pub fn describe_graph(graph: &mut Graph) -> Value {
    let places = (0..graph.host_count()).filter_map(|place| {
        let (id, node) = graph.host(place)?;
        Some(json!({
            "nodeId": id, "input": format(node.input_format()), "output": format(node.output_format()),
        }))
    });
    places.collect()
}

/// A format as the host reads it.
pub fn format(format: Option<Format>) -> Value {
    json!(format.map(|it| json!({"sampleRate": it.sample_rate, "channels": it.channels})))
}

/// Replies with the position of the frame that the last `pipeline_process` handed out, and where its samples are until the next
/// call of this kind; null where the node does not hear.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_host_frame(place: usize) -> i32 {
    with(|pipeline| {
        let (_, node) = pipeline.host(place)?;
        let frame = node.frame().map(|(position, block)| {
            FRAME.set(block.planes().to_vec());
            let (pointer, length) =
                FRAME.with_borrow(|frame| (frame.as_ptr() as usize, frame.len()));
            json!({"position": position, "pointer": pointer, "length": length})
        });
        reply(json!(frame).to_string());
        Ok(0)
    })
}

/// Takes planar audio as the node's answer, for a position or, where that is negative, after what waits already; returns
/// how many samples per channel were taken.
///
/// # Safety
/// See [`take_samples`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pipeline_host_give(
    place: usize,
    position: f64,
    pointer: *mut f32,
    count: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let samples = unsafe { take_samples(pointer, count) };
    with(|pipeline| {
        let taken = pipeline.give_host_audio(place, position, &samples)?;
        Ok(taken as u32)
    })
}

/// How many samples per channel wait to be played.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_host_queued(place: usize) -> i32 {
    with(|pipeline| Ok(pipeline.host(place)?.1.queued() as u32))
}

/// For how many frames no answer had come.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_host_late(place: usize) -> i32 {
    with(|pipeline| Ok(u32::try_from(pipeline.host(place)?.1.late()).unwrap_or(u32::MAX)))
}
