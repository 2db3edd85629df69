//! The features of a segment: its stems, and its pairs of adjacent stems.

use super::{MASKED, StemId, UNKNOWN};

// Ids from `MASKED` on emit no features.
const _: () = assert!(MASKED < UNKNOWN);

/// An n-gram of stems. Features sort by length, then by their stems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Feature {
    /// One stem.
    Unigram(StemId),
    /// Two adjacent stems.
    Bigram(StemId, StemId),
}

/// Calls `sink` with every feature of a segment and the indexes into `tokens` of its first
/// and last token, both inclusive.
///
/// `opening` is the stem of a segment's start: its bigram with the first word tells duties,
/// which open with a verb, from sentences about the company.
#[cfg(any(feature = "train", test))]
pub(crate) fn emit(tokens: &[super::Token], opening: StemId, mut sink: impl FnMut(Feature, usize, usize)) {
    let mut previous = opening;
    for (at, token) in tokens.iter().enumerate() {
        if token.id < MASKED {
            sink(Feature::Unigram(token.id), at, at);
            if previous < MASKED {
                sink(Feature::Bigram(previous, token.id), at.saturating_sub(1), at);
            }
        }
        previous = token.id;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_of_a_segment() {
        use Feature::{Bigram, Unigram};
        const OPENING: StemId = 0;
        let token = |id| super::super::Token { start: 0, end: 0, id, after_punctuation: false, flags: 0 };
        let tokens = [1, 2, MASKED, 3, UNKNOWN, 4, 4].map(token);
        let mut found = Vec::new();
        emit(&tokens, OPENING, |feature, first, last| found.push((feature, first, last)));
        let expected = [
            (Unigram(1), 0, 0),
            (Bigram(OPENING, 1), 0, 0),
            (Unigram(2), 1, 1),
            (Bigram(1, 2), 0, 1),
            (Unigram(3), 3, 3),
            (Unigram(4), 5, 5),
            (Unigram(4), 6, 6),
            (Bigram(4, 4), 5, 6),
        ];
        assert_eq!(found, expected);
        found.clear();
        emit(&tokens[2..4], OPENING, |feature, first, last| found.push((feature, first, last)));
        assert_eq!(found, [(Unigram(3), 1, 1)], "no bigram reaches across a role name");
    }
}
