//! From a feature to its row of weights.

use crate::token::emit::Feature;

/// No such feature.
pub(crate) const ABSENT: u32 = u32::MAX;

/// A read-only hash table over the features of a model, open addressing, at most
/// half full.
#[derive(Debug, Clone)]
pub(crate) struct FeatureIndex {
    slots: Vec<(u64, u32)>,
}

impl FeatureIndex {
    /// Places are positions in `features`.
    pub(crate) fn new(features: &[Feature]) -> Self {
        let capacity = (features.len().max(8) * 2).next_power_of_two();
        let mut slots = vec![(u64::MAX, ABSENT); capacity];
        for (place, feature) in (0u32..).zip(features) {
            let mut slot = mix(feature.0) as usize & (capacity - 1);
            while slots[slot].1 != ABSENT {
                slot = (slot + 1) & (capacity - 1);
            }
            slots[slot] = (feature.0, place);
        }
        Self { slots }
    }

    /// The place of `feature`, or [`ABSENT`].
    pub(crate) fn get(&self, feature: Feature) -> u32 {
        let mask = self.slots.len() - 1;
        let mut slot = mix(feature.0) as usize & mask;
        loop {
            let (key, place) = self.slots[slot];
            if key == feature.0 || place == ABSENT {
                return place;
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4).
fn mix(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        let features: Vec<_> = (0..1000u16).map(|n| Feature::bigram(n, n.wrapping_mul(7))).collect();
        let index = FeatureIndex::new(&features);
        for (place, feature) in (0u32..).zip(&features) {
            assert_eq!(index.get(*feature), place);
        }
        assert_eq!(index.get(Feature::unigram(3)), ABSENT);
    }
}
