//! The products that matter, in the order that suits the ratio.
//!
//! Each loop exists twice: for any processor, and with wider registers and fused multiply-add for those that
//! have them. The two differ by the last bit or so; a given processor always gives the same.

use super::filter::{Filter, LANES, TILE};

/// How far the loops read past the end of a frame.
pub(super) const OVERRUN: usize = 80;

/// Computes one block of output for each of `C` channels from its line: the past, then the block. `thinned` is
/// room for decimation.
pub(super) fn run<const C: usize>(
    filter: &Filter,
    lines: [&[f32]; C],
    thinned: [&mut [f32]; C],
    outputs: [&mut [f32]; C],
) {
    if filter.stride != 1 && filter.phases != 1 {
        return change_ratio(filter, lines, outputs);
    }
    for ((line, thinned), output) in lines.into_iter().zip(thinned).zip(outputs) {
        change_by_factor(filter, line, thinned, output);
    }
}

/// Part of the baseline there.
const FUSED: bool = cfg!(target_arch = "aarch64");

fn change_ratio<const C: usize>(filter: &Filter, lines: [&[f32]; C], outputs: [&mut [f32]; C]) {
    #[cfg(target_arch = "x86_64")]
    if has_wide_registers() {
        // SAFETY: the processor has the features that the function is compiled for.
        return unsafe { convolve_tiles_avx2(filter, lines, outputs) };
    }
    convolve_tiles::<C, FUSED>(filter, lines, outputs);
}

fn change_by_factor(filter: &Filter, line: &[f32], thinned: &mut [f32], output: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if has_wide_registers() {
        // SAFETY: the processor has the features that the function is compiled for.
        return unsafe { convolve_avx2(filter, line, thinned, output) };
    }
    // Ten registers of four sums.
    convolve::<40, FUSED>(filter, line, thinned, output);
}

#[cfg(target_arch = "x86_64")]
fn has_wide_registers() -> bool {
    std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn convolve_tiles_avx2<const C: usize>(
    filter: &Filter,
    lines: [&[f32]; C],
    outputs: [&mut [f32]; C],
) {
    convolve_tiles::<C, true>(filter, lines, outputs);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn convolve_avx2(filter: &Filter, line: &[f32], thinned: &mut [f32], output: &mut [f32]) {
    // Ten registers of eight sums: enough to hide how long one addition takes, and all frames between rates
    // that are multiples of 8 kHz are multiples of it.
    convolve::<80, true>(filter, line, thinned, output);
}

/// By a whole factor.
#[inline(always)]
fn convolve<const BLOCK: usize, const FUSED: bool>(
    filter: &Filter,
    line: &[f32],
    thinned: &mut [f32],
    output: &mut [f32],
) {
    const { assert!(BLOCK <= OVERRUN) };
    if filter.stride == 1 {
        interpolate::<BLOCK, FUSED>(filter, line, output);
    } else {
        decimate::<BLOCK, FUSED>(filter, line, thinned, output);
    }
}

/// Up by a whole factor: neighbouring outputs of one phase share their coefficients.
#[inline(always)]
fn interpolate<const BLOCK: usize, const FUSED: bool>(
    filter: &Filter,
    line: &[f32],
    output: &mut [f32],
) {
    let Filter { phases, taps, .. } = *filter;
    let frame = output.len() / phases;
    for (phase, row) in filter.coefficients.chunks_exact(taps).enumerate() {
        for start in (0..frame).step_by(BLOCK) {
            let mut sums = [0.0f32; BLOCK];
            for (offset, coefficient) in row.iter().enumerate() {
                add_scaled::<BLOCK, FUSED>(&mut sums, *coefficient, &line[start + offset..]);
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
fn decimate<const BLOCK: usize, const FUSED: bool>(
    filter: &Filter,
    line: &[f32],
    thinned: &mut [f32],
    output: &mut [f32],
) {
    let stride = filter.stride;
    let length = thinned.len() / stride;
    for (first, hand) in thinned.chunks_exact_mut(length).enumerate() {
        for (slot, sample) in hand.iter_mut().zip(line[first..].iter().step_by(stride)) {
            *slot = *sample;
        }
    }
    for (block, output) in output.chunks_mut(BLOCK).enumerate() {
        let mut sums = [0.0f32; BLOCK];
        for (first, hand) in thinned.chunks_exact(length).enumerate() {
            let coefficients = filter.coefficients[first..].iter().step_by(stride);
            for (offset, coefficient) in coefficients.enumerate() {
                add_scaled::<BLOCK, FUSED>(
                    &mut sums,
                    *coefficient,
                    &hand[block * BLOCK + offset..],
                );
            }
        }
        output.copy_from_slice(&sums[..output.len()]);
    }
}

#[inline(always)]
fn add_scaled<const BLOCK: usize, const FUSED: bool>(
    sums: &mut [f32; BLOCK],
    coefficient: f32,
    window: &[f32],
) {
    let window = window.first_chunk::<BLOCK>();
    let window = window.expect("the line goes on for a block after the frame");
    for lane in 0..BLOCK {
        sums[lane] = multiply_add::<FUSED>(coefficient, window[lane], sums[lane]);
    }
}

/// Any other ratio: every output of a frame has coefficients of its own, so a few outputs and all channels share
/// what is loaded.
#[inline(always)]
fn convolve_tiles<const C: usize, const FUSED: bool>(
    filter: &Filter,
    lines: [&[f32]; C],
    mut outputs: [&mut [f32]; C],
) {
    let count = outputs[0].len().div_ceil(TILE);
    let tiles = filter.tiles.chunks_exact(filter.tile_chunks).cycle();
    for (index, tile) in tiles.take(count).enumerate() {
        let start = index * TILE * filter.stride / filter.phases;
        let windows = lines.map(|line| &line[start..][..tile.len() * LANES]);
        let sums = multiply::<C, FUSED>(tile, windows);
        for (output, sums) in outputs.iter_mut().zip(sums) {
            for (out, sum) in output[index * TILE..].iter_mut().zip(sums) {
                *out = sum;
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn multiply<const C: usize, const FUSED: bool>(
    tile: &[[[f32; LANES]; TILE]],
    windows: [&[f32]; C],
) -> [[f32; TILE]; C] {
    let windows = windows.map(|window| window.as_chunks::<LANES>().0);
    let mut sums = [[[0.0f32; LANES]; TILE]; C];
    for (index, rows) in tile.iter().enumerate() {
        for (sums, window) in sums.iter_mut().zip(&windows) {
            let window = window[index];
            for (sums, row) in sums.iter_mut().zip(rows) {
                for lane in 0..LANES {
                    sums[lane] = multiply_add::<FUSED>(row[lane], window[lane], sums[lane]);
                }
            }
        }
    }
    sums.map(|sums| sums.map(total))
}

/// Left to itself the compiler does not vectorise this at all.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn multiply<const C: usize, const FUSED: bool>(
    tile: &[[[f32; LANES]; TILE]],
    windows: [&[f32]; C],
) -> [[f32; TILE]; C] {
    use std::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat};
    let halves = |values: &[f32; LANES]| {
        let [a, b, c, d, e, f, g, h] = *values;
        [f32x4(a, b, c, d), f32x4(e, f, g, h)]
    };
    let windows = windows.map(|window| window.as_chunks::<LANES>().0);
    let mut sums = [[f32x4_splat(0.0); TILE]; C];
    for (index, rows) in tile.iter().enumerate() {
        for (sums, window) in sums.iter_mut().zip(&windows) {
            let [low, high] = halves(&window[index]);
            for (sum, row) in sums.iter_mut().zip(rows) {
                let row = halves(row);
                let products = f32x4_add(f32x4_mul(row[0], low), f32x4_mul(row[1], high));
                *sum = f32x4_add(*sum, products);
            }
        }
    }
    sums.map(|sums| {
        sums.map(|sum| {
            let even = f32x4_extract_lane::<0>(sum) + f32x4_extract_lane::<2>(sum);
            let odd = f32x4_extract_lane::<1>(sum) + f32x4_extract_lane::<3>(sum);
            even + odd
        })
    })
}

#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn total(mut sums: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

/// `FUSED` only where that is an instruction: elsewhere it would be a call.
#[inline(always)]
fn multiply_add<const FUSED: bool>(a: f32, b: f32, sum: f32) -> f32 {
    if FUSED {
        a.mul_add(b, sum)
    } else {
        sum + a * b
    }
}
