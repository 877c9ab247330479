//! Pipelines for real-time voice.
//!
//! A [`Manifest`](manifest::Manifest) declares nodes and connections, [`Graph::compile`](graph::Graph::compile)
//! turns it into a flat plan, and [`Graph::process`](graph::Graph::process) runs that plan on one 10 ms frame.
//!
//! This crate knows no JavaScript, no socket, no file, no clock and no randomness: time comes in as an
//! argument, so a minute of call is processed in a blink and any run can be repeated bit for bit.

pub mod alert;
pub mod alert_watch;
pub mod block;
pub mod catalogue;
pub mod complaint;
pub mod dsp;
pub mod event;
pub mod event_json;
pub mod format;
pub mod graph;
pub mod manifest;
mod nearest;
pub mod node;
#[cfg(test)]
mod node_test;
pub mod nodes;
pub mod offline;
pub mod params;
pub mod per_channel;
pub mod plan;
pub mod spec;
pub mod speech_timing;
pub mod time;
mod topology;
