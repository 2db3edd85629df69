//! Lines that were in the posting before.

use crate::hash::fnv1a;
use crate::tokenize::{Segment, StemId, Token, UNKNOWN};

/// Fewest known words of a line that counts as repeated: short ones may recur by chance.
const MIN_WORDS: usize = 4;

/// Which segments repeat an earlier one, word for word.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    /// The first words and the index of each segment that is long enough.
    starts: Vec<(u64, u32)>,
    /// Hash and index of each segment that starts like another.
    hashes: Vec<(u64, u32)>,
    repeated: Vec<bool>,
}

impl Repeats {
    /// Compares the stems of all segments. Most differ in the first words, and only the others are
    /// hashed as a whole.
    #[inline(never)]
    pub(super) fn find(&mut self, tokens: &[Token], segments: &[Segment]) {
        let Self { starts, hashes, repeated } = self;
        starts.clear();
        hashes.clear();
        repeated.clear();
        repeated.resize(segments.len(), false);
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
