//! The addon. Its surface and its documentation for callers are the TypeScript types in `src`; a test
//! there compares the two.
#![allow(
    missing_docs,
    reason = "documented where callers read it: in the TypeScript types"
)]

mod batch;
mod drain;
mod error;
mod frame;
mod guard;
mod media_control;
mod media_plane;
mod metrics;
mod offline_pipeline;
mod options;
mod rate_converter;
mod resampler;
pub mod samples;
mod statistics;
mod value_pipeline;

use std::hash::{BuildHasher, Hasher, RandomState};

use napi::bindgen_prelude::{Env, Object, Unknown};
use napi_derive::napi;
use remotemedia_core::offline::{self, Purpose};
use remotemedia_core::{catalogue, manifest};
use serde_json::Value;

use crate::error::Coded;
use crate::guard::guard;

#[napi]
pub fn node_catalogue(env: Env) -> napi::Result<String> {
    guard(&env, || Ok(catalogue::to_json().to_string()))
}

#[napi]
pub fn validate_manifest(
    env: Env,
    text: String,
    purpose: Option<String>,
    externals: Option<String>,
) -> napi::Result<String> {
    guard(&env, || {
        let externals = offline::externals(externals.as_deref())?;
        let purpose = purpose_of(purpose.as_deref())?;
        Ok(offline::validate(&text, purpose, &externals).to_string())
    })
}

#[napi]
pub fn external_mentions(env: Env, text: String) -> napi::Result<String> {
    guard(&env, || Ok(manifest::external_mentions(&text).to_string()))
}

#[napi]
pub fn interpolate_manifest(env: Env, text: String, environment: String) -> napi::Result<String> {
    guard(&env, || {
        Ok(offline::interpolate(&text, &environment)?.to_string())
    })
}

#[napi]
pub fn complaints_as_written(
    env: Env,
    complaints: String,
    replaced: String,
) -> napi::Result<String> {
    guard(&env, || {
        Ok(offline::complaints_as_written(&complaints, &replaced)?.to_string())
    })
}

#[napi]
pub fn plan_pipeline(
    env: Env,
    text: String,
    purpose: Option<String>,
    externals: Option<String>,
) -> napi::Result<String> {
    guard(&env, || {
        let externals = offline::externals(externals.as_deref())?;
        let purpose = purpose_of(purpose.as_deref())?;
        Ok(offline::plan_pipeline(&text, purpose, &externals).to_string())
    })
}

#[napi(module_exports)]
pub fn versions(mut exports: Object<'_>) -> napi::Result<()> {
    exports.set("version", env!("CARGO_PKG_VERSION"))?;
    exports.set("opusVersion", remotemedia_session::opus::version())
}

fn purpose_of(name: Option<&str>) -> Result<Purpose, Coded> {
    match name {
        None => Ok(Purpose::Any),
        Some("audio") => Ok(Purpose::Audio),
        Some(_) => Err(Coded::options("purpose must be audio, or absent")),
    }
}

/// A plain object of JavaScript.
fn json_object<'env>(env: &'env Env, value: Value) -> napi::Result<Unknown<'env>> {
    env.to_js_value(&in_doubles(value))
}

/// Whole numbers as doubles: left as they are, those from 2^32 on would become `BigInt`s, with which neither
/// arithmetic nor `JSON.stringify` works.
fn in_doubles(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.into_iter().map(in_doubles).collect(),
        Value::Object(entries) => {
            let entries = entries.into_iter();
            entries
                .map(|(key, value)| (key, in_doubles(value)))
                .collect()
        }
        other => other,
    }
}

/// A number that differs from call to call; not for secrets.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
