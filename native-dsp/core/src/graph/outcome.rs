//! Which audio a pipeline gives back.

use super::compile::Draft;
use crate::complaint::{code, quote};
use crate::manifest::{Carried, Connection};
use crate::spec::Role;

impl Draft<'_> {
    /// The marked nodes' audio, added up; without marks, what the graph ends in.
    pub fn choose_output(&mut self) -> Option<usize> {
        let mut marked = Vec::new();
        for (index, node) in self.manifest.nodes().iter().enumerate() {
            if !self.manifest.is_in_graph(index) {
                continue;
            }
            match self.outputs[index] {
                Some(stream) if node.is_output_node => marked.push(stream),
                None if node.is_output_node => {
                    let path = format!("nodes[{index}].is_output_node");
                    let message = format!("{} gives no audio.", quote(&node.id));
                    let hint = "Mark a node that gives audio, or none.";
                    self.complaints
                        .add(path, code::NO_AUDIO_OUTPUT, message, hint);
                }
                _ => {}
            }
        }
        if !marked.is_empty() {
            return Some(self.streams.join(&marked, "output"));
        }
        let transforms = self.ends(Role::Transform);
        let ends = if transforms.is_empty() {
            self.ends(Role::Analyser)
        } else {
            transforms
        };
        let first = self.outputs[*ends.first()?];
        if ends.iter().any(|&end| self.outputs[end] != first) {
            let names: Vec<String> = ends
                .iter()
                .map(|&end| quote(&self.manifest.nodes()[end].id))
                .collect();
            self.complaints.add(
                "nodes",
                code::AMBIGUOUS_OUTPUT,
                format!(
                    "The pipeline ends in several streams: {}.",
                    names.join(", ")
                ),
                "Set `is_output_node: true` on the node whose audio is the output.",
            );
        }
        first
    }

    /// Whether a connection takes audio to another node of the graph.
    fn goes_on_through(&self, edge: &Connection) -> bool {
        edge.audio
            && (!self.manifest.is_hybrid() || self.manifest.carries(edge).contains(&Carried::Audio))
    }

    /// Nodes of this role whose audio goes to no other node.
    fn ends(&self, role: Role) -> Vec<usize> {
        let goes_on = |index| {
            let mut connections = self.manifest.connections().iter();
            connections.any(|edge| edge.from == index && self.goes_on_through(edge))
        };
        let nodes = self.manifest.nodes().iter().enumerate();
        let nodes = nodes.filter(|(index, _)| self.manifest.is_in_graph(*index));
        let ends = nodes.filter(|(index, node)| node.spec.role == role && !goes_on(*index));
        ends.map(|(index, _)| index).collect()
    }
}
