//! Weights of the score of a product role against all other jobs.

use std::borrow::Cow;

/// Bytes of a feature's weight and scale.
pub(crate) const PRODUCT_BYTES: usize = 4;

/// The weights and scales of the features, each a 16-bit number in units of `weight_unit` or
/// [`SCALE_UNIT`].
#[derive(Debug, Clone, Default)]
pub(crate) struct ProductWeights {
    /// By place, weight (signed) and scale (unsigned), little-endian.
    pub table: Cow<'static, [u8]>,
    /// Unit of the weights.
    pub weight_unit: f32,
}

/// Unit of the scales.
pub(crate) const SCALE_UNIT: f32 = 1.0 / 4096.0;

impl ProductWeights {
    /// Rounds `(weight, scale)` of every place to 16 bits.
    #[cfg(any(feature = "train", test))]
    pub(crate) fn of(places: &[(f32, f32)]) -> Self {
        let largest = places.iter().map(|(weight, _)| weight.abs()).fold(f32::MIN_POSITIVE, f32::max);
        let weight_unit = largest / f32::from(i16::MAX);
        let table = places.iter().flat_map(|(weight, scale)| {
            let [a, b] = ((weight / weight_unit).round() as i16).to_le_bytes();
            let [c, d] = ((scale / SCALE_UNIT).round() as u16).to_le_bytes();
            [a, b, c, d]
        });
        Self { table: table.collect(), weight_unit }
    }
}
