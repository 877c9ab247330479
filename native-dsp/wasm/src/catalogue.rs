//! What there is, and whether a manifest is sound: without a pipeline.

use remotemedia_core::offline::{self, Purpose};
use remotemedia_core::{catalogue, manifest};
use serde_json::json;

use crate::answer::{answer, answer_text};
use crate::text::{reply, take};

/// Replies with the version of the module as JSON.
#[unsafe(no_mangle)]
pub extern "C" fn versions() -> i32 {
    answer_text(|| json!({ "version": env!("CARGO_PKG_VERSION") }).to_string())
}

/// Replies with every node type.
#[unsafe(no_mangle)]
pub extern "C" fn node_catalogue() -> i32 {
    answer_text(|| catalogue::to_json().to_string())
}

/// Replies with what is wrong with a manifest, or with its plan; `is_for_audio` other than 0 refuses pipelines of
/// values. The second text is a JSON list of node types of the host.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn validate_manifest(
    pointer: *mut u8,
    bytes: usize,
    is_for_audio: u32,
    externals_pointer: *mut u8,
    externals_bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let [text, externals] = unsafe {
        [
            take(pointer, bytes),
            take(externals_pointer, externals_bytes),
        ]
    };
    answer(|| {
        let externals = offline::externals(Some(&externals))?;
        reply(offline::validate(&text, purpose(is_for_audio), &externals).to_string());
        Ok(0)
    })
}

/// Replies with the entries of `nodes` that want to run outside.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn external_mentions(pointer: *mut u8, bytes: usize) -> i32 {
    // SAFETY: the caller's duty.
    let text = unsafe { take(pointer, bytes) };
    answer_text(|| manifest::external_mentions(&text).to_string())
}

/// Replies with the text after its references to variables were replaced. The second text is a JSON object of them.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interpolate_manifest(
    pointer: *mut u8,
    bytes: usize,
    environment_pointer: *mut u8,
    environment_bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let [text, environment] = unsafe {
        [
            take(pointer, bytes),
            take(environment_pointer, environment_bytes),
        ]
    };
    answer(|| {
        reply(offline::interpolate(&text, &environment)?.to_string());
        Ok(0)
    })
}

/// Replies with complaints that quote what came out of variables as it was written. Takes both as JSON lists.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn complaints_as_written(
    pointer: *mut u8,
    bytes: usize,
    replaced_pointer: *mut u8,
    replaced_bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let [complaints, replaced] =
        unsafe { [take(pointer, bytes), take(replaced_pointer, replaced_bytes)] };
    answer(|| {
        reply(offline::complaints_as_written(&complaints, &replaced)?.to_string());
        Ok(0)
    })
}

/// Replies with how a pipeline falls into parts; `is_for_audio` other than 0: in a session. The second text is a JSON list of node types of the host.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn plan_pipeline(
    pointer: *mut u8,
    bytes: usize,
    is_for_audio: u32,
    externals_pointer: *mut u8,
    externals_bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let [text, externals] = unsafe {
        [
            take(pointer, bytes),
            take(externals_pointer, externals_bytes),
        ]
    };
    answer(|| {
        let externals = offline::externals(Some(&externals))?;
        reply(offline::plan_pipeline(&text, purpose(is_for_audio), &externals).to_string());
        Ok(0)
    })
}

fn purpose(is_for_audio: u32) -> Purpose {
    match is_for_audio {
        0 => Purpose::Any,
        _ => Purpose::Audio,
    }
}
