//! The place of a node in the graph that runs outside it: in JavaScript, or in Python.
//!
//! The frame never waits. What goes in is laid ready for the host; what the host answers for position p is played when position
//! p + patience is due, so the node has a fixed delay that the graph aligns as any other. An answer that has not come by then is
//! replaced: by the audio as it was, or by silence. Audio without a position (synthetic speech) is played in the order in which
//! it came.

mod answers;
mod node;

pub use node::HostNode;

use crate::spec::{Build, NodeSpec, Role};

/// Gets audio and gives some back.
pub static TRANSFORM: NodeSpec = spec("it hears and speaks", Role::Transform);
/// Gives audio without getting any.
pub static SOURCE: NodeSpec = spec("it speaks", Role::Transform);
/// Gets audio and gives none.
pub static SINK: NodeSpec = spec("it hears", Role::Sink);
/// Has nothing to do with the graph's audio.
pub static OUTSIDE: NodeSpec = spec("it is no part of the graph", Role::Value);

const fn spec(summary: &'static str, role: Role) -> NodeSpec {
    NodeSpec {
        node_type: "External",
        aliases: &[],
        summary,
        documentation: "",
        role,
        params: &[],
        events: &[],
        requires: &[],
        build: Build::Host,
    }
}
