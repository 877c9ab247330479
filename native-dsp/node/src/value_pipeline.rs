//! `ValuePipeline`: a graph of JSON values. Values cross as JSON texts: a parser of JavaScript would round
//! whole numbers beyond 53 bits.

use napi::bindgen_prelude::Env;
use napi_derive::napi;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::values::ValueGraph;
use serde_json::Value;

use crate::error::Coded;
use crate::guard::guard;

/// Comments for callers are in `src/value-pipeline.ts`.
#[napi]
pub struct ValuePipeline {
    graph: ValueGraph,
}

#[napi]
impl ValuePipeline {
    #[napi(constructor)]
    pub fn new(env: Env, manifest: String) -> napi::Result<Self> {
        guard(&env, || {
            let graph = ValueGraph::compile(&Manifest::parse(&manifest)?)?;
            Ok(Self { graph })
        })
    }

    #[napi(getter)]
    pub fn graph_info(&self) -> String {
        json(self.graph.info())
    }

    #[napi]
    pub fn execute(&mut self, env: Env, input: String) -> napi::Result<String> {
        guard(&env, || {
            let input: Value = serde_json::from_str(&input).map_err(|error| {
                Coded::new("invalid_json", format!("the input is not JSON: {error}"))
            })?;
            Ok(json(&self.graph.execute(&input)?))
        })
    }

    #[napi]
    pub fn reset(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || {
            self.graph.reset();
            Ok(())
        })
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers can be written")
}
