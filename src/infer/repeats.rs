//! Lines that were in the posting before.

use crate::hash::fnv1a;
use crate::tokenize::{Segment, Token, UNKNOWN};

/// Fewest known words of a line that counts as repeated: short ones may recur by chance.
const MIN_WORDS: usize = 4;

/// Which segments repeat an earlier one, word for word.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    /// Hash and index of each segment that is long enough.
    hashes: Vec<(u64, u32)>,
    repeated: Vec<bool>,
}

impl Repeats {
    /// Compares the stems of all segments.
    #[inline(never)]
    pub(super) fn find(&mut self, tokens: &[Token], segments: &[Segment]) {
        let Self { hashes, repeated } = self;
        hashes.clear();
        repeated.clear();
        repeated.resize(segments.len(), false);
        for (at, segment) in segments.iter().enumerate() {
            let own = &tokens[segment.first as usize..segment.last as usize];
            if own.len() >= MIN_WORDS {
                // All unknown words have the same id, so they count as equal.
                hashes.push((fnv1a(own.iter().map(|token| u64::from(token.id))), at as u32));
            }
        }
        hashes.sort_unstable();
        for pair in hashes.windows(2) {
            let known = |at: u32| {
                let segment = segments[at as usize];
                let own = &tokens[segment.first as usize..segment.last as usize];
                own.iter().filter(|token| token.id < UNKNOWN).count() >= MIN_WORDS
            };
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
