//! Builds the feature index when a model is trained.

use super::feature_index::{FeatureIndex, HOLE, NOWHERE, cell};
use crate::tokenize::StemId;
use crate::tokenize::ngrams::Feature;

/// The index of a list of features, and the place of each.
pub(crate) struct Layout {
    /// The index.
    pub index: FeatureIndex,
    /// By place, the position of its feature in the list; `None` for a free place.
    pub places: Vec<Option<usize>>,
}

impl Layout {
    /// Lays out `features`, which are distinct and only of the first `stems` stems. The unigrams
    /// are those of the lowest stem ids, without a gap.
    pub(crate) fn of(features: &[Feature], stems: usize) -> Self {
        let mut by_id = vec![None; stems];
        let mut rows: Vec<Vec<(StemId, usize)>> = vec![Vec::new(); FeatureIndex::rows(stems)];
        for (at, feature) in features.iter().enumerate() {
            match *feature {
                Feature::Unigram(id) => by_id[id as usize] = Some(at),
                Feature::Bigram(a, b) => {
                    let (row, column) = cell(a, b);
                    rows[row].push((column, at));
                }
            }
        }
        let mut places: Vec<_> = by_id.into_iter().take_while(Option::is_some).collect();
        let singles = places.len();

        let mut order: Vec<usize> = (0..rows.len()).filter(|row| !rows[*row].is_empty()).collect();
        // The fullest rows first, while most places are free.
        order.sort_by_key(|row| std::cmp::Reverse(rows[*row].len()));
        let (mut shifts, mut table) = (vec![NOWHERE; rows.len()], Displaced::default());
        let mut columns = Vec::new();
        for row in order {
            let own = &mut rows[row];
            own.sort_unstable();
            let shift = table.place(own.iter().map(|(column, _)| usize::from(*column)));
            shifts[row] = shift as u32;
            for &(column, at) in &*own {
                let place = shift + usize::from(column);
                if columns.len() <= place {
                    columns.resize(place + 1, HOLE);
                    places.resize(singles + place + 1, None);
                }
                columns[place] = column;
                places[singles + place] = Some(at);
            }
        }
        columns.push(HOLE);
        let index = FeatureIndex {
            singles: singles as u32,
            shifts: shifts.into_iter().flat_map(u32::to_le_bytes).collect(),
            columns: columns.into_iter().flat_map(StemId::to_le_bytes).collect(),
        };
        Self { index, places }
    }
}

/// The places and shifts that are taken. No two rows have the same shift, so that a place
/// and its column determine the row.
#[derive(Default)]
struct Displaced {
    places: Vec<u64>,
    shifts: Vec<u64>,
    /// All places before it are taken.
    free: usize,
}

impl Displaced {
    /// Takes places for the sorted `columns` and returns their shift.
    fn place(&mut self, columns: impl Iterator<Item = usize> + Clone) -> usize {
        while bits(&self.places, self.free) == u64::MAX {
            self.free += 64;
        }
        let last = columns.clone().last().unwrap_or(0);
        let mut from = self.free.saturating_sub(last) / 64 * 64;
        let shift = loop {
            let start = bits(&self.shifts, from);
            let taken = columns.clone().fold(start, |taken, column| taken | bits(&self.places, from + column));
            if taken != u64::MAX {
                break from + taken.trailing_ones() as usize;
            }
            from += 64;
        };
        set(&mut self.shifts, shift);
        columns.for_each(|column| set(&mut self.places, shift + column));
        shift
    }
}

/// The 64 bits starting at `at`; 0 beyond the end.
fn bits(set: &[u64], at: usize) -> u64 {
    let word = |at: usize| set.get(at).copied().unwrap_or(0);
    let shift = at as u32 % 64;
    word(at / 64) >> shift | word(at / 64 + 1) << 1 << (63 - shift)
}

fn set(set: &mut Vec<u64>, at: usize) {
    if set.len() <= at / 64 {
        set.resize(at / 64 + 1, 0);
    }
    set[at / 64] |= 1 << (at % 64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_a_place_and_few_places_are_free() {
        let mut number = 1u64;
        let mut next = |most: u64| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // A few stems are in most pairs, as in a language.
            let part = (number >> 33) as f64 / (1u64 << 31) as f64;
            ((part * part * part) * most as f64) as StemId
        };
        let mut features: Vec<_> = (0..3000).map(|_| Feature::Bigram(next(400), next(400))).collect();
        features.extend((0..400).map(Feature::Unigram));
        features.sort_unstable();
        features.dedup();
        let Layout { index, places } = Layout::of(&features, 400);
        assert_eq!(places.len(), index.places());
        for (at, feature) in features.iter().enumerate() {
            assert_eq!(places[index.get(*feature).unwrap() as usize], Some(at));
        }
        assert_eq!(places.iter().flatten().count(), features.len());
        assert!(places.len() < features.len() * 5 / 4, "{} for {}", places.len(), features.len());
    }
}
