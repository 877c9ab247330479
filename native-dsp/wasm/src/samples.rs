//! Whole arrays of samples: conversion between formats block by block, and log-mel spectrograms.

use std::cell::RefCell;

use remotemedia_core::dsp::log_mel::{self, MELS};
use remotemedia_core::dsp::sample_format::{Sample, convert};
use remotemedia_core::offline::OfflineError;

use crate::answer::answer;

/// Samples that are converted at once: however long an array is, the memory does not grow with it.
const BLOCK_SAMPLES: usize = 16_384;

thread_local! {
    static INPUT: RefCell<Block> = RefCell::new(Block::default());
    static OUTPUT: RefCell<Block> = RefCell::new(Block::default());
    static RECORDING: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
    static SPECTROGRAM: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Room for a block in each format. The host calls them 0, 1 and 2, in this order.
struct Block {
    f32: Box<[f32]>,
    i16: Box<[i16]>,
    i32: Box<[i32]>,
}

impl Default for Block {
    fn default() -> Self {
        Self {
            f32: vec![0.0; BLOCK_SAMPLES].into(),
            i16: vec![0; BLOCK_SAMPLES].into(),
            i32: vec![0; BLOCK_SAMPLES].into(),
        }
    }
}

impl Block {
    fn pointer(&mut self, format: u32) -> *mut u8 {
        match format {
            0 => self.f32.as_mut_ptr().cast(),
            1 => self.i16.as_mut_ptr().cast(),
            2 => self.i32.as_mut_ptr().cast(),
            _ => std::ptr::null_mut(),
        }
    }

    fn convert_to<To>(&self, format: u32, output: &mut [To]) -> Result<u32, OfflineError>
    where
        f32: Sample<To>,
        i16: Sample<To>,
        i32: Sample<To>,
    {
        match format {
            0 => convert(&self.f32, output),
            1 => convert(&self.i16, output),
            2 => convert(&self.i32, output),
            _ => return Err(unknown_format()),
        }
        Ok(0)
    }
}

/// How many samples a block holds.
#[unsafe(no_mangle)]
pub extern "C" fn samples_block() -> usize {
    BLOCK_SAMPLES
}

/// Where the samples go, in their format, that the next `samples_convert` reads.
#[unsafe(no_mangle)]
pub extern "C" fn samples_input(format: u32) -> *mut u8 {
    INPUT.with_borrow_mut(|block| block.pointer(format))
}

/// Where the samples are, in their format, that the last `samples_convert` gave.
#[unsafe(no_mangle)]
pub extern "C" fn samples_output(format: u32) -> *mut u8 {
    OUTPUT.with_borrow_mut(|block| block.pointer(format))
}

/// Converts the first `samples` of the block.
#[unsafe(no_mangle)]
pub extern "C" fn samples_convert(from: u32, to: u32, samples: usize) -> i32 {
    INPUT.with_borrow(|input| {
        OUTPUT.with_borrow_mut(|output| {
            answer(|| match to {
                0 => input.convert_to(from, &mut output.f32[..samples]),
                1 => input.convert_to(from, &mut output.i16[..samples]),
                2 => input.convert_to(from, &mut output.i32[..samples]),
                _ => Err(unknown_format()),
            })
        })
    })
}

/// Where to write the `samples` that the next `log_mel_spectrogram` reads.
#[unsafe(no_mangle)]
pub extern "C" fn log_mel_input(samples: usize) -> *mut f32 {
    RECORDING.with_borrow_mut(|recording| {
        recording.resize(samples, 0.0);
        recording.as_mut_ptr()
    })
}

/// Computes; returns how many values there are at `log_mel_output`.
#[unsafe(no_mangle)]
pub extern "C" fn log_mel_spectrogram(mels: f64) -> i32 {
    answer(|| {
        let known = MELS.into_iter().find(|known| *known as f64 == mels);
        let mels = known.ok_or_else(|| OfflineError::options("mels must be 80 or 128"))?;
        let values = RECORDING.with_borrow(|samples| log_mel::log_mel_spectrogram(samples, mels));
        let length = values.len() as u32;
        SPECTROGRAM.set(values);
        Ok(length)
    })
}

/// Where the values are that the last `log_mel_spectrogram` gave.
#[unsafe(no_mangle)]
pub extern "C" fn log_mel_output() -> *const f32 {
    SPECTROGRAM.with_borrow(|values| values.as_ptr())
}

fn unknown_format() -> OfflineError {
    OfflineError::new("internal_error", "a sample format is 0, 1 or 2")
}
