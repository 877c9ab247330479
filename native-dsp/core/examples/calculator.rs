//! Executes a manifest on a JSON value and prints the result:
//! `cargo run -p remotemedia-core --example calculator -- ../configs/values/calculator.yaml '[5, 7, 3]'`.

use std::error::Error;

use remotemedia_core::executor::{ExecuteError, Executor};
use remotemedia_core::manifest::Manifest;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(input)) = (arguments.next(), arguments.next()) else {
        return Err("usage: calculator <manifest> <json>".into());
    };
    let manifest = Manifest::parse(&std::fs::read_to_string(path)?);
    let manifest = manifest.map_err(ExecuteError::Manifest)?;
    let execution = Executor::new().execute(&manifest, &serde_json::from_str(&input)?)?;
    println!("{}", serde_json::to_string_pretty(&execution)?);
    Ok(())
}
