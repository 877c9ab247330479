//! Pipelines of JSON values: the contract of their nodes, their graph, and the arithmetic that they share.

mod error;
mod execution;
mod graph;
mod node;
mod number;
mod place;

pub use error::{NodeError, ValueError, code};
pub use execution::Execution;
pub use graph::{GraphInfo, ValueGraph};
pub use node::{MOST_VALUES, Outputs, ValueNode};
pub use number::{MOST_EXACT, Number, map_numbers};
