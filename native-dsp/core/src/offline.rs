//! What callers get who drive a graph themselves, frame by frame or value by value: files, tests, batch work. The bindings
//! (`node`, `wasm`) hand it on unchanged, so that both say and do the same.

mod attachment;
mod error;
mod pipeline;
mod rate_converter;
mod resampler;
mod value_pipeline;

use remotemedia_text::Replaced;
use serde_json::{Map, Value, json};

use crate::complaint::{Complaint, code, located};
use crate::format::{Format, MAX_CHANNELS};
use crate::graph::Graph;
use crate::manifest::{self, Externals, Kind, Manifest};
use crate::values::ValueGraph;
pub use attachment::{Attachment, OfflineChunk, OfflineUtterance, split};
pub use error::{OfflineError, node_state, unknown_node, whole};
pub use pipeline::OfflinePipeline;
pub use rate_converter::RateConverter;
pub use resampler::Resampler;
pub use value_pipeline::ValuePipeline;

/// What a manifest shall be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Whatever it works on.
    Any,
    /// Audio, as in a session: a pipeline of JSON values is refused.
    Audio,
}

/// Parses a manifest (JSON or YAML) and compiles it, on audio for 48 kHz mono, or, where it needs more channels and is not
/// for a session, as many as it needs: `ok`, the `kind` where it could be
/// read, all `complaints`, and where there are none the `manifest` in its normal form and the `plan`.
pub fn validate(text: &str, purpose: Purpose, externals: &Externals) -> Value {
    let manifest = Manifest::parse_with(text, externals);
    let kind = manifest.as_ref().ok().map(Manifest::kind);
    let compiled = manifest.and_then(|manifest| {
        let plan = match manifest.kind() {
            Kind::Values if purpose == Purpose::Any => {
                json!(ValueGraph::compile(&manifest)?.info())
            }
            Kind::Hybrid if purpose == Purpose::Any => hybrid_plan(&manifest)?,
            _ => json!(compile(&manifest, purpose, Graph::compile)?.plan()),
        };
        Ok((manifest, plan))
    });
    match located(text, compiled) {
        Ok((manifest, plan)) => json!({
            "ok": true, "kind": kind, "complaints": [], "manifest": manifest.to_json(), "plan": plan,
        }),
        Err(complaints) => json!({
            "ok": false, "kind": kind, "complaints": complaints, "manifest": null, "plan": null,
        }),
    }
}

/// The parts of a pipeline, and with them the plan of its graph where it has one.
fn hybrid_plan(manifest: &Manifest) -> Result<Value, Vec<Complaint>> {
    let mut plan = manifest.pipeline_plan();
    if manifest.has_graph() {
        let graph = compile(manifest, Purpose::Any, Graph::compile_hosted)?;
        plan["graph"] = json!(graph.plan());
    }
    Ok(plan)
}

/// Compiles for the audio of a session, or for audio that nobody has seen yet: what is not there in mono may be in stereo, or
/// beyond.
fn compile(
    manifest: &Manifest,
    purpose: Purpose,
    by: fn(&Manifest, Format) -> Result<Graph, Vec<Complaint>>,
) -> Result<Graph, Vec<Complaint>> {
    by(manifest, Format::VOICE).or_else(|complaints| {
        let may_depend = |it: &Complaint| it.code == code::INVALID_COMBINATION;
        if purpose == Purpose::Audio || !complaints.iter().all(may_depend) {
            return Err(complaints);
        }
        let wider = [2, MAX_CHANNELS].map(|channels| Format {
            channels,
            ..Format::VOICE
        });
        let graph = wider.iter().find_map(|format| by(manifest, *format).ok());
        graph.ok_or(complaints)
    })
}

/// Puts the values of variables, a JSON object of texts, in the place of `${NAME}`: `ok`, the `text`,
/// what was `replaced`, all `complaints`.
///
/// # Errors
/// `invalid_options` where `environment` is no such object.
pub fn interpolate(text: &str, environment: &str) -> Result<Value, OfflineError> {
    let environment = serde_json::from_str(environment).map_err(|error| {
        OfflineError::options(format!("environment is no JSON object of texts: {error}"))
    })?;
    Ok(match manifest::interpolate(text, &environment) {
        Ok(result) => {
            json!({"ok": true, "text": result.text, "replaced": result.replaced, "complaints": []})
        }
        Err(complaints) => {
            json!({"ok": false, "text": null, "replaced": [], "complaints": complaints})
        }
    })
}

/// Complaints, as JSON, about a text that [`interpolate`] made: what was `replaced`, as it told it, is quoted as it was written.
///
/// # Errors
/// `invalid_options` where either is no such list.
pub fn complaints_as_written(complaints: &str, replaced: &str) -> Result<Value, OfflineError> {
    let no_list = |error| OfflineError::options(format!("no list of what it should be: {error}"));
    let mut complaints: Vec<Map<String, Value>> =
        serde_json::from_str(complaints).map_err(no_list)?;
    let replaced: Vec<Replaced> = serde_json::from_str(replaced).map_err(no_list)?;
    for complaint in &mut complaints {
        let [path, code, mut message, mut hint] =
            ["path", "code", "message", "hint"].map(|key| text_of(complaint, key));
        manifest::hide(&path, &code, [&mut message, &mut hint], &replaced);
        complaint.insert("message".into(), message.into());
        complaint.insert("hint".into(), hint.into());
    }
    Ok(json!(complaints))
}

fn text_of(complaint: &Map<String, Value>, key: &str) -> String {
    let text = complaint.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// Reads the specifications of node types that the host brings along; there may be none.
///
/// # Errors
/// `invalid_options` with what is wrong.
pub fn externals(json: Option<&str>) -> Result<Externals, OfflineError> {
    match json {
        None => Ok(Externals::default()),
        Some(text) => Externals::from_json(text).map_err(OfflineError::options),
    }
}

/// Parses a manifest and says how it falls into parts, for [`Purpose::Audio`] in a session: `ok`, the `plan`, all `complaints`.
pub fn plan_pipeline(text: &str, purpose: Purpose, externals: &Externals) -> Value {
    let planned = Manifest::parse_with(text, externals).and_then(|manifest| {
        let (plan, has_graph) = match purpose {
            Purpose::Any => (manifest.pipeline_plan(), manifest.has_graph()),
            Purpose::Audio => (manifest.live_plan(), manifest.has_live_graph()),
        };
        match manifest.kind() {
            Kind::Values => ValueGraph::compile(&manifest).map(drop)?,
            _ if has_graph => compile(&manifest, purpose, Graph::compile_hosted).map(drop)?,
            _ => {}
        }
        Ok(plan)
    });
    match located(text, planned) {
        Ok(plan) => json!({"ok": true, "plan": plan, "complaints": []}),
        Err(complaints) => json!({"ok": false, "plan": null, "complaints": complaints}),
    }
}
