//! `OfflinePipeline`: the graph, driven frame by frame by its caller.

use napi::bindgen_prelude::{Env, This, Unknown};
use napi_derive::napi;
use remotemedia_core::offline;
use remotemedia_plane::monotonic_ns;
use serde_json::json;

use crate::batch::{OfflineChunk, OfflineUtterance};
use crate::frame::{SharedFrame, share};
use crate::guard::guard;
use crate::json_object;
use crate::options::AudioFormat;

/// Comments for callers are in `src/offline-pipeline.ts`.
#[napi]
pub struct OfflinePipeline {
    pipeline: offline::OfflinePipeline,
    input: SharedFrame,
    output: SharedFrame,
}

#[napi]
impl OfflinePipeline {
    #[napi(constructor)]
    pub fn new(
        env: Env,
        mut this: This<'_>,
        manifest: String,
        options: AudioFormat,
    ) -> napi::Result<Self> {
        let mut pipeline = guard(&env, || {
            let (sample_rate, channels) = (options.sample_rate, options.channels);
            let mut pipeline = offline::OfflinePipeline::compile(&manifest, sample_rate, channels)?;
            pipeline.measure(monotonic_ns);
            Ok(pipeline)
        })?;
        let input = SharedFrame::silent(pipeline.input_mut().len());
        let output = SharedFrame::silent(pipeline.output().len());
        share(&env, &mut this.object, &input, &output)?;
        Ok(Self {
            pipeline,
            input,
            output,
        })
    }

    #[napi(getter)]
    pub fn input_frame_samples(&self) -> u32 {
        self.pipeline.graph().input_format().frame_samples() as u32
    }

    #[napi(getter)]
    pub fn output_format(&self) -> Option<AudioFormat> {
        let format = self.pipeline.graph().output_format();
        format.map(|format| AudioFormat {
            sample_rate: format.sample_rate.into(),
            channels: format.channels.into(),
        })
    }

    #[napi(getter)]
    pub fn latency_samples(&self) -> i64 {
        self.pipeline.latency_samples()
    }

    #[napi(getter)]
    pub fn plan(&self) -> String {
        serde_json::to_string(self.pipeline.graph().plan()).unwrap_or_default()
    }

    #[napi(getter)]
    pub fn node_ids(&self) -> Vec<String> {
        self.pipeline.graph().node_ids().to_vec()
    }

    #[napi]
    pub fn process(&mut self, env: Env) -> napi::Result<u32> {
        guard(&env, || {
            self.input.read_into(self.pipeline.input_mut());
            let events = self.pipeline.process()?;
            self.output.write_from(self.pipeline.output());
            Ok(events)
        })
    }

    #[napi]
    pub fn end_of_input(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || Ok(self.pipeline.end_of_input()?))
    }

    #[napi]
    pub fn set_node_state(&mut self, env: Env, node_id: String, state: String) -> napi::Result<()> {
        guard(&env, || {
            Ok(self.pipeline.set_node_state(&node_id, &state)?)
        })
    }

    #[napi]
    pub fn reset(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || {
            self.pipeline.reset();
            self.output.fill_silence();
            Ok(())
        })
    }

    #[napi]
    pub fn drain_events(&mut self, env: Env) -> napi::Result<Vec<String>> {
        guard(&env, || Ok(self.pipeline.drain_events()))
    }

    #[napi]
    pub fn metrics<'env>(&self, env: &'env Env) -> napi::Result<Unknown<'env>> {
        let report = guard(env, || Ok(json!(self.pipeline.metrics())))?;
        json_object(env, report)
    }

    #[napi]
    pub fn drain_utterances(&mut self) -> Vec<OfflineUtterance> {
        let utterances = self.pipeline.drain_utterances().into_iter();
        utterances.map(OfflineUtterance::from).collect()
    }

    #[napi]
    pub fn drain_chunks(&mut self) -> Vec<OfflineChunk> {
        let chunks = self.pipeline.drain_chunks().into_iter();
        chunks.map(OfflineChunk::from).collect()
    }
}
