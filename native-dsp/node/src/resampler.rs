//! `Resampler`: whole signals to another rate in one call.

use napi::bindgen_prelude::{Env, Float32Array, Float32ArraySlice};
use napi_derive::napi;
use remotemedia_core::offline;

use crate::error::Coded;
use crate::guard::guard;
use crate::options::Resampling;

/// Comments for callers are in `src/resampler.ts`.
#[napi]
pub struct Resampler {
    resampler: offline::Resampler,
}

#[napi]
impl Resampler {
    #[napi(constructor)]
    pub fn new(env: Env, options: Resampling) -> napi::Result<Self> {
        guard(&env, || {
            let Resampling {
                from_hz,
                to_hz,
                channels,
                ref layout,
            } = options;
            let resampler = offline::Resampler::new(from_hz, to_hz, channels, layout.as_deref())?;
            Ok(Self { resampler })
        })
    }

    #[napi]
    pub fn output_samples(&self, samples: f64) -> f64 {
        self.resampler.output_samples(samples as usize) as f64
    }

    #[napi]
    pub fn convert(
        &mut self,
        env: Env,
        input: Float32ArraySlice<'_>,
    ) -> napi::Result<Float32Array> {
        guard(&env, || {
            let mut output = vec![0.0; self.resampler.output_length(input.len())?];
            self.resampler.convert(&input, &mut output)?;
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
            let (from, to) = (input.as_ptr_range(), output.as_ptr_range());
            if from.start < to.end && to.start < from.end {
                return Err(Coded::options("input and output share memory"));
            }
            // SAFETY: JavaScript waits for this call, and the input is elsewhere.
            Ok(self.resampler.convert(&input, unsafe { output.as_mut() })?)
        })
    }
}
