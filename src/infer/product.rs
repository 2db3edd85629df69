//! Whether a posting's job is a product role at all: a linear score over its features.
//!
//! Lines of filler count little: each feature is counted by the probability that its
//! lines are not filler, and the logarithm of that count is taken. The score is the dot
//! product of these values with the weights, divided by the Euclidean norm of the scaled values:
//! naive Bayes log-count ratios as scales, logistic regression on top (Wang and Manning,
//! "Baselines and Bigrams", 2012), with rows of norm 1.

use crate::model::product_weights::{PRODUCT_BYTES, ProductWeights, SCALE_UNIT};

/// The count of one full occurrence of a feature.
pub(crate) const ONE: u16 = 256;

/// The logarithms of counts below this are looked up, others are computed.
const LOOKED_UP: usize = 4 * ONE as usize;

/// Partial sums that are computed side by side.
const PARTS: usize = 4;

/// Counts of a posting's features by place. Reused from posting to posting.
#[derive(Debug, Default)]
pub(crate) struct SoftCounts {
    /// By place, in fixed point ([`ONE`]); all 0 after [`clear`](Self::clear).
    counts: Vec<u16>,
    /// Places with a count, in the order in which the posting has them.
    places: Vec<u32>,
    /// Logarithms of one plus a count, by count.
    logarithms: Vec<f32>,
}

impl SoftCounts {
    /// Forgets the last posting and makes room for a model's places.
    pub(crate) fn clear(&mut self, places: usize) {
        for place in self.places.drain(..) {
            self.counts[place as usize] = 0;
        }
        if self.counts.len() < places {
            self.counts.resize(places, 0);
        }
        if self.logarithms.is_empty() {
            self.logarithms.extend((0..LOOKED_UP).map(|count| logarithm(count as u16)));
        }
    }

    /// Adds `not_filler` to the counts of a line's features: the probability that the line is not
    /// filler, in fixed point ([`ONE`]).
    #[inline]
    pub(crate) fn add(&mut self, features: &[u32], not_filler: u16) {
        if not_filler == 0 {
            return;
        }
        // Every place is written, but kept only if it is new: that needs no branch, which the
        // processor would often mispredict.
        let Self { counts, places, .. } = self;
        let mut kept = places.len();
        places.resize(kept + features.len(), 0);
        for &place in features {
            if let (Some(count), Some(slot)) = (counts.get_mut(place as usize), places.get_mut(kept)) {
                *slot = place;
                kept += usize::from(*count == 0);
                *count = count.saturating_add(not_filler);
            }
        }
        places.truncate(kept);
    }

    /// The places and the logarithms of their counts.
    #[cfg(any(feature = "train", test))]
    pub(crate) fn values(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        self.places.iter().map(|&place| (place, self.value(place)))
    }

    /// The logarithm of one plus the count at `place`.
    #[inline]
    fn value(&self, place: u32) -> f32 {
        let count = self.counts.get(place as usize).copied().unwrap_or(0);
        self.logarithms.get(usize::from(count)).copied().unwrap_or_else(|| logarithm(count))
    }

    /// The score; 0 if no feature of the posting has a scale.
    #[inline]
    pub(crate) fn score(&self, weights: &ProductWeights) -> f64 {
        let table: &[[u8; PRODUCT_BYTES]] = weights.table.as_chunks().0;
        // Several sums side by side: an addition then does not wait for the one before it.
        let (mut sums, mut squares) = ([0.0_f32; PARTS], [0.0_f32; PARTS]);
        for places in self.places.chunks(PARTS) {
            for ((&place, sum), square) in places.iter().zip(&mut sums).zip(&mut squares) {
                let [a, b, c, d] = table.get(place as usize).copied().unwrap_or_default();
                let value = self.value(place);
                *sum += f32::from(i16::from_le_bytes([a, b])) * value;
                let scaled = f32::from(u16::from_le_bytes([c, d])) * value;
                *square += scaled * scaled;
            }
        }
        let (sum, square): (f32, f32) = (sums.iter().sum(), squares.iter().sum());
        if square > 0.0 { f64::from(sum * weights.weight_unit) / f64::from(square.sqrt() * SCALE_UNIT) } else { 0.0 }
    }
}

#[cold]
fn logarithm(count: u16) -> f32 {
    libm::log1pf(f32::from(count) / f32::from(ONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: counts 1.5, 1 and 0.5 have logarithms ln 2.5, ln 2 and ln 1.5; the third
    /// place has no scale and no weight.
    #[test]
    fn the_score_is_a_dot_product_over_the_norm() {
        let weights = ProductWeights::of(&[(2.0, 1.0), (-1.0, 2.0), (0.0, 0.0), (9.0, 0.5)]);
        let mut counts = SoftCounts::default();
        for _ in 0..2 {
            counts.clear(4);
            counts.add(&[0, 1], ONE);
            counts.add(&[0, 2, 77], ONE / 2);
            counts.add(&[3], 0);
            let (a, b) = (2.5_f64.ln(), 2.0_f64.ln());
            let expected = (2.0 * a - b) / (a * a + 4.0 * b * b).sqrt();
            let found = counts.score(&weights);
            assert!((found - expected).abs() < 1e-3, "{found}, expected {expected}");
        }
        counts.clear(4);
        assert_eq!(counts.score(&weights).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn counts_saturate_and_large_ones_have_their_logarithm() {
        let mut counts = SoftCounts::default();
        counts.clear(1);
        for _ in 0..300 {
            counts.add(&[0], ONE);
        }
        let (_, value) = counts.values().next().unwrap();
        assert!((f64::from(value) - (1.0 + 65535.0 / 256.0_f64).ln()).abs() < 1e-5);
    }
}
