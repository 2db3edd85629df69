//! The sums of a segment's weights by group.

use std::hint::select_unpredictable;

use crate::model::index::FeatureIndex;
use crate::model::{LANES, Row};
use crate::token::{StemId, Token};

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
            let mut few = [0; LANES];
            add(rows, places, &mut few);
            sums.add(few);
        }
        sums
    }

    /// Of the features of a segment's words, where single stems and pairs side by side are
    /// all there is; `before` is the stem before the first. Nothing else is found out.
    pub(super) fn of_words(rows: &[Row], index: &FeatureIndex, mut before: StemId, words: &[Token]) -> Self {
        let mut sums = Self { by_group: [0; LANES], known: 0 };
        for words in words.chunks(MOST / 2) {
            let mut few = [0; LANES];
            sums.known += add_words(rows, index, before, words, &mut few);
            sums.add(few);
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

/// Adds the rows at `places`. By itself, so that the compiler keeps all sums in two
/// registers.
#[inline(never)]
fn add(rows: &[Row], places: &[u32], sums: &mut [i16; LANES]) {
    let mut own = *sums;
    for row in places.iter().filter_map(|&place| rows.get(place as usize)) {
        add_row(&mut own, row);
    }
    *sums = own;
}

/// Adds the rows of the features of `words` and gives their number.
///
/// Which words and pairs are known is as good as random to a processor that guesses
/// branches. So a row is added for each of them, and nothing where it is no feature.
#[inline(never)]
fn add_words(rows: &[Row], index: &FeatureIndex, mut last: StemId, words: &[Token], sums: &mut [i16; LANES]) -> u32 {
    let (singles, pairs) = (index.singles(), index.pairs());
    let (mut own, mut known) = (*sums, 0);
    // A place is read before it is known whether it is one. Those that are lie within, so
    // that the bound changes only what is passed over.
    let Some(behind) = rows.len().checked_sub(1) else { return 0 };
    debug_assert!(singles as usize <= rows.len(), "a stem without weights");
    for word in words {
        let single = u32::from(word.id);
        let pair = pairs.find(last, word.id);
        last = word.id;
        for (place, is) in [(single, single < singles), pair] {
            known += u32::from(is);
            let row = &rows[(place as usize).min(behind)];
            add_row(&mut own, select_unpredictable(is, row, &NOTHING));
        }
    }
    *sums = own;
    known
}

#[inline]
fn add_row(sums: &mut [i16; LANES], row: &Row) {
    for (sum, &weight) in sums.iter_mut().zip(row) {
        *sum += i16::from(weight as i8);
    }
}
