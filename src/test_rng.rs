//! Reproducible pseudo-random numbers for tests.

/// A linear congruential generator of 16-bit numbers.
pub(crate) fn numbers(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        state >> 16
    }
}
