//! RNNoise (Valin 2018, arXiv:1709.08243) for one channel at 48 kHz, by the crate `nnnoiseless`.

use std::sync::OnceLock;

use nnnoiseless::{DenoiseState, RnnModel};

use super::finite::finite;

/// RNNoise works on samples in the range of 16-bit integers.
const SCALE: f32 = 32_768.0;

/// Denoising of one channel. The network's weights are shared by all sessions.
///
/// The FFT behind it keeps its plan per thread: the first frame ever processed on a thread allocates it.
pub struct RnNoise {
    state: Box<DenoiseState<'static>>,
    scaled: Box<[f32; DenoiseState::FRAME_SIZE]>,
}

impl RnNoise {
    /// Output lags input by one frame: windows of 20 ms overlap by half.
    pub const LATENCY_SAMPLES: u32 = DenoiseState::FRAME_SIZE as u32;

    /// A fresh one.
    pub fn new() -> Self {
        Self {
            state: fresh(),
            scaled: Box::new([0.0; DenoiseState::FRAME_SIZE]),
        }
    }

    /// Processes 10 ms.
    pub fn process(&mut self, input: &[f32], output: &mut [f32]) {
        for (scaled, sample) in self.scaled.iter_mut().zip(input) {
            *scaled = finite(*sample) * SCALE;
        }
        self.state.process_frame(output, &self.scaled[..]);
        output.iter_mut().for_each(|sample| *sample /= SCALE);
    }

    /// Forgets what it has heard.
    pub fn reset(&mut self) {
        self.state = fresh();
    }
}

impl Default for RnNoise {
    fn default() -> Self {
        Self::new()
    }
}

fn fresh() -> Box<DenoiseState<'static>> {
    static MODEL: OnceLock<RnnModel> = OnceLock::new();
    let mut state = DenoiseState::with_model(MODEL.get_or_init(RnnModel::default));
    // Makes the thread's FFT plan now; silence leaves the state untouched.
    let mut output = [0.0; DenoiseState::FRAME_SIZE];
    state.process_frame(&mut output, &[0.0; DenoiseState::FRAME_SIZE]);
    state
}
