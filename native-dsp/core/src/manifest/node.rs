//! One entry of `nodes`.

use serde_json::{Map, Value};

use super::execution::{self, ExecutionPolicy};
use super::external::{self, ExternalNode, Externals};
use super::fields::Fields;
use super::params;
use super::parts::Part;
use super::runtime::{self, Runtime};
use crate::catalogue;
use crate::complaint::{Complaints, code, quote};
use crate::host;
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
    "executor",
    "module",
    "takes",
    "gives",
];

/// Fields that only nodes have which run outside.
const EXTERNAL_FIELDS: [&str; 4] = ["executor", "module", "takes", "gives"];

/// Fields that this crate itself gives a meaning; the others are checked for type and kept.
const READ_HERE: [&str; 9] = [
    "id",
    "node_type",
    "params",
    "is_output_node",
    "execution",
    "executor",
    "module",
    "takes",
    "gives",
];

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
    /// How it is called, and what happens when it fails.
    pub execution: ExecutionPolicy,
    /// What runs outside, and how; `None` for a node of the catalogue.
    pub external: Option<Box<ExternalNode>>,
    /// Which part of the pipeline it belongs to.
    pub part: Part,
    /// Where it wants to run; `None` where that is all the same to it.
    pub runtime: Option<Runtime>,
    /// Fields of v1 that this crate has no use for, `execution` included, kept as they came.
    pub(super) extras: Map<String, Value>,
}

impl ManifestNode {
    /// Its type, by its own name.
    pub fn node_type(&self) -> &str {
        match &self.external {
            Some(external) => &external.node_type,
            None => self.spec.node_type,
        }
    }

    /// Whether it runs outside and gets audio from the graph.
    pub(super) fn hears(&self) -> bool {
        [&host::TRANSFORM, &host::SINK]
            .iter()
            .any(|place| std::ptr::eq(*place, self.spec))
    }
}

/// Ids of all entries of `nodes`, whatever else is wrong with them, so that connections can be checked
/// beside broken nodes. Empty where an entry has none.
pub(super) fn ids<'a>(fields: &Fields<'a>) -> Vec<&'a str> {
    let items = fields.map.get("nodes").and_then(Value::as_array);
    let items = items.map_or(&[][..], Vec::as_slice);
    let ids = items.iter().map(|item| item["id"].as_str());
    ids.map(Option::unwrap_or_default).collect()
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

/// What entries of `nodes` are read against.
pub(super) struct Context<'a> {
    /// Node types that the host brings along.
    pub externals: &'a Externals,
    /// What `execution` of the manifest says for all nodes.
    pub execution: ExecutionPolicy,
}

/// Reads one entry; `None` where something essential was wrong, all of which has been complained of.
pub(super) fn read(
    value: &Value,
    path: String,
    context: &Context<'_>,
    complaints: &mut Complaints,
) -> Option<ManifestNode> {
    let fields = Fields::read(value, path, FIELDS, complaints)?;
    let id = read_id(&fields, complaints);
    let described = fields.map.get("node_type").and_then(Value::as_str);
    let described = described.and_then(|name| context.externals.find(name));
    let is_external = described.is_some() || external::is_declared(fields.map);
    let external = is_external.then(|| external::read(&fields, described, complaints));
    let spec = match &external {
        None => read_type(&fields, context.externals, complaints),
        Some(_) => {
            complain_of_catalogue_type(&fields, complaints);
            Some(&host::OUTSIDE)
        }
    };
    let params = spec.map(|spec| match &external {
        Some(_) => Params::defaults(&[]),
        None => params::read(
            spec,
            fields.map.get("params"),
            &fields.path("params"),
            complaints,
        ),
    });
    let is_output_node = fields.flag("is_output_node", complaints);
    let execution = execution::read(&fields, &context.execution, complaints);
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
        execution,
        external: match external {
            Some(external) => Some(Box::new(external?)),
            None => None,
        },
        part: Part::default(),
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

/// A type of the catalogue cannot run outside too: the manifest would mean something else where the host knows it.
fn complain_of_catalogue_type(fields: &Fields<'_>, complaints: &mut Complaints) {
    let name = fields.map.get("node_type").and_then(Value::as_str);
    let Some(name) = name.filter(|name| catalogue::find(name).is_some()) else {
        return;
    };
    let given = EXTERNAL_FIELDS
        .iter()
        .find(|field| fields.map.contains_key(**field));
    let message = format!(
        "{} is a node of the catalogue and runs inside.",
        quote(name)
    );
    let hint = match given {
        Some(field) => format!("Take `{field}` out, or give the node a type of your own."),
        None => "Give the node a type of your own.".into(),
    };
    complaints.add(
        fields.path("node_type"),
        code::INVALID_COMBINATION,
        message,
        hint,
    );
}

fn read_type(
    fields: &Fields<'_>,
    externals: &Externals,
    complaints: &mut Complaints,
) -> Option<&'static NodeSpec> {
    let name = fields.required_text("node_type", complaints)?;
    let found = catalogue::find(name);
    if found.is_none() {
        let names = catalogue::all().iter().flat_map(|spec| {
            let aliases = spec.aliases.iter().copied();
            std::iter::once(spec.node_type).chain(aliases)
        });
        let hint = match nearest(name, names.chain(externals.names())) {
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

fn check_extras(fields: &Fields<'_>, complaints: &mut Complaints) {
    if !external::is_declared(fields.map) {
        for name in ["takes", "gives"] {
            fields.check(name, "a list", Value::is_array, complaints);
        }
    }
    fields.flag("is_streaming", complaints);
    fields.flag("fast_path", complaints);
    fields.text("host", complaints);
    for name in ["capabilities", "media_capabilities", "docker"] {
        fields.check(name, "an object", Value::is_object, complaints);
    }
    fields.check("python_deps", "a list", Value::is_array, complaints);
}
