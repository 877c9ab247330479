//! The graph of a session without the session: audio in, audio and events out, one frame at a time.

use std::sync::Arc;

use super::attachment::{Attachment, OfflineChunk, OfflineUtterance, split};
use super::error::{OfflineError, node_state, unknown_node, whole};
use crate::block::Block;
use crate::complaint::located;
use crate::event::{EndReason, Event};
use crate::format::{Format, MAX_CHANNELS};
use crate::graph::{Graph, UnknownNode};
use crate::host::HostNode;
use crate::manifest::{Externals, Manifest};
use crate::metrics::{NanosecondClock, PipelineExport, PipelineMetrics, PipelineRecorder};
use crate::time::MediaTime;

/// Events that may wait to be drained; later ones are lost.
const EVENTS: usize = 1 << 16;

/// Events that need no further memory.
const ROOM: usize = 1024;

/// A compiled graph with its frames, driven by its caller.
pub struct OfflinePipeline {
    name: Option<String>,
    recorder: Option<Arc<PipelineRecorder>>,
    graph: Graph,
    input: Block,
    frames: i64,
    events: Vec<Event>,
    utterances: Vec<OfflineUtterance>,
    chunks: Vec<OfflineChunk>,
    is_broken: bool,
}

impl OfflinePipeline {
    /// Compiles a manifest (JSON or YAML) for input of this sample rate (Hz, a multiple of 100 from 8 000 to
    /// 192 000) and 1 to 8 channels.
    ///
    /// # Errors
    /// `invalid_options`; `invalid_manifest` with all complaints.
    pub fn compile(manifest: &str, sample_rate: f64, channels: f64) -> Result<Self, OfflineError> {
        Self::compile_with(manifest, &Externals::default(), sample_rate, channels)
    }

    /// As [`OfflinePipeline::compile`], with node types that the host brings along. What the graph hears for them, and what
    /// they answer, goes through [`OfflinePipeline::host`].
    ///
    /// # Errors
    /// As [`OfflinePipeline::compile`].
    pub fn compile_with(
        manifest: &str,
        externals: &Externals,
        sample_rate: f64,
        channels: f64,
    ) -> Result<Self, OfflineError> {
        let format = Format {
            sample_rate: whole("sampleRate", sample_rate, 8_000, 192_000)? as u32,
            channels: whole("channels", channels, 1, MAX_CHANNELS.into())? as u8,
        };
        if !format.is_supported() {
            return Err(OfflineError::options(
                "sampleRate must be a multiple of 100",
            ));
        }
        let text = manifest;
        let manifest = Manifest::parse_with(text, externals)?;
        located(text, manifest.check_runtime())?;
        Ok(Self {
            name: manifest.name().map(str::to_owned),
            recorder: None,
            graph: located(text, Graph::compile_hosted(&manifest, format))?,
            input: Block::silent(format),
            frames: 0,
            events: Vec::with_capacity(ROOM),
            utterances: Vec::new(),
            chunks: Vec::new(),
            is_broken: false,
        })
    }

    /// Times every frame from now on by this clock.
    pub fn measure(&mut self, clock: NanosecondClock) {
        self.recorder = Some(self.graph.measure(clock));
    }

    /// What the nodes and the whole have cost since [`OfflinePipeline::measure`]; a reset does not touch it. `None`
    /// where there is no clock.
    pub fn metrics(&self) -> Option<PipelineMetrics> {
        let recorder = self.recorder.as_ref()?;
        Some(recorder.metrics(self.name.as_deref()))
    }

    /// The same as it is added up over many, under the name by which the operator knows it; see [`PipelineRecorder::total`].
    pub fn total(&self, pipeline: Option<&str>) -> Option<PipelineExport> {
        Some(self.recorder.as_ref()?.total(pipeline))
    }

    /// The graph: its formats, plan and node ids.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The same, to ask for its places for nodes outside.
    pub fn graph_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// How many nodes outside have a place in the graph.
    pub fn host_count(&self) -> usize {
        self.graph.host_count()
    }

    /// The place of one of them, and its node's id.
    ///
    /// # Errors
    /// `invalid_options` where there is no such place.
    pub fn host(&mut self, host: usize) -> Result<(&str, &mut HostNode), OfflineError> {
        let found = self.graph.host(host);
        found.ok_or_else(|| OfflineError::options("there is no such place for a node outside"))
    }

    /// Takes planar audio as the answer of a node outside: for a position at the rate of its output or, where that is negative,
    /// after what waits already. Returns how many samples per channel were taken.
    ///
    /// # Errors
    /// `invalid_options` for samples that are no whole number per channel, or a place that is none.
    pub fn give_host_audio(
        &mut self,
        host: usize,
        position: f64,
        samples: &[f32],
    ) -> Result<usize, OfflineError> {
        let (_, node) = self.host(host)?;
        let channels = node
            .output_format()
            .map_or(1, |format| usize::from(format.channels));
        if !samples.len().is_multiple_of(channels) {
            return Err(OfflineError::options(format!(
                "there must be as many samples of each of {channels} channels"
            )));
        }
        let position = (position >= 0.0).then_some(position as i64);
        Ok(node.give(position, samples))
    }

    /// The frame that `process` reads, to be filled before.
    pub fn input_mut(&mut self) -> &mut [f32] {
        self.input.planes_mut()
    }

    /// What the last frame gave; empty where the pipeline gives no audio.
    pub fn output(&self) -> &[f32] {
        self.graph.output().map_or(&[], Block::planes)
    }

    /// Delay of the audio in samples of the output; of the input where there is no output.
    pub fn latency_samples(&self) -> i64 {
        let format = self
            .graph
            .output_format()
            .unwrap_or(self.graph.input_format());
        self.graph.latency().to_samples(format.sample_rate)
    }

    /// Runs one frame and says how many events wait. Allocates nothing but room for uncommonly many events.
    ///
    /// # Errors
    /// `graph_failed` once a node has failed whose policy is to fail the session; `session_panicked` once the
    /// graph itself has.
    pub fn process(&mut self) -> Result<u32, OfflineError> {
        self.check()?;
        // Until the frame is through: a panic leaves the graph half done.
        self.is_broken = true;
        let format = self.input.format();
        let samples = self.frames * format.frame_samples() as i64;
        let time = MediaTime::from_samples(samples, format.sample_rate);
        self.graph.process(time, &self.input);
        self.frames += 1;
        self.take_events();
        self.is_broken = false;
        Ok(self.events.len() as u32)
    }

    /// Closes what is open: speech, an utterance.
    ///
    /// # Errors
    /// As [`OfflinePipeline::process`].
    pub fn end_of_input(&mut self) -> Result<(), OfflineError> {
        self.check()?;
        self.graph.end_of_input(EndReason::TrackEnded);
        self.take_events();
        Ok(())
    }

    /// Switches a node off or on: `enabled`, `bypass` or `disabled`; see [`Graph::set_node_state`].
    ///
    /// # Errors
    /// `unknown_node`; `invalid_options` for another state.
    pub fn set_node_state(&mut self, node_id: &str, state: &str) -> Result<(), OfflineError> {
        let state = node_state(state)?;
        let switched = self.graph.set_node_state(node_id, state);
        switched.map_err(|UnknownNode| unknown_node(node_id, &self.graph.audio_node_ids()))
    }

    /// As new, every node enabled. Events and audio that nobody took are forgotten.
    pub fn reset(&mut self) {
        self.graph.reset();
        self.frames = 0;
        self.events.clear();
        self.utterances.clear();
        self.chunks.clear();
        self.is_broken = false;
    }

    /// Takes the events as JSON texts, oldest first, and lays the audio of utterances and chunks ready.
    pub fn drain_events(&mut self) -> Vec<String> {
        let sample_rate = self.input.format().sample_rate;
        let mut texts = Vec::with_capacity(self.events.len());
        for event in self.events.drain(..) {
            let (json, attachment) = split(event, self.graph.node_ids(), sample_rate);
            texts.push(json);
            match attachment {
                Some(Attachment::Utterance(utterance)) => self.utterances.push(utterance),
                Some(Attachment::Chunk(chunk)) => self.chunks.push(chunk),
                None => {}
            }
        }
        texts
    }

    /// Takes the utterances whose events were drained.
    pub fn drain_utterances(&mut self) -> Vec<OfflineUtterance> {
        std::mem::take(&mut self.utterances)
    }

    /// Takes the chunks whose events were drained.
    pub fn drain_chunks(&mut self) -> Vec<OfflineChunk> {
        std::mem::take(&mut self.chunks)
    }

    fn check(&self) -> Result<(), OfflineError> {
        if let Some(failure) = self.graph.failure() {
            let message = format!("node {}: {}", failure.node_id, failure.message);
            return Err(OfflineError::new("graph_failed", message));
        }
        if self.is_broken {
            return Err(OfflineError::new(
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline(node: &str) -> OfflinePipeline {
        let manifest = format!("version: v1\nnodes: [{node}]");
        OfflinePipeline::compile(&manifest, 48_000.0, 1.0).unwrap()
    }

    #[test]
    fn a_frame_goes_through_and_a_reset_begins_anew() {
        let mut louder = pipeline("{id: louder, node_type: GainNode, params: {gain_db: 6}}");
        for _ in 0..2 {
            louder.reset();
            louder.input_mut().fill(0.1);
            louder.process().unwrap();
            assert!((louder.output()[479] - 0.2).abs() < 1e-3);
        }
    }

    #[test]
    fn events_are_drained_once() {
        let mut level = pipeline("{id: level, node_type: AudioLevelNode}");
        let mut waiting = 0;
        while waiting == 0 {
            waiting = level.process().unwrap();
        }
        assert_eq!(level.drain_events().len(), waiting as usize);
        assert!(level.drain_events().is_empty());
    }

    #[test]
    fn a_node_is_switched_by_its_id_and_the_names_of_the_states() {
        let mut louder = pipeline("{id: louder, node_type: GainNode, params: {gain_db: 6}}");
        louder.set_node_state("louder", "bypass").unwrap();
        for _ in 0..2 {
            louder.input_mut().fill(0.1);
            louder.process().unwrap();
        }
        assert!((louder.output()[479] - 0.1).abs() < 1e-6);
        let codes = [("quieter", "bypass"), ("louder", "Bypass")].map(|(node, state)| {
            let refused = louder.set_node_state(node, state).unwrap_err();
            refused.code
        });
        assert_eq!(codes, ["unknown_node", "invalid_options"]);
    }

    #[test]
    fn a_failed_node_is_an_error_until_the_reset() {
        let mut fault = pipeline("{id: fault, node_type: FaultNode, params: {after_ms: 0}}");
        assert_eq!(fault.process(), Ok(1));
        let error = fault.process().unwrap_err();
        assert_eq!(error.code, "graph_failed");
        assert!(error.message.starts_with("node fault: "), "{error:?}");
        fault.reset();
        assert_eq!(fault.process(), Ok(1));
    }

    #[test]
    fn metrics_are_there_once_there_is_a_clock_and_outlast_a_reset() {
        let mut echo = pipeline("{id: echo, node_type: PassThrough}");
        echo.process().unwrap();
        assert_eq!(echo.metrics(), None);
        assert!(echo.total(None).is_none());
        echo.measure(|| 0);
        for _ in 0..3 {
            echo.process().unwrap();
            echo.reset();
        }
        let metrics = echo.metrics().unwrap();
        assert_eq!((metrics.pipeline_id, metrics.total_executions), (None, 3));
        assert_eq!(metrics.node_metrics[0].execution_count, 3);
        assert_eq!(echo.total(Some("mine")).unwrap().duration.count, 3);
    }

    #[test]
    fn impossible_formats_are_refused() {
        let text = "version: v1\nnodes: [{id: echo, node_type: PassThrough}]";
        for (sample_rate, channels) in [(44_150.5, 1.0), (8_050.0, 1.0), (48_000.0, 9.0)] {
            let refused = OfflinePipeline::compile(text, sample_rate, channels).err();
            assert_eq!(refused.unwrap().code, "invalid_options");
        }
    }
}
