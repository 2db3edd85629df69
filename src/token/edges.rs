//! Where words begin and end: the edges between letters or digits and everything else.
//!
//! 64 bytes become the bits of one number, and its edges numbers in a list. Whoever reads
//! the list knows where the next words are before a byte of them is read, and has no
//! branch to guess but those of the text itself.

/// Bytes of a block.
const BLOCK: usize = 64;

/// Edges that are listed at once, at least.
const MANY: usize = 256;

/// Edges of a block that are written down whether they are there or not: most blocks of
/// prose have fewer, so that their number is no branch.
const USUAL: usize = 20;

/// So many of the others are written down at a time.
const SOME: usize = 4;

/// The edges of a text, some at a time.
pub(crate) struct Edges<'a> {
    bytes: &'a [u8],
    /// First byte of the next block.
    from: usize,
    /// Whether the byte before is a letter or digit.
    inside: u64,
    at: [u32; MANY + BLOCK],
    count: usize,
}

impl<'a> Edges<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, from: 0, inside: 0, at: [0; MANY + BLOCK], count: 0 }
    }

    /// The next words, as the places of their first bytes and of those behind their last;
    /// none at the text's end.
    #[inline(never)]
    pub(crate) fn words(&mut self) -> &[[u32; 2]] {
        // A word whose end is not known yet is the first of the next.
        let open = self.count % 2;
        if open == 1 {
            self.at[0] = self.at[(self.count - 1) % (MANY + BLOCK)];
        }
        self.count = open;
        while self.from < self.bytes.len() && self.count < MANY {
            let rest = &self.bytes[self.from..];
            let letters = rest.first_chunk().map_or_else(|| letters_of_few(rest), letters);
            self.list(letters ^ (letters << 1 | self.inside));
            self.inside = letters >> (BLOCK - 1);
            self.from += BLOCK;
        }
        if self.from >= self.bytes.len() && self.count % 2 == 1 {
            // The text ends within a block of letters.
            self.at[self.count % (MANY + BLOCK)] = self.bytes.len() as u32;
            self.count += 1;
        }
        self.at.get(..self.count).unwrap_or_default().as_chunks().0
    }

    /// Adds the places of the bits in `edges`.
    #[inline]
    fn list(&mut self, mut edges: u64) {
        let from = self.from as u32;
        let count = edges.count_ones() as usize;
        let Some(slots) = self.at.get_mut(self.count..).and_then(<[u32]>::first_chunk_mut::<BLOCK>) else { return };
        let (usual, more) = slots.split_at_mut(USUAL);
        for slot in usual {
            *slot = from.wrapping_add(edges.trailing_zeros());
            edges &= edges.wrapping_sub(1);
        }
        for some in more.chunks_exact_mut(SOME) {
            if edges == 0 {
                break;
            }
            for slot in some {
                *slot = from.wrapping_add(edges.trailing_zeros());
                edges &= edges.wrapping_sub(1);
            }
        }
        self.count += count;
    }
}

/// As [`letters`], of the last bytes of a text, as if nothing that counts followed.
#[cold]
fn letters_of_few(bytes: &[u8]) -> u64 {
    let mut padded = [0; BLOCK];
    let some = bytes.len().min(BLOCK);
    padded[..some].copy_from_slice(&bytes[..some]);
    letters(&padded)
}

/// Which bytes are ASCII letters or digits: bit n stands for byte n.
///
/// The loop over bytes is written so that the compiler takes 16 at once; the lowest bits
/// of eight are gathered by one multiplication.
#[inline]
fn letters(bytes: &[u8; BLOCK]) -> u64 {
    let mut are = [0u8; BLOCK];
    for (is, &byte) in are.iter_mut().zip(bytes) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *is = u8::from(letter | digit);
    }
    let mut bits = 0;
    for (at, eight) in are.as_chunks().0.iter().enumerate() {
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
                let mut bytes = *b"(!-09(.5,,=.{[}&--09(.5,,=.{[}&--09(.5,,=.{[}&--09(.5,,=.{[}&--.";
                bytes[at] = byte;
                let expected = bytes.iter().enumerate().map(|(at, byte)| u64::from(byte.is_ascii_alphanumeric()) << at);
                assert_eq!(letters(&bytes), expected.sum::<u64>(), "{byte:#x} at {at}");
            }
        }
    }

    #[test]
    fn words_across_blocks() {
        for len in [0, 1, 5, 63, 64, 65, 127, 128, 130, 700, 5000] {
            for every in [1, 2, 3, 5, 7, 23, 64, 65, 200, 10_000] {
                for first in [0, 1] {
                    let between = |n: usize| (n + first).is_multiple_of(every) || n % 71 == 3;
                    let bytes: Vec<u8> = (0..len).map(|n| if between(n) { b' ' } else { b'w' }).collect();
                    let expected = bytes.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
                    let start = |word: &[u8]| word.as_ptr() as usize - bytes.as_ptr() as usize;
                    let expected: Vec<_> =
                        expected.map(|word| [start(word) as u32, (start(word) + word.len()) as u32]).collect();
                    let (mut edges, mut found) = (Edges::new(&bytes), Vec::new());
                    while let words @ [_, ..] = edges.words() {
                        found.extend_from_slice(words);
                    }
                    assert_eq!(found, expected, "{len} bytes, every {every}, {first}");
                }
            }
        }
    }
}
