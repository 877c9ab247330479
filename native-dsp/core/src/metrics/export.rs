//! Totals as a monitoring system takes them: cumulative buckets, in seconds.

use std::ops::RangeInclusive;

use serde::Serialize;

use super::distribution::Distribution;
use super::ledger::Sum;
use super::recorder::PipelineRecorder;
use super::total::{NodeLabel, PipelineTotal};

/// Bounds of exported durations, as powers of two of nanoseconds: 256 ns to 16.8 ms. A gain takes less than the
/// first; the last is beyond the 10 ms in which a frame must be through. Powers of two, because there the
/// recorded buckets end too, so that every count is exact.
const NANOSECONDS: RangeInclusive<u32> = 8..=24;

/// A pipeline in all its sessions.
#[derive(Clone, Debug, Serialize)]
pub struct PipelineExport {
    /// Its name; `None` for all manifests that have none.
    pub pipeline: Option<String>,
    /// Executions that took longer than their media lasts.
    pub overruns: u64,
    /// Of executions.
    pub duration: Buckets,
    /// In order of their labels.
    pub nodes: Vec<NodeExport>,
}

/// A node in all sessions of its pipeline.
#[derive(Clone, Debug, Serialize)]
pub struct NodeExport {
    /// Its id, or its type where the pipeline has no name.
    pub node: String,
    /// Calls that failed.
    pub errors: u64,
    /// Of calls.
    pub duration: Buckets,
}

/// A histogram of durations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Buckets {
    /// Upper bounds, in seconds.
    pub bounds_s: Vec<f64>,
    /// By bound: how many durations are below it.
    pub counts: Vec<u64>,
    /// How many there are.
    pub count: u64,
    /// All of them added up, in seconds.
    pub sum_s: f64,
}

impl PipelineExport {
    pub(super) fn of(pipeline: Option<String>, total: &PipelineTotal) -> Self {
        let nodes = total.nodes.iter().map(|(label, node)| NodeExport {
            node: label.clone(),
            errors: node.errors,
            duration: Buckets::of(&node.duration_ns, 1e9, NANOSECONDS),
        });
        Self {
            pipeline,
            overruns: total.overruns,
            duration: Buckets::of(&total.duration_ns, 1e9, NANOSECONDS),
            nodes: nodes.collect(),
        }
    }
}

impl PipelineRecorder {
    /// What this one recorded so far, for hosts that add up many in their own memory, as [`Totals`](super::Totals) does in this one.
    /// Names must be the operator's, not the clients'.
    pub fn total(&self, pipeline: Option<&str>) -> PipelineExport {
        let mut total = PipelineTotal::new(NodeLabel::of(pipeline));
        total.add(self);
        PipelineExport::of(pipeline.map(str::to_owned), &total)
    }
}

impl Buckets {
    /// Buckets of durations of which a second has `per_second`, with bounds at these powers of two.
    pub fn of(durations: &Distribution, per_second: f64, exponents: RangeInclusive<u32>) -> Self {
        let bounds = exponents.map(|exponent| 1u64 << exponent);
        let (bounds_s, counts) = bounds
            .map(|bound| (bound as f64 / per_second, durations.count_below(bound)))
            .unzip();
        Self {
            bounds_s,
            counts,
            count: durations.count(),
            sum_s: durations.sum() as f64 / per_second,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Histogram;
    use super::*;

    #[test]
    fn one_recorder_tells_its_part_of_the_sum_in_the_shape_of_the_sum() {
        let recorder = PipelineRecorder::new([("mine", "GainNode")], Some(1_000), || 0);
        recorder.node(0).record(900, true);
        recorder.record(1_100);
        let [named, inline] = [Some("echo"), None].map(|name| recorder.total(name));
        assert_eq!(
            (named.pipeline.as_deref(), named.overruns),
            (Some("echo"), 1)
        );
        assert_eq!((named.duration.count, named.duration.sum_s), (1, 1.1e-6));
        assert_eq!(
            (named.nodes[0].node.as_str(), named.nodes[0].errors),
            ("mine", 1)
        );
        assert_eq!(
            (inline.pipeline, inline.nodes[0].node.as_str()),
            (None, "GainNode")
        );
    }

    #[test]
    fn counts_are_cumulative_and_what_is_longer_than_all_bounds_is_in_the_count() {
        let histogram = Histogram::default();
        for duration_us in [1, 1_000, 3_000, 1_000_000] {
            histogram.record(duration_us);
        }
        assert_eq!(
            Buckets::of(&histogram.distribution(), 1e6, 10..=12),
            Buckets {
                bounds_s: vec![0.001_024, 0.002_048, 0.004_096],
                counts: vec![2, 2, 3],
                count: 4,
                sum_s: 1.004_001,
            }
        );
    }
}
