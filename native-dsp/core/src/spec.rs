//! How a node describes itself: the single source of the registry, the JSON Schema, the TypeScript
//! types and the node reference.

use crate::format::Format;
use crate::node::Built;
use crate::params::{Params, camel_case};
use crate::values::ValueNode;

/// Everything there is to know about a node type.
#[derive(Debug)]
pub struct NodeSpec {
    /// Name in manifests, case-sensitive.
    pub node_type: &'static str,
    /// Other names that manifests may use.
    pub aliases: &'static [&'static str],
    /// One sentence, for lists.
    pub summary: &'static str,
    /// Markdown: what it does, when to use it, what it promises, its sources.
    pub documentation: &'static str,
    /// What happens to the audio.
    pub role: Role,
    /// Parameters in the order of the documentation.
    pub params: &'static [ParamSpec],
    /// Event types it may emit.
    pub events: &'static [&'static str],
    /// Event types it cannot work without: a node that emits them must be connected to it directly.
    pub requires: &'static [&'static str],
    /// How one is made, and with that, in which kind of pipeline it can stand.
    pub build: Build,
}

/// Makes a node for `params`, offered audio of `Format`. Fails only where parameters that are valid one by one
/// do not fit each other or the format.
pub type BuildAudio = fn(&Params, Format) -> Result<Built, BuildError>;

/// Makes a node for `params` that works on JSON values. Fails only where parameters that are valid one by one
/// do not fit each other.
pub type BuildValues = fn(&Params) -> Result<Box<dyn ValueNode>, BuildError>;

/// What a node type can be made as.
#[derive(Clone, Copy, Debug)]
pub enum Build {
    /// A node on frames of audio.
    Audio(BuildAudio),
    /// A node on JSON values.
    Values(BuildValues),
    /// Either, as the nodes around it are.
    Both(BuildAudio, BuildValues),
    /// A place in the graph for a node that runs outside.
    Host,
}

impl Build {
    /// How it is made for audio, if it can be.
    pub fn audio(self) -> Option<BuildAudio> {
        match self {
            Self::Audio(build) | Self::Both(build, _) => Some(build),
            Self::Values(_) | Self::Host => None,
        }
    }

    /// How it is made for values, if it can be.
    pub fn values(self) -> Option<BuildValues> {
        match self {
            Self::Values(build) | Self::Both(_, build) => Some(build),
            Self::Audio(_) | Self::Host => None,
        }
    }
}

/// What a node does with the audio that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Produces audio of its own.
    Transform,
    /// Listens only: its output is its input, untouched and uncopied.
    Analyser,
    /// Takes audio in and gives none out.
    Sink,
    /// Has nothing to do with audio: it works on JSON values.
    Value,
}

/// One parameter of a node.
#[derive(Debug)]
pub struct ParamSpec {
    /// Canonical name, snake_case, unit included.
    pub name: &'static str,
    /// Other accepted names (camelCase of every name is accepted without being listed).
    pub aliases: &'static [&'static str],
    /// Type, range and default.
    pub kind: ParamKind,
    /// One or two sentences.
    pub documentation: &'static str,
}

impl ParamSpec {
    /// Everything that manifests may call this parameter: its name, its aliases, and camelCase of all of them.
    pub fn spellings(&self) -> Vec<String> {
        let names = std::iter::once(&self.name).chain(self.aliases);
        let mut spellings: Vec<String> = names.map(|name| (*name).to_owned()).collect();
        for camel in spellings.clone().iter().map(|name| camel_case(name)) {
            if !spellings.contains(&camel) {
                spellings.push(camel);
            }
        }
        spellings
    }
}

/// Type, range (inclusive) and default of a parameter.
#[derive(Clone, Copy, Debug)]
pub enum ParamKind {
    /// A finite number.
    Number {
        /// Least permitted value.
        min: f64,
        /// Greatest permitted value.
        max: f64,
        /// Value where none is given.
        default: f64,
    },
    /// A finite number that may be absent; the documentation says what absence means.
    OptionalNumber {
        /// Least permitted value.
        min: f64,
        /// Greatest permitted value.
        max: f64,
    },
    /// A whole number.
    Integer {
        /// Least permitted value.
        min: i64,
        /// Greatest permitted value.
        max: i64,
        /// Value where none is given.
        default: i64,
    },
    /// A whole number or the word `auto`, which is the default.
    IntegerOrAuto {
        /// Least permitted value.
        min: i64,
        /// Greatest permitted value.
        max: i64,
    },
    /// True or false.
    Flag {
        /// Value where none is given.
        default: bool,
    },
    /// One of a few words.
    Choice {
        /// The permitted words.
        options: &'static [&'static str],
        /// The word where none is given; one of `options`.
        default: &'static str,
    },
}

/// Parameters that are each in range but cannot work together or on this format.
#[derive(Debug)]
pub struct BuildError {
    /// Canonical name of the parameter to change.
    pub param: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}
