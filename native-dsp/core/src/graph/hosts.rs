//! The places that a graph keeps for nodes outside.

use super::Graph;
use crate::complaint::{Complaint, code, quote};
use crate::host::HostNode;
use crate::manifest::{Manifest, Part};

impl Graph {
    /// How many there are, in the order of the manifest.
    pub fn host_count(&self) -> usize {
        self.hosts.len()
    }

    /// Index in the manifest of the node of one of them.
    pub fn host_node(&self, host: usize) -> Option<u8> {
        self.hosts.get(host).map(|&place| self.nodes[place].index)
    }

    /// What the last tick handed out is old.
    pub(super) fn begin_tick_of_hosts(&mut self) {
        for &place in &self.hosts {
            if let Some(host) = self.nodes[place].node.as_host() {
                host.begin_tick();
            }
        }
    }

    /// One of them and the id of its node.
    pub fn host(&mut self, host: usize) -> Option<(&str, &mut HostNode)> {
        let guard = &mut self.nodes[*self.hosts.get(host)?];
        let id = &self.node_ids[usize::from(guard.index)];
        Some((id, guard.node.as_host()?))
    }
}

/// Why a pipeline of several parts cannot be run by its graph alone.
pub(super) fn no_host(manifest: &Manifest) -> Complaint {
    let nodes = manifest.nodes().iter().enumerate();
    let outside = nodes
        .filter(|(_, node)| node.part != Part::Audio)
        .min_by_key(|(_, node)| node.part != Part::External);
    let (index, node) = outside.expect("a hybrid has a node that is not on audio");
    let what = match node.part {
        Part::External => "runs outside the audio graph",
        _ => "works on JSON values",
    };
    Complaint::new(
        format!("nodes[{index}]"),
        code::MIXED_PIPELINE,
        format!(
            "{} {what}; a session over WebRTC runs the audio graph alone.",
            quote(&node.id)
        ),
        "Run this pipeline with `remotemedia run` or the pipeline API, or take the node out.",
    )
}
