//! The WebAssembly module. Its surface and its documentation for callers are the TypeScript types in
//! `native-dsp/src`; `native-dsp/src/wasm` is the other half of this interface.
//!
//! An instance of the module holds one pipeline (of audio or of values), converter or media session, or serves
//! whole arrays of samples, and has memory of its own. A panic is caught as it is natively: in the graph, where
//! a node is to blame, otherwise in [`answer::answer`]. What remains (memory or stack exhausted) is a trap, and
//! a trap is the end of the instance: the host makes a new one, and nothing else was touched.
//!
//! Texts come in through [`text::allocate`] and go out as the reply ([`text::reply_pointer`]): JSON,
//! errors included. Calls that can fail return [`answer::FAILED`]. Pointers are good until the next call.
#![allow(
    missing_docs,
    reason = "documented where callers read it: in the TypeScript types"
)]

mod answer;
mod catalogue;
mod clock;
mod codec;
mod hosts;
mod measurement;
mod pipeline;
mod rate_converter;
mod resampler;
mod samples;
mod session;
mod session_control;
mod session_hosts;
mod text;
mod value_pipeline;
