//! Executes a manifest from a file: `cargo run -p remotemedia-runtime --example from_file -- configs/values/calculator.yaml '[5, 7, 3]'`.

use std::error::Error;

use remotemedia_runtime::executor::Executor;
use remotemedia_runtime::manifest::Manifest;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which manifest?")?;
    let manifest = Manifest::from_file(path)?;
    let executor = Executor::new();
    let result = match arguments.next() {
        Some(input) => executor.execute_on(&manifest, &serde_json::from_str(&input)?)?,
        None => executor.execute(&manifest)?,
    };
    println!("{}", result.outputs);
    Ok(())
}
