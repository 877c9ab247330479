//! What a pipeline works on: frames of audio, JSON values, or both.

use serde::Serialize;

use super::{Manifest, ManifestNode};
use crate::spec::Build;

/// What the nodes of a manifest work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Audio: sessions and files run it.
    Audio,
    /// JSON values: [`Executor`](crate::executor::Executor) runs it.
    Values,
    /// Whatever it is given: every node can do both.
    Either,
    /// Audio and values, or nodes that run outside: its parts are run by whoever plans them.
    Hybrid,
}

impl Manifest {
    /// What it works on.
    pub fn kind(&self) -> Kind {
        if self.is_hybrid() {
            Kind::Hybrid
        } else if self.first_on_audio().is_some() {
            Kind::Audio
        } else if self.first_on_values().is_some() {
            Kind::Values
        } else {
            Kind::Either
        }
    }

    /// The first node that works on audio only, and its index.
    pub(crate) fn first_on_audio(&self) -> Option<(usize, &ManifestNode)> {
        first(self.nodes(), is_on_audio)
    }

    /// The first node that works on values only, and its index.
    pub(crate) fn first_on_values(&self) -> Option<(usize, &ManifestNode)> {
        first(self.nodes(), is_on_values)
    }
}

fn first(
    nodes: &[ManifestNode],
    is_wanted: fn(&ManifestNode) -> bool,
) -> Option<(usize, &ManifestNode)> {
    let mut nodes = nodes.iter().enumerate();
    nodes.find(|(_, node)| is_wanted(node))
}

fn is_on_audio(node: &ManifestNode) -> bool {
    matches!(node.spec.build, Build::Audio(_))
}

fn is_on_values(node: &ManifestNode) -> bool {
    matches!(node.spec.build, Build::Values(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(types: &[&str]) -> Result<Manifest, Vec<crate::complaint::Complaint>> {
        let nodes = types.iter().enumerate();
        let nodes = nodes.map(
            |(n, node_type)| serde_json::json!({"id": format!("n{n}"), "node_type": node_type}),
        );
        let nodes: Vec<_> = nodes.collect();
        Manifest::from_value(&serde_json::json!({"version": "v1", "nodes": nodes}))
    }

    #[test]
    fn a_node_that_can_do_both_leaves_the_choice_to_the_others() {
        let kind = |types: &[&str]| parse(types).unwrap().kind();
        assert_eq!(kind(&["PassThrough"]), Kind::Either);
        assert_eq!(kind(&["PassThrough", "AddNode"]), Kind::Values);
        assert_eq!(kind(&["GainNode", "PassThrough"]), Kind::Audio);
    }

    #[test]
    fn audio_and_values_in_one_manifest_are_a_hybrid() {
        assert_eq!(
            parse(&["AddNode", "GainNode"]).unwrap().kind(),
            Kind::Hybrid
        );
    }
}
