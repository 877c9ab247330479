//! The guard at the door of every recursive filter and every third-party kernel.

/// Far above anything that audio in -1..1 becomes, far below what overflows when squared and summed.
const LIMIT: f32 = 1.0e3;

/// The sample itself, or 0 where it is NaN, infinite or absurdly large, any of which would stay in the
/// state of a recursive filter for ever.
#[inline]
pub fn finite(sample: f32) -> f32 {
    // NaN fails the comparison.
    if sample.abs() <= LIMIT { sample } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::finite;

    #[test]
    fn audio_is_untouched_and_garbage_becomes_silence() {
        for sample in [0.0, -1.0, 0.3, 1e-40, 999.0] {
            assert_eq!(finite(sample).to_bits(), f32::to_bits(sample));
        }
        for garbage in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            assert_eq!(finite(garbage), 0.0);
        }
    }
}
