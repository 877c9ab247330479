//! The graph of a session without the session: audio in, audio and events out, one frame at a time.

use serde_json::Value;

use super::error::{OfflineError, whole};
use crate::block::Block;
use crate::event::{EndReason, Event};
use crate::event_json::to_json;
use crate::format::{Format, MAX_CHANNELS};
use crate::graph::Graph;
use crate::manifest::Manifest;
use crate::time::MediaTime;

/// Events that may wait to be drained; later ones are lost.
const EVENTS: usize = 1 << 16;

/// Events that need no further memory.
const ROOM: usize = 1024;

/// The audio of an utterance whose event was drained.
#[derive(Debug)]
pub struct OfflineUtterance {
    /// The node that cut it.
    pub node_id: String,
    /// Running number at this node.
    pub index: u32,
    /// Of `samples`, in Hz.
    pub sample_rate: u32,
    /// Mono.
    pub samples: Vec<i16>,
}

/// A compiled graph with its frames, driven by its caller.
pub struct OfflinePipeline {
    graph: Graph,
    input: Block,
    frames: i64,
    events: Vec<Event>,
    utterances: Vec<OfflineUtterance>,
    is_broken: bool,
}

impl OfflinePipeline {
    /// Compiles a manifest (JSON or YAML) for input of this sample rate (Hz, a multiple of 100 from 8 000 to
    /// 192 000) and 1 to 8 channels.
    ///
    /// # Errors
    /// `invalid_options`; `invalid_manifest` with all complaints.
    pub fn compile(manifest: &str, sample_rate: f64, channels: f64) -> Result<Self, OfflineError> {
        let format = Format {
            sample_rate: whole("sampleRate", sample_rate, 8_000, 192_000)? as u32,
            channels: whole("channels", channels, 1, MAX_CHANNELS.into())? as u8,
        };
        if !format.is_supported() {
            return Err(OfflineError::options(
                "sampleRate must be a multiple of 100",
            ));
        }
        Ok(Self {
            graph: Graph::compile(&Manifest::parse(manifest)?, format)?,
            input: Block::silent(format),
            frames: 0,
            events: Vec::with_capacity(ROOM),
            utterances: Vec::new(),
            is_broken: false,
        })
    }

    /// The graph: its formats, plan and node ids.
    pub fn graph(&self) -> &Graph {
        &self.graph
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

    /// As new. Events and utterances that nobody took are forgotten.
    pub fn reset(&mut self) {
        self.graph.reset();
        self.frames = 0;
        self.events.clear();
        self.utterances.clear();
        self.is_broken = false;
    }

    /// Takes the events as JSON texts, oldest first, and lays the audio of utterances ready.
    pub fn drain_events(&mut self) -> Vec<String> {
        let sample_rate = self.input.format().sample_rate;
        let mut texts = Vec::with_capacity(self.events.len());
        for event in self.events.drain(..) {
            let node_ids = self.graph.node_ids();
            texts.push(Value::Object(to_json(&event, node_ids, sample_rate)).to_string());
            let node_id = node_ids.get(usize::from(event.node));
            if let Some(audio) = event.kind.into_audio() {
                self.utterances.push(OfflineUtterance {
                    node_id: node_id.cloned().unwrap_or_default(),
                    index: audio.index,
                    sample_rate: audio.sample_rate,
                    samples: audio.samples,
                });
            }
        }
        texts
    }

    /// Takes the utterances whose events were drained.
    pub fn drain_utterances(&mut self) -> Vec<OfflineUtterance> {
        std::mem::take(&mut self.utterances)
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
    fn impossible_formats_are_refused() {
        let text = "version: v1\nnodes: [{id: echo, node_type: PassThrough}]";
        for (sample_rate, channels) in [(44_150.5, 1.0), (8_050.0, 1.0), (48_000.0, 9.0)] {
            let refused = OfflinePipeline::compile(text, sample_rate, channels).err();
            assert_eq!(refused.unwrap().code, "invalid_options");
        }
    }
}
