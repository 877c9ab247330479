//! The host's clock: the one import of the module.

#[cfg(target_arch = "wasm32")]
#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Milliseconds since some moment that stays the same.
    safe fn now_ms() -> f64;
}

/// There is no host where the crate is only checked.
#[cfg(not(target_arch = "wasm32"))]
fn now_ms() -> f64 {
    0.0
}

/// Nanoseconds by the host's clock, as finely as it tells them.
pub fn host_ns() -> u64 {
    (now_ms() * 1e6) as u64
}
