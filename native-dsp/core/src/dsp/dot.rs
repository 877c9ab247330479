//! The inner loop of FIR filters whose every output has coefficients of its own.

/// Both slices of a dot product are a multiple of this long.
pub const LANES: usize = 16;

/// Sum of products. Both slices have the same length, a multiple of [`LANES`].
///
/// The sixteen partial sums are always added in the same order and never fused, so every processor gives
/// the same bits.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    // Left to itself the compiler vectorises this two by two or not at all; SSE is always there.
    #[cfg(target_arch = "x86_64")]
    let mut sums = lanes_sse(a, b);
    #[cfg(not(target_arch = "x86_64"))]
    let mut sums = lanes(a, b);
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

#[cfg(any(test, not(target_arch = "x86_64")))]
fn lanes(a: &[f32], b: &[f32]) -> [f32; LANES] {
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn lanes_sse(a: &[f32], b: &[f32]) -> [f32; LANES] {
    use std::arch::x86_64::{_mm_add_ps, _mm_loadu_ps, _mm_mul_ps, _mm_setzero_ps, _mm_storeu_ps};
    let mut lanes = [0.0; LANES];
    // SAFETY: SSE is part of x86-64; every access lies within a chunk of sixteen values.
    unsafe {
        let mut sums = [_mm_setzero_ps(); LANES / 4];
        for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
            for (quarter, sum) in sums.iter_mut().enumerate() {
                let a = _mm_loadu_ps(a.as_ptr().add(4 * quarter));
                let b = _mm_loadu_ps(b.as_ptr().add(4 * quarter));
                *sum = _mm_add_ps(*sum, _mm_mul_ps(a, b));
            }
        }
        for (quarter, sum) in sums.into_iter().enumerate() {
            _mm_storeu_ps(lanes.as_mut_ptr().add(4 * quarter), sum);
        }
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sum_of_products() {
        let a: Vec<f32> = (0..64).map(|n| n as f32).collect();
        let b: Vec<f32> = (0..64).map(|n| (n % 5) as f32 - 2.0).collect();
        let expected: f32 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        assert_eq!(dot(&a, &b), expected, "all values are small whole numbers");
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn both_ways_of_summing_give_the_same_bits() {
        let a = crate::dsp::test_signal::noise(1, 1.0, 208);
        let b = crate::dsp::test_signal::noise(2, 1.0, 208);
        assert_eq!(lanes(&a, &b), lanes_sse(&a, &b));
    }
}
