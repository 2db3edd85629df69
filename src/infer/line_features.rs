//! The features of a posting's segments.

use crate::model::feature_index::FeatureIndex;
use crate::model::{PM, PMM, Row, weight};
use crate::tokenize::{Segment, StemId, Token};

/// A feature of a segment: its tokens and its log-odds for PM against PMM, in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineFeature {
    /// Index of its first token, counted from the segment's first token.
    pub first: u32,
    /// Index of its last token, counted in the same way.
    pub last: u32,
    /// Log-odds for PM against PMM.
    pub units: i32,
    /// Its row of weights.
    pub place: u32,
}

/// The features of all segments of the posting they were last found for.
#[derive(Debug, Default)]
pub(crate) struct LineFeatures {
    /// By feature, its row of weights. Entries after the last feature are stale.
    places: Vec<u32>,
    /// By feature, its tokens, [packed](pack). As long as `places`.
    tokens: Vec<u32>,
    /// By segment, where its features end.
    ends: Vec<usize>,
}

impl LineFeatures {
    /// Finds the features of all segments at once: their entries in the index are far apart in
    /// memory, and this way the processor fetches several at the same time.
    #[inline(never)]
    pub(super) fn find(&mut self, index: &FeatureIndex, opening: StemId, tokens: &[Token], segments: &[Segment]) {
        self.ends.clear();
        // A token has two features at most: itself, and with the one before.
        if self.places.len() < 2 * tokens.len() {
            self.places.resize(2 * tokens.len(), 0);
            self.tokens.resize(2 * tokens.len(), 0);
        }
        let mut count = 0;
        for segment in segments {
            let own = &tokens[segment.first as usize..segment.last as usize];
            count += fill((index, opening), own, (&mut self.places[count..], &mut self.tokens[count..]));
            self.ends.push(count);
        }
    }

    fn range(&self, segment: usize) -> std::ops::Range<usize> {
        let start = segment.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        start..self.ends.get(segment).copied().unwrap_or(start)
    }

    /// The rows of weights of a segment's features.
    #[inline]
    pub(super) fn places(&self, segment: usize) -> &[u32] {
        self.places.get(self.range(segment)).unwrap_or_default()
    }

    /// The features of a segment.
    #[inline]
    pub(crate) fn of<'a>(&'a self, rows: &'a [Row], segment: usize) -> impl ExactSizeIterator<Item = LineFeature> + 'a {
        let tokens = self.tokens.get(self.range(segment)).unwrap_or_default();
        self.places(segment).iter().zip(tokens).map(|(&place, &packed)| {
            let (first, last) = unpack(packed);
            LineFeature { first, last, units: units(rows, place), place }
        })
    }
}

/// Packs the tokens of a feature: the index of the last one, counted from the segment's first token,
/// and how many tokens before it belong to the feature.
#[inline(always)]
const fn pack(last: u32, before: u32) -> u32 {
    last << 2 | before
}

/// The indexes of the first and last token of a feature.
#[inline(always)]
const fn unpack(packed: u32) -> (u32, u32) {
    let (last, before) = (packed >> 2, packed & 3);
    (last.wrapping_sub(before), last)
}

/// The log-odds for PM against PMM of the feature at `place`.
#[inline]
fn units(rows: &[Row], place: u32) -> i32 {
    rows.get(place as usize).map_or(0, |row| weight(row, PM) - weight(row, PMM))
}

/// Writes the places and the packed tokens of the features of a segment, and returns their number.
/// The features are the same as those of [`emit`](crate::tokenize::ngrams::emit). `before` is the
/// stem before the first token.
///
/// Every place is written, but counted only if it is a feature: that needs no branch, which the
/// processor would often mispredict.
#[inline]
fn fill(
    (index, before): (&FeatureIndex, StemId),
    tokens: &[Token],
    (places, packed): (&mut [u32], &mut [u32]),
) -> usize {
    // The stem before a segment is not a token: the pair with it begins at the first token.
    let (mut count, mut at, mut back) = (0, 0u32, 0);
    let most = (2 * tokens.len()).min(places.len());
    let places = &mut places[..most];
    let mut keep = |count: usize, (place, is_feature): (u32, bool), tokens: u32| {
        if let Some(slot) = places.get_mut(count) {
            *slot = place;
        }
        if let Some(slot) = packed.get_mut(count) {
            *slot = tokens;
        }
        count + usize::from(is_feature)
    };
    for [single, pair] in index.features_of(before, tokens) {
        count = keep(count, single, pack(at, 0));
        count = keep(count, pair, pack(at, back));
        (at, back) = (at.wrapping_add(1), 1);
    }
    count
}

/// The features whose tokens are all among `first..=last`, counted from the segment's first token.
/// `features` are in the order of their tokens.
pub(crate) fn inside(
    features: impl Iterator<Item = LineFeature>,
    first: usize,
    last: usize,
) -> impl Iterator<Item = LineFeature> {
    let (first, last) = (first as u32, last as u32);
    let near =
        features.skip_while(move |feature| feature.last < first).take_while(move |feature| feature.first <= last);
    near.filter(move |feature| first <= feature.first && feature.last <= last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LANES;
    use crate::model::index_builder::Layout;
    use crate::random::numbers;
    use crate::tokenize::ngrams::{Feature, emit};
    use crate::tokenize::{MASKED, UNKNOWN};

    fn token(id: StemId) -> Token {
        Token { start: 0, end: 0, id, after_punctuation: false, flags: 0 }
    }

    fn segment(first: u32, last: u32) -> Segment {
        Segment { first, last, ..Segment::default() }
    }

    #[test]
    fn segments_have_their_own_parts() {
        let index = Layout::of(&[Feature::Unigram(0), Feature::Unigram(1), Feature::Bigram(0, 1)], 2).index;
        let rows: Vec<Row> = (0..4).map(|n| std::array::from_fn(|lane| if lane == PM { n } else { 0 })).collect();
        let tokens = [0, 1, UNKNOWN, 1, 0, 1].map(token);
        let segments = [segment(0, 2), segment(2, 3), segment(3, 4), segment(4, 6)];
        let mut features = LineFeatures::default();
        assert_eq!(features.of(&rows, 0).count(), 0);
        features.find(&index, UNKNOWN, &tokens, &segments);
        let first: Vec<_> = features.of(&rows, 0).collect();
        assert_eq!(
            first.iter().map(|feature| (feature.first, feature.last)).collect::<Vec<_>>(),
            [(0, 0), (1, 1), (0, 1)]
        );
        assert!(features.of(&rows, 3).eq(first.iter().copied()));
        assert_eq!(features.of(&rows, 1).count() + features.of(&rows, 4).count(), 0);
        assert_eq!(features.of(&rows, 2).collect::<Vec<_>>(), [LineFeature { first: 0, last: 0, units: 1, place: 1 }]);
        assert_eq!(inside(first.iter().copied(), 0, 0).count(), 1);
        assert_eq!(first.iter().map(|feature| feature.units).collect::<Vec<_>>(), [0, 1, 2]);
        features.find(&index, UNKNOWN, &tokens, &segments[..1]);
        assert_eq!((features.of(&rows, 0).count(), features.places(0).len(), features.places(1).len()), (3, 3, 0));
    }

    #[test]
    fn features_are_those_of_the_emitter() {
        const OPENING: StemId = 3;
        let mut known: Vec<_> = (0..6u16).map(Feature::Unigram).collect();
        known.extend((0..8u16).flat_map(|a| (a..8).map(move |b| Feature::Bigram(a, b))));
        let index = Layout::of(&known, 8).index;
        let rows = vec![[0; LANES]; index.places()];
        let (mut next, mut features) = (numbers(7), LineFeatures::default());
        for len in 0..200 {
            let tokens: Vec<Token> = (0..len)
                .map(|_| {
                    let number = next();
                    token(match number >> 12 {
                        0 => UNKNOWN,
                        1 => MASKED,
                        _ => (number & 7) as StemId,
                    })
                })
                .collect();
            let segments = [segment(0, len / 3), segment(len / 3, len)];
            features.find(&index, OPENING, &tokens, &segments);
            for (at, segment) in segments.iter().enumerate() {
                let own = &tokens[segment.first as usize..segment.last as usize];
                let mut expected = Vec::new();
                emit(own, OPENING, |feature, first, last| {
                    expected.extend(index.get(feature).map(|place| (place, first as u32, last as u32)));
                });
                let found: Vec<_> =
                    features.of(&rows, at).map(|feature| (feature.place, feature.first, feature.last)).collect();
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn features_inside_a_range_of_tokens() {
        let all = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3), (3, 3)];
        let of = |from, to| {
            let features = all.map(|(first, last)| LineFeature { first, last, units: 0, place: 0 });
            inside(features.into_iter(), from, to).map(|feature| (feature.first, feature.last)).collect::<Vec<_>>()
        };
        assert_eq!(of(1, 2), [(1, 1), (1, 2), (2, 2)]);
        assert_eq!(of(0, 3), all);
        assert_eq!(of(3, 3), [(3, 3)]);
    }
}
