//! Manifest v1: what a pipeline is made of, read once and checked completely.
//!
//! ```
//! use remotemedia_core::manifest::Manifest;
//!
//! let manifest = "version: v1\nnodes: [{id: louder, node_type: GianNode}]";
//! let complaints = Manifest::parse(manifest).unwrap_err();
//! assert_eq!(complaints[0].path, "nodes[0].node_type");
//! assert_eq!(complaints[0].hint, "Did you mean `GainNode`?");
//! ```

mod as_written;
mod connections;
mod execution;
mod external;
mod external_params;
mod external_spec;
mod fields;
mod kind;
mod mention;
mod node;
mod normal;
mod params;
mod parts;
mod pipeline_plan;
mod runtime;
mod text;

use serde_json::{Map, Value};

pub use crate::complaint::Complaint;
use crate::complaint::{Complaints, code, located, quote};
use crate::topology;
pub use as_written::as_written;
pub(crate) use as_written::hide;
pub use connections::Connection;
pub use execution::{
    CircuitBreaker, ExecutionPolicy, Jitter, LONGEST_MS, LONGEST_PATIENCE_MS, OnError, Retry,
    WhenLate,
};
pub use external::{
    Carried, ExternalExecutor, ExternalNode, ExternalParam, ExternalParamKind, ExternalSpec,
    Externals, FormatWish,
};
use fields::Fields;
pub use kind::Kind;
pub use mention::external_mentions;
pub use node::ManifestNode;
pub use parts::Part;
pub use runtime::Runtime;
pub use text::{LONGEST_TEXT_BYTES, interpolate};

/// Most nodes in a manifest: sets of nodes are kept as the bits of a `u64`.
pub const MOST_NODES: usize = 64;

/// The version of the format.
pub const VERSION: &str = "v1";

const FIELDS: &[&str] = &[
    "version",
    "metadata",
    "nodes",
    "connections",
    "python_env",
    "runtime",
    "runtime_hint",
    "execution",
];

/// A pipeline that was found sound: ids are unique, node types and parameters known, values in range,
/// connections lead somewhere and never in a circle. Only parsing makes one.
#[derive(Clone, Debug)]
pub struct Manifest {
    metadata: Map<String, Value>,
    latency_budget_ms: Option<f64>,
    nodes: Vec<ManifestNode>,
    connections: Vec<Connection>,
    order: Vec<usize>,
    runtime: Option<Runtime>,
    /// Fields of v1 that this crate has no use for, kept as they came.
    extras: Map<String, Value>,
}

impl Manifest {
    /// Reads a manifest from JSON or YAML.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the document's parts; never an empty list.
    pub fn parse(text: &str) -> Result<Self, Vec<Complaint>> {
        Self::parse_with(text, &Externals::default())
    }

    /// As [`Manifest::parse`], with node types that the host brings along.
    ///
    /// # Errors
    /// As [`Manifest::parse`].
    pub fn parse_with(text: &str, externals: &Externals) -> Result<Self, Vec<Complaint>> {
        let mut complaints = Complaints::default();
        match text::read(text, &mut complaints) {
            Some(value) => located(text, Self::from_value_with(&value, externals)),
            None => Err(complaints.into_vec()),
        }
    }

    /// Reads a manifest from a JSON value.
    ///
    /// # Errors
    /// As [`Manifest::parse`].
    pub fn from_value(value: &Value) -> Result<Self, Vec<Complaint>> {
        Self::from_value_with(value, &Externals::default())
    }

    /// As [`Manifest::from_value`], with node types that the host brings along.
    ///
    /// # Errors
    /// As [`Manifest::parse`].
    pub fn from_value_with(value: &Value, externals: &Externals) -> Result<Self, Vec<Complaint>> {
        let mut complaints = Complaints::default();
        let manifest = read(value, externals, &mut complaints);
        complaints.into_result(())?;
        Ok(manifest.expect("where nothing was complained of, everything was read"))
    }

    /// The name in `metadata`, if any.
    pub fn name(&self) -> Option<&str> {
        self.metadata.get("name").and_then(Value::as_str)
    }

    /// All of `metadata`, free fields included.
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// `metadata.latency_budget_ms`: the most that the pipeline may delay the audio.
    pub fn latency_budget_ms(&self) -> Option<f64> {
        self.latency_budget_ms
    }

    /// The nodes, in the order of the manifest.
    pub fn nodes(&self) -> &[ManifestNode] {
        &self.nodes
    }

    /// The connections, in the order of the manifest.
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// Node indices in the order in which they run; ties are broken by the order of the manifest.
    pub fn order(&self) -> &[usize] {
        &self.order
    }
}

fn read(value: &Value, externals: &Externals, complaints: &mut Complaints) -> Option<Manifest> {
    if has_too_many_nodes(value, complaints) {
        return None;
    }
    let fields = Fields::read(value, String::new(), FIELDS, complaints)?;
    check_version(&fields, complaints);
    for name in ["python_env", "runtime"] {
        fields.check(name, "an object", Value::is_object, complaints);
    }
    let (metadata, latency_budget_ms, metadata_runtime) = read_metadata(&fields, complaints);
    let execution = execution::read(&fields, &ExecutionPolicy::default(), complaints);
    let context = node::Context {
        externals,
        execution,
    };
    let mut nodes = read_nodes(&fields, &context, complaints);
    let hints = [
        ("runtime_hint", runtime::read(&fields, complaints)),
        ("metadata.runtime_hint", metadata_runtime),
    ];
    let runtime = runtime::agree(&hints, nodes.as_deref().unwrap_or_default(), complaints);
    let connections = connections::read(&fields, &node::ids(&fields), complaints);
    if let Some(nodes) = &mut nodes {
        parts::divide(nodes, &connections);
        parts::complain_of_edges(nodes, &connections, complaints);
    }

    let edges: Vec<_> = connections
        .iter()
        .map(|edge| (edge.from, edge.to))
        .collect();
    let order = topology::order(node::ids(&fields).len(), &edges);
    let order =
        order.map_err(|circle| complain_of_circle(&circle, &node::ids(&fields), complaints));

    let extras = fields
        .map
        .iter()
        .filter(|(name, _)| ["python_env", "runtime"].contains(&name.as_str()));
    Some(Manifest {
        metadata,
        latency_budget_ms,
        nodes: nodes?,
        connections,
        order: order.ok()?,
        runtime,
        extras: extras
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    })
}

/// Told alone: whatever else is wrong with so many would bury it.
fn has_too_many_nodes(value: &Value, complaints: &mut Complaints) -> bool {
    let count = value["nodes"].as_array().map_or(0, Vec::len);
    let is_too_many = count > MOST_NODES;
    if is_too_many {
        let message = format!("The pipeline has {count} nodes.");
        let hint = format!("At most {MOST_NODES} are permitted.");
        complaints.add("nodes", code::TOO_MANY_NODES, message, hint);
    }
    is_too_many
}

fn check_version(fields: &Fields<'_>, complaints: &mut Complaints) {
    let path = "version";
    let hint = format!("Write `version: {VERSION}`.");
    let version = match fields.map.get("version") {
        Some(Value::String(version)) if version == VERSION => return,
        Some(Value::String(version)) => version.clone(),
        Some(other) => other.to_string(),
        None => {
            complaints.add(path, code::MISSING_FIELD, "`version` is missing.", hint);
            return;
        }
    };
    let message = format!("Version {} is not supported.", quote(&version));
    let hint = match version.starts_with('1') {
        true => hint + " `remotemedia import` rewrites manifests of the RemoteMedia SDK.",
        false => hint,
    };
    complaints.add(path, code::UNSUPPORTED_VERSION, message, hint);
}

/// `metadata` is free, but what has a meaning must have the right type.
fn read_metadata(
    fields: &Fields<'_>,
    complaints: &mut Complaints,
) -> (Map<String, Value>, Option<f64>, Option<Runtime>) {
    let Some(value) = fields.map.get("metadata") else {
        return (Map::new(), None, None);
    };
    let known: Vec<&str> = value
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    let Some(metadata) = Fields::read(value, "metadata".into(), &known, complaints) else {
        return (Map::new(), None, None);
    };
    for name in ["name", "description"] {
        metadata.text(name, complaints);
    }
    let budget = metadata.positive_number("latency_budget_ms", complaints);
    let runtime = runtime::read(&metadata, complaints);
    (metadata.map.clone(), budget, runtime)
}

fn read_nodes(
    fields: &Fields<'_>,
    context: &node::Context<'_>,
    complaints: &mut Complaints,
) -> Option<Vec<ManifestNode>> {
    let Some(value) = fields.map.get("nodes") else {
        let hint = "Add `nodes`, a list of at least one node.";
        complaints.add("nodes", code::MISSING_FIELD, "`nodes` is missing.", hint);
        return None;
    };
    let Value::Array(items) = value else {
        fields::wrong_type("nodes", "a list", value, complaints);
        return None;
    };
    if items.is_empty() {
        let hint = "Add at least one node; `PassThrough` is the simplest.";
        complaints.add("nodes", code::NO_NODES, "The pipeline has no nodes.", hint);
    }
    node::complain_of_equal_ids(items, complaints);
    let nodes = items.iter().enumerate().map(|(index, item)| {
        // Every node is read even after one failed: all complaints at once.
        node::read(item, format!("nodes[{index}]"), context, complaints)
    });
    nodes.collect::<Vec<_>>().into_iter().collect()
}

fn complain_of_circle(circle: &[usize], ids: &[&str], complaints: &mut Complaints) {
    let names: Vec<String> = circle.iter().map(|&node| quote(ids[node])).collect();
    let path = names.join(" -> ").replace('`', "");
    complaints.add(
        "connections",
        code::CYCLE,
        format!("These nodes feed each other in a circle: {path}."),
        "Take one of these connections out.",
    );
}

#[cfg(test)]
mod tests;
