//! Kernels shared by several nodes: pure functions and small state machines over slices.

pub mod dot;
pub mod finite;
pub mod kaiser;
pub mod polyphase;
#[cfg(test)]
pub(crate) mod test_signal;
