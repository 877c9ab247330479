//! The metrics of all sessions that ran the same pipeline, added up.

use std::collections::BTreeMap;

use super::distribution::Distribution;
use super::ledger::Sum;
use super::recorder::PipelineRecorder;

/// What nodes are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeLabel {
    /// Their ids: where the manifests are the operator's.
    Id,
    /// Their types: where manifests are the clients', whose ids could be any and ever new ones.
    Type,
}

impl NodeLabel {
    /// What suits a pipeline of this name, which is the operator's where there is one.
    pub fn of(pipeline: Option<&str>) -> Self {
        match pipeline {
            Some(_) => Self::Id,
            None => Self::Type,
        }
    }
}

/// What a pipeline has cost in all its sessions.
#[derive(Clone)]
pub struct PipelineTotal {
    label: NodeLabel,
    /// Of executions, in nanoseconds.
    pub duration_ns: Distribution,
    /// Executions that took longer than their media lasts.
    pub overruns: u64,
    /// By label.
    pub nodes: BTreeMap<String, NodeTotal>,
}

/// What a node has cost in all sessions.
#[derive(Clone, Default)]
pub struct NodeTotal {
    /// Of calls, in nanoseconds.
    pub duration_ns: Distribution,
    /// Calls that failed.
    pub errors: u64,
}

impl PipelineTotal {
    /// A sum of nothing yet, whose nodes will be told apart by `label`.
    pub fn new(label: NodeLabel) -> Self {
        Self {
            label,
            duration_ns: Distribution::default(),
            overruns: 0,
            nodes: BTreeMap::new(),
        }
    }
}

impl Sum<PipelineRecorder> for PipelineTotal {
    fn add(&mut self, recorder: &PipelineRecorder) {
        self.overruns += recorder.overruns();
        recorder.duration_ns().add_to(&mut self.duration_ns);
        for node in recorder.nodes() {
            let label = match self.label {
                NodeLabel::Id => node.id.as_str(),
                NodeLabel::Type => node.node_type,
            };
            let total = self.nodes.entry(label.to_owned()).or_default();
            total.errors += node.recorder.errors();
            node.recorder.duration_ns().add_to(&mut total.duration_ns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorder(id: &str) -> PipelineRecorder {
        let recorder =
            PipelineRecorder::new([(id, "GainNode"), ("b", "GainNode")], Some(1_000), || 0);
        recorder.node(0).record(100, true);
        recorder.node(1).record(2_000, false);
        recorder.record(2_100);
        recorder
    }

    #[test]
    fn nodes_are_told_apart_by_their_ids() {
        let mut total = PipelineTotal::new(NodeLabel::Id);
        total.add(&recorder("a"));
        total.add(&recorder("a"));
        assert_eq!(total.overruns, 2);
        assert_eq!(total.duration_ns.sum(), 4_200);
        let nodes: Vec<_> = total
            .nodes
            .iter()
            .map(|(label, node)| (label.as_str(), node.duration_ns.sum(), node.errors))
            .collect();
        assert_eq!(nodes, [("a", 200, 2), ("b", 4_000, 0)]);
    }

    #[test]
    fn ids_that_clients_make_up_make_no_more_labels_than_there_are_node_types() {
        let mut total = PipelineTotal::new(NodeLabel::Type);
        (0..100).for_each(|number| total.add(&recorder(&format!("mine{number}"))));
        let labels: Vec<_> = total.nodes.keys().collect();
        assert_eq!(labels, ["GainNode"]);
        assert_eq!(total.nodes["GainNode"].duration_ns.count(), 200);
    }
}
