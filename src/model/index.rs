//! From a feature to its row of weights.

use crate::token::StemId;
use crate::token::emit::Feature;

/// No such feature.
pub(crate) const ABSENT: u32 = u32::MAX;

/// The features of a model: single stems by id, pairs in a hash table behind a filter
/// that turns most pairs away for the cost of one look at little memory.
#[derive(Debug, Clone)]
pub(crate) struct FeatureIndex {
    singles: Vec<u32>,
    pairs: Table,
    /// Skip-grams and first words; empty in most models.
    others: Table,
}

impl FeatureIndex {
    /// Places are positions in `features`, of a vocabulary of `stems`.
    pub(crate) fn new(features: &[Feature], stems: usize) -> Self {
        let mut singles = vec![ABSENT; stems];
        for (place, feature) in (0u32..).zip(features) {
            if let Some(single) = feature.single().and_then(|id| singles.get_mut(id as usize)) {
                *single = place;
            }
        }
        let placed = || (0u32..).zip(features).map(|(place, feature)| (*feature, place));
        let pairs = placed().filter_map(|(feature, place)| Some((feature.pair()?, place)));
        let others = placed().filter(|(feature, _)| feature.single().is_none() && feature.pair().is_none());
        Self {
            singles,
            pairs: Table::new(&pairs.collect::<Vec<_>>()),
            others: Table::new(&others.map(|(feature, place)| (feature.folded(), place)).collect::<Vec<_>>()),
        }
    }

    /// The place of `feature`, or [`ABSENT`].
    pub(crate) fn get(&self, feature: Feature) -> u32 {
        if let Some(id) = feature.single() {
            return self.single(id);
        }
        match feature.pair() {
            Some(pair) => self.pairs.get(pair),
            None => self.others.get(feature.folded()),
        }
    }

    /// The place of a single stem, or [`ABSENT`].
    #[inline]
    pub(crate) fn single(&self, id: StemId) -> u32 {
        self.singles.get(id as usize).copied().unwrap_or(ABSENT)
    }

    /// The place of two stems side by side, or [`ABSENT`].
    #[inline]
    pub(crate) fn pair(&self, a: StemId, b: StemId) -> u32 {
        self.pairs.get(u32::from(a) << 16 | u32::from(b))
    }
}

/// Bits of a hash that number the bits of the filter: 32 KB, which stay in the cache.
const FILTER: u32 = 18;

/// Words of the filter.
const WORDS: usize = 1 << (FILTER - 6);

/// A read-only hash table from numbers to places: open addressing, at most half full.
#[derive(Debug, Clone)]
struct Table {
    /// A bit for every key; keys may share it.
    filter: Box<[u64; WORDS]>,
    /// Key and place; [`ABSENT`] is a free slot.
    slots: Vec<(u32, u32)>,
    /// Bits of a hash that are left out to number the slots.
    shift: u32,
}

impl Table {
    fn new(entries: &[(u32, u32)]) -> Self {
        let bits = (entries.len().max(8) * 2).next_power_of_two().trailing_zeros().min(31);
        let mut table =
            Self { filter: Box::new([0; WORDS]), slots: vec![(0, ABSENT); 1 << bits], shift: 32 - bits };
        let mask = table.slots.len() - 1;
        for &(key, place) in entries {
            let hash = mix(key);
            table.filter[(hash >> (32 - FILTER + 6)) as usize] |= 1 << (hash >> (32 - FILTER) & 63);
            let mut slot = (hash >> table.shift) as usize;
            while table.slots[slot].1 != ABSENT {
                slot = (slot + 1) & mask;
            }
            table.slots[slot] = (key, place);
        }
        table
    }

    #[inline]
    fn get(&self, key: u32) -> u32 {
        let hash = mix(key);
        let bits = self.filter[(hash >> (32 - FILTER + 6)) as usize];
        if bits >> (hash >> (32 - FILTER) & 63) & 1 == 0 { ABSENT } else { self.find(key, hash) }
    }

    fn find(&self, key: u32, hash: u32) -> u32 {
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> self.shift) as usize;
        loop {
            let (held, place) = self.slots[slot & mask];
            if held == key || place == ABSENT {
                return place;
            }
            slot += 1;
        }
    }
}

/// Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4).
const fn mix(key: u32) -> u32 {
    key.wrapping_mul(0x9e37_79b9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        let mut features: Vec<_> = (0..1000u16).map(|n| Feature::bigram(n, n.wrapping_mul(7))).collect();
        features.extend((0..1000).step_by(2).map(Feature::unigram));
        features.extend((0..1000).step_by(3).map(|n| Feature::skip_gram(n, 1000 - n)));
        features.extend((0..1000).step_by(5).map(Feature::first));
        let index = FeatureIndex::new(&features, 1000);
        for (place, feature) in (0u32..).zip(&features) {
            assert_eq!(index.get(*feature), place);
        }
        for absent in [Feature::unigram(3), Feature::unigram(2000), Feature::bigram(3, 3), Feature::first(1)] {
            assert_eq!(index.get(absent), ABSENT);
        }
        let mut absent = 0;
        for n in 0..1000 {
            absent += u32::from(index.get(Feature::bigram(n, 5000)) == ABSENT);
        }
        assert_eq!(absent, 1000);
    }

    #[test]
    fn an_empty_vocabulary_has_no_features() {
        let index = FeatureIndex::new(&[], 0);
        assert_eq!(index.get(Feature::unigram(0)), ABSENT);
        assert_eq!(index.get(Feature::bigram(0, 0)), ABSENT);
    }
}
