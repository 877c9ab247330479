//! `OfflinePipeline`: the graph, driven frame by frame by its caller.

use napi::bindgen_prelude::{Env, Float32Array, This, Unknown};
use napi_derive::napi;
use remotemedia_core::graph::Graph;
use remotemedia_core::offline;
use remotemedia_plane::monotonic_ns;
use serde_json::json;

use crate::batch::{OfflineChunk, OfflineUtterance};
use crate::frame::{SharedFrame, share};
use crate::guard::guard;
use crate::json_object;
use crate::options::AudioFormat;

/// A place in the graph for a node outside.
#[derive(Clone)]
#[napi(object)]
pub struct HostPlace {
    pub node_id: String,
    pub input: Option<AudioFormat>,
    pub output: Option<AudioFormat>,
}

/// The places of a graph, in the order of the manifest.
pub(crate) fn host_places(graph: &mut Graph) -> Vec<HostPlace> {
    let places = 0..graph.host_count();
    let places = places.filter_map(|place| {
        let (id, node) = graph.host(place)?;
        Some(HostPlace {
            node_id: id.to_owned(),
            input: node.input_format().map(AudioFormat::from),
            output: node.output_format().map(AudioFormat::from),
        })
    });
    places.collect()
}

/// What the graph handed to such a node.
#[napi(object)]
pub struct HostFrame {
    pub position: i64,
    pub samples: Float32Array,
}

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
        externals: Option<String>,
    ) -> napi::Result<Self> {
        let mut pipeline = guard(&env, || {
            let (sample_rate, channels) = (options.sample_rate, options.channels);
            let externals = offline::externals(externals.as_deref())?;
            let mut pipeline = offline::OfflinePipeline::compile_with(
                &manifest,
                &externals,
                sample_rate,
                channels,
            )?;
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
        self.pipeline.graph().output_format().map(AudioFormat::from)
    }

    #[napi(getter)]
    pub fn hosts(&mut self) -> Vec<HostPlace> {
        host_places(self.pipeline.graph_mut())
    }

    #[napi]
    pub fn host_frame(&mut self, env: Env, host: u32) -> napi::Result<Option<HostFrame>> {
        guard(&env, || {
            let (_, node) = self.pipeline.host(host as usize)?;
            Ok(node.frame().map(|(position, block)| HostFrame {
                position,
                samples: Float32Array::new(block.planes().to_vec()),
            }))
        })
    }

    #[napi]
    pub fn give_host_audio(
        &mut self,
        env: Env,
        host: u32,
        position: f64,
        samples: Float32Array,
    ) -> napi::Result<u32> {
        guard(&env, || {
            let pipeline = &mut self.pipeline;
            let taken = pipeline.give_host_audio(host as usize, position, &samples)?;
            Ok(taken as u32)
        })
    }

    #[napi]
    pub fn host_queued(&mut self, env: Env, host: u32) -> napi::Result<u32> {
        guard(&env, || {
            Ok(self.pipeline.host(host as usize)?.1.queued() as u32)
        })
    }

    #[napi]
    pub fn host_late(&mut self, env: Env, host: u32) -> napi::Result<f64> {
        guard(&env, || {
            Ok(self.pipeline.host(host as usize)?.1.late() as f64)
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
    pub fn total<'env>(
        &self,
        env: &'env Env,
        pipeline: Option<String>,
    ) -> napi::Result<Unknown<'env>> {
        let total = guard(env, || Ok(json!(self.pipeline.total(pipeline.as_deref()))))?;
        json_object(env, total)
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
