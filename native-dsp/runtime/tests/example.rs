//! The example is built with the tests; this runs it.

use std::path::PathBuf;
use std::process::Command;

#[test]
fn the_calculator_calculates() {
    let mut example = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let manifest = example.join("../../configs/values/calculator.yaml");
    example = std::env::current_exe().unwrap();
    example.pop();
    example.pop();
    example.push("examples/from_file");
    let output = Command::new(example)
        .arg(manifest)
        .arg("[5, 7, 3]")
        .output();
    let output = output.expect("cargo builds examples before it runs tests");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[20,24,16]\n");
}
