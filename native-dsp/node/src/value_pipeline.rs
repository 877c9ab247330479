//! `ValuePipeline`: a graph of JSON values.

use napi::bindgen_prelude::Env;
use napi_derive::napi;
use remotemedia_core::offline;

use crate::guard::guard;

/// Comments for callers are in `src/value-pipeline.ts`.
#[napi]
pub struct ValuePipeline {
    pipeline: offline::ValuePipeline,
}

#[napi]
impl ValuePipeline {
    #[napi(constructor)]
    pub fn new(env: Env, manifest: String) -> napi::Result<Self> {
        guard(&env, || {
            let pipeline = offline::ValuePipeline::compile(&manifest)?;
            Ok(Self { pipeline })
        })
    }

    #[napi(getter)]
    pub fn graph_info(&self) -> String {
        self.pipeline.graph_info()
    }

    #[napi]
    pub fn execute(&mut self, env: Env, input: String) -> napi::Result<String> {
        guard(&env, || Ok(self.pipeline.execute(&input)?))
    }

    #[napi]
    pub fn reset(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || {
            self.pipeline.reset();
            Ok(())
        })
    }
}
