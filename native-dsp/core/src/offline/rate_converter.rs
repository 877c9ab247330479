//! Audio of any rate made fit for a graph, offline.

use super::error::{OfflineError, whole};
use crate::dsp::polyphase::{Polyphase, Quality};
use crate::format::MAX_CHANNELS;

/// Rates of files that exist, in Hz.
const RATES: std::ops::RangeInclusive<u64> = 1_000..=768_000;

/// Converts planar audio block by block; see [`Polyphase::in_blocks`].
pub struct RateConverter {
    channels: Vec<Polyphase>,
    input: Vec<f32>,
    output: Vec<f32>,
    input_samples: usize,
    output_samples: usize,
}

impl RateConverter {
    /// A converter between rates of 1 000 to 768 000 Hz for 1 to 8 channels.
    ///
    /// # Errors
    /// `invalid_options`.
    pub fn new(from_hz: f64, to_hz: f64, channels: f64) -> Result<Self, OfflineError> {
        let (lowest, highest) = (*RATES.start(), *RATES.end());
        let from_hz = whole("fromHz", from_hz, lowest, highest)? as u32;
        let to_hz = whole("toHz", to_hz, lowest, highest)? as u32;
        let channels = whole("channels", channels, 1, MAX_CHANNELS.into())? as usize;
        let converters = (0..channels).map(|_| Polyphase::in_blocks(from_hz, to_hz, Quality::High));
        let converters: Vec<_> = converters.collect();
        let (_, input_samples, output_samples) = converters[0];
        Ok(Self {
            channels: converters
                .into_iter()
                .map(|(converter, ..)| converter)
                .collect(),
            input: vec![0.0; channels * input_samples],
            output: vec![0.0; channels * output_samples],
            input_samples,
            output_samples,
        })
    }

    /// Samples per channel that each call of `process` takes.
    pub fn input_samples(&self) -> usize {
        self.input_samples
    }

    /// Samples per channel that each call gives.
    pub fn output_samples(&self) -> usize {
        self.output_samples
    }

    /// Delay in samples of the output.
    pub fn latency_samples(&self) -> u32 {
        self.channels[0].latency_samples()
    }

    /// The block that `process` reads, to be filled before; planar.
    pub fn input_mut(&mut self) -> &mut [f32] {
        &mut self.input
    }

    /// The block that the last call gave; planar.
    pub fn output(&self) -> &[f32] {
        &self.output
    }

    /// Converts one block.
    pub fn process(&mut self) {
        let inputs = self.input.chunks(self.input_samples);
        let outputs = self.output.chunks_mut(self.output_samples);
        for ((converter, input), output) in self.channels.iter_mut().zip(inputs).zip(outputs) {
            converter.process(input, output);
        }
    }
}
