//! Rows of weights, read in place.

use std::borrow::Cow;
use std::sync::Arc;

use super::group::{LANES, PM, SHARED};

/// Fixed-point units of a weight per unit of log-odds. Integers add up exactly in any order, so the
/// weights of the features sum to the score of the line.
pub(crate) const UNITS: f64 = 16.0;

/// The weights of one feature, one lane per group: log P(feature | group) minus the mean over the
/// groups, in [`UNITS`]. Each is a byte in two's complement, so rows are used as they are in a file.
pub(crate) type Row = [u8; LANES];

/// Number of lanes that lenses change, from the first: pm, pmm, shared.
pub(crate) const LENS_LANES: usize = SHARED - PM + 1;

/// A weight of a row, in units.
#[inline]
pub(crate) fn weight(row: &Row, lane: usize) -> i32 {
    i32::from(row[lane] as i8)
}

/// The rows of all features by place. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows(Arc<Cow<'static, [u8]>>);

impl Rows {
    /// Rows as in a file, one after the other.
    pub(crate) fn read(bytes: Cow<'static, [u8]>) -> Self {
        Self(Arc::new(bytes))
    }

    /// All rows.
    pub(crate) fn all(&self) -> &[Row] {
        self.0.as_chunks().0
    }

    /// The weights in the first [`LENS_LANES`] lanes, row by row.
    #[cfg(feature = "train")]
    pub(crate) fn lens_lanes(&self) -> impl Iterator<Item = u8> {
        self.all().iter().flat_map(|row| &row[PM..=SHARED]).copied()
    }

    /// A copy of the rows in which each weight of the first [`LENS_LANES`] lanes is replaced by what
    /// `new` gives for it, row by row.
    pub(crate) fn with(&self, mut new: impl FnMut(u8) -> u8) -> Self {
        let mut rows = self.0.to_vec();
        for row in rows.as_chunks_mut::<LANES>().0 {
            for weight in &mut row[PM..=SHARED] {
                *weight = new(*weight);
            }
        }
        Self::read(rows.into())
    }

    /// The bytes as in a file.
    #[cfg(feature = "train")]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lens_changes_the_lanes_of_the_roles() {
        let rows = Rows::read((0..2 * LANES as u8).collect::<Vec<_>>().into());
        let mut new = [255, 254, 253, 100, 101, 102].into_iter();
        let changed = rows.with(|_| new.next().unwrap());
        assert_eq!(weight(&changed.all()[0], PM), -1);
        assert_eq!(weight(&changed.all()[1], SHARED), 102);
        assert_eq!(changed.all()[1][LENS_LANES..], rows.all()[1][LENS_LANES..]);
        assert_eq!(rows.all().len(), 2);
    }
}
