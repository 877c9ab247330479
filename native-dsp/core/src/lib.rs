//! Pipelines for real-time voice.
//!
//! A [`Manifest`](manifest::Manifest) declares nodes and connections, [`Graph::compile`](graph::Graph::compile)
//! turns it into a flat plan, and [`Graph::process`](graph::Graph::process) runs that plan on one 10 ms frame.
//! Pipelines of JSON values are [`ValueGraph`](values::ValueGraph)s; an [`Executor`](executor::Executor) runs one in a call.
//!
//! This crate knows no JavaScript, no socket, no file, no clock and no randomness: time comes in as an
//! argument, so a minute of call is processed in a blink and any run can be repeated bit for bit.

pub mod alert;
pub mod alert_watch;
pub mod block;
pub mod catalogue;
pub mod complaint;
pub mod detector;
pub mod dsp;
pub mod event;
pub mod event_json;
mod event_payload;
pub mod executor;
pub mod format;
pub mod frame_ring;
pub mod graph;
pub mod host;
pub mod manifest;
pub mod metrics;
mod nearest;
pub mod node;
/// What `make node` writes: compiled and tested here, so that what it writes is sound; in no catalogue.
#[doc(hidden)]
pub mod node_template;
#[cfg(test)]
mod node_test;
pub mod nodes;
pub mod offline;
mod panic;
pub mod params;
pub mod per_channel;
pub mod plan;
pub mod sample_rate;
pub mod spec;
pub mod time;
mod topology;
pub mod utterance_cutter;
#[cfg(test)]
mod value_node_test;
pub mod values;
