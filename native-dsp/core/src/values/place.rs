//! One node in its place in a graph of values, and the wall around it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use super::error::{ValueError, code};
use super::node::{Outputs, ValueNode};
use crate::manifest::OnError;
use crate::panic::words_of;

/// A node, and what it gave for the input that is being run.
pub(super) struct Place {
    pub node_id: String,
    pub node: Box<dyn ValueNode>,
    /// What happens where it fails.
    pub policy: OnError,
    /// Places that feed it, in the order of the connections; none where it takes the pipeline's input.
    pub feeders: Vec<usize>,
    /// What it gave.
    pub outputs: Outputs,
    /// It panicked: its state cannot be trusted before a reset.
    pub has_panicked: bool,
}

impl Place {
    /// Calls the node with one value, and what stands in for it where it fails: the only place where a node is
    /// called.
    ///
    /// # Errors
    /// What the node, or its panic, said. Under `bypass` the input has taken its place, under `mute` nothing.
    pub fn call(&mut self, input: &Value) -> Result<(), ValueError> {
        let before = self.outputs.values().len();
        let Err(error) = self.attempt(input) else {
            return Ok(());
        };
        self.outputs.truncate(before);
        if self.policy == OnError::Bypass {
            // Where even this is too much, the error stands for both.
            let _ = self.outputs.push(input.clone());
        }
        Err(error)
    }

    /// Makes the node as new, and gives a failed one another chance.
    pub fn reset(&mut self) {
        let node = AssertUnwindSafe(&mut self.node);
        self.has_panicked = catch_unwind(|| { node }.reset()).is_err();
        self.outputs.take();
    }

    fn attempt(&mut self, input: &Value) -> Result<(), ValueError> {
        let hint = "This is a bug in the node; reset the pipeline, or take the node out.";
        if self.has_panicked {
            let message = "The node panicked before.";
            return Err(ValueError::new(code::NODE_PANICKED, message, hint));
        }
        // The node is not touched again after a panic, so a broken invariant in it cannot be seen.
        let (node, outputs) = (&mut self.node, &mut self.outputs);
        let outcome = catch_unwind(AssertUnwindSafe(|| node.process(input, outputs)));
        outcome.unwrap_or_else(|panic| {
            self.has_panicked = true;
            let message = words_of(panic.as_ref());
            Err(ValueError::new(code::NODE_PANICKED, message, hint))
        })
    }
}
