//! Small generators of random numbers, seeded so that results are reproducible.

/// The next number of `SplitMix64` (Steele, Lea and Flood 2014). `state` may start at any number.
#[inline]
pub(crate) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The generator xorshift64* (Vigna 2016). Its seed must not be 0, which would give only zeros.
#[cfg(any(feature = "batch", feature = "train", test))]
#[derive(Debug, Clone)]
pub(crate) struct Random(pub u64);

#[cfg(any(feature = "batch", feature = "train", test))]
impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 (inclusive) to 1 (exclusive).
    #[cfg(feature = "batch")]
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// An integer from 0 to `n - 1`; 0 if `n` is 0.
    #[cfg(feature = "train")]
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n.max(1)
    }
}

/// An endless source of 16-bit random numbers, for tests.
#[cfg(test)]
pub(crate) fn numbers(seed: u32) -> impl FnMut() -> u32 {
    let mut random = Random(u64::from(seed) << 32 | 1);
    move || (random.next() >> 48) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: the first outputs for the seed 1 of the algorithm written in Python.
    #[test]
    fn numbers_are_those_of_xorshift64_star() {
        let mut random = Random(1);
        let numbers: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(numbers, [0x47e4_ce4b_896c_dd1d, 0xabcf_a6a8_e079_651d, 0xb9d1_0d8f_eb73_1f57]);
        #[cfg(feature = "train")]
        {
            let mut random = Random(1);
            assert_eq!([10, 10, 10, 0].map(|n| random.below(n)), [7, 6, 7, 0]);
        }
        #[cfg(feature = "batch")]
        {
            let mut random = Random(1);
            for expected in [0.280_835_050_050_359_5, 0.671_137_253_026_676_4, 0.725_846_145_283_366_8] {
                assert!((random.uniform() - expected).abs() < 1e-15);
            }
        }
    }
}
