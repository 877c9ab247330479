//! The products that matter, in the order that suits the ratio.

use super::filter::Filter;
use crate::dsp::dot::{LANES, dot};

/// Computes one block of `output` from `line`: the past, then the block. `thinned` is room for decimation.
pub(super) fn run(filter: &Filter, line: &[f32], thinned: &mut [f32], output: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx") {
        // SAFETY: the CPU has just said that it knows AVX.
        return unsafe { convolve_avx(filter, line, thinned, output) };
    }
    convolve(filter, line, thinned, output);
}

/// The same code compiled for wider registers: same operations, same order, same bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
fn convolve_avx(filter: &Filter, line: &[f32], thinned: &mut [f32], output: &mut [f32]) {
    convolve(filter, line, thinned, output);
}

#[inline(always)]
fn convolve(filter: &Filter, line: &[f32], thinned: &mut [f32], output: &mut [f32]) {
    if filter.stride == 1 {
        interpolate(filter, line, output);
    } else if filter.phases == 1 {
        decimate(filter, line, thinned, output);
    } else {
        change_ratio(filter, line, output);
    }
}

/// Up by a whole factor: neighbouring outputs of one phase share their coefficients.
#[inline(always)]
fn interpolate(filter: &Filter, line: &[f32], output: &mut [f32]) {
    let Filter { phases, taps, .. } = *filter;
    let frame = output.len() / phases;
    for (phase, row) in filter.coefficients.chunks_exact(taps).enumerate() {
        for start in (0..frame).step_by(LANES) {
            let mut sums = [0.0f32; LANES];
            for (offset, coefficient) in row.iter().enumerate() {
                add_scaled(&mut sums, *coefficient, &line[start + offset..]);
            }
            for (index, sum) in (start..frame).zip(sums) {
                output[index * phases + phase] = sum;
            }
        }
    }
}

/// Down by a whole factor: the line is dealt out so that neighbouring outputs share their coefficients here
/// too.
#[inline(always)]
fn decimate(filter: &Filter, line: &[f32], thinned: &mut [f32], output: &mut [f32]) {
    let stride = filter.stride;
    let length = thinned.len() / stride;
    for (first, hand) in thinned.chunks_exact_mut(length).enumerate() {
        for (slot, sample) in hand.iter_mut().zip(line[first..].iter().step_by(stride)) {
            *slot = *sample;
        }
    }
    for (block, output) in output.chunks_mut(LANES).enumerate() {
        let mut sums = [0.0f32; LANES];
        for (first, hand) in thinned.chunks_exact(length).enumerate() {
            let coefficients = filter.coefficients[first..].iter().step_by(stride);
            for (offset, coefficient) in coefficients.enumerate() {
                add_scaled(&mut sums, *coefficient, &hand[block * LANES + offset..]);
            }
        }
        output.copy_from_slice(&sums[..output.len()]);
    }
}

#[inline(always)]
fn add_scaled(sums: &mut [f32; LANES], coefficient: f32, window: &[f32]) {
    let window = window.first_chunk::<LANES>();
    let window = window.expect("the line goes on for a block after the frame");
    for lane in 0..LANES {
        sums[lane] += coefficient * window[lane];
    }
}

/// Any other ratio: every output of a frame has a phase of its own.
#[inline(always)]
fn change_ratio(filter: &Filter, line: &[f32], output: &mut [f32]) {
    let Filter {
        phases,
        taps,
        stride,
        ..
    } = *filter;
    let (whole, rest) = (stride / phases, stride % phases);
    let (mut start, mut phase) = (0, 0);
    for out in output {
        let row = &filter.coefficients[phase * taps..(phase + 1) * taps];
        *out = dot(row, &line[start..start + taps]);
        start += whole;
        phase += rest;
        if phase >= phases {
            phase -= phases;
            start += 1;
        }
    }
}
