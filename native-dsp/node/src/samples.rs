//! Whole arrays of samples at once: conversion between formats, and log-mel spectrograms.

use std::ops::Range;

use napi::bindgen_prelude::{
    Either3, Env, Float32Array, Float32ArraySlice, Int16ArraySlice, Int32ArraySlice,
};
use napi_derive::napi;
use remotemedia_core::dsp::log_mel::{self, MELS};
use remotemedia_core::dsp::sample_format::{Sample, convert};

use crate::error::Coded;
use crate::guard::guard;

/// A typed array of samples, as JavaScript owns it.
type Samples<'env> = Either3<Float32ArraySlice<'env>, Int16ArraySlice<'env>, Int32ArraySlice<'env>>;

#[napi]
pub fn convert_samples<'env>(
    env: &'env Env,
    input: Samples<'env>,
    format: String,
) -> napi::Result<Samples<'env>> {
    match format.as_str() {
        "f32" => Float32ArraySlice::from_data(env, converted::<f32>(&input)).map(Either3::A),
        "i16" => Int16ArraySlice::from_data(env, converted::<i16>(&input)).map(Either3::B),
        "i32" => Int32ArraySlice::from_data(env, converted::<i32>(&input)).map(Either3::C),
        _ => guard(env, || {
            Err(Coded::options("format must be f32, i16 or i32"))
        }),
    }
}

#[napi]
pub fn convert_samples_into(
    env: Env,
    input: Samples<'_>,
    mut output: Samples<'_>,
) -> napi::Result<()> {
    guard(&env, || {
        let (from, to) = (memory(&input), memory(&output));
        if length(&input) != length(&output) {
            return Err(Coded::options("input and output must be of one length"));
        }
        if from.start < to.end && to.start < from.end {
            return Err(Coded::options("input and output must not share memory"));
        }
        // SAFETY: the slice is JavaScript's memory, which nobody else touches during the call, and which no part
        // of `input` lies in.
        unsafe {
            match &mut output {
                Either3::A(output) => fill(&input, output.as_mut()),
                Either3::B(output) => fill(&input, output.as_mut()),
                Either3::C(output) => fill(&input, output.as_mut()),
            }
        }
        Ok(())
    })
}

#[napi]
pub fn log_mel_spectrogram(
    env: Env,
    samples: Float32ArraySlice<'_>,
    mels: f64,
) -> napi::Result<Float32Array> {
    guard(&env, || {
        let mels = MELS.into_iter().find(|known| *known as f64 == mels);
        let mels = mels.ok_or_else(|| Coded::options("mels must be 80 or 128"))?;
        Ok(log_mel::log_mel_spectrogram(&samples, mels).into())
    })
}

fn converted<To: Clone + Default>(input: &Samples<'_>) -> Vec<To>
where
    f32: Sample<To>,
    i16: Sample<To>,
    i32: Sample<To>,
{
    let mut output = vec![To::default(); length(input)];
    fill(input, &mut output);
    output
}

fn fill<To>(input: &Samples<'_>, output: &mut [To])
where
    f32: Sample<To>,
    i16: Sample<To>,
    i32: Sample<To>,
{
    match input {
        Either3::A(input) => convert(input, output),
        Either3::B(input) => convert(input, output),
        Either3::C(input) => convert(input, output),
    }
}

fn length(samples: &Samples<'_>) -> usize {
    match samples {
        Either3::A(samples) => samples.len(),
        Either3::B(samples) => samples.len(),
        Either3::C(samples) => samples.len(),
    }
}

/// The addresses that an array occupies.
fn memory(samples: &Samples<'_>) -> Range<usize> {
    fn range<T>(samples: &[T]) -> Range<usize> {
        let range = samples.as_ptr_range();
        range.start as usize..range.end as usize
    }
    match samples {
        Either3::A(samples) => range(samples),
        Either3::B(samples) => range(samples),
        Either3::C(samples) => range(samples),
    }
}
