//! What callers get who drive a graph themselves, frame by frame: files, tests, batch work. The bindings
//! (`node`, `wasm`) hand it on unchanged, so that both say and do the same.

mod error;
mod pipeline;
mod rate_converter;
mod resampler;
mod utterance;

use serde_json::{Value, json};

use crate::format::Format;
use crate::graph::Graph;
use crate::manifest::Manifest;
pub use error::{OfflineError, whole};
pub use pipeline::OfflinePipeline;
pub use rate_converter::RateConverter;
pub use resampler::Resampler;
pub use utterance::{OfflineUtterance, split};

/// Parses a manifest (JSON or YAML) and compiles it for 48 kHz mono: `ok`, all `complaints`, and where there
/// are none the `manifest` in its normal form and the `plan`.
pub fn validate(text: &str) -> Value {
    let compiled = Manifest::parse(text).and_then(|manifest| {
        Graph::compile(&manifest, Format::VOICE).map(|graph| (manifest, graph))
    });
    match compiled {
        Ok((manifest, graph)) => json!({
            "ok": true, "complaints": [], "manifest": manifest.to_json(), "plan": graph.plan(),
        }),
        Err(complaints) => json!({
            "ok": false, "complaints": complaints, "manifest": null, "plan": null,
        }),
    }
}
