//! Whole signals to another rate, in one call.

use super::error::{OfflineError, channel_count, rate};
use crate::dsp::resampler::{Layout, Resampler as Kernel};

/// Converts signals with a number of channels that lie in one slice; see [`Kernel`].
pub struct Resampler {
    kernel: Kernel,
    channels: usize,
    layout: Layout,
}

impl Resampler {
    /// A resampler between rates of 1 000 to 768 000 Hz for 1 to 8 channels that lie `planar` (the default) or
    /// `interleaved`.
    ///
    /// # Errors
    /// `invalid_options`.
    pub fn new(
        from_hz: f64,
        to_hz: f64,
        channels: f64,
        layout: Option<&str>,
    ) -> Result<Self, OfflineError> {
        let (from_hz, to_hz) = (rate("fromHz", from_hz)?, rate("toHz", to_hz)?);
        Ok(Self {
            channels: channel_count(channels)?,
            layout: match layout {
                None | Some("planar") => Layout::Planar,
                Some("interleaved") => Layout::Interleaved,
                Some(other) => {
                    return Err(OfflineError::options(format!(
                        "layout is {other}; it must be planar or interleaved"
                    )));
                }
            },
            kernel: Kernel::new(from_hz, to_hz),
        })
    }

    /// Samples per channel that `samples` per channel become.
    pub fn output_samples(&self, samples: usize) -> usize {
        self.kernel.output_samples(samples)
    }

    /// Values that an input of `length` values becomes.
    ///
    /// # Errors
    /// `invalid_options` where the channels cannot share the input.
    pub fn output_length(&self, length: usize) -> Result<usize, OfflineError> {
        if !length.is_multiple_of(self.channels) {
            return Err(OfflineError::options(format!(
                "input holds {length} values, which {} channels cannot share",
                self.channels
            )));
        }
        Ok(self.channels * self.kernel.output_samples(length / self.channels))
    }

    /// Whether an output of this length is the right one for an input of that length.
    ///
    /// # Errors
    /// `invalid_options`.
    pub fn check(&self, input: usize, output: usize) -> Result<(), OfflineError> {
        let needed = self.output_length(input)?;
        if output == needed {
            return Ok(());
        }
        Err(OfflineError::options(format!(
            "output holds {output} values; it must hold {needed}"
        )))
    }

    /// Converts all of `input`; allocates nothing.
    ///
    /// # Errors
    /// As [`Resampler::check`].
    pub fn convert(&mut self, input: &[f32], output: &mut [f32]) -> Result<(), OfflineError> {
        self.check(input.len(), output.len())?;
        self.kernel
            .convert(input, self.channels, self.layout, output);
        Ok(())
    }
}
