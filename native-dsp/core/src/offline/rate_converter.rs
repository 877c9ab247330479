//! Audio of any rate made fit for a graph, offline.

use super::error::{OfflineError, channel_count, rate};
use crate::dsp::polyphase::{Polyphase, Quality};

/// Converts planar audio block by block; see [`Polyphase::in_blocks`].
pub struct RateConverter {
    channels: Vec<Polyphase>,
    input: Vec<f32>,
    output: Vec<f32>,
    input_samples: usize,
    output_samples: usize,
}

impl RateConverter {
    /// A converter between rates of 1 000 to 768 000 Hz for 1 to 8 channels, `high` unless `quality` says
    /// `low`, `medium` or `very_high`.
    ///
    /// # Errors
    /// `invalid_options`.
    pub fn new(
        from_hz: f64,
        to_hz: f64,
        channels: f64,
        quality: Option<&str>,
    ) -> Result<Self, OfflineError> {
        let quality = match quality {
            Some("low") => Quality::Low,
            Some("medium") => Quality::Medium,
            None | Some("high") => Quality::High,
            Some("very_high") => Quality::VeryHigh,
            Some(other) => {
                return Err(OfflineError::options(format!(
                    "quality is {other}; it must be low, medium, high or very_high"
                )));
            }
        };
        let (from_hz, to_hz) = (rate("fromHz", from_hz)?, rate("toHz", to_hz)?);
        let channels = channel_count(channels)?;
        let converters = (0..channels).map(|_| Polyphase::in_blocks(from_hz, to_hz, quality));
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
        Polyphase::process_planes(&mut self.channels, &self.input, &mut self.output);
    }
}
