//! The plan of a pipeline for whoever runs it: its parts, in order, and what goes from one to the other.

use serde_json::{Value, json};

use super::parts::{gives, takes};
use super::{Manifest, Part, normal};
use crate::spec::Role;

impl Manifest {
    /// The plan as JSON: `name`, `kind`, `has_graph`, `parts` in the order in which they run, `connections`.
    pub fn pipeline_plan(&self) -> Value {
        self.plan_with(self.has_graph())
    }

    /// The same for a session, where audio comes in frames and nodes outside get it from the graph, if they are all that is in it.
    pub fn live_plan(&self) -> Value {
        self.plan_with(self.has_live_graph())
    }

    fn plan_with(&self, has_graph: bool) -> Value {
        let parts = self
            .order
            .iter()
            .map(|&index| self.part_json(index, has_graph));
        let connections = self.connections.iter().map(|edge| {
            json!({
                "from": self.nodes[edge.from].id,
                "to": self.nodes[edge.to].id,
                "carries": self.carries(edge),
            })
        });
        json!({
            "name": self.name(),
            "kind": self.kind(),
            "has_graph": has_graph,
            "parts": parts.collect::<Vec<_>>(),
            "connections": connections.collect::<Vec<_>>(),
        })
    }

    fn part_json(&self, index: usize, has_graph: bool) -> Value {
        let node = &self.nodes[index];
        let external = node.external.as_deref();
        let is_host =
            |roles: &[Role]| external.is_some() && has_graph && roles.contains(&node.spec.role);
        let incoming = self.connections.iter().any(|edge| edge.to == index);
        json!({
            "id": node.id,
            "node_type": node.node_type(),
            "part": node.part,
            "executor": external.map(|external| external.executor),
            "module": external.and_then(|external| external.module.as_deref()),
            "params": normal::params(node),
            "takes": takes(node, Part::Audio),
            "gives": gives(node),
            "hears": is_host(&[Role::Transform, Role::Sink]) && node.hears(),
            "speaks": is_host(&[Role::Transform]),
            "is_source": !incoming,
            "is_output": self.is_output(index),
            "execution": node.execution,
        })
    }

    /// Marked, or where nothing is marked, connected to nothing.
    fn is_output(&self, index: usize) -> bool {
        if self.nodes.iter().any(|node| node.is_output_node) {
            return self.nodes[index].is_output_node;
        }
        !self.connections.iter().any(|edge| edge.from == index)
    }
}
