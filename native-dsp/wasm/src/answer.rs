//! What a call returns: a number that is not negative, or a failure with its error as the reply.

use std::panic::{AssertUnwindSafe, catch_unwind};

use remotemedia_core::offline::OfflineError;
use serde_json::json;

use crate::text::reply;

/// The call failed; the reply is `{code, message, complaints, failure}`.
pub const FAILED: i32 = -1;

/// Runs `work`. Its error, or its panic, becomes the reply: nothing unwinds into the host, which would end
/// the instance.
pub fn answer(work: impl FnOnce() -> Result<u32, OfflineError>) -> i32 {
    let result = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        let text = text.unwrap_or_else(|| "a bug without a message".to_owned());
        Err(OfflineError::new("internal_error", text))
    });
    match result {
        Ok(number) => i32::try_from(number).unwrap_or(i32::MAX),
        Err(error) => {
            reply(json!(error).to_string());
            FAILED
        }
    }
}

/// As [`answer`], for what answers with a text.
pub fn answer_text(work: impl FnOnce() -> String) -> i32 {
    answer(|| {
        reply(work());
        Ok(0)
    })
}

/// The error of a call that needs what this instance was not made for.
pub fn nothing_here() -> OfflineError {
    OfflineError::new("internal_error", "this instance holds nothing of the kind")
}
