//! The metrics of one pipeline in words and numbers, as they are exported.

use serde::Serialize;

use super::distribution::Distribution;
use super::recorder::{Named, PipelineRecorder};

/// What a pipeline has cost since it was made. Quantiles are up to 6.25 % too large, all else is exact.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PipelineMetrics {
    /// Its name, where it has one.
    pub pipeline_id: Option<String>,
    /// Frames that ran through it.
    pub total_executions: u64,
    /// Time that it took, conversions of rate between its nodes included.
    pub total_duration_us: f64,
    /// The same in milliseconds.
    pub total_duration_ms: f64,
    /// Per execution.
    #[serde(flatten)]
    pub duration: Durations,
    /// Time that it took by the media that it worked on: below 1 it keeps up. `None` before the first
    /// execution, and where the work is not on media.
    pub real_time_factor: Option<f64>,
    /// Frames that took longer than they last.
    pub frame_overruns: u64,
    /// In the order of the manifest.
    pub node_metrics: Vec<NodeMetrics>,
    /// Time that making this very report took, on the thread that asked; recording is not in it.
    pub metrics_overhead_us: f64,
}

/// What a node has cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeMetrics {
    /// Its id in the manifest.
    pub node_id: String,
    /// Its type.
    pub node_type: &'static str,
    /// Frames that it was called with. A node that panicked is not called again.
    pub execution_count: u64,
    /// Those that went well.
    pub success_count: u64,
    /// Those in which it panicked or gave samples that are not finite.
    pub error_count: u64,
    /// 0 to 1; `None` before the first.
    pub success_rate: Option<f64>,
    /// Time that it took, the guard around it included.
    pub total_duration_us: f64,
    /// Per execution.
    #[serde(flatten)]
    pub duration: Durations,
}

/// How long executions took, in microseconds; zeros before the first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Durations {
    pub avg_duration_us: f64,
    pub min_duration_us: f64,
    pub max_duration_us: f64,
    pub p50_us: f64,
    pub p95_us: f64,
    pub p99_us: f64,
}

impl PipelineRecorder {
    /// What was recorded so far, under this name.
    pub fn metrics(&self, pipeline_id: Option<&str>) -> PipelineMetrics {
        let started_ns = self.now_ns();
        let frame_overruns = self.overruns();
        let duration_ns = self.duration_ns().distribution();
        let media_ns = self
            .media_duration_ns()
            .map(|media| media * duration_ns.count());
        let mut metrics = PipelineMetrics {
            pipeline_id: pipeline_id.map(str::to_owned),
            total_executions: duration_ns.count(),
            total_duration_us: microseconds(duration_ns.sum()),
            total_duration_ms: microseconds(duration_ns.sum()) / 1e3,
            duration: Durations::of(&duration_ns),
            real_time_factor: media_ns
                .filter(|media_ns| *media_ns > 0)
                .map(|media_ns| duration_ns.sum() as f64 / media_ns as f64),
            frame_overruns,
            node_metrics: self.nodes().iter().map(NodeMetrics::of).collect(),
            metrics_overhead_us: 0.0,
        };
        metrics.metrics_overhead_us = microseconds(self.now_ns().saturating_sub(started_ns));
        metrics
    }
}

impl NodeMetrics {
    fn of(node: &Named) -> Self {
        let error_count = node.recorder.errors();
        let duration_ns = node.recorder.duration_ns().distribution();
        let execution_count = duration_ns.count();
        let success_count = execution_count - error_count;
        Self {
            node_id: node.id.clone(),
            node_type: node.node_type,
            execution_count,
            success_count,
            error_count,
            success_rate: (execution_count > 0)
                .then(|| success_count as f64 / execution_count as f64),
            total_duration_us: microseconds(duration_ns.sum()),
            duration: Durations::of(&duration_ns),
        }
    }
}

impl Durations {
    fn of(duration_ns: &Distribution) -> Self {
        Self {
            avg_duration_us: microseconds(duration_ns.mean().round() as u64),
            min_duration_us: microseconds(duration_ns.min()),
            max_duration_us: microseconds(duration_ns.max()),
            p50_us: microseconds(duration_ns.quantile(0.5)),
            p95_us: microseconds(duration_ns.quantile(0.95)),
            p99_us: microseconds(duration_ns.quantile(0.99)),
        }
    }
}

fn microseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing() -> u64 {
        0
    }

    #[test]
    fn a_report_counts_times_and_failures() {
        let recorder = PipelineRecorder::new(
            [("a", "GainNode"), ("b", "AgcNode")],
            Some(10_000_000),
            standing,
        );
        for duration_ns in [4_000, 8_000, 16_000_000] {
            recorder.node(0).record(duration_ns, duration_ns == 8_000);
            recorder.record(duration_ns + 1_000);
        }
        let metrics = recorder.metrics(Some("test"));
        assert_eq!(metrics.pipeline_id.as_deref(), Some("test"));
        assert_eq!((metrics.total_executions, metrics.frame_overruns), (3, 1));
        assert_eq!(metrics.total_duration_us, 16_015.0);
        assert_eq!(metrics.total_duration_ms, 16.015);
        assert_eq!(metrics.real_time_factor, Some(16.015 / 30.0));
        let [a, b] = metrics.node_metrics.as_slice() else {
            panic!("two nodes")
        };
        assert_eq!(
            (a.execution_count, a.success_count, a.error_count),
            (3, 2, 1)
        );
        assert_eq!(a.success_rate, Some(2.0 / 3.0));
        assert_eq!(a.duration.min_duration_us, 4.0);
        assert_eq!(a.duration.max_duration_us, 16_000.0);
        assert_eq!(a.duration.avg_duration_us, 5_337.333);
        assert!((8.0..8.5).contains(&a.duration.p50_us), "{a:?}");
        assert_eq!(a.duration.p99_us, 16_000.0);
        assert_eq!((b.execution_count, b.success_rate), (0, None));
    }

    #[test]
    fn work_that_is_not_on_media_has_no_real_time() {
        let recorder = PipelineRecorder::new([], None, standing);
        recorder.record(20_000_000);
        let metrics = recorder.metrics(None);
        assert_eq!(
            (metrics.real_time_factor, metrics.frame_overruns),
            (None, 0)
        );
    }

    #[test]
    fn the_export_is_one_flat_object_a_node() {
        let recorder = PipelineRecorder::new([("a", "GainNode")], Some(10_000_000), standing);
        recorder.node(0).record(1_500, false);
        let json = serde_json::to_value(recorder.metrics(None)).unwrap();
        assert_eq!(json["node_metrics"][0]["avg_duration_us"], 1.5);
        assert_eq!(json["node_metrics"][0]["node_id"], "a");
        assert!(json["real_time_factor"].is_null() && json["pipeline_id"].is_null());
    }
}
