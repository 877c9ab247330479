//! What a call returns: a number that is not negative, or a failure with its error as the reply.

use remotemedia_core::offline::OfflineError;
use serde_json::json;

use crate::text::reply;

/// The call failed; the reply is `{code, message, complaints, failure}`.
pub const FAILED: i32 = -1;

/// The number of a successful call, or `FAILED`.
pub fn answer(result: Result<u32, OfflineError>) -> i32 {
    match result {
        Ok(number) => i32::try_from(number).unwrap_or(i32::MAX),
        Err(error) => {
            reply(json!(error).to_string());
            FAILED
        }
    }
}

/// The error of a call that needs what this instance was not made for.
pub fn nothing_here() -> OfflineError {
    OfflineError::new("internal_error", "this instance holds nothing of the kind")
}
