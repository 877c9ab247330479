//! Metrics in the shape of the REST API and of the Prometheus exporter.

use std::ops::RangeInclusive;

use remotemedia_core::metrics::{Buckets, PipelineExport, PipelineRecorder};
use remotemedia_plane::MediaTotal;
use serde_json::{Value, json};

/// Bounds of exported durations of packets, as powers of two of microseconds: 32 us to 131 ms.
const MICROSECONDS: RangeInclusive<u32> = 5..=17;

/// One pipeline of one session, or of one offline run.
pub fn report(recorder: &PipelineRecorder, name: Option<&str>) -> Value {
    serde_json::to_value(recorder.metrics(name)).unwrap_or_default()
}

/// All sessions since the plane was made.
pub fn totals(pipelines: &[PipelineExport], media: &MediaTotal) -> Value {
    json!({
        "pipelines": pipelines,
        "media": {
            "sessions": media.sessions,
            "packets_received": media.packets_received,
            "packets_sent": media.packets_sent,
            "packets_lost": media.packets_lost,
            "packets_late": media.packets_late,
            "packets_refused": media.packets_refused,
            "frames_concealed": media.frames_concealed,
            "events_dropped": media.events_dropped,
            "gateway_latency": Buckets::of(&media.latency_us, 1e6, MICROSECONDS),
            "processing": Buckets::of(&media.processing_us, 1e6, MICROSECONDS),
        },
    })
}
