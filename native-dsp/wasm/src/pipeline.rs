//! The offline pipeline of this instance.

use std::cell::RefCell;

use remotemedia_core::offline::{
    self, OfflineChunk, OfflineError, OfflinePipeline, OfflineUtterance,
};
use serde_json::{Value, json};

use crate::answer::{answer, nothing_here};
use crate::clock::host_ns;
use crate::hosts;
use crate::text::{reply, take};

thread_local! {
    static PIPELINE: RefCell<Option<OfflinePipeline>> = const { RefCell::new(None) };
    /// Kept until the host has copied their samples.
    static UTTERANCES: RefCell<Vec<OfflineUtterance>> = const { RefCell::new(Vec::new()) };
    static CHUNKS: RefCell<Vec<OfflineChunk>> = const { RefCell::new(Vec::new()) };
}

/// Compiles a manifest, with a JSON list of node types of the host; replies with what never changes about the pipeline.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pipeline_create(
    pointer: *mut u8,
    bytes: usize,
    externals_pointer: *mut u8,
    externals_bytes: usize,
    sample_rate: f64,
    channels: f64,
) -> i32 {
    // SAFETY: the caller's duty.
    let [manifest, externals] = unsafe {
        [
            take(pointer, bytes),
            take(externals_pointer, externals_bytes),
        ]
    };
    answer(|| {
        let externals = offline::externals(Some(&externals))?;
        let mut pipeline =
            OfflinePipeline::compile_with(&manifest, &externals, sample_rate, channels)?;
        pipeline.measure(host_ns);
        reply(description(&mut pipeline).to_string());
        PIPELINE.set(Some(pipeline));
        Ok(0)
    })
}

fn description(pipeline: &mut OfflinePipeline) -> Value {
    let hosts = hosts::describe(pipeline);
    let graph = pipeline.graph();
    json!({
        "inputFrameSamples": graph.input_format().frame_samples(),
        "outputFormat": hosts::format(graph.output_format()),
        "hosts": hosts,
        "latencySamples": pipeline.latency_samples(),
        "plan": graph.plan(),
        "nodeIds": graph.node_ids(),
    })
}

/// Where the frame goes that the next `pipeline_process` reads.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_input() -> *mut f32 {
    PIPELINE.with_borrow_mut(|pipeline| {
        let samples = pipeline.as_mut().map(OfflinePipeline::input_mut);
        samples.map_or(std::ptr::null_mut(), <[f32]>::as_mut_ptr)
    })
}

/// Where the frame is that the last `pipeline_process` gave.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_output() -> *const f32 {
    PIPELINE.with_borrow(|pipeline| {
        let samples = pipeline.as_ref().map(OfflinePipeline::output);
        samples.map_or(std::ptr::null(), <[f32]>::as_ptr)
    })
}

/// Runs one frame; returns how many events wait.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_process() -> i32 {
    with(OfflinePipeline::process)
}

#[unsafe(no_mangle)]
pub extern "C" fn pipeline_end_of_input() -> i32 {
    with(|pipeline| pipeline.end_of_input().map(|()| 0))
}

/// Switches a node off or on.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pipeline_set_node_state(
    node_pointer: *mut u8,
    node_bytes: usize,
    state_pointer: *mut u8,
    state_bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let [node_id, state] = unsafe {
        [
            take(node_pointer, node_bytes),
            take(state_pointer, state_bytes),
        ]
    };
    with(|pipeline| pipeline.set_node_state(&node_id, &state).map(|()| 0))
}

#[unsafe(no_mangle)]
pub extern "C" fn pipeline_reset() -> i32 {
    with(|pipeline| {
        pipeline.reset();
        Ok(0)
    })
}

/// Replies with the events: a list of JSON texts.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_drain_events() -> i32 {
    with(|pipeline| {
        reply(json!(pipeline.drain_events()).to_string());
        Ok(0)
    })
}

/// Replies with what the nodes have cost.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_metrics() -> i32 {
    with(|pipeline| {
        reply(json!(pipeline.metrics()).to_string());
        Ok(0)
    })
}

/// Replies with the same as it is added up over many, under a name in JSON, or under none where that is null.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pipeline_total(pointer: *mut u8, bytes: usize) -> i32 {
    // SAFETY: the caller's duty.
    let name = unsafe { take(pointer, bytes) };
    with(|pipeline| {
        let name: Option<String> = serde_json::from_str(&name)
            .map_err(|error| OfflineError::options(format!("the name is no JSON: {error}")))?;
        reply(json!(pipeline.total(name.as_deref())).to_string());
        Ok(0)
    })
}

/// Replies with the utterances; `pointer` and `length` say where their samples are until the next drain.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_drain_utterances() -> i32 {
    with(|pipeline| {
        let utterances = pipeline.drain_utterances();
        let list: Value = utterances.iter().map(utterance).collect();
        reply(list.to_string());
        UTTERANCES.set(utterances);
        Ok(0)
    })
}

fn utterance(utterance: &OfflineUtterance) -> Value {
    json!({
        "nodeId": utterance.node_id,
        "index": utterance.index,
        "sampleRate": utterance.sample_rate,
        "pointer": utterance.samples.as_ptr() as usize,
        "length": utterance.samples.len(),
    })
}

/// Replies with the chunks; `pointer` and `length` say where their samples are until the next drain.
#[unsafe(no_mangle)]
pub extern "C" fn pipeline_drain_chunks() -> i32 {
    with(|pipeline| {
        let chunks = pipeline.drain_chunks();
        let list: Value = chunks.iter().map(chunk).collect();
        reply(list.to_string());
        CHUNKS.set(chunks);
        Ok(0)
    })
}

fn chunk(chunk: &OfflineChunk) -> Value {
    json!({
        "nodeId": chunk.node_id,
        "index": chunk.index,
        "sampleRate": chunk.sample_rate,
        "channels": chunk.channels,
        "isPartial": chunk.is_partial,
        "pointer": chunk.samples.as_ptr() as usize,
        "length": chunk.samples.len(),
    })
}

pub(crate) fn with(work: impl FnOnce(&mut OfflinePipeline) -> Result<u32, OfflineError>) -> i32 {
    PIPELINE.with_borrow_mut(|pipeline| {
        answer(|| pipeline.as_mut().ok_or_else(nothing_here).and_then(work))
    })
}
