//! Writes the documents that follow from the catalogue: JSON Schema, TypeScript types, node reference.
//! Run it through `make gen`. With `--check` it writes nothing and fails where a file is out of date.

mod reference;
mod schema;
mod typescript;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let check = std::env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let documents = [
        ("docs/NODES.md", reference::render()),
        ("configs/schemas/manifest.v1.gen.json", schema::render()),
        ("native-dsp/src/nodes.gen.ts", typescript::render()),
    ];
    let mut stale = false;
    for (name, wanted) in documents {
        let path = root.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|current| current == wanted) {
            continue;
        }
        if check {
            eprintln!("gen: {name} is out of date; run `make gen`");
            stale = true;
        } else if let Err(error) = write(&path, &wanted) {
            eprintln!("gen: {name}: {error}");
            return ExitCode::FAILURE;
        } else {
            println!("gen: {name}");
        }
    }
    if stale {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(path.parent().unwrap_or(path))?;
    std::fs::write(path, text)
}
