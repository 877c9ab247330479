//! Nodes are switched off and on while the audio runs.

use super::Graph;

/// Whether a node takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NodeState {
    /// It does its work.
    #[default]
    Enabled,
    /// The audio goes around it, as late as through it; where the node changes the format, silence takes its place.
    Bypass,
    /// It gives silence. An analyser gives nothing that could fall silent: its audio goes by in every state.
    Disabled,
}

impl NodeState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Enabled, Self::Bypass, Self::Disabled];

    /// `enabled`, `bypass` or `disabled`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Bypass => "bypass",
            Self::Disabled => "disabled",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// The graph has no node of that id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownNode;

impl Graph {
    /// Switches a node off or on. Once it is off it is not called and says nothing, after closing what it had open (speech,
    /// an utterance). Latency stays as it is, and no change is heard as a gap or a click: the new way through the
    /// graph is filled before it is faded to, which takes the node's latency and 10 ms.
    ///
    /// [`Graph::reset`] switches every node on.
    ///
    /// # Errors
    /// Where no node of the graph has this id.
    pub fn set_node_state(&mut self, node_id: &str, state: NodeState) -> Result<(), UnknownNode> {
        let ids = &self.node_ids;
        let mut nodes = self.nodes.iter_mut();
        let node = nodes.find(|guard| ids[usize::from(guard.index)] == node_id);
        node.ok_or(UnknownNode)?.set_state(state);
        Ok(())
    }
}
