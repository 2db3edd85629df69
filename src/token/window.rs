//! Where words end: the letters, digits and blanks of a text, 64 bytes at a time as bits.

/// What makes a letter small and leaves a digit as it is, in every byte.
pub(crate) const SMALL: u64 = 0x2020_2020_2020_2020;

/// Bytes of a block.
const BLOCK: usize = 64;

/// Bytes of a block that are behind every place it is looked at from: a short word, what
/// follows it, and one more.
const AHEAD: usize = 16;

/// Reads a text from its beginning to its end. All there is to know of most words, where
/// they end and whether one blank follows, comes out of two numbers: no byte has to be
/// waited for before the next word can be looked at.
pub(crate) struct Window<'a> {
    bytes: &'a [u8],
    /// First byte of the block.
    base: usize,
    block: Block,
}

/// Bit n stands for byte n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    /// ASCII letters and digits.
    word: u64,
    blank: u64,
}

impl<'a> Window<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, base: 0, block: block_at(bytes, 0) }
    }

    /// How many ASCII letters and digits stand from `at` on, and 1 where a blank follows
    /// them, else 0; exact where they are fewer than [`AHEAD`]. `at` never goes back.
    #[inline]
    pub(crate) fn word(&mut self, at: usize) -> (usize, usize) {
        if at - self.base > BLOCK - AHEAD {
            (self.base, self.block) = (at, block_at(self.bytes, at));
        }
        let shift = at - self.base;
        let len = (!(self.block.word >> shift)).trailing_zeros() as usize;
        (len, (self.block.blank >> ((shift + len) & 63)) as usize & 1)
    }
}

/// The block at `from`, as if nothing that counts followed the text.
#[inline(never)]
fn block_at(bytes: &[u8], from: usize) -> Block {
    let rest = bytes.get(from..).unwrap_or_default();
    if let Some(whole) = rest.first_chunk() {
        return block(whole);
    }
    let mut padded = [0; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    block(&padded)
}

/// The loops over bytes are written so that the compiler takes 16 at once.
#[inline]
fn block(bytes: &[u8; BLOCK]) -> Block {
    let (mut word, mut blank) = ([0u8; BLOCK], [0u8; BLOCK]);
    for (is, &byte) in word.iter_mut().zip(bytes) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *is = u8::from(letter | digit);
    }
    for (is, &byte) in blank.iter_mut().zip(bytes) {
        *is = u8::from(byte == b' ');
    }
    Block { word: bits(&word), blank: bits(&blank) }
}

/// Gathers the lowest bits of eight bytes at a time by one multiplication.
#[inline]
fn bits(bytes: &[u8; BLOCK]) -> u64 {
    let mut bits = 0;
    for (at, eight) in bytes.as_chunks().0.iter().enumerate() {
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
                let word = !(u64::from(!byte.is_ascii_alphanumeric()) << at);
                let expected = Block { word, blank: u64::from(byte == b' ') << at };
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
                    let (found, blank) = window.word(at);
                    if expected < AHEAD {
                        assert_eq!((found, blank), (expected, usize::from(bytes.get(at + expected) == Some(&b' '))));
                    } else {
                        assert!(found >= AHEAD);
                    }
                }
            }
        }
    }
}
