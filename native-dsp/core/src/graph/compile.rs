//! From a manifest to the steps of a graph.

use super::buffers;
use super::guard::{Guard, State};
use super::mailbox::Mailbox;
use super::step::Step;
use super::streams::{INPUT, Streams};
use super::turnout::{Detour, Turnout};
use super::{Block, Graph};
use crate::complaint::{Complaint, Complaints, code, quote};
use crate::format::Format;
use crate::host::{self, HostNode};
use crate::manifest::{Carried, Connection, Manifest, ManifestNode, OnError};
use crate::node::Built;
use crate::plan::{Plan, PlannedEdge, PlannedNode};
use crate::spec::Role;
use crate::time::MediaTime;

/// See [`Graph::compile`].
pub(super) fn compile(manifest: &Manifest, input: Format) -> Result<Graph, Vec<Complaint>> {
    let mut complaints = Complaints::default();
    if !input.is_supported() {
        let hint = "Rates are multiples of 100 Hz from 8000 to 192000, channels 1 to 8.";
        let message = format!("Input of {input} is not supported.");
        complaints.add("", code::UNSUPPORTED_FORMAT, message, hint);
        return Err(complaints.into_vec());
    }
    if let Some((index, node)) = manifest.first_on_values().filter(|_| !manifest.is_hybrid()) {
        let message = format!("{} works on JSON values, not on audio.", quote(&node.id));
        let hint = "Run this pipeline with `remotemedia run <manifest> --input <json>`; sessions and WAV files need nodes on audio.";
        complaints.add(format!("nodes[{index}]"), code::NOT_ON_AUDIO, message, hint);
        return Err(complaints.into_vec());
    }
    let mut draft = Draft {
        manifest,
        streams: Streams::new(input),
        outputs: vec![None; manifest.nodes().len()],
        guards: manifest.nodes().iter().map(|_| None).collect(),
        planned: Vec::new(),
        complaints,
    };
    if !manifest
        .nodes()
        .iter()
        .enumerate()
        .any(|(index, _)| manifest.is_in_graph(index))
    {
        let hint = "Run it as a pipeline of values.";
        let message = "No node of this pipeline works on audio.";
        draft
            .complaints
            .add("nodes", code::NOT_ON_AUDIO, message, hint);
    }
    draft.check_ports();
    draft.check_required_events();
    for &index in manifest.order() {
        if manifest.is_in_graph(index) {
            draft.place(index);
        }
    }
    let output = draft.choose_output();
    draft.finish(input, output)
}

/// A graph in the making.
pub(super) struct Draft<'a> {
    pub manifest: &'a Manifest,
    pub streams: Streams,
    /// By node: the stream that it gives.
    pub outputs: Vec<Option<usize>>,
    guards: Vec<Option<Guard>>,
    pub planned: Vec<PlannedNode>,
    pub complaints: Complaints,
}

impl Draft<'_> {
    /// Makes the node, with what has to happen before it, and runs it after all steps so far.
    fn place(&mut self, index: usize) {
        let node = &self.manifest.nodes()[index];
        let offered = self.input_of(index);
        let Some(built) = self.build(index, self.streams.get(offered).format) else {
            // So that the nodes after it can still be checked.
            self.outputs[index] = Some(offered);
            return;
        };
        let input = self.streams.convert(offered, built.input, &node.id);
        let entry = self.streams.get(input);
        let mut latency = MediaTime::ZERO;
        let mut to = None;
        self.outputs[index] = match node.spec.role {
            Role::Transform => {
                let samples = i64::from(built.node.latency_samples());
                latency = MediaTime::from_samples(samples, built.output.sample_rate);
                to = Some(self.streams.add(built.output, entry.delay + latency));
                to
            }
            Role::Analyser => Some(offered),
            Role::Sink | Role::Value => None,
        };
        self.streams.steps.push(Step::Run {
            node: index,
            from: input,
            to,
        });

        let policy = effective_policy(node, &built);
        self.planned.push(PlannedNode {
            id: node.id.clone(),
            node_type: node.node_type().to_owned(),
            input: built.input,
            output: self.outputs[index].map(|stream| self.streams.get(stream).format),
            input_latency_ms: entry.delay.to_ms(),
            latency_ms: latency.to_ms(),
            on_error: policy.as_str(),
        });
        let is_avoidable = node.spec.role == Role::Transform
            && built.input == built.output
            && !std::ptr::eq(node.spec, &host::SOURCE);
        let has_detour = policy == OnError::Bypass && is_avoidable;
        let samples = built.node.latency_samples() as usize;
        self.guards[index] = Some(Guard {
            detour: has_detour.then(|| Detour::new(samples, built.input)),
            turnout: Turnout::default(),
            is_open: false,
            node: built.node,
            index: index as u8,
            input: built.input,
            output: built.output,
            role: node.spec.role,
            is_avoidable,
            delay: entry.delay,
            sources: self
                .incoming(index)
                .filter(|e| e.events)
                .fold(0, |set, e| set | 1 << e.from),
            policy,
            state: State::Sound,
        });
    }

    /// The stream that is offered to a node: the session's input where nothing is connected to it.
    fn input_of(&mut self, index: usize) -> usize {
        let node = &self.manifest.nodes()[index];
        if self.incoming(index).next().is_none() || std::ptr::eq(node.spec, &host::SOURCE) {
            return INPUT;
        }
        let audio = self.incoming(index).filter(|edge| self.carries_audio(edge));
        let sources: Vec<usize> = audio.filter_map(|edge| self.outputs[edge.from]).collect();
        if sources.is_empty() {
            let message = format!("{} gets events, but no audio.", quote(&node.id));
            let hint = "Connect a node that gives audio to it.";
            self.complaints.add(
                format!("nodes[{index}]"),
                code::NO_AUDIO_INPUT,
                message,
                hint,
            );
            return INPUT;
        }
        self.streams.join(&sources, &node.id)
    }

    /// The connections that enter a node.
    pub fn incoming(&self, index: usize) -> impl Iterator<Item = &Connection> {
        self.manifest
            .connections()
            .iter()
            .filter(move |edge| edge.to == index && self.manifest.is_in_graph(edge.from))
    }

    fn planned_edges(&self) -> Vec<PlannedEdge> {
        let id = |node: usize| self.manifest.nodes()[node].id.clone();
        let is_in_graph = |node| self.manifest.is_in_graph(node);
        let edges = self.manifest.connections().iter();
        let edges = edges.filter(|edge| is_in_graph(edge.from) && is_in_graph(edge.to));
        let planned = edges.map(|edge| PlannedEdge {
            from: id(edge.from),
            to: id(edge.to),
            audio: self.carries_audio(edge) && self.outputs[edge.from].is_some(),
            events: edge.events,
        });
        planned.collect()
    }

    /// Whether a connection gives its node audio. A detector that guides a node which has audio from elsewhere
    /// gives it only its events: nobody wants what the detector heard added to that.
    fn carries_audio(&self, edge: &Connection) -> bool {
        edge.audio
            && (self.manifest.nodes()[edge.to].external.is_none()
                || self.manifest.carries(edge).contains(&Carried::Audio))
            && !(self.guides(edge) && self.incoming(edge.to).any(|e| e.audio && !self.guides(e)))
    }

    /// Whether a connection is there for the events that its node requires of an analyser.
    fn guides(&self, edge: &Connection) -> bool {
        let [from, to] = [edge.from, edge.to].map(|node| self.manifest.nodes()[node].spec);
        let emits = |event: &&str| from.events.contains(event);
        edge.events && from.role == Role::Analyser && to.requires.iter().any(emits)
    }

    fn build(&mut self, index: usize, offered: Format) -> Option<Built> {
        let node = &self.manifest.nodes()[index];
        let built = match &node.external {
            Some(external) => HostNode::build(external, node.spec, &node.execution, offered),
            None => {
                let build = node.spec.build.audio();
                let build = build.expect("what works on values only has no place in the graph");
                build(&node.params, offered)
            }
        };
        match built {
            Ok(built) => Some(built),
            Err(error) => {
                let path = format!("nodes[{index}].params.{}", error.param);
                self.complaints
                    .add(path, code::INVALID_COMBINATION, error.message, error.hint);
                None
            }
        }
    }

    fn finish(mut self, input: Format, output: Option<usize>) -> Result<Graph, Vec<Complaint>> {
        let heard = self.guards.iter().flatten().map(|guard| guard.delay).max();
        let latency = match output {
            Some(stream) => self.streams.get(stream).delay,
            None => heard.unwrap_or(MediaTime::ZERO),
        };
        self.check_budget(latency);
        let edges = self.planned_edges();
        self.complaints.into_result(())?;

        let formats = self.streams.formats();
        let mut steps = self.streams.steps;
        let present: Vec<usize> = (0..self.guards.len())
            .filter(|&index| self.guards[index].is_some())
            .collect();
        for step in &mut steps {
            if let Step::Run { node, .. } = step {
                *node = present.partition_point(|index| index < node);
            }
        }
        let hosts = (0..present.len())
            .filter(|&place| self.manifest.nodes()[present[place]].external.is_some())
            .collect();
        let (buffers, holder) = buffers::assign(&mut steps, &formats, output);
        let node_ids: Vec<String> = self
            .manifest
            .nodes()
            .iter()
            .map(|node| node.id.clone())
            .collect();
        let plan = Plan {
            input,
            output: output.map(|stream| formats[stream]),
            latency_ms: latency.to_ms(),
            order: self
                .manifest
                .order()
                .iter()
                .filter(|&&node| self.manifest.is_in_graph(node))
                .map(|&node| node_ids[node].clone())
                .collect(),
            nodes: self.planned,
            edges,
            inserted: self.streams.inserted,
            buffers: buffers.clone(),
        };
        Ok(Graph {
            plan,
            node_ids,
            latency,
            steps,
            nodes: self.guards.into_iter().flatten().collect(),
            hosts,
            buffers: buffers.into_iter().map(Block::silent).collect(),
            output: output.map(|stream| holder[stream]),
            mailbox: Mailbox::new(),
            taps: Vec::new(),
            now: MediaTime::ZERO,
            failure: None,
            recorder: None,
        })
    }
}

/// What can be done about a panic in this node. An analyser's audio goes around it anyway.
fn effective_policy(node: &ManifestNode, built: &Built) -> OnError {
    match (node.execution.on_error, node.spec.role) {
        (OnError::FailSession, _) => OnError::FailSession,
        (_, Role::Analyser | Role::Sink | Role::Value) => OnError::Bypass,
        (OnError::Bypass, Role::Transform) if built.input == built.output => OnError::Bypass,
        (_, Role::Transform) => OnError::Mute,
    }
}
