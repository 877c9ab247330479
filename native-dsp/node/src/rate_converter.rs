//! `RateConverter`: audio of any rate made fit for a graph, offline.

use napi::bindgen_prelude::{Env, This};
use napi_derive::napi;
use remotemedia_core::dsp::polyphase::{Polyphase, Quality};
use remotemedia_core::format::MAX_CHANNELS;

use crate::error::Coded;
use crate::frame::{SharedFrame, share};
use crate::guard::guard;
use crate::options::{RateConversion, whole};

/// Rates of files that exist, in Hz.
const RATES: std::ops::RangeInclusive<u64> = 1_000..=768_000;

/// Comments for callers are in `src/rate-converter.ts`.
#[napi]
pub struct RateConverter {
    channels: Vec<Polyphase>,
    input: SharedFrame,
    output: SharedFrame,
    /// Planes as Rust sees them.
    planes: (Vec<f32>, Vec<f32>),
    input_samples: usize,
    output_samples: usize,
}

#[napi]
impl RateConverter {
    #[napi(constructor)]
    pub fn new(env: Env, mut this: This<'_>, options: RateConversion) -> napi::Result<Self> {
        let converter = guard(&env, || Self::make(&options))?;
        share(&env, &mut this.object, &converter.input, &converter.output)?;
        Ok(converter)
    }

    #[napi(getter)]
    pub fn input_samples(&self) -> u32 {
        self.input_samples as u32
    }

    #[napi(getter)]
    pub fn output_samples(&self) -> u32 {
        self.output_samples as u32
    }

    #[napi(getter)]
    pub fn latency_samples(&self) -> u32 {
        self.channels[0].latency_samples()
    }

    #[napi]
    pub fn process(&mut self, env: Env) -> napi::Result<()> {
        guard(&env, || {
            let (input, output) = &mut self.planes;
            self.input.read_into(input);
            let inputs = input.chunks(self.input_samples);
            let outputs = output.chunks_mut(self.output_samples);
            for ((converter, input), output) in self.channels.iter_mut().zip(inputs).zip(outputs) {
                converter.process(input, output);
            }
            self.output.write_from(output);
            Ok(())
        })
    }
}

impl RateConverter {
    fn make(options: &RateConversion) -> Result<Self, Coded> {
        let (lowest, highest) = (*RATES.start(), *RATES.end());
        let from_hz = whole("fromHz", options.from_hz, lowest, highest)? as u32;
        let to_hz = whole("toHz", options.to_hz, lowest, highest)? as u32;
        let channels = whole("channels", options.channels, 1, MAX_CHANNELS.into())? as usize;
        let converters = (0..channels).map(|_| Polyphase::in_blocks(from_hz, to_hz, Quality::High));
        let converters: Vec<_> = converters.collect();
        let (_, input_samples, output_samples) = converters[0];
        let (input, output) = (channels * input_samples, channels * output_samples);
        Ok(Self {
            channels: converters
                .into_iter()
                .map(|(converter, ..)| converter)
                .collect(),
            input: SharedFrame::silent(input),
            output: SharedFrame::silent(output),
            planes: (vec![0.0; input], vec![0.0; output]),
            input_samples,
            output_samples,
        })
    }
}
