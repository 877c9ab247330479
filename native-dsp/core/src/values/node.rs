//! The contract between a graph of values and its nodes.

use serde_json::Value;

use super::error::{ValueError, code};

/// Most values that one node may give for one input of the pipeline. Branches that come together again double
/// the values each time, so that a small manifest could ask for more than there is memory.
pub const MOST_VALUES: usize = 10_000;

/// A node on JSON values: one in, any number out.
///
/// It promises, and the contract tests check for every node of the catalogue: an error and never a panic for a
/// value that it cannot work on, after which it goes on as if that value had not come; whole numbers in its
/// results without a fraction; [`ValueNode::reset`] leaves it as new; the same input gives the same output.
pub trait ValueNode: Send {
    /// Works on one value.
    ///
    /// # Errors
    /// What is wrong with the value, or with the result. What was pushed before is thrown away.
    fn process(&mut self, input: &Value, outputs: &mut Outputs) -> Result<(), ValueError>;

    /// Forgets all history, keeping the parameters: afterwards the node behaves as if newly made.
    fn reset(&mut self);
}

/// Where a node puts its results, in order.
#[derive(Debug, Default)]
pub struct Outputs(Vec<Value>);

impl Outputs {
    /// Gives a value on.
    ///
    /// # Errors
    /// `too_many_values` past [`MOST_VALUES`].
    pub fn push(&mut self, value: Value) -> Result<(), ValueError> {
        if self.0.len() == MOST_VALUES {
            let message = format!("One input became more than {MOST_VALUES} values.");
            let hint = "Give shorter lists, or take out branches that come together again.";
            return Err(ValueError::new(code::TOO_MANY_VALUES, message, hint));
        }
        self.0.push(value);
        Ok(())
    }

    /// What was given so far.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// Takes what was given.
    pub fn take(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.0)
    }

    /// Keeps the first `length` values only.
    pub(super) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }
}
