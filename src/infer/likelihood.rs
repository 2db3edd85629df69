//! The sums of a segment's weights by group.

use std::hint::select_unpredictable;

use fearless_simd::{Level, dispatch};

use crate::model::feature_index::FeatureIndex;
use crate::model::{LANES, Row};
use crate::tokenize::{StemId, Token};

/// The weights of some features together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    /// By group, in units.
    pub by_group: [i32; LANES],
    /// How many features they are.
    pub known: u32,
}

/// So many weights of -128 to 127 fit 16 bits when they are summed.
const MOST: usize = i16::MAX as usize / 128;

/// The weights of what is no feature.
const NOTHING: Row = [0; LANES];

impl Sums {
    /// Of the features at `places`.
    pub(super) fn of_places(rows: &[Row], places: &[u32]) -> Self {
        let mut sums = Self { by_group: [0; LANES], known: places.len() as u32 };
        for places in places.chunks(MOST) {
            sums.add(dispatch!(Level::new(), _ => of_places(rows, places)));
        }
        sums
    }

    /// Of the features of a segment's words, where single stems and pairs side by side are
    /// all there is; `before` is the stem before the first. Nothing else is found out.
    pub(super) fn of_words(rows: &[Row], index: &FeatureIndex, mut before: StemId, words: &[Token]) -> Self {
        let mut sums = Self { by_group: [0; LANES], known: 0 };
        for words in words.chunks(MOST / 2) {
            let (few, known) = dispatch!(Level::new(), _ => of_words(rows, index, before, words));
            sums.add(few);
            sums.known += known;
            before = words.last().map_or(before, |word| word.id);
        }
        sums
    }

    #[inline]
    fn add(&mut self, few: [i16; LANES]) {
        for (sum, few) in self.by_group.iter_mut().zip(few) {
            *sum += i32::from(few);
        }
    }
}

/// The sums of the rows at `places`.
#[inline(always)]
fn of_places(rows: &[Row], places: &[u32]) -> [i16; LANES] {
    let mut sums = [0; LANES];
    for row in places.iter().filter_map(|&place| rows.get(place as usize)) {
        add_row(&mut sums, row);
    }
    sums
}

/// The sums of the rows of the features of `words`, and the number of these.
///
/// Which words and pairs are known is as good as random to a processor that guesses
/// branches. So a row is added for each of them, and nothing where it is no feature.
#[inline(always)]
fn of_words(rows: &[Row], index: &FeatureIndex, before: StemId, words: &[Token]) -> ([i16; LANES], u32) {
    let (mut sums, mut known) = ([0; LANES], 0);
    // A place is read before it is known whether it is one. Those that are lie within, so
    // that the bound changes only what is passed over.
    let Some(behind) = rows.len().checked_sub(1) else { return (sums, 0) };
    debug_assert!(index.singles() as usize <= rows.len(), "a stem without weights");
    for features in index.plain_features(before, words) {
        for (place, is) in features {
            known += u32::from(is);
            let row = &rows[(place as usize).min(behind)];
            add_row(&mut sums, select_unpredictable(is, row, &NOTHING));
        }
    }
    (sums, known)
}

#[inline(always)]
fn add_row(sums: &mut [i16; LANES], row: &Row) {
    for (sum, &weight) in sums.iter_mut().zip(row) {
        *sum += i16::from(weight as i8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::layout::Layout;
    use crate::random::numbers;
    use crate::tokenize::UNKNOWN;
    use crate::tokenize::ngrams::Feature;

    #[test]
    fn words_and_places_come_to_the_same_with_any_instructions() {
        let mut features: Vec<_> = (0..40u16).map(Feature::Unigram).collect();
        features.extend((0..40).flat_map(|a| (a % 3..40).step_by(3).map(move |b| Feature::Bigram(a, b))));
        let index = Layout::of(&features, 48).index;
        let mut next = numbers(7);
        let rows: Vec<Row> = (0..index.places()).map(|_| std::array::from_fn(|_| next() as u8)).collect();
        for len in [0, 1, 2, 15, 56, 127, 128, 700] {
            let ids: Vec<StemId> =
                (0..=len).map(|_| if next().is_multiple_of(5) { UNKNOWN } else { (next() % 48) as StemId }).collect();
            let words: Vec<Token> =
                ids[1..].iter().map(|&id| Token { start: 0, end: 0, id, clause: false, flags: 0 }).collect();
            let (pairs, mut places) = (index.pairs(), Vec::new());
            for two in ids.windows(2) {
                places.extend(Some(u32::from(two[1])).filter(|place| *place < index.singles()));
                places.extend(Some(pairs.find(two[0], two[1])).filter(|(_, is)| *is).map(|(place, _)| place));
            }
            let by_group = std::array::from_fn(|lane| {
                places.iter().map(|&place| i32::from(rows[place as usize][lane] as i8)).sum()
            });
            let expected = Sums { by_group, known: places.len() as u32 };
            assert_eq!(Sums::of_places(&rows, &places), expected, "{len} words");
            assert_eq!(Sums::of_words(&rows, &index, ids[0], &words), expected, "{len} words");
            // Without any but those that every machine has.
            let (few, some) = (&words[..len.min(100)], &places[..places.len().min(100)]);
            let plain = (of_words(&rows, &index, ids[0], few), of_places(&rows, some));
            let wide = dispatch!(Level::new(), _ => (of_words(&rows, &index, ids[0], few), of_places(&rows, some)));
            assert_eq!(plain, wide, "{len} words");
        }
    }
}
