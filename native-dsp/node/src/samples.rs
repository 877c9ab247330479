//! Whole arrays of samples at once: conversion between formats, and log-mel spectrograms.

use std::ops::Range;
use std::ptr::null_mut;

use napi::bindgen_prelude::{
    Either3, Env, Float32Array, Float32ArraySlice, FromNapiValue, Int16ArraySlice, Int32ArraySlice,
};
use napi::check_status;
use napi::sys::{self, TypedarrayType};
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
    let length = length(&input);
    let mut output = match format.as_str() {
        "f32" => Either3::A(new_array(env, TypedarrayType::float32_array, 4, length)?),
        "i16" => Either3::B(new_array(env, TypedarrayType::int16_array, 2, length)?),
        "i32" => Either3::C(new_array(env, TypedarrayType::int32_array, 4, length)?),
        _ => {
            return guard(env, || {
                Err(Coded::options("format must be f32, i16 or i32"))
            });
        }
    };
    // SAFETY: the memory is new, so nothing else refers to it.
    unsafe { fill(&input, &mut output) };
    Ok(output)
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
        // SAFETY: nobody else touches JavaScript's memory during the call, and the two do not overlap.
        unsafe { fill(&input, &mut output) };
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

/// A new array, in memory of JavaScript's own: memory that Rust allocates needs a finalizer, and costs several
/// times as much.
fn new_array<Array: FromNapiValue>(
    env: &Env,
    kind: i32,
    sample_bytes: usize,
    length: usize,
) -> napi::Result<Array> {
    let (mut buffer, mut data, mut array) = (null_mut(), null_mut(), null_mut());
    let env = env.raw();
    // SAFETY: the environment is the one of this call, and `buffer` is used only where it was made.
    unsafe {
        check_status!(sys::napi_create_arraybuffer(
            env,
            length * sample_bytes,
            &mut data,
            &mut buffer
        ))?;
        check_status!(sys::napi_create_typedarray(
            env, kind, length, buffer, 0, &mut array
        ))?;
        Array::from_napi_value(env, array)
    }
}

/// # Safety
/// Nothing else may refer to the memory of `output`.
unsafe fn fill(input: &Samples<'_>, output: &mut Samples<'_>) {
    // SAFETY: the caller's duty.
    unsafe {
        match output {
            Either3::A(output) => convert_from(input, output.as_mut()),
            Either3::B(output) => convert_from(input, output.as_mut()),
            Either3::C(output) => convert_from(input, output.as_mut()),
        }
    }
}

fn convert_from<To>(input: &Samples<'_>, output: &mut [To])
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
