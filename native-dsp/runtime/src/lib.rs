//! Pipelines for Rust programs. `remotemedia-core` knows neither files nor clocks; this crate brings the files.
//!
//! ```
//! use remotemedia_runtime::executor::Executor;
//! use remotemedia_runtime::manifest::Manifest;
//! use serde_json::json;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../configs/values/calculator.yaml");
//! let manifest = Manifest::from_file(path)?;
//! let result = Executor::new().execute_on(&manifest, &json!([5, 7, 3]))?;
//! assert_eq!(result.outputs, json!([20, 24, 16]));
//! # Ok(())
//! # }
//! ```

pub mod executor;
pub mod manifest;

pub use remotemedia_core as core;
