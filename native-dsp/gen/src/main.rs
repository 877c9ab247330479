//! `cargo run -p remotemedia-gen [-- --check | -- node WhisperNode]`: writes everything that follows from the node
//! files; with `node`, a new node file first.
//!
//! Two steps, because the second needs the first compiled in: the registry `core/src/nodes.rs`, from the
//! names of the files in `core/src/nodes/`; then, by the core's example `generate`, the JSON Schema, the
//! TypeScript types and the node reference, from the catalogue. With `--check` nothing is written, and the
//! exit code is 1 if anything would be.

mod new_node;
mod registry;

use std::path::Path;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        [] => run(false),
        ["--check"] => run(true),
        ["node", name] => make_node(name),
        _ => Err("usage: remotemedia-gen [--check | node NAME]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("gen: {message}");
            ExitCode::FAILURE
        }
    }
}

fn make_node(name: &str) -> Result<(), String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    new_node::write(&source, name)?;
    run(false)?;
    println!("{}", new_node::next_steps(name));
    Ok(())
}

fn run(check: bool) -> Result<(), String> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = workspace.join("core/src");
    let wanted = registry::generate(&source.join("nodes"))?;
    write_or_compare(&source.join("nodes.rs"), &wanted, check)?;

    let mut documents = Command::new(env!("CARGO"));
    documents.current_dir(&workspace).args([
        "run",
        "--quiet",
        "-p",
        "remotemedia-core",
        "--example",
        "generate",
    ]);
    if check {
        documents.args(["--", "--check"]);
    }
    let status = documents.status().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err("the documents failed; see above".into())
    }
}

fn write_or_compare(path: &Path, wanted: &str, check: bool) -> Result<(), String> {
    let current = std::fs::read_to_string(path).unwrap_or_default();
    if current == wanted {
        return Ok(());
    }
    if check {
        return Err(format!("{} is out of date; run `make gen`", path.display()));
    }
    println!("gen: {}", path.display());
    std::fs::write(path, wanted).map_err(|error| format!("{}: {error}", path.display()))
}
