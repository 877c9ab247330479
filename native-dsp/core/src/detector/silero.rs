//! Silero VAD v6.2 in the place of the model.

use super::SpeechModel;
use crate::dsp::silero::{SileroNetwork, WINDOW_SAMPLES};

impl SpeechModel for SileroNetwork {
    fn window_samples(&self) -> usize {
        WINDOW_SAMPLES
    }

    fn probability(&mut self, window: &[f32], _: f32) -> f32 {
        let window = window.try_into().expect("a window of its length");
        SileroNetwork::probability(self, window)
    }

    fn interrupt(&mut self) {
        SileroNetwork::reset(self);
    }

    fn reset(&mut self) {
        SileroNetwork::reset(self);
    }
}
