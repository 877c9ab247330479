//! Panics stop at the boundary: a bug becomes an exception, not the end of the process.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::Env;

use crate::error::Coded;

/// Runs `work`; its error, or its panic, becomes an exception with a code.
pub fn guard<T>(env: &Env, work: impl FnOnce() -> Result<T, Coded>) -> napi::Result<T> {
    let result = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        Err(Coded::new(
            "internal_error",
            text.unwrap_or_else(|| "a bug without a message".to_owned()),
        ))
    });
    result.map_err(|coded| coded.throw(env))
}
