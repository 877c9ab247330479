//! All node types, looked up by name.

use crate::nodes;
use crate::spec::NodeSpec;

/// Every node type, in alphabetical order.
pub fn all() -> &'static [&'static NodeSpec] {
    nodes::CATALOGUE
}

/// The node type of this name or alias.
pub fn find(node_type: &str) -> Option<&'static NodeSpec> {
    all()
        .iter()
        .copied()
        .find(|spec| spec.node_type == node_type || spec.aliases.contains(&node_type))
}
