//! `runtime_hint`: where a pipeline is to run, said for the whole of it or node by node.

use super::fields::Fields;
use super::{Manifest, ManifestNode};
use crate::complaint::{Complaint, Complaints, code, quote};

/// What executes a graph. A graph runs in one of them as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Machine code, in the gateway's process.
    Native,
    /// WebAssembly, in the gateway or in a browser.
    Wasm,
}

impl Runtime {
    /// The one that this code was compiled for.
    pub const HERE: Self = if cfg!(target_family = "wasm") {
        Self::Wasm
    } else {
        Self::Native
    };

    /// The word in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Wasm => "wasm",
        }
    }
}

/// What a word asks for.
#[derive(Clone, Copy)]
enum Hint {
    Any,
    In(Runtime),
    /// An interpreter, which no node here is written for.
    Interpreter,
}

/// CPython in the process and CPython in WebAssembly also say where a node runs, and that is kept.
const WORDS: &[(&str, Hint)] = &[
    ("auto", Hint::Any),
    ("native", Hint::In(Runtime::Native)),
    ("wasm", Hint::In(Runtime::Wasm)),
    ("cpython", Hint::In(Runtime::Native)),
    ("cpython_wasm", Hint::In(Runtime::Wasm)),
    ("rust_python", Hint::Interpreter),
    ("python", Hint::Interpreter),
    ("javascript", Hint::Interpreter),
];

/// Reads `runtime_hint` of a manifest, of its metadata or of a node.
pub(super) fn read(fields: &Fields<'_>, complaints: &mut Complaints) -> Option<Runtime> {
    match fields.word("runtime_hint", WORDS, complaints)? {
        Hint::Any => None,
        Hint::In(runtime) => Some(runtime),
        Hint::Interpreter => {
            let word = fields.map["runtime_hint"].as_str().unwrap_or_default();
            complaints.add(
                fields.path("runtime_hint"),
                code::UNSUPPORTED_RUNTIME,
                format!("{} runs no node: all are compiled Rust.", quote(word)),
                "Write `auto`, `native` or `wasm`, or leave it out.",
            );
            None
        }
    }
}

/// What all hints together ask for; two that contradict each other are a complaint.
pub(super) fn agree(
    whole: &[(&str, Option<Runtime>)],
    nodes: &[ManifestNode],
    complaints: &mut Complaints,
) -> Option<Runtime> {
    let whole = whole.iter().map(|(path, hint)| ((*path).to_owned(), *hint));
    let nodes = nodes.iter().enumerate();
    let nodes = nodes.map(|(index, node)| (format!("nodes[{index}].runtime_hint"), node.runtime));
    let mut agreed: Option<(String, Runtime)> = None;
    for (path, hint) in whole.chain(nodes) {
        let Some(runtime) = hint else { continue };
        match &agreed {
            Some((_, first)) if *first == runtime => {}
            Some((place, first)) => complaints.add(
                path,
                code::CONFLICTING_RUNTIMES,
                format!(
                    "It asks for {}, `{place}` for {}.",
                    quote(runtime.as_str()),
                    quote(first.as_str())
                ),
                "A pipeline runs in one runtime: take one of the two out.",
            ),
            None => agreed = Some((path, runtime)),
        }
    }
    agreed.map(|(_, runtime)| runtime)
}

impl Manifest {
    /// Where the manifest wants to run; `None` where that is all the same to it.
    pub fn runtime(&self) -> Option<Runtime> {
        self.runtime
    }

    /// Refuses a manifest that wants to run elsewhere than in this runtime.
    ///
    /// # Errors
    /// One complaint, `wrong_runtime`.
    pub fn check_runtime(&self) -> Result<(), Vec<Complaint>> {
        match self.runtime {
            Some(runtime) if runtime != Runtime::HERE => Err(vec![Complaint::new(
                "runtime_hint",
                code::WRONG_RUNTIME,
                format!(
                    "The pipeline asks for the runtime {}, this is {}.",
                    quote(runtime.as_str()),
                    quote(Runtime::HERE.as_str())
                ),
                "Run it there, or write `runtime_hint: auto`.",
            )]),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(head: &str, hints: [&str; 2]) -> Result<Manifest, Vec<Complaint>> {
        let nodes = hints.iter().enumerate().map(|(index, hint)| {
            format!("\n- {{id: n{index}, node_type: PassThrough, runtime_hint: {hint}}}")
        });
        Manifest::parse(&format!(
            "version: v1\n{head}\nconnections: [{{from: n0, to: n1}}]\nnodes:{}",
            nodes.collect::<String>()
        ))
    }

    #[test]
    fn a_hint_of_the_manifest_its_metadata_or_a_node_decides() {
        for (head, hints, runtime) in [
            ("", ["auto", "auto"], None),
            ("runtime_hint: wasm", ["auto", "wasm"], Some(Runtime::Wasm)),
            (
                "metadata: {runtime_hint: native}",
                ["auto", "auto"],
                Some(Runtime::Native),
            ),
            ("", ["auto", "cpython_wasm"], Some(Runtime::Wasm)),
            ("", ["cpython", "native"], Some(Runtime::Native)),
        ] {
            let manifest = parse(head, hints).unwrap();
            assert_eq!(manifest.runtime(), runtime, "{head} {hints:?}");
            let again = Manifest::from_value(&manifest.to_json()).unwrap();
            assert_eq!(again.runtime(), runtime, "normal form of {head} {hints:?}");
        }
    }

    #[test]
    fn contradicting_hints_are_a_complaint() {
        let complaints = parse("runtime_hint: native", ["auto", "wasm"]).unwrap_err();
        assert_eq!(complaints[0].code, code::CONFLICTING_RUNTIMES);
        assert_eq!(complaints[0].path, "nodes[1].runtime_hint");
        assert_eq!(
            complaints[0].message,
            "It asks for `wasm`, `runtime_hint` for `native`."
        );
    }

    #[test]
    fn interpreters_are_refused_with_the_reason() {
        for word in ["python", "rust_python", "javascript"] {
            let complaints = parse("", ["auto", word]).unwrap_err();
            assert_eq!(complaints[0].code, code::UNSUPPORTED_RUNTIME);
            assert!(complaints[0].message.contains(word));
        }
    }

    #[test]
    fn a_pipeline_for_the_other_runtime_is_refused_here() {
        assert_eq!(
            parse("", ["native", "auto"]).unwrap().check_runtime(),
            Ok(())
        );
        let complaints = parse("", ["wasm", "auto"])
            .unwrap()
            .check_runtime()
            .unwrap_err();
        assert_eq!(complaints[0].code, code::WRONG_RUNTIME);
    }
}
