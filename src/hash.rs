//! Hashes.

/// 2⁶⁴ divided by the golden ratio. A product with it depends on all bits of the other factor in its
/// highest bits, which then select a slot.
pub(crate) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// FNV-1a over `values`, as if each were a byte.
pub(crate) fn fnv1a(values: impl IntoIterator<Item = u64>) -> u64 {
    values.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, value| (hash ^ value).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: the authors' test vectors (64 bits).
    #[test]
    fn hashes_of_the_reference() {
        for (text, expected) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            assert_eq!(fnv1a(text.bytes().map(u64::from)), expected, "{text}");
        }
    }
}
