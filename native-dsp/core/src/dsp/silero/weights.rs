//! The weights, shared by all sessions of the process.
//!
//! `models/extract-silero.mjs` documents the order and the panel layout, and `build.rs` has checked the
//! file's SHA-256, so the lengths below are facts.

use super::kernel::PANEL;

/// Bytes at the alignment of a cache line.
#[repr(C, align(64))]
struct Aligned<T: ?Sized>(T);

// A static, so that the process has one copy of them.
static ALIGNED: &Aligned<[u8]> = &Aligned(*include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/models/silero-v6.2.f32"
)));

#[cfg(target_endian = "big")]
compile_error!("the weights are little-endian");

/// One linear layer: `output = bias + weights x input`.
#[derive(Clone, Copy)]
pub struct Layer {
    /// One value an output.
    pub bias: &'static [f32],
    /// Panels of [`PANEL`] outputs.
    pub panels: &'static [f32],
}

/// Every tensor of the network.
#[derive(Clone, Copy)]
pub struct Weights {
    /// Analysis window, 256 values.
    pub window: &'static [f32],
    /// The four convolutions, each as a linear layer over its unrolled taps.
    pub encoder: [Layer; 4],
    /// 512 gates (i, f, g, o) from 128 inputs and 128 hidden values.
    pub lstm: Layer,
    /// Bias of the output.
    pub output_bias: f32,
    /// 128 weights of the output.
    pub output: &'static [f32],
}

impl Weights {
    /// A view of the static data; nothing is copied.
    pub fn new() -> Self {
        let bytes: &'static [u8] = &ALIGNED.0;
        // SAFETY: aligned for f32 by the type above, initialised, static, and every bit pattern is an f32.
        let mut rest: &'static [f32] =
            unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / 4) };
        let mut take = |length: usize| {
            let (taken, left) = rest.split_at(length);
            rest = left;
            taken
        };
        let window = take(256);
        let mut layer = |outputs: usize, inputs: usize| {
            debug_assert!(outputs.is_multiple_of(PANEL));
            Layer {
                bias: take(outputs),
                panels: take(outputs * inputs),
            }
        };
        let encoder = [
            layer(128, 3 * 129),
            layer(64, 3 * 128),
            layer(64, 2 * 64),
            layer(128, 64),
        ];
        let lstm = layer(512, 256);
        let output_bias = take(1)[0];
        let output = take(128);
        assert!(rest.is_empty(), "weights left over");
        Self {
            window,
            encoder,
            lstm,
            output_bias,
            output,
        }
    }
}
