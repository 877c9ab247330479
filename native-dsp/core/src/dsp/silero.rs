//! Silero VAD v6.2 for 16 kHz: the speech probability of each window of 512 samples.
//!
//! The network of <https://github.com/snakers4/silero-vad> (MIT), written out: short-time Fourier
//! transform, four convolutions, one LSTM cell, one output. It differs from the ONNX model run by
//! onnxruntime by less than 1e-5, which `tests/silero.test.ts` checks.

mod kernel;
mod network;
mod spectrum;
mod weights;

pub use network::{SileroNetwork, WINDOW_SAMPLES};
