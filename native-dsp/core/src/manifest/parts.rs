//! How a pipeline falls into parts: one audio graph, nodes on values, and nodes that run outside.

use serde::Serialize;

use super::external::Carried;
use super::{Connection, ExternalNode, Manifest, ManifestNode};
use crate::complaint::{Complaints, code, quote};
use crate::host;
use crate::spec::{Build, Role};

/// What runs a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The audio graph.
    Audio,
    /// A graph on values.
    #[default]
    Value,
    /// The host.
    External,
}

impl Manifest {
    /// Whether it takes more than one graph to run it.
    pub fn is_hybrid(&self) -> bool {
        is_hybrid(&self.nodes)
    }

    /// Whether the node has a place in the audio graph.
    pub(crate) fn is_in_graph(&self, index: usize) -> bool {
        let node = &self.nodes[index];
        match node.part {
            _ if !self.is_hybrid() => true,
            Part::Audio => true,
            Part::Value => false,
            Part::External => node.spec.role != Role::Value,
        }
    }

    /// Whether there is an audio graph but for what runs outside.
    pub fn has_graph(&self) -> bool {
        self.nodes.iter().any(|node| node.part == Part::Audio)
    }

    /// Whether it has something to do in a session, where all audio comes in frames: a graph of nothing but places for nodes
    /// outside is one too.
    pub fn has_live_graph(&self) -> bool {
        self.has_graph()
            || (self.is_hybrid() && (0..self.nodes.len()).any(|index| self.is_in_graph(index)))
    }

    /// What a connection carries, by what its ends give and take and by its ports.
    pub fn carries(&self, edge: &Connection) -> Vec<Carried> {
        carries(&self.nodes, edge)
    }
}

pub(super) fn is_hybrid(nodes: &[ManifestNode]) -> bool {
    let is_part = |part| move |node: &ManifestNode| node.part == part;
    nodes.iter().any(is_part(Part::External))
        || (nodes.iter().any(is_part(Part::Audio)) && nodes.iter().any(is_part(Part::Value)))
}

/// Says of every node what runs it, and of those outside, whether they have a place in the graph.
pub(super) fn divide(nodes: &mut [ManifestNode], connections: &[Connection]) {
    for node in nodes.iter_mut() {
        node.part = match node.spec.build {
            Build::Audio(_) => Part::Audio,
            Build::Values(_) | Build::Both(..) => Part::Value,
            Build::Host => Part::External,
        };
    }
    let is_all_audio = nodes.iter().any(|node| node.part == Part::Audio)
        && nodes.iter().all(|node| node.spec.build.audio().is_some());
    if is_all_audio {
        nodes.iter_mut().for_each(|node| node.part = Part::Audio);
        return;
    }
    spread_audio(nodes, connections);
    for index in 0..nodes.len() {
        if nodes[index].external.is_some() {
            nodes[index].spec = place_of(index, nodes, connections);
        }
    }
}

/// A node that can do both works on audio where it is connected to a node that does, or to one outside that exchanges audio and no
/// values with it.
fn spread_audio(nodes: &mut [ManifestNode], connections: &[Connection]) {
    let is_open =
        |node: &ManifestNode| node.part == Part::Value && node.spec.build.audio().is_some();
    loop {
        let mut reached = None;
        for &Connection { from, to, .. } in connections {
            let is_on_audio = |node: &ManifestNode, list: fn(&ExternalNode) -> &Vec<Carried>| {
                let outside = node.external.as_deref().map(list);
                node.part == Part::Audio
                    || outside.is_some_and(|list| {
                        list.contains(&Carried::Audio) && !list.contains(&Carried::Value)
                    })
            };
            let [source, target] = [from, to].map(|index| &nodes[index]);
            if is_open(source) && is_on_audio(target, |outside| &outside.takes) {
                reached = Some(from);
            } else if is_open(target) && is_on_audio(source, |outside| &outside.gives) {
                reached = Some(to);
            }
        }
        match reached {
            Some(index) => nodes[index].part = Part::Audio,
            None => return,
        }
    }
}

fn place_of(
    index: usize,
    nodes: &[ManifestNode],
    connections: &[Connection],
) -> &'static crate::spec::NodeSpec {
    let node = &nodes[index];
    let has = |list: fn(&ExternalNode) -> &Vec<Carried>| {
        let external = node.external.as_deref();
        external.is_some_and(|external| list(external).contains(&Carried::Audio))
    };
    let carry_audio = |edge: &&Connection| carries(nodes, edge).contains(&Carried::Audio);
    let mut incoming = connections.iter().filter(|edge| edge.to == index);
    let mut outgoing = connections.iter().filter(|edge| edge.from == index);
    let is_source = incoming.clone().next().is_none();
    let is_end = node.is_output_node || outgoing.clone().next().is_none();
    let hears = has(|e| &e.takes) && (is_source || incoming.any(|edge| carry_audio(&edge)));
    let speaks = has(|e| &e.gives) && (is_end || outgoing.any(|edge| carry_audio(&edge)));
    match (hears, speaks) {
        (true, true) => &host::TRANSFORM,
        (false, true) => &host::SOURCE,
        (true, false) => &host::SINK,
        (false, false) => &host::OUTSIDE,
    }
}

fn carries(nodes: &[ManifestNode], edge: &Connection) -> Vec<Carried> {
    let takes = takes(&nodes[edge.to], nodes[edge.from].part);
    let mut carried = gives(&nodes[edge.from]);
    carried.retain(|kind| {
        let port = if *kind == Carried::Audio {
            edge.audio
        } else {
            edge.events
        };
        port && takes.contains(kind)
    });
    carried
}

pub(super) fn gives(node: &ManifestNode) -> Vec<Carried> {
    match (node.part, &node.external) {
        (_, Some(external)) => external.gives.clone(),
        (Part::Audio, _) => {
            let audio = (node.spec.role != Role::Sink).then_some(Carried::Audio);
            let events = (!node.spec.events.is_empty()).then_some(Carried::Event);
            audio.into_iter().chain(events).collect()
        }
        _ => works_on(node, &[Carried::Value]),
    }
}

/// What a node outside the graph works on: one that passes on what it gets takes anything.
fn works_on(node: &ManifestNode, values: &[Carried]) -> Vec<Carried> {
    match node.spec.build {
        Build::Both(..) => Carried::ALL.to_vec(),
        _ => values.to_vec(),
    }
}

/// What a node takes from one of this part: events of the graph stay in it.
pub(super) fn takes(node: &ManifestNode, from: Part) -> Vec<Carried> {
    match (node.part, &node.external) {
        (_, Some(external)) => external.takes.clone(),
        (Part::Audio, _) if from == Part::Audio => vec![Carried::Audio, Carried::Event],
        (Part::Audio, _) => vec![Carried::Audio],
        _ => works_on(node, &[Carried::Value, Carried::Event]),
    }
}

/// Every connection between parts has something to carry.
pub(super) fn complain_of_edges(
    nodes: &[ManifestNode],
    connections: &[Connection],
    complaints: &mut Complaints,
) {
    for (index, edge) in connections.iter().enumerate() {
        let [from, to] = [edge.from, edge.to].map(|node| &nodes[node]);
        if from.part == to.part && from.external.is_none() || !carries(nodes, edge).is_empty() {
            continue;
        }
        let list = |kinds: Vec<Carried>| match kinds.len() {
            0 => "nothing".to_owned(),
            _ => kinds
                .iter()
                .map(|kind| kind.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        };
        let message = format!(
            "{} gives {} and {} takes {}: there is nothing to carry.",
            quote(&from.id),
            list(gives(from)),
            quote(&to.id),
            list(takes(to, from.part)),
        );
        let hint = match (from.external.is_some(), to.external.is_some()) {
            (true, _) => "Declare what the node outside gives: `gives: [audio]`.",
            (_, true) => "Declare what the node outside takes: `takes: [audio]`.",
            _ => {
                "Nodes on audio take no JSON values; connect a node in between that turns them into audio."
            }
        };
        let path = format!("connections[{index}]");
        complaints.add(path, code::MIXED_PIPELINE, message, hint);
    }
}
