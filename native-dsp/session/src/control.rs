//! What a session's owner changes and overhears while it runs.

use remotemedia_core::graph::{NodeState, Tapped, UnknownNode};

use crate::session::MediaSession;

impl MediaSession {
    /// Switches a node off or on; see [`Graph::set_node_state`](remotemedia_core::graph::Graph::set_node_state).
    ///
    /// # Errors
    /// Where the graph has no such node.
    pub fn set_node_state(&mut self, node_id: &str, state: NodeState) -> Result<(), UnknownNode> {
        self.playout.graph.set_node_state(node_id, state)
    }

    /// Begins or ends to lay the audio of a node by; see [`Graph::set_tap`](remotemedia_core::graph::Graph::set_tap).
    ///
    /// # Errors
    /// Where the graph has no such node.
    pub fn set_tap(&mut self, node_id: &str, is_tapped: bool) -> Result<(), UnknownNode> {
        self.playout.graph.set_tap(node_id, is_tapped)
    }

    /// Takes the audio of the tapped nodes, oldest first for each. To be called after every input.
    pub fn drain_taps(&mut self, take: impl FnMut(Tapped<'_>)) {
        self.playout.graph.drain_taps(take);
    }

    /// Somebody spoke up: forgets the audio that waits to be sent. Returns how many frames of 10 ms that was.
    pub fn flush_audio(&mut self) -> u32 {
        self.playout.flush_audio()
    }
}
