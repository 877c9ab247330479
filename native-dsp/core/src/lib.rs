//! Pipelines for real-time voice.
//!
//! A [`Manifest`](manifest::Manifest) declares nodes and connections, [`Graph::compile`](graph::Graph::compile)
//! turns it into a flat plan, and [`Graph::process`](graph::Graph::process) runs that plan on one 10 ms frame.
//!
//! This crate knows no JavaScript, no socket, no file, no clock and no randomness: time comes in as an
//! argument, so a minute of call is processed in a blink and any run can be repeated bit for bit.

pub mod block;
pub mod catalogue;
pub mod complaint;
pub mod dsp;
pub mod event;
pub mod event_json;
mod event_payload;
pub mod format;
pub mod graph;
pub mod manifest;
mod nearest;
pub mod node;
/// What `make node` writes: compiled and tested here, so that what it writes is sound; in no catalogue.
#[doc(hidden)]
pub mod node_template;
#[cfg(test)]
mod node_test;
pub mod nodes;
pub mod offline;
pub mod params;
pub mod plan;
pub mod sample_rate;
pub mod spec;
pub mod speech_timing;
pub mod time;
mod topology;
