//! From a feature to its place, which is the index of its row of weights.
//!
//! The place of a unigram is the id of its stem. Pairs are in a table of displaced rows
//! (Tarjan and Yao, Storing a Sparse Table, 1979): the rarer stem of a pair is its row, the
//! more common one its column, and every row is shifted until it fits into free places. So
//! one shift and one column tell whether and where a pair is in the table.

use std::borrow::Cow;

use crate::tokenize::ngrams::Feature;
use crate::tokenize::{MAX_STEMS, StemId, Token};

/// The shift of a row without pairs, beyond all places.
pub(crate) const NOWHERE: u32 = 1 << 30;

/// The column of a free place: neither a stem id nor the id of unknown words.
pub(crate) const HOLE: StemId = MAX_STEMS as StemId;

/// The features of a model, as its file holds them.
#[derive(Debug, Clone)]
pub(crate) struct FeatureIndex {
    /// Number of unigrams: the stems with the lowest ids.
    pub(super) singles: u32,
    /// Shift by row: two rows per stem, and one more that has no pairs.
    pub(super) shifts: Cow<'static, [u8]>,
    /// Column by place of a pair; the last is a [`HOLE`].
    pub(super) columns: Cow<'static, [u8]>,
}

/// The row and column of two adjacent stems. The rarer stem has one row for pairs that it
/// begins, and one for pairs that it ends.
#[inline(always)]
pub(super) fn cell(a: StemId, b: StemId) -> (usize, StemId) {
    (2 * usize::from(a.max(b)) + usize::from(a < b), a.min(b))
}

impl FeatureIndex {
    /// Number of rows of the table for `stems` stems.
    pub(crate) const fn rows(stems: usize) -> usize {
        2 * stems + 1
    }

    /// An index of these tables; `None` if one lacks the last entry that scoring relies on.
    pub(crate) fn read(singles: u32, shifts: Cow<'static, [u8]>, columns: Cow<'static, [u8]>) -> Option<Self> {
        let index = Self { singles, shifts, columns };
        let Pairs { shifts, columns, .. } = index.pairs();
        (shifts.last() == Some(&NOWHERE.to_le_bytes()) && columns.last() == Some(&HOLE.to_le_bytes())).then_some(index)
    }

    #[inline]
    fn pairs(&self) -> Pairs<'_> {
        Pairs { first: self.singles, shifts: self.shifts.as_chunks().0, columns: self.columns.as_chunks().0 }
    }

    /// The place of `feature`, if the model has it.
    #[cfg(test)]
    pub(crate) fn get(&self, feature: Feature) -> Option<u32> {
        match feature {
            Feature::Unigram(id) => Some(u32::from(id)).filter(|id| *id < self.singles),
            Feature::Bigram(a, b) => {
                let (place, found) = self.pairs().find(a, b);
                found.then_some(place)
            }
        }
    }

    /// Number of places, those without a feature included.
    pub(crate) fn places(&self) -> usize {
        self.singles as usize + self.pairs().columns.len().saturating_sub(1)
    }

    /// The features and their places; `None` if the tables do not fit `stems` stems, or two rows
    /// overlap.
    pub(crate) fn features(&self, stems: usize) -> Option<Vec<(Feature, u32)>> {
        let pairs = self.pairs();
        if pairs.shifts.len() != Self::rows(stems) || self.singles as usize > stems {
            return None;
        }
        let mut features: Vec<_> = (0..self.singles).map(|id| (Feature::Unigram(id as StemId), id)).collect();
        let numbered = (0u32..).zip(pairs.shifts).map(|(row, shift)| (u32::from_le_bytes(*shift), row));
        let mut rows: Vec<_> = numbered.filter(|(shift, _)| *shift != NOWHERE).collect();
        rows.sort_unstable();
        let beyond = rows.last().is_some_and(|(shift, _)| *shift as usize >= pairs.columns.len());
        if beyond || rows.windows(2).any(|two| two[0].0 == two[1].0) {
            return None;
        }
        for (place, column) in (0u32..).zip(pairs.columns) {
            let column = StemId::from_le_bytes(*column);
            if column == HOLE {
                continue;
            }
            let shift = place.checked_sub(u32::from(column))?;
            let row = rows.binary_search_by_key(&shift, |(shift, _)| *shift).ok().map(|at| rows[at].1)?;
            let stem = (row / 2) as StemId;
            let (a, b) = if row % 2 == 1 { (column, stem) } else { (stem, column) };
            if cell(a, b) != (row as usize, column) {
                return None;
            }
            features.push((Feature::Bigram(a, b), self.singles + place));
        }
        Some(features)
    }

    /// By token, the places of its stem and of the pair with the stem before it, and whether
    /// each is a feature. `last` is the stem before the first token. Without branches: the
    /// processor cannot predict which words are known.
    #[inline(always)]
    pub(crate) fn features_of<'a>(
        &'a self,
        mut last: StemId,
        tokens: &'a [Token],
    ) -> impl Iterator<Item = [(u32, bool); 2]> + 'a {
        let (singles, pairs) = (self.singles, self.pairs());
        tokens.iter().map(
            #[inline(always)]
            move |token| {
                let (single, pair) = (u32::from(token.id), pairs.find(last, token.id));
                last = token.id;
                [(single, single < singles), pair]
            },
        )
    }

    /// Shifts and columns, as in a file.
    #[cfg(feature = "train")]
    pub(crate) fn tables(&self) -> [&[u8]; 2] {
        [&self.shifts, &self.columns]
    }
}

/// The table of pairs.
#[derive(Debug, Clone, Copy)]
struct Pairs<'a> {
    /// Place of the first pair.
    first: u32,
    shifts: &'a [[u8; 4]],
    columns: &'a [[u8; 2]],
}

impl Pairs<'_> {
    /// The place of two adjacent stems, and whether they are a feature. Without branches.
    #[inline(always)]
    fn find(self, a: StemId, b: StemId) -> (u32, bool) {
        let (row, column) = cell(a, b);
        // Unknown words have no row.
        let shift = self.shifts.get(row).map_or(NOWHERE, |shift| u32::from_le_bytes(*shift));
        let place = shift as usize + usize::from(column);
        let found = self.columns.get(place).is_some_and(|held| StemId::from_le_bytes(*held) == column);
        (self.first.wrapping_add(place as u32), found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::index_builder::Layout;
    use super::*;
    use crate::tokenize::{MASKED, UNKNOWN};

    #[test]
    fn finds_its_features_only() {
        let mut features: Vec<_> = (0..1000u16).map(|n| Feature::Bigram(n, n.wrapping_mul(7) % 1000)).collect();
        features.extend((0..500).map(Feature::Unigram));
        let index = Layout::of(&features, 1000).index;
        assert_eq!(index.singles, 500);
        let mut found = index.features(1000).unwrap();
        for &(feature, place) in &found {
            assert_eq!(index.get(feature), Some(place));
        }
        found.sort_unstable();
        features.sort_unstable();
        assert!(found.iter().map(|(feature, _)| *feature).eq(features));
        for absent in [Feature::Unigram(503), Feature::Unigram(2000), Feature::Bigram(3, 3)] {
            assert_eq!(index.get(absent), None);
        }
        for a in (0..1000).chain([MASKED, UNKNOWN]) {
            for b in [5000, MASKED, UNKNOWN] {
                assert_eq!(index.get(Feature::Bigram(a, b)), None);
                assert_eq!(index.get(Feature::Bigram(b, a)), None);
            }
        }
    }

    #[test]
    fn an_empty_vocabulary_has_no_features() {
        let index = Layout::of(&[], 0).index;
        assert_eq!(index.get(Feature::Unigram(0)), None);
        assert_eq!(index.get(Feature::Bigram(0, 0)), None);
        assert_eq!(index.get(Feature::Bigram(UNKNOWN, UNKNOWN)), None);
        assert_eq!(index.features(0), Some(Vec::new()));
    }

    #[test]
    fn invalid_tables_are_refused() {
        let index = Layout::of(&[Feature::Unigram(0), Feature::Bigram(0, 1), Feature::Bigram(1, 0)], 2).index;
        assert_eq!(index.features(2).map(|features| features.len()), Some(3));
        assert_eq!(index.features(3), None);
        let [shifts, columns] = [&index.shifts, &index.columns].map(|table| table.to_vec());
        let with = |shifts: &[u8], columns: &[u8], singles| {
            FeatureIndex::read(singles, shifts.to_vec().into(), columns.to_vec().into())
        };
        assert!(with(&[], &columns, 1).is_none());
        assert!(with(&shifts[4..], &columns, 1).unwrap().features(2).is_none());
        assert!(with(&shifts, &[], 1).is_none());
        assert!(with(&shifts, &columns, 3).unwrap().features(2).is_none());
        let mut twice = shifts.clone();
        twice.copy_within(8..12, 12);
        assert!(with(&twice, &columns, 1).unwrap().features(2).is_none());
        let mut strange = columns.clone();
        strange[0] ^= 1;
        assert!(with(&shifts, &strange, 1).unwrap().features(2).is_none());
    }
}
