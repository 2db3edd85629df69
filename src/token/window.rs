//! Where words end: the letters and digits of a text, 64 bytes at a time as bits.

/// What makes a letter small and leaves a digit as it is, in every byte.
pub(crate) const SMALL: u64 = 0x2020_2020_2020_2020;

/// Bytes of a block.
const BLOCK: usize = 64;

/// Bytes of a block that are behind every place it is looked at from: a short word, what
/// follows it, and one more.
const AHEAD: usize = 16;

/// Reads a text from its beginning to its end. Where most words end comes out of one
/// number: no byte has to be waited for before the next word can be looked at.
pub(crate) struct Window<'a> {
    bytes: &'a [u8],
    /// First byte of the block.
    base: usize,
    /// What is no ASCII letter or digit in the block: bit n stands for byte n.
    marks: u64,
}

impl<'a> Window<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, base: 0, marks: block_at(bytes, 0) }
    }

    /// How many ASCII letters and digits stand from `at` on; exact where they are fewer
    /// than [`AHEAD`]. `at` never goes back.
    #[inline]
    pub(crate) fn word(&mut self, at: usize) -> usize {
        if at - self.base > BLOCK - AHEAD {
            (self.base, self.marks) = (at, block_at(self.bytes, at));
        }
        (self.marks >> (at - self.base)).trailing_zeros() as usize
    }
}

/// The block at `from`, as if nothing that counts followed the text.
#[inline(never)]
fn block_at(bytes: &[u8], from: usize) -> u64 {
    let rest = bytes.get(from..).unwrap_or_default();
    if let Some(whole) = rest.first_chunk() {
        return block(whole);
    }
    let mut padded = [0; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    block(&padded)
}

/// The loop over bytes is written so that the compiler takes 16 at once; the lowest bits
/// of eight are gathered by one multiplication.
#[inline]
fn block(bytes: &[u8; BLOCK]) -> u64 {
    let mut marks = [0u8; BLOCK];
    for (is, &byte) in marks.iter_mut().zip(bytes) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *is = u8::from(!(letter | digit));
    }
    let mut bits = 0;
    for (at, eight) in marks.as_chunks().0.iter().enumerate() {
        bits |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * at);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255u8 {
            for at in 0..BLOCK {
                let mut bytes = *b"aZ09zA5xxQwErTy7aZ09zA5xxQwErTy7aZ09zA5xxQwErTy7aZ09zA5xxQwErTy7";
                bytes[at] = byte;
                let expected = u64::from(!byte.is_ascii_alphanumeric()) << at;
                assert_eq!(block(&bytes), expected, "{byte:#x} at {at}");
            }
        }
    }

    #[test]
    fn words_across_blocks() {
        for len in [0, 1, 5, 63, 64, 65, 130, 700] {
            for steps in [1, 3, 64, 65, 129, 500] {
                let between = |n| if n % 2 == 0 { b' ' } else { b'-' };
                let bytes: Vec<u8> =
                    (0..len).map(|n| if n % 23 == 7 || n % 71 == 3 { between(n) } else { b'w' }).collect();
                let mut window = Window::new(&bytes);
                for at in (0..len).step_by(steps) {
                    let expected = bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
                    let found = window.word(at);
                    assert!(found == expected || found.min(expected) >= AHEAD, "{found} for {expected}");
                }
            }
        }
    }
}
