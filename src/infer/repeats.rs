//! Lines that repeat an earlier line of the posting.

use crate::hash::{GOLDEN, fnv1a};
use crate::tokenize::{Segment, StemId, Token, UNKNOWN};

/// Minimum number of known words of a line that counts as repeated: shorter ones recur by chance.
const MIN_WORDS: usize = 4;

/// Marks a free slot of the hash table: an id that no stem has, in each of its four 16-bit parts.
const FREE: u64 = (StemId::MAX - 2) as u64 * 0x0001_0001_0001_0001;

/// Which segments repeat an earlier one, word for word.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    /// The first words and the index of each segment that is long enough.
    starts: Vec<(u64, u32)>,
    /// A hash table of first words.
    seen: Vec<u64>,
    /// Hash and index of each segment that starts like another.
    hashes: Vec<(u64, u32)>,
    repeated: Vec<bool>,
}

impl Repeats {
    /// Compares the stems of all segments. Most segments differ in their first words; only those
    /// that share them are hashed as a whole.
    #[inline(never)]
    pub(super) fn find(&mut self, tokens: &[Token], segments: &[Segment]) {
        let Self { starts, seen, hashes, repeated } = self;
        starts.clear();
        hashes.clear();
        repeated.clear();
        let words = |at: u32| {
            let segment = &segments[at as usize];
            &tokens[segment.first as usize..segment.last as usize]
        };
        // All unknown words have the same id, so they count as equal.
        for at in 0..segments.len() as u32 {
            if let Some(first) = words(at).first_chunk::<MIN_WORDS>() {
                let start = first.iter().fold(0, |start, token| start << StemId::BITS | u64::from(token.id));
                starts.push((start, at));
            }
        }
        if !any_twice(starts, seen) {
            return;
        }
        repeated.resize(segments.len(), false);
        starts.sort_unstable();
        for same in starts.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            let hash = |at: u32| fnv1a(words(at).iter().map(|token| u64::from(token.id)));
            hashes.extend(same.iter().map(|&(_, at)| (hash(at), at)));
        }
        hashes.sort_unstable();
        for pair in hashes.windows(2) {
            let known = |at: u32| words(at).iter().filter(|token| token.id < UNKNOWN).count() >= MIN_WORDS;
            if pair[0].0 == pair[1].0 && known(pair[1].1) {
                repeated[pair[1].1 as usize] = true;
            }
        }
    }

    /// Whether a segment repeats an earlier one.
    pub(super) fn is(&self, at: usize) -> bool {
        self.repeated.get(at).copied().unwrap_or(false)
    }
}

/// Whether two segments have the same first words. In most postings none do, which a hash table
/// finds out faster than sorting.
fn any_twice(starts: &[(u64, u32)], seen: &mut Vec<u64>) -> bool {
    let size = (2 * starts.len()).next_power_of_two();
    seen.clear();
    seen.resize(size, FREE);
    starts.iter().any(|&(start, _)| {
        let mut at = (start.wrapping_mul(GOLDEN) >> 32) as usize % size;
        while seen[at] != start && seen[at] != FREE {
            at = (at + 1) % size;
        }
        let twice = seen[at] == start;
        seen[at] = start;
        twice
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_were_there_before() {
        type Lines = &'static [&'static [StemId]];
        const NONE: StemId = UNKNOWN;
        let table: [(&str, Lines, &[bool]); 6] = [
            ("none", &[&[1, 2, 3, 4], &[1, 2, 3, 5], &[4, 3, 2, 1]], &[false; 3]),
            ("the same", &[&[1, 2, 3, 4, 5], &[9], &[1, 2, 3, 4, 5]], &[false, false, true]),
            ("another between", &[&[1, 2, 3, 4, 5], &[1, 2, 3, 4, 6], &[1, 2, 3, 4, 5]], &[false, false, true]),
            ("longer", &[&[1, 2, 3, 4], &[1, 2, 3, 4, 5], &[1, 2, 3, 4]], &[false, false, true]),
            ("short", &[&[1, 2, 3], &[1, 2, 3]], &[false; 2]),
            ("unknown words", &[&[NONE; 4], &[NONE; 4], &[1, NONE, 2, 3], &[1, NONE, 2, 3]], &[false; 4]),
        ];
        let mut repeats = Repeats::default();
        for (name, lines, expected) in table {
            let (mut tokens, mut segments) = (Vec::new(), Vec::new());
            for line in lines {
                let first = tokens.len() as u32;
                tokens.extend(line.iter().map(|&id| Token {
                    start: 0,
                    end: 0,
                    id,
                    after_punctuation: false,
                    flags: 0,
                }));
                segments.push(Segment { first, last: tokens.len() as u32, ..Segment::default() });
            }
            repeats.find(&tokens, &segments);
            let found: Vec<bool> = (0..lines.len()).map(|at| repeats.is(at)).collect();
            assert_eq!(found, expected, "{name}");
        }
    }
}
