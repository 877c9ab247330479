//! `make node NAME=WhisperNode`: the file of a new node, from a template that is compiled and tested with the core.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Relative to the core's sources.
const TEMPLATE: &str = "node_template.rs";

/// Of Rust: no module can be called so.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Writes the file of node type `name`, and returns its path.
pub fn write(source: &Path, name: &str) -> Result<PathBuf, String> {
    let module = module(name)?;
    let folder = source.join("nodes");
    refuse_taken(&folder, name)?;
    let path = folder.join(format!("{module}.rs"));
    if path.exists() {
        return Err(format!("{} is there already", path.display()));
    }
    let error = |error: std::io::Error| format!("{}: {error}", path.display());
    let template = std::fs::read_to_string(source.join(TEMPLATE)).map_err(error)?;
    std::fs::write(&path, render(&template, name)).map_err(error)?;
    // A longer name may need other line breaks.
    let rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .arg(&path)
        .status();
    match rustfmt {
        Ok(status) if status.success() => Ok(path),
        _ => Err(format!(
            "{} is written, but rustfmt failed on it",
            path.display()
        )),
    }
}

/// What to do once the file is there.
pub fn next_steps(name: &str) -> String {
    let module = module(name).unwrap_or_default();
    format!(
        "\
native-dsp/core/src/nodes/{module}.rs is part of the catalogue. What remains to be done:
  1. In that file: summary, documentation, parameters, the kernel in `process`, and its tests.
  2. After every change of names, texts or parameters: make gen
  3. In native-dsp: cargo test -p remotemedia-core {module} and
     cargo test -p remotemedia-core --test contract, which runs over every node.
  4. For an event of its own: EventKind in native-dsp/core/src/event.rs, its schema in
     signaling/src/protocol/events.ts, its line in web-client/demo/event-summary.ts.
  5. Before the commit: make check"
    )
}

fn render(template: &str, name: &str) -> String {
    let short = structure(name);
    let mut words = template.split(|c: char| !c.is_ascii_alphanumeric());
    let is_taken = short == "Self" || words.any(|word| word == short);
    template
        .replace("TemplateNode", name)
        .replace("Template", if is_taken { name } else { short })
}

/// The name of the struct: without `Node` at its end.
fn structure(name: &str) -> &str {
    name.strip_suffix("Node").unwrap_or(name)
}

/// The name of the file: `VoicePrintNode` is `voice_print`, `MyVADNode` is `my_vad`.
fn module(name: &str) -> Result<String, String> {
    let letters: Vec<char> = structure(name).chars().collect();
    let is_name = letters.first().is_some_and(char::is_ascii_uppercase)
        && letters.iter().all(char::is_ascii_alphanumeric);
    if !is_name {
        return Err(format!(
            "`{name}` is no name for a node: give one in capitals and letters, as make node NAME=WhisperNode"
        ));
    }
    let mut module = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| letters[index]);
        let is_next_lower = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let begins_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| !before.is_ascii_uppercase() || is_next_lower);
        if begins_word {
            module.push('_');
        }
        module.push(letter.to_ascii_lowercase());
    }
    if KEYWORDS.contains(&module.as_str()) {
        module += "_node";
    }
    Ok(module)
}

/// A node type and an alias are found by the same look-up, so no node file may have the name in quotes.
fn refuse_taken(folder: &Path, name: &str) -> Result<(), String> {
    let error = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && std::fs::read_to_string(&path)
                .map_err(error)?
                .contains(&format!("\"{name}\""))
        {
            return Err(format!("{} has the name {name} already", path.display()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src")
    }

    #[test]
    fn files_are_named_after_the_words_of_the_node() {
        for (name, expected) in [
            ("WhisperNode", "whisper"),
            ("VoicePrintNode", "voice_print"),
            ("MyVADNode", "my_vad"),
            ("VADGate", "vad_gate"),
            ("Mel80Node", "mel80"),
            ("TryNode", "try_node"),
            ("MatchNode", "match_node"),
        ] {
            assert_eq!(module(name).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_name_or_taken_is_refused() {
        for name in [
            "",
            "Node",
            "whisperNode",
            "Whisper-Node",
            "../EvilNode",
            "Wh isperNode",
        ] {
            assert!(write(&source(), name).is_err(), "{name}");
        }
        // One is a node type, one an alias.
        for name in ["GainNode", "PassThroughNode"] {
            assert!(
                write(&source(), name).unwrap_err().contains("already"),
                "{name}"
            );
        }
    }

    #[test]
    fn a_name_that_the_template_uses_for_something_else_is_kept_whole() {
        let template = std::fs::read_to_string(source().join(TEMPLATE)).unwrap();
        for name in ["InputNode", "BoxNode", "SelfNode"] {
            let text = render(&template, name);
            assert!(text.contains(&format!("struct {name} {{")), "{text}");
        }
    }

    /// The template itself is compiled with the core, and its contract tests run over it; what is left is that
    /// the new file differs from it in names alone.
    #[test]
    fn a_new_node_is_the_template_under_another_name() {
        let template = std::fs::read_to_string(source().join(TEMPLATE)).unwrap();
        let text = render(&template, "WhisperNode");
        assert!(text.contains("node_type: \"WhisperNode\"") && text.contains("struct Whisper {"));
        assert!(!text.to_lowercase().contains("template"));
        let back = text
            .replace("WhisperNode", "TemplateNode")
            .replace("Whisper", "Template");
        assert_eq!(back, template);
    }
}
