//! What can be said against a pipeline as a whole.

use super::compile::Draft;
use crate::catalogue;
use crate::complaint::{code, quote};
use crate::plan::PlannedNode;
use crate::spec::{NodeSpec, Role};
use crate::time::MediaTime;

impl Draft<'_> {
    /// Sinks have no audio to give on.
    pub fn check_ports(&mut self) {
        for (index, edge) in self.manifest.connections().iter().enumerate() {
            let from = &self.manifest.nodes()[edge.from];
            let is_ours = from.external.is_none();
            if is_ours && from.spec.role == Role::Sink && edge.audio && !edge.events {
                let message = format!("{} gives no audio.", quote(&from.id));
                let path = format!("connections[{index}]");
                let hint = "Connect the node before it instead.";
                self.complaints
                    .add(path, code::UNSUPPORTED_PORT, message, hint);
            }
        }
    }

    /// Nodes that work on events must be told them.
    pub fn check_required_events(&mut self) {
        let nodes = self.manifest.nodes().iter().enumerate();
        for (index, node) in nodes.filter(|(index, _)| self.manifest.is_in_graph(*index)) {
            let heard: Vec<&str> = self
                .incoming(index)
                .filter(|edge| edge.events)
                .flat_map(|edge| self.manifest.nodes()[edge.from].spec.events)
                .copied()
                .collect();
            let mut missing = node.spec.requires.iter().copied();
            if let Some(event) = missing.find(|event| !heard.contains(event)) {
                let message = format!("{} needs `{event}` events and gets none.", quote(&node.id));
                let emits = |spec: &&&NodeSpec| spec.events.contains(&event);
                let emitters = catalogue::all().iter().filter(emits);
                let names: Vec<&str> = emitters.map(|spec| spec.node_type).collect();
                let hint = format!("Connect a {} directly to it.", names.join(" or "));
                self.complaints.add(
                    format!("nodes[{index}]"),
                    code::NO_EVENT_INPUT,
                    message,
                    hint,
                );
            }
        }
    }

    /// `metadata.latency_budget_ms` holds.
    pub fn check_budget(&mut self, latency: MediaTime) {
        let latency_ms = latency.to_ms();
        if let Some(budget) = self
            .manifest
            .latency_budget_ms()
            .filter(|budget| latency_ms > *budget)
        {
            let mut slowest: Vec<&PlannedNode> = self.planned.iter().collect();
            slowest.sort_by(|a, b| b.latency_ms.total_cmp(&a.latency_ms));
            let slowest = slowest.iter().take(3).filter(|node| node.latency_ms > 0.0);
            let slowest: Vec<String> = slowest
                .map(|node| format!("{} {:.2} ms", quote(&node.id), node.latency_ms))
                .collect();
            self.complaints.add(
                "metadata.latency_budget_ms",
                code::LATENCY_OVER_BUDGET,
                format!(
                    "The pipeline delays the audio by {latency_ms:.2} ms, {budget} are permitted."
                ),
                match slowest.is_empty() {
                    true => "The delay comes from conversions between formats.".into(),
                    false => format!("The slowest nodes: {}.", slowest.join(", ")),
                },
            );
        }
    }
}
