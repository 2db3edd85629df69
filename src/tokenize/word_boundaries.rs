//! Finds where runs of ASCII letters and digits begin and end.
//!
//! Vector instructions turn 64 bytes into the bits of one number; the positions where its
//! bits change are the word boundaries. Listing them ahead of the tokenizer avoids a branch
//! for every byte, which the processor would often mispredict.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

/// Bytes that are classified at once.
const BLOCK: usize = 64;

/// Once a batch has this many boundaries, it ends with the current block.
const BATCH: usize = 256;

/// Slots that are written for every block, whether or not it has that many boundaries. Most
/// blocks of prose have fewer, so no branch depends on their number.
const ALWAYS: usize = 20;

/// Slots that are written at once after those.
const STEP: usize = 4;

/// The word boundaries of a text, in batches.
pub(crate) struct WordBoundaries<'a> {
    bytes: &'a [u8],
    /// First byte of the next block.
    from: usize,
    /// 1 if the byte before `from` is a letter or digit, else 0.
    inside: u64,
    /// The boundaries of the batch.
    at: [u32; BATCH + BLOCK],
    /// Number of boundaries in the batch.
    count: usize,
}

impl<'a> WordBoundaries<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, from: 0, inside: 0, at: [0; BATCH + BLOCK], count: 0 }
    }

    /// The start and end of each word of the next batch; no words at the end of the text.
    pub(crate) fn words(&mut self) -> &[[u32; 2]] {
        dispatch!(Level::new(), simd => self.read(simd));
        self.at.get(..self.count).unwrap_or_default().as_chunks().0
    }

    /// Lists the next batch.
    #[inline(always)]
    fn read<S: Simd>(&mut self, simd: S) {
        // The start of a word whose end is in this batch.
        let open = self.count % 2;
        if open == 1 {
            self.at[0] = self.at[(self.count - 1) % (BATCH + BLOCK)];
        }
        self.count = open;
        while self.from < self.bytes.len() && self.count < BATCH {
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
            // The text ends with a word that fills its block.
            self.at[self.count % (BATCH + BLOCK)] = self.bytes.len() as u32;
            self.count += 1;
        }
    }

    /// Adds the positions of the bits in `boundaries`.
    #[inline(always)]
    fn list(&mut self, mut boundaries: u64) {
        let from = self.from as u32;
        let count = boundaries.count_ones() as usize;
        let Some(slots) = self.at.get_mut(self.count..).and_then(<[u32]>::first_chunk_mut::<BLOCK>) else { return };
        let (always, more) = slots.split_at_mut(ALWAYS);
        for slot in always {
            *slot = from.wrapping_add(take_lowest(&mut boundaries));
        }
        for step in more.chunks_exact_mut(STEP) {
            if boundaries == 0 {
                break;
            }
            for slot in step {
                *slot = from.wrapping_add(take_lowest(&mut boundaries));
            }
        }
        self.count += count;
    }
}

/// Clears the lowest bit that is set and gives its number.
#[inline(always)]
fn take_lowest(bits: &mut u64) -> u32 {
    let lowest = bits.trailing_zeros();
    *bits &= bits.wrapping_sub(1);
    lowest
}

/// The last bytes of a text, padded with zeros.
#[cold]
fn padded(bytes: &[u8]) -> [u8; BLOCK] {
    let mut padded = [0; BLOCK];
    let some = bytes.len().min(BLOCK);
    padded[..some].copy_from_slice(&bytes[..some]);
    padded
}

/// Whether each byte is an ASCII letter or digit; bit n stands for byte n.
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

    /// Every instruction set that this machine has.
    fn levels() -> Vec<Level> {
        let mut levels = vec![Level::new(), Level::baseline()];
        #[cfg(target_arch = "x86_64")]
        levels.extend(Level::new().as_avx2().map(Level::Avx2));
        #[cfg(target_arch = "x86_64")]
        levels.extend(Level::new().as_sse4_2().map(Level::Sse4_2));
        levels
    }

    #[test]
    fn every_byte_is_classified_at_every_position() {
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
    fn words_may_span_blocks_and_batches() {
        for len in [0, 1, 5, 63, 64, 65, 127, 128, 130, 256, 700, 5000] {
            for every in [1, 2, 3, 5, 7, 23, 64, 65, 200, 10_000] {
                for first in [0, 1] {
                    let between = |n: usize| (n + first).is_multiple_of(every) || n % 71 == 3;
                    let bytes: Vec<u8> = (0..len).map(|n| if between(n) { b' ' } else { b'w' }).collect();
                    let expected = bytes.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
                    let start = |word: &[u8]| word.as_ptr() as usize - bytes.as_ptr() as usize;
                    let expected: Vec<_> =
                        expected.map(|word| [start(word) as u32, (start(word) + word.len()) as u32]).collect();
                    let (mut boundaries, mut found) = (WordBoundaries::new(&bytes), Vec::new());
                    while let words @ [_, ..] = boundaries.words() {
                        found.extend_from_slice(words);
                    }
                    assert_eq!(found, expected, "{len} bytes, every {every}, {first}");
                }
            }
        }
    }
}
