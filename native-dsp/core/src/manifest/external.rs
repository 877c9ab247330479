//! Nodes that run outside: written in JavaScript or Python, described by the host or by the manifest.

use serde::Serialize;
use serde_json::{Map, Value};

use super::fields::{Fields, unknown_choice, wrong_type};
use super::{external_params, external_spec};
use crate::complaint::{Complaints, code, quote};

/// What an edge can carry, a node take or give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// Frames or stretches of audio.
    Audio,
    /// JSON values.
    Value,
    /// What nodes noticed.
    Event,
    /// Bytes.
    Binary,
}

impl Carried {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Audio, Self::Value, Self::Event, Self::Binary];

    /// The word in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Value => "value",
            Self::Event => "event",
            Self::Binary => "binary",
        }
    }
}

/// What runs an external node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExternalExecutor {
    /// The host's own JavaScript.
    Javascript,
    /// JavaScript in a thread of its own.
    Worker,
    /// Python in WebAssembly.
    Python,
    /// Python in a process.
    Cpython,
}

pub(super) const EXECUTORS: &[(&str, ExternalExecutor)] = &[
    ("javascript", ExternalExecutor::Javascript),
    ("worker", ExternalExecutor::Worker),
    ("python", ExternalExecutor::Python),
    ("cpython", ExternalExecutor::Cpython),
];

/// A parameter of an external node type.
#[derive(Clone, Debug)]
pub struct ExternalParam {
    /// Its name.
    pub name: String,
    /// Other accepted names.
    pub aliases: Vec<String>,
    /// What its values are.
    pub kind: ExternalParamKind,
    /// Least permitted number.
    pub min: Option<f64>,
    /// Greatest permitted number.
    pub max: Option<f64>,
    /// The permitted words.
    pub options: Vec<String>,
    /// The value where none is given.
    pub default: Option<Value>,
    /// For people.
    pub documentation: String,
}

/// What the values of a parameter are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExternalParamKind {
    /// A finite number.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// Any text.
    String,
    /// One of `options`.
    Choice,
    /// Anything.
    Json,
}

/// A part of a format that a node wishes for; what is absent stays as it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatWish {
    /// Hz.
    pub sample_rate: Option<u32>,
    /// 1 to 8.
    pub channels: Option<u8>,
}

/// A node type that the host brings along.
#[derive(Clone, Debug)]
pub struct ExternalSpec {
    /// Its name in manifests.
    pub node_type: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// For people.
    pub summary: String,
    /// What runs it, unless the manifest says otherwise.
    pub executor: ExternalExecutor,
    /// `None`: any object, passed on as it is.
    pub params: Option<Vec<ExternalParam>>,
    /// `None`: everything but audio, which is asked for expressly: it decides about the graph.
    pub takes: Option<Vec<Carried>>,
    /// `None`: values and events.
    pub gives: Option<Vec<Carried>>,
    /// What audio is converted to on the way in.
    pub input: FormatWish,
    /// What its audio is, where it is not what it was given.
    pub output: FormatWish,
}

/// The external node types that a manifest may name.
#[derive(Clone, Debug, Default)]
pub struct Externals(Vec<ExternalSpec>);

impl Externals {
    /// Reads a JSON list of specifications.
    ///
    /// # Errors
    /// What is wrong with the first one that is not sound.
    pub fn from_json(text: &str) -> Result<Self, String> {
        external_spec::read(text).map(Self)
    }

    pub(super) fn find(&self, node_type: &str) -> Option<&ExternalSpec> {
        let is_called = |spec: &&ExternalSpec| {
            spec.node_type == node_type || spec.aliases.iter().any(|alias| alias == node_type)
        };
        self.0.iter().find(is_called)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|spec| spec.node_type.as_str())
    }
}

/// What a sound manifest says of a node that runs outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ExternalNode {
    /// Its type, by its own name.
    pub node_type: String,
    /// What runs it.
    pub executor: ExternalExecutor,
    /// The file that it is in, as the manifest has it.
    pub module: Option<String>,
    /// Its parameters; checked and complete where its type describes them.
    pub params: Map<String, Value>,
    /// What it takes; anything, where nobody has read its module yet.
    pub takes: Vec<Carried>,
    /// What it gives; the same.
    pub gives: Vec<Carried>,
    /// Whether the manifest leaves to the module what it takes.
    pub(super) takes_is_open: bool,
    /// Whether the manifest leaves to the module what it gives.
    pub(super) gives_is_open: bool,
    /// What its audio is converted to on the way in.
    pub input: FormatWish,
    /// What its audio is.
    pub output: FormatWish,
}

/// Whether an entry says itself that it runs outside.
pub(super) fn is_declared(entry: &Map<String, Value>) -> bool {
    entry.contains_key("executor") || entry.contains_key("module")
}

/// Reads an entry that `spec` describes or that says itself what it is.
pub(super) fn read(
    fields: &Fields<'_>,
    spec: Option<&ExternalSpec>,
    complaints: &mut Complaints,
) -> Option<ExternalNode> {
    let module = fields.text("module", complaints);
    let executor = fields.word("executor", EXECUTORS, complaints);
    let by_name = match module {
        Some(module) if module.ends_with(".py") => ExternalExecutor::Python,
        _ => ExternalExecutor::Javascript,
    };
    let node_type = fields.required_text("node_type", complaints)?;
    let takes = read_carried("takes", fields, complaints);
    let gives = read_carried("gives", fields, complaints);
    let path = fields.path("params");
    let given = fields.map.get("params");
    let params = match spec.and_then(|spec| spec.params.as_deref()) {
        Some(table) => external_params::read(node_type, table, given, &path, complaints),
        None => free_object(given, &path, complaints),
    };
    let is_unread = module.is_some() && spec.is_none();
    let by_default = |kinds: &[Carried]| if is_unread { Carried::ALL } else { kinds }.to_vec();
    Some(ExternalNode {
        takes_is_open: is_unread && takes.is_none(),
        gives_is_open: is_unread && gives.is_none(),
        node_type: spec.map_or(node_type, |spec| &spec.node_type).to_owned(),
        executor: executor.unwrap_or_else(|| spec.map_or(by_name, |spec| spec.executor)),
        module: module.map(str::to_owned),
        params,
        takes: takes
            .or_else(|| spec?.takes.clone())
            .unwrap_or_else(|| by_default(&[Carried::Value, Carried::Event, Carried::Binary])),
        gives: gives
            .or_else(|| spec?.gives.clone())
            .unwrap_or_else(|| by_default(&[Carried::Value, Carried::Event])),
        input: spec.map(|spec| spec.input).unwrap_or_default(),
        output: spec.map(|spec| spec.output).unwrap_or_default(),
    })
}

fn free_object(
    given: Option<&Value>,
    path: &str,
    complaints: &mut Complaints,
) -> Map<String, Value> {
    match given {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(params)) => params.clone(),
        Some(other) => {
            wrong_type(path, "an object", other, complaints);
            Map::new()
        }
    }
}

fn read_carried(
    name: &str,
    fields: &Fields<'_>,
    complaints: &mut Complaints,
) -> Option<Vec<Carried>> {
    let words: Vec<&str> = Carried::ALL
        .iter()
        .map(|carried| carried.as_str())
        .collect();
    let items = fields.list(name, Carried::ALL.len(), complaints)?;
    let mut list = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = format!("{}[{index}]", fields.path(name));
        let Some(word) = item.as_str() else {
            wrong_type(&path, "text", item, complaints);
            continue;
        };
        match Carried::ALL.iter().find(|carried| carried.as_str() == word) {
            Some(carried) if list.contains(carried) => {
                let message = format!("{} stands twice.", quote(word));
                complaints.add(path, code::DUPLICATE_PARAMETER, message, "Take one out.");
            }
            Some(carried) => list.push(*carried),
            None => unknown_choice(&path, word, &words, complaints),
        }
    }
    Some(list)
}
