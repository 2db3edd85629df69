//! A small generator of random numbers. It always starts from a given seed, so results
//! are reproducible.

/// xorshift64* (Vigna 2016); the seed is not 0.
#[derive(Debug, Clone)]
pub(crate) struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 to 1, 1 excluded.
    #[cfg(feature = "batch")]
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// An integer from 0 to `n`, `n` excluded; 0 if `n` is 0.
    #[cfg(feature = "train")]
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n.max(1)
    }
}

/// Random numbers of 16 bits, for tests.
#[cfg(test)]
pub(crate) fn numbers(seed: u32) -> impl FnMut() -> u32 {
    let mut random = Random(u64::from(seed) << 32 | 1);
    move || (random.next() >> 48) as u32
}
