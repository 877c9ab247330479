//! `RateConverter`: audio of any rate made fit for a graph, offline.

use napi::bindgen_prelude::{Env, This};
use napi_derive::napi;
use remotemedia_core::offline;

use crate::frame::{SharedFrame, share};
use crate::guard::guard;
use crate::options::RateConversion;

/// Comments for callers are in `src/rate-converter.ts`.
#[napi]
pub struct RateConverter {
    converter: offline::RateConverter,
    input: SharedFrame,
    output: SharedFrame,
}

#[napi]
impl RateConverter {
    #[napi(constructor)]
    pub fn new(env: Env, mut this: This<'_>, options: RateConversion) -> napi::Result<Self> {
        let mut converter = guard(&env, || {
            let (from_hz, to_hz) = (options.from_hz, options.to_hz);
            Ok(offline::RateConverter::new(
                from_hz,
                to_hz,
                options.channels,
                options.quality.as_deref(),
            )?)
        })?;
        let input = SharedFrame::silent(converter.input_mut().len());
        let output = SharedFrame::silent(converter.output().len());
        share(&env, &mut this.object, &input, &output)?;
        Ok(Self {
            converter,
            input,
            output,
        })
    }

    #[napi(getter)]
    pub fn input_samples(&self) -> u32 {
        self.converter.input_samples() as u32
    }

    #[napi(getter)]
    pub fn output_samples(&self) -> u32 {
        self.converter.output_samples() as u32
    }

    #[napi(getter)]
    pub fn latency_samples(&self) -> u32 {
        self.converter.latency_samples()
    }

    #[napi]
    pub fn process(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || {
            self.input.read_into(self.converter.input_mut());
            self.converter.process();
            self.output.write_from(self.converter.output());
            Ok(())
        })
    }
}
