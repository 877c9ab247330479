//! What the session of this instance has cost, by the host's clock.

use std::sync::Arc;

use remotemedia_core::graph::Graph;
use remotemedia_core::metrics::{PipelineExport, PipelineMetrics, PipelineRecorder};
use serde::Deserialize;

use crate::clock::host_ns;

/// What of a session's options concerns its metrics.
#[derive(Deserialize)]
#[serde(default)]
pub struct MeasurementOptions {
    metrics: bool,
    pipeline: Option<String>,
}

impl Default for MeasurementOptions {
    fn default() -> Self {
        Self {
            metrics: true,
            pipeline: None,
        }
    }
}

/// The record of one graph under the name of its pipeline.
pub struct Measurement {
    pipeline: Option<String>,
    recorder: Arc<PipelineRecorder>,
}

impl Measurement {
    /// Measures the graph from now on; `None` where that is not wanted.
    pub fn begin(options: MeasurementOptions, graph: &mut Graph) -> Option<Self> {
        let MeasurementOptions { metrics, pipeline } = options;
        metrics.then(|| Self {
            pipeline,
            recorder: graph.measure(host_ns),
        })
    }

    /// In the shape of the REST API.
    pub fn report(&self) -> PipelineMetrics {
        self.recorder.metrics(self.pipeline.as_deref())
    }

    /// In the shape in which the host adds up its instances.
    pub fn total(&self) -> PipelineExport {
        self.recorder.total(self.pipeline.as_deref())
    }
}
