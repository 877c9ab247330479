//! Statistics in the shape of the REST API.

use remotemedia_plane::{PlaneReport, Quantiles, SessionReport};
use serde_json::{Map, Value, json};

pub fn session(report: &SessionReport) -> Value {
    let mut stats = serde_json::to_value(report.media).unwrap_or_default();
    for (reason, count) in &report.refused {
        stats["packets_refused"][*reason] = (*count).into();
    }
    stats["gateway_latency_us"] = quantiles(report.latency);
    stats["processing_us"] = quantiles(report.processing);
    stats["audio_frames_dropped"] =
        (report.media.audio_frames_dropped + report.audio_frames_dropped).into();
    stats["events_dropped"] = (report.media.events_dropped + report.events_dropped).into();
    stats
}

pub fn plane(report: &PlaneReport) -> Value {
    let dropped = report
        .discarded
        .iter()
        .map(|(name, count)| ((*name).to_owned(), (*count).into()));
    json!({
        "sessions": report.sessions,
        "sessions_on_threads": report.sessions_on_threads,
        "threads": report.threads,
        "datagrams_received": report.received,
        "datagrams_sent": report.sent,
        "datagrams_dropped": dropped.collect::<Map<_, _>>(),
        "receive_overflows": report.receive_overflows,
        "send_failures": report.send_failures,
        "datagrams_forwarded": report.forwarded,
    })
}

fn quantiles(quantiles: Quantiles) -> Value {
    let Quantiles {
        p50,
        p99,
        max,
        count,
    } = quantiles;
    json!({ "p50": p50, "p99": p99, "max": max, "count": count })
}
