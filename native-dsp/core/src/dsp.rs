//! Kernels shared by several nodes: pure functions and small state machines over slices.
