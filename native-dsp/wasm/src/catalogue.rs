//! What there is, and whether a manifest is sound: without a pipeline.

use remotemedia_core::catalogue;
use remotemedia_core::offline::{self, Purpose};
use serde_json::json;

use crate::answer::answer_text;
use crate::text::take;

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
/// values.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn validate_manifest(
    pointer: *mut u8,
    bytes: usize,
    is_for_audio: u32,
) -> i32 {
    // SAFETY: the caller's duty.
    let text = unsafe { take(pointer, bytes) };
    let purpose = if is_for_audio == 0 {
        Purpose::Any
    } else {
        Purpose::Audio
    };
    answer_text(|| offline::validate(&text, purpose).to_string())
}
