//! The addon. Its surface and its documentation for callers are the TypeScript types in `src`; a test
//! there compares the two.
#![allow(
    missing_docs,
    reason = "documented where callers read it: in the TypeScript types"
)]

mod batch;
mod error;
mod frame;
mod guard;
mod media_plane;
mod offline_pipeline;
mod options;
mod rate_converter;
mod resampler;
mod statistics;

use std::hash::{BuildHasher, Hasher, RandomState};

use napi::bindgen_prelude::{Env, Object, Unknown};
use napi_derive::napi;
use remotemedia_core::{catalogue, offline};
use serde_json::Value;

use crate::guard::guard;

#[napi]
pub fn node_catalogue(env: Env) -> napi::Result<String> {
    guard(&env, || Ok(catalogue::to_json().to_string()))
}

#[napi]
pub fn validate_manifest(env: Env, text: String) -> napi::Result<String> {
    guard(&env, || Ok(offline::validate(&text).to_string()))
}

#[napi(module_exports)]
pub fn versions(mut exports: Object<'_>) -> napi::Result<()> {
    exports.set("version", env!("CARGO_PKG_VERSION"))?;
    exports.set("opusVersion", remotemedia_session::opus::version())
}

/// A plain object of JavaScript.
fn json_object<'env>(env: &'env Env, value: &Value) -> napi::Result<Unknown<'env>> {
    env.to_js_value(value)
}

/// A number that differs from call to call; not for secrets.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
