//! Where words end: the letters and digits of a text, 64 bytes at a time as bits.

/// What makes a letter small and leaves a digit as it is, in every byte.
pub(crate) const SMALL: u64 = 0x2020_2020_2020_2020;

/// Bytes of a block.
const BLOCK: usize = 64;

/// Reads a text from its beginning to its end.
pub(crate) struct Window<'a> {
    bytes: &'a [u8],
    /// First byte of the first of two blocks.
    base: usize,
    /// Bit n: byte n of the block is an ASCII letter or digit.
    here: u64,
    /// The same of the block behind it.
    next: u64,
}

impl<'a> Window<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, base: 0, here: block_at(bytes, 0), next: block_at(bytes, BLOCK) }
    }

    /// How many ASCII letters and digits stand from `at` on, counted to 64. `at` never
    /// goes back.
    #[inline]
    pub(crate) fn word_len(&mut self, at: usize) -> usize {
        if at - self.base >= BLOCK {
            self.advance(at);
        }
        let shift = (at - self.base) as u32 & 63;
        let bits = self.here >> shift | self.next << 1 << (63 - shift);
        (!bits).trailing_zeros() as usize
    }

    fn advance(&mut self, at: usize) {
        let follows = at - self.base < 2 * BLOCK;
        self.base = at - at % BLOCK;
        self.here = if follows { self.next } else { block_at(self.bytes, self.base) };
        self.next = block_at(self.bytes, self.base + BLOCK);
    }
}

/// The block at `from`, as if blanks followed the text.
fn block_at(bytes: &[u8], from: usize) -> u64 {
    let rest = bytes.get(from..).unwrap_or_default();
    if let Some(whole) = rest.first_chunk() {
        return block(whole);
    }
    let mut padded = [b' '; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    block(&padded)
}

/// Bit n: byte n is an ASCII letter or digit.
///
/// The first loop is written so that the compiler takes 16 bytes at once; the second
/// gathers the lowest bits of eight bytes by one multiplication.
#[inline]
fn block(bytes: &[u8; BLOCK]) -> u64 {
    let mut word = [0u8; BLOCK];
    for (is, &byte) in word.iter_mut().zip(bytes) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *is = u8::from(letter | digit);
    }
    let mut bits = 0;
    for (at, eight) in word.as_chunks().0.iter().enumerate() {
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
                let expected = !(u64::from(!byte.is_ascii_alphanumeric()) << at);
                assert_eq!(block(&bytes), expected, "{byte:#x} at {at}");
            }
        }
    }

    #[test]
    fn lengths_across_blocks() {
        for len in [0, 1, 5, 63, 64, 65, 130, 700] {
            for steps in [1, 3, 64, 65, 129, 500] {
                let bytes: Vec<u8> = (0..len).map(|n| if n % 23 == 7 || n % 71 == 3 { b'-' } else { b'w' }).collect();
                let mut window = Window::new(&bytes);
                for at in (0..len).step_by(steps) {
                    let expected = bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
                    assert_eq!(window.word_len(at), expected.min(64));
                }
            }
        }
    }
}
