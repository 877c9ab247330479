//! One entry of `nodes`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::MOST_NODES;
use super::fields::Fields;
use super::params;
use super::runtime::{self, Runtime};
use crate::catalogue;
use crate::complaint::{Complaints, code, quote};
use crate::nearest::nearest;
use crate::params::Params;
use crate::spec::NodeSpec;

const FIELDS: &[&str] = &[
    "id",
    "node_type",
    "params",
    "is_output_node",
    "is_streaming",
    "runtime_hint",
    "execution",
    "capabilities",
    "media_capabilities",
    "host",
    "docker",
    "fast_path",
    "python_deps",
];

/// Fields that this crate itself gives a meaning; the others are checked for type and kept.
const READ_HERE: [&str; 5] = ["id", "node_type", "params", "is_output_node", "execution"];

const EXECUTION_FIELDS: &[&str] = &["on_error", "placement", "reason", "fallback"];

/// What happens when a node panics, or cannot work on a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// The session is closed with a reason; a run on values ends with an error.
    #[default]
    FailSession,
    /// The audio goes around the node, delayed as the node delayed it. A node whose output has another
    /// format than its input cannot be gone around: it is muted. A value is passed on as it came.
    Bypass,
    /// The node gives silence from then on; for a value that it cannot work on, nothing.
    Mute,
}

impl OnError {
    const WORDS: &[(&str, Self)] = &[
        ("fail_session", Self::FailSession),
        ("bypass", Self::Bypass),
        ("mute", Self::Mute),
    ];

    /// The word in manifests and events.
    pub fn as_str(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, policy)| *policy == self);
        found.map_or("fail_session", |(word, _)| word)
    }
}

/// A node of a sound manifest.
#[derive(Clone, Debug)]
pub struct ManifestNode {
    /// Its name in this manifest: 1 to 64 of `a-z A-Z 0-9 _ -`.
    pub id: String,
    /// Its type.
    pub spec: &'static NodeSpec,
    /// Its parameters, complete.
    pub params: Params,
    /// Whether its audio, or its values, are (part of) what the pipeline gives back.
    pub is_output_node: bool,
    /// What happens when it panics.
    pub on_error: OnError,
    /// Where it wants to run; `None` where that is all the same to it.
    pub runtime: Option<Runtime>,
    /// Fields of v1 that this crate has no use for, `execution` included, kept as they came.
    pub(super) extras: Map<String, Value>,
}

/// Ids of all entries of `nodes`, whatever else is wrong with them, so that connections can be checked
/// beside broken nodes. Empty where an entry has none.
pub(super) fn ids<'a>(fields: &Fields<'a>) -> Vec<&'a str> {
    let items = fields.map.get("nodes").and_then(Value::as_array);
    let items = items.map_or(&[][..], Vec::as_slice);
    let ids = items.iter().take(MOST_NODES);
    ids.map(|item| item["id"].as_str().unwrap_or_default())
        .collect()
}

/// Complains about every entry that has the id of an earlier one.
pub(super) fn complain_of_equal_ids(items: &[Value], complaints: &mut Complaints) {
    let ids: Vec<Option<&str>> = items.iter().map(|item| item["id"].as_str()).collect();
    for (index, id) in ids.iter().enumerate() {
        let first = ids.iter().position(|other| other == id);
        if let (Some(id), Some(first)) = (id, first.filter(|first| *first < index)) {
            complaints.add(
                format!("nodes[{index}].id"),
                code::DUPLICATE_ID,
                format!("nodes[{first}] has the id {} already.", quote(id)),
                "Give every node an id of its own.",
            );
        }
    }
}

/// Reads one entry; `None` where something essential was wrong, all of which has been complained of.
pub(super) fn read(
    value: &Value,
    path: String,
    complaints: &mut Complaints,
) -> Option<ManifestNode> {
    let fields = Fields::read(value, path, FIELDS, complaints)?;
    let id = read_id(&fields, complaints);
    let spec = read_type(&fields, complaints);
    let params = spec.map(|spec| {
        params::read(
            spec,
            fields.map.get("params"),
            &fields.path("params"),
            complaints,
        )
    });
    let is_output_node = fields.flag("is_output_node", complaints);
    let on_error = read_execution(&fields, complaints);
    let runtime = runtime::read(&fields, complaints);
    check_extras(&fields, complaints);

    let extras = fields
        .map
        .iter()
        .filter(|(name, _)| !READ_HERE.contains(&name.as_str()) || name.as_str() == "execution");
    Some(ManifestNode {
        id: id?.to_owned(),
        spec: spec?,
        params: params?,
        is_output_node,
        on_error,
        runtime,
        extras: extras
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    })
}

fn read_id<'a>(fields: &Fields<'a>, complaints: &mut Complaints) -> Option<&'a str> {
    let id = fields.required_text("id", complaints)?;
    let is_permitted = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let sound = (1..=64).contains(&id.len()) && id.chars().all(is_permitted);
    if !sound {
        let message = format!("{} cannot be an id.", quote(id));
        let hint = "Use 1 to 64 letters, digits, `_` and `-`.";
        complaints.add(fields.path("id"), code::BAD_ID, message, hint);
    }
    sound.then_some(id)
}

fn read_type(fields: &Fields<'_>, complaints: &mut Complaints) -> Option<&'static NodeSpec> {
    let name = fields.required_text("node_type", complaints)?;
    let found = catalogue::find(name);
    if found.is_none() {
        let names = catalogue::all().iter().flat_map(|spec| {
            let aliases = spec.aliases.iter().copied();
            std::iter::once(spec.node_type).chain(aliases)
        });
        let hint = match nearest(name, names) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None => "`remotemedia nodes list` shows all node types.".into(),
        };
        let message = format!("There is no node type {}.", quote(name));
        complaints.add(
            fields.path("node_type"),
            code::UNKNOWN_NODE_TYPE,
            message,
            hint,
        );
    }
    found
}

fn read_execution(fields: &Fields<'_>, complaints: &mut Complaints) -> OnError {
    let Some(value) = fields.map.get("execution") else {
        return OnError::default();
    };
    let path = fields.path("execution");
    let Some(execution) = Fields::read(value, path, EXECUTION_FIELDS, complaints) else {
        return OnError::default();
    };
    for name in ["placement", "reason", "fallback"] {
        execution.text(name, complaints);
    }
    execution
        .word("on_error", OnError::WORDS, complaints)
        .unwrap_or_default()
}

fn check_extras(fields: &Fields<'_>, complaints: &mut Complaints) {
    fields.flag("is_streaming", complaints);
    fields.flag("fast_path", complaints);
    fields.text("host", complaints);
    for name in ["capabilities", "media_capabilities", "docker"] {
        fields.check(name, "an object", Value::is_object, complaints);
    }
    fields.check("python_deps", "a list", Value::is_array, complaints);
}
