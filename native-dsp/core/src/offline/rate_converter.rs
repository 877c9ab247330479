//! Audio of any rate made fit for a graph, offline.

use super::error::{OfflineError, channel_count, rate};
use crate::dsp::polyphase::{Polyphase, Quality};
use crate::dsp::resampler::StreamResampler;

/// Converts planar audio block by block.
pub struct RateConverter {
    converter: Converter,
    input: Vec<f32>,
    output: Vec<f32>,
    input_samples: usize,
    output_samples: usize,
}

enum Converter {
    /// One for each channel, as live audio has it.
    Polyphase(Vec<Polyphase>),
    /// `very_high`, for all channels.
    Stream(StreamResampler),
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
            Some("low") => Some(Quality::Low),
            Some("medium") => Some(Quality::Medium),
            None | Some("high") => Some(Quality::High),
            Some("very_high") => None,
            Some(other) => {
                return Err(OfflineError::options(format!(
                    "quality is {other}; it must be low, medium, high or very_high"
                )));
            }
        };
        let (from_hz, to_hz) = (rate("fromHz", from_hz)?, rate("toHz", to_hz)?);
        let channels = channel_count(channels)?;
        // Between equal rates those copy, without delay.
        let quality = quality.or((from_hz == to_hz).then_some(Quality::High));
        let (converter, (input_samples, output_samples)) = match quality {
            Some(quality) => {
                let (first, taken, given) = Polyphase::in_blocks(from_hz, to_hz, quality);
                let others = (1..channels).map(|_| Polyphase::in_blocks(from_hz, to_hz, quality).0);
                let converters = std::iter::once(first).chain(others).collect();
                (Converter::Polyphase(converters), (taken, given))
            }
            None => {
                let stream = StreamResampler::new(from_hz, to_hz, channels);
                let block = stream.block();
                (Converter::Stream(stream), block)
            }
        };
        Ok(Self {
            converter,
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
        match &self.converter {
            Converter::Polyphase(channels) => channels[0].latency_samples(),
            Converter::Stream(stream) => stream.latency_samples(),
        }
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
        match &mut self.converter {
            Converter::Polyphase(channels) => {
                Polyphase::process_planes(channels, &self.input, &mut self.output);
            }
            Converter::Stream(stream) => stream.process(&self.input, &mut self.output),
        }
    }
}
