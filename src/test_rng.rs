//! Numbers that look like chance, for tests: the same every time.

/// Gives numbers of 16 bits, by a linear congruential generator.
pub(crate) fn numbers(seed: u32) -> impl FnMut() -> u32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        state >> 16
    }
}
