//! Where words begin and end: the edges between letters or digits and everything else.
//!
//! 64 bytes become the bits of one number, with the widest vector instructions that the
//! machine has, and its edges numbers in a list. Whoever reads the list knows where the
//! next words are before a byte of them is read, and has no branch to guess but those of
//! the text itself.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

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
    pub(crate) fn words(&mut self) -> &[[u32; 2]] {
        dispatch!(Level::new(), simd => self.read(simd));
        self.at.get(..self.count).unwrap_or_default().as_chunks().0
    }

    /// Lists the next edges.
    #[inline(always)]
    fn read<S: Simd>(&mut self, simd: S) {
        // A word whose end is not known yet is the first of the next.
        let open = self.count % 2;
        if open == 1 {
            self.at[0] = self.at[(self.count - 1) % (MANY + BLOCK)];
        }
        self.count = open;
        while self.from < self.bytes.len() && self.count < MANY {
            let rest = &self.bytes[self.from..];
            let few;
            let block = if let Some(block) = rest.first_chunk() {
                block
            } else {
                few = padded(rest);
                &few
            };
            let letters = letters(simd, block);
            self.list(letters ^ (letters << 1 | self.inside));
            self.inside = letters >> (BLOCK - 1);
            self.from += BLOCK;
        }
        if self.from >= self.bytes.len() && self.count % 2 == 1 {
            // The text ends within a block of letters.
            self.at[self.count % (MANY + BLOCK)] = self.bytes.len() as u32;
            self.count += 1;
        }
    }

    /// Adds the places of the bits in `edges`.
    #[inline(always)]
    fn list(&mut self, mut edges: u64) {
        let from = self.from as u32;
        let count = edges.count_ones() as usize;
        let Some(slots) = self.at.get_mut(self.count..).and_then(<[u32]>::first_chunk_mut::<BLOCK>) else { return };
        let (usual, more) = slots.split_at_mut(USUAL);
        for slot in usual {
            *slot = from.wrapping_add(take_lowest(&mut edges));
        }
        for some in more.chunks_exact_mut(SOME) {
            if edges == 0 {
                break;
            }
            for slot in some {
                *slot = from.wrapping_add(take_lowest(&mut edges));
            }
        }
        self.count += count;
    }
}

/// The number of the lowest bit that is set, which is cleared.
#[inline(always)]
fn take_lowest(bits: &mut u64) -> u32 {
    let lowest = bits.trailing_zeros();
    *bits &= bits.wrapping_sub(1);
    lowest
}

/// The last bytes of a text, as if nothing that counts followed.
#[cold]
fn padded(bytes: &[u8]) -> [u8; BLOCK] {
    let mut padded = [0; BLOCK];
    let some = bytes.len().min(BLOCK);
    padded[..some].copy_from_slice(&bytes[..some]);
    padded
}

/// Which bytes are ASCII letters or digits: bit n stands for byte n.
#[inline(always)]
fn letters<S: Simd>(simd: S, bytes: &[u8; BLOCK]) -> u64 {
    let bytes = u8x64::from_slice(simd, bytes);
    let letters = ((bytes | 0x20) - b'a').simd_le(25);
    let digits = (bytes - b'0').simd_le(9);
    (letters | digits).to_bitmask()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set of instructions that this machine has.
    fn levels() -> Vec<Level> {
        let mut levels = vec![Level::new(), Level::baseline()];
        #[cfg(target_arch = "x86_64")]
        levels.extend(Level::new().as_avx2().map(Level::Avx2));
        #[cfg(target_arch = "x86_64")]
        levels.extend(Level::new().as_sse4_2().map(Level::Sse4_2));
        levels
    }

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255u8 {
            for at in 0..BLOCK {
                let mut bytes = *b"(!-09(.5,,=.{[}&--09(.5,,=.{[}&--09(.5,,=.{[}&--09(.5,,=.{[}&--.";
                bytes[at] = byte;
                let expected = bytes.iter().enumerate().map(|(at, byte)| u64::from(byte.is_ascii_alphanumeric()) << at);
                let expected = expected.sum::<u64>();
                for level in levels() {
                    let found = dispatch!(level, simd => letters(simd, &bytes));
                    assert_eq!(found, expected, "{byte:#x} at {at}, {level:?}");
                }
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
