//! Decisions out of arbitrary bytes.

/// Bytes that are read from the front; after their end, zeros.
#[derive(Clone)]
pub struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    /// Less than `bound`, which is at most 256.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// Once in `n`.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// 0 to 1, both included.
    pub fn share(&mut self) -> f64 {
        f64::from(self.byte()) / 255.0
    }

    /// Any f32 there is.
    pub fn float(&mut self) -> f32 {
        f32::from_bits(u32::from_le_bytes(std::array::from_fn(|_| self.byte())))
    }
}
