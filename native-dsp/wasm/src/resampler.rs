//! The resampler of this instance.

use std::cell::RefCell;

use remotemedia_core::offline::Resampler;

use crate::answer::{answer, nothing_here};
use crate::text::take;

struct Job {
    resampler: Resampler,
    input: Vec<f32>,
    output: Vec<f32>,
}

thread_local! {
    static JOB: RefCell<Option<Job>> = const { RefCell::new(None) };
}

/// Makes the resampler. The text is the layout.
///
/// # Safety
/// See [`take`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn resampler_create(
    from_hz: f64,
    to_hz: f64,
    channels: f64,
    pointer: *mut u8,
    bytes: usize,
) -> i32 {
    // SAFETY: the caller's duty.
    let layout = unsafe { take(pointer, bytes) };
    answer(|| {
        JOB.set(Some(Job {
            resampler: Resampler::new(from_hz, to_hz, channels, Some(&layout))?,
            input: Vec::new(),
            output: Vec::new(),
        }));
        Ok(0)
    })
}

/// Samples per channel that `samples` per channel become.
#[unsafe(no_mangle)]
pub extern "C" fn resampler_output_samples(samples: f64) -> f64 {
    JOB.with_borrow(|job| {
        let kernel = job.as_ref().map(|job| &job.resampler);
        kernel.map_or(0.0, |kernel| kernel.output_samples(samples as usize) as f64)
    })
}

/// Whether arrays of these lengths fit each other.
#[unsafe(no_mangle)]
pub extern "C" fn resampler_check(input: usize, output: usize) -> i32 {
    JOB.with_borrow(|job| {
        answer(|| {
            let job = job.as_ref().ok_or_else(nothing_here)?;
            job.resampler.check(input, output)?;
            Ok(0)
        })
    })
}

/// Where to write `length` values that the next `resampler_convert` reads.
#[unsafe(no_mangle)]
pub extern "C" fn resampler_input(length: usize) -> *mut f32 {
    JOB.with_borrow_mut(|job| match job {
        Some(job) => {
            job.input.resize(length, 0.0);
            job.input.as_mut_ptr()
        }
        None => std::ptr::null_mut(),
    })
}

/// Converts; returns how many values there are at `resampler_output`.
#[unsafe(no_mangle)]
pub extern "C" fn resampler_convert() -> i32 {
    JOB.with_borrow_mut(|job| {
        answer(|| {
            let job = job.as_mut().ok_or_else(nothing_here)?;
            let length = job.resampler.output_length(job.input.len())?;
            job.output.resize(length, 0.0);
            job.resampler.convert(&job.input, &mut job.output)?;
            Ok(length as u32)
        })
    })
}

/// Where the values are that the last `resampler_convert` gave.
#[unsafe(no_mangle)]
pub extern "C" fn resampler_output() -> *const f32 {
    JOB.with_borrow(|job| {
        job.as_ref()
            .map_or(std::ptr::null(), |job| job.output.as_ptr())
    })
}
