//! `Resampler`: whole signals to another rate in one call.

use napi::bindgen_prelude::{Env, Float32Array, Float32ArraySlice};
use napi_derive::napi;
use remotemedia_core::dsp::resampler::{Layout, Resampler as Kernel};

use crate::error::Coded;
use crate::guard::guard;
use crate::options::{Resampling, channel_count, layout, rate};

/// Comments for callers are in `src/resampler.ts`.
#[napi]
pub struct Resampler {
    kernel: Kernel,
    channels: usize,
    layout: Layout,
}

#[napi]
impl Resampler {
    #[napi(constructor)]
    pub fn new(env: Env, options: Resampling) -> napi::Result<Self> {
        guard(&env, || {
            let (from_hz, to_hz) = (
                rate("fromHz", options.from_hz)?,
                rate("toHz", options.to_hz)?,
            );
            Ok(Self {
                channels: channel_count(options.channels)?,
                layout: layout(options.layout.as_deref())?,
                kernel: Kernel::new(from_hz, to_hz),
            })
        })
    }

    #[napi]
    pub fn output_samples(&self, samples: u32) -> f64 {
        self.kernel.output_samples(samples as usize) as f64
    }

    #[napi]
    pub fn convert(
        &mut self,
        env: Env,
        input: Float32ArraySlice<'_>,
    ) -> napi::Result<Float32Array> {
        guard(&env, || {
            let mut output = vec![0.0; self.length_for(&input)?];
            self.kernel
                .convert(&input, self.channels, self.layout, &mut output);
            Ok(Float32Array::new(output))
        })
    }

    #[napi]
    pub fn convert_into(
        &mut self,
        env: Env,
        input: Float32ArraySlice<'_>,
        mut output: Float32ArraySlice<'_>,
    ) -> napi::Result<()> {
        guard(&env, || {
            let length = self.length_for(&input)?;
            // SAFETY: JavaScript waits for this call, so nobody else writes; should both be the same memory, the
            // lengths differ unless the rates are equal, where each value is written over itself.
            let output = unsafe { output.as_mut() };
            if output.len() != length {
                return Err(Coded::options(format!(
                    "output holds {} values; it must hold {length}",
                    output.len()
                )));
            }
            self.kernel
                .convert(&input, self.channels, self.layout, output);
            Ok(())
        })
    }
}

impl Resampler {
    /// Values in the output for this input.
    fn length_for(&self, input: &[f32]) -> Result<usize, Coded> {
        if !input.len().is_multiple_of(self.channels) {
            return Err(Coded::options(format!(
                "input holds {} values, which {} channels cannot share",
                input.len(),
                self.channels
            )));
        }
        Ok(self.channels * self.kernel.output_samples(input.len() / self.channels))
    }
}
