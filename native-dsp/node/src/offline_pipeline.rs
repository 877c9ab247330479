//! `OfflinePipeline`: the graph, driven frame by frame by its caller.

use napi::bindgen_prelude::{Env, This};
use napi_derive::napi;
use remotemedia_core::block::Block;
use remotemedia_core::event::{EndReason, Event};
use remotemedia_core::format::{Format, MAX_CHANNELS};
use remotemedia_core::graph::Graph;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::offline::Attachment;
use remotemedia_core::time::MediaTime;

use crate::batch::{Names, OfflineChunk, OfflineUtterance, split};
use crate::error::Coded;
use crate::frame::{SharedFrame, share};
use crate::guard::guard;
use crate::options::{AudioFormat, whole};

/// Events that may wait to be drained; later ones are lost.
const EVENTS: usize = 1 << 16;

/// Events that need no further memory.
const ROOM: usize = 1024;

/// Comments for callers are in `src/offline-pipeline.ts`.
#[napi]
pub struct OfflinePipeline {
    graph: Graph,
    input: SharedFrame,
    output: SharedFrame,
    block: Block,
    frames: i64,
    names: Names,
    events: Vec<Event>,
    utterances: Vec<OfflineUtterance>,
    chunks: Vec<OfflineChunk>,
    is_broken: bool,
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
        let pipeline = guard(&env, || Self::compile(&manifest, &options))?;
        share(&env, &mut this.object, &pipeline.input, &pipeline.output)?;
        Ok(pipeline)
    }

    #[napi(getter)]
    pub fn input_frame_samples(&self) -> u32 {
        self.graph.input_format().frame_samples() as u32
    }

    #[napi(getter)]
    pub fn output_format(&self) -> Option<AudioFormat> {
        self.graph.output_format().map(|format| AudioFormat {
            sample_rate: format.sample_rate.into(),
            channels: format.channels.into(),
        })
    }

    #[napi(getter)]
    pub fn latency_samples(&self) -> i64 {
        let format = self
            .graph
            .output_format()
            .unwrap_or(self.graph.input_format());
        self.graph.latency().to_samples(format.sample_rate)
    }

    #[napi(getter)]
    pub fn plan(&self) -> String {
        serde_json::to_string(self.graph.plan()).unwrap_or_default()
    }

    #[napi(getter)]
    pub fn node_ids(&self) -> Vec<String> {
        self.names.node_ids.clone()
    }

    #[napi]
    pub fn process(&mut self, env: Env) -> napi::Result<u32> {
        guard(&env, || {
            self.check()?;
            // Until the frame is through: a panic leaves the graph half done.
            self.is_broken = true;
            self.input.read_into(self.block.planes_mut());
            let samples = self.frames * self.block.format().frame_samples() as i64;
            let time = MediaTime::from_samples(samples, self.block.format().sample_rate);
            self.graph.process(time, &self.block);
            self.frames += 1;
            match self.graph.output() {
                Some(output) => self.output.write_from(output.planes()),
                None => self.output.fill_silence(),
            }
            self.take_events();
            self.is_broken = false;
            Ok(self.events.len() as u32)
        })
    }

    #[napi]
    pub fn end_of_input(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || {
            self.check()?;
            self.graph.end_of_input(EndReason::TrackEnded);
            self.take_events();
            Ok(())
        })
    }

    #[napi]
    pub fn reset(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || {
            self.graph.reset();
            self.frames = 0;
            self.events.clear();
            self.utterances.clear();
            self.chunks.clear();
            self.output.fill_silence();
            self.is_broken = false;
            Ok(())
        })
    }

    #[napi]
    pub fn drain_events(&mut self, env: Env) -> napi::Result<Vec<String>> {
        guard(&env, || {
            let mut texts = Vec::with_capacity(self.events.len());
            for event in self.events.drain(..) {
                let (json, attachment) = split(event, &self.names);
                texts.push(json);
                match attachment {
                    Some(Attachment::Utterance(utterance)) => {
                        self.utterances.push(utterance.into())
                    }
                    Some(Attachment::Chunk(chunk)) => self.chunks.push(chunk.into()),
                    None => {}
                }
            }
            Ok(texts)
        })
    }

    #[napi]
    pub fn drain_utterances(&mut self) -> Vec<OfflineUtterance> {
        std::mem::take(&mut self.utterances)
    }

    #[napi]
    pub fn drain_chunks(&mut self) -> Vec<OfflineChunk> {
        std::mem::take(&mut self.chunks)
    }
}

impl OfflinePipeline {
    fn compile(manifest: &str, options: &AudioFormat) -> Result<Self, Coded> {
        let format = Format {
            sample_rate: whole("sampleRate", options.sample_rate, 8_000, 192_000)? as u32,
            channels: whole("channels", options.channels, 1, MAX_CHANNELS.into())? as u8,
        };
        if !format.is_supported() {
            return Err(Coded::options("sampleRate must be a multiple of 100"));
        }
        let graph = Graph::compile(&Manifest::parse(manifest)?, format)?;
        let block = Block::silent(format);
        let output = graph
            .output_format()
            .map_or(0, |it| it.frame_samples() * usize::from(it.channels));
        let names = Names {
            node_ids: graph.node_ids().to_vec(),
            sample_rate: format.sample_rate,
        };
        Ok(Self {
            input: SharedFrame::silent(block.planes().len()),
            output: SharedFrame::silent(output),
            graph,
            block,
            frames: 0,
            names,
            events: Vec::with_capacity(ROOM),
            utterances: Vec::new(),
            chunks: Vec::new(),
            is_broken: false,
        })
    }

    fn check(&self) -> Result<(), Coded> {
        if let Some(failure) = self.graph.failure() {
            let message = format!("node {}: {}", failure.node_id, failure.message);
            return Err(Coded::new("graph_failed", message));
        }
        if self.is_broken {
            return Err(Coded::new(
                "session_panicked",
                "the graph panicked before; reset it",
            ));
        }
        Ok(())
    }

    fn take_events(&mut self) {
        let room = EVENTS - self.events.len().min(EVENTS);
        self.events.extend(self.graph.drain_events().take(room));
    }
}
