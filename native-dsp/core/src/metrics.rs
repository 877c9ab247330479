//! What pipelines and their nodes cost: recorded by the thread that runs them without allocation, lock or
//! system call of its own, read by any other at any time.
//!
//! This crate has no clock. Who runs a pipeline gives it one ([`Graph::measure`](crate::graph::Graph::measure));
//! without one nothing is measured and nothing costs.

mod distribution;
mod export;
mod histogram;
mod ledger;
mod recorder;
mod report;
mod total;
mod totals;

pub use distribution::Distribution;
pub use export::{Buckets, NodeExport, PipelineExport};
pub use histogram::Histogram;
pub use ledger::{Ledger, Sum};
pub use recorder::{NodeRecorder, PipelineRecorder};
pub use report::{NodeMetrics, PipelineMetrics};
pub use total::{NodeLabel, NodeTotal, PipelineTotal};
pub use totals::Totals;

/// Nanoseconds since some moment that stays the same. It should not go back; where it does, a duration counts
/// as 0.
pub type NanosecondClock = fn() -> u64;
