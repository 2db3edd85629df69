//! The places of a segment's features.

use super::index::FeatureIndex;
use crate::token::{StemId, Token};

/// Room for the places of some tokens' features.
pub(crate) struct Places {
    found: [u32; 2 * Self::ROOM],
    /// By feature found, twice its last token, and 1 more for a pair; kept only when
    /// asked for.
    tokens: [u8; 2 * Self::ROOM],
}

impl Default for Places {
    fn default() -> Self {
        Self { found: [0; 2 * Self::ROOM], tokens: [0; 2 * Self::ROOM] }
    }
}

impl Places {
    const ROOM: usize = 128;
    /// Tokens that are read at once.
    pub(crate) const TOKENS: usize = Self::ROOM - 1;
    /// Features of so many tokens at most.
    pub(crate) const MOST: usize = 2 * Self::TOKENS;

    /// Places of the features that [`emit`](crate::token::emit::emit) emits of at most
    /// [`Places::TOKENS`] tokens, where those of `index` are [plain](FeatureIndex::plain).
    /// `before` is the stem before the tokens and becomes their last. With `TELL`,
    /// [`Places::tokens`] tells afterwards which tokens they are of.
    ///
    /// Which words are known is as good as random to a processor that guesses branches.
    /// So every place is written down, and kept by counting on only where it is one.
    #[inline(never)]
    pub(crate) fn of<const TELL: bool>(
        &mut self,
        index: &FeatureIndex,
        before: &mut StemId,
        tokens: &[Token],
    ) -> &[u32] {
        let (singles, pairs) = (index.singles(), index.pairs());
        let (mut count, mut last) = (0, *before);
        for (at, token) in (0u8..).zip(&tokens[..tokens.len().min(Self::TOKENS)]) {
            let id = u32::from(token.id);
            count = self.keep::<TELL>(count, (id, id < singles), 2 * at);
            count = self.keep::<TELL>(count, pairs.find(last, token.id), 2 * at + 1);
            last = token.id;
        }
        *before = last;
        &self.found[..count.min(Self::MOST)]
    }

    #[inline]
    fn keep<const TELL: bool>(&mut self, count: usize, (place, is): (u32, bool), token: u8) -> usize {
        self.found[count % (2 * Self::ROOM)] = place;
        if TELL {
            self.tokens[count % (2 * Self::ROOM)] = token;
        }
        count + usize::from(is)
    }

    /// The first `count` of the places found last.
    pub(crate) fn found(&self, count: usize) -> &[u32] {
        &self.found[..count.min(Self::MOST)]
    }

    /// Of the first `count` features found, the last token among those that were read,
    /// and how many tokens before it belong to the feature: 0, or 1 for a pair.
    pub(crate) fn tokens(&self, count: usize) -> impl Iterator<Item = (u16, u16)> {
        let tokens = &self.tokens[..count.min(Self::MOST)];
        tokens.iter().map(|&token| (u16::from(token / 2), u16::from(token % 2)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::ABSENT;
    use super::super::layout::Layout;
    use super::*;
    use crate::token::emit::{EmitSettings, Feature, emit};
    use crate::token::{ROLE, UNKNOWN};

    #[test]
    fn plain_features_are_those_of_the_emitter() {
        let settings = EmitSettings { unigrams: true, bigrams: true, skip_grams: false, first_word: false };
        let mut features: Vec<_> = (0..6u16).map(Feature::unigram).collect();
        features.extend((0..8u16).flat_map(|a| (a..8).map(move |b| Feature::bigram(a, b))));
        let index = Layout::of(&features, 8).index;
        assert!(index.plain());
        let mut number = 7u32;
        for len in 0..300 {
            let tokens: Vec<Token> = (0..len)
                .map(|_| {
                    number = number.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
                    let id = match number >> 28 {
                        0 => UNKNOWN,
                        1 => ROLE,
                        _ => (number >> 16 & 7) as StemId,
                    };
                    Token { start: 0, end: 0, id, clause: false, flags: 0 }
                })
                .collect();
            let mut expected = Vec::new();
            emit(&tokens, settings, |feature, first, last| expected.push((index.get(feature), first, last)));
            expected.retain(|&(place, _, _)| place != ABSENT);
            let (mut found, mut told, mut base) = (Vec::new(), Vec::new(), 0);
            let (mut before, mut places) = (UNKNOWN, Places::default());
            for part in tokens.chunks(Places::TOKENS) {
                found.extend_from_slice(places.of::<false>(&index, &mut before, part));
            }
            before = UNKNOWN;
            for part in tokens.chunks(Places::TOKENS) {
                let here = places.of::<true>(&index, &mut before, part).to_vec();
                told.extend(here.iter().zip(places.tokens(here.len())).map(|(&place, (last, reach))| {
                    let last = base + usize::from(last);
                    (place, last - usize::from(reach), last)
                }));
                base += part.len();
            }
            assert_eq!(found, told.iter().map(|(place, _, _)| *place).collect::<Vec<_>>());
            told.sort_unstable();
            expected.sort_unstable();
            assert_eq!(told, expected);
        }
    }
}
