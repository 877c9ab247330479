//! The inner loop of the FIR filters: a dot product that compilers turn into vector code.

/// Both slices of a dot product are a multiple of this long.
pub const LANES: usize = 16;

/// Sum of products. Both slices have the same length, a multiple of [`LANES`].
///
/// The sixteen partial sums are always added in the same order and never fused, so SSE2, AVX and
/// WebAssembly give the same bits.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
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
}
