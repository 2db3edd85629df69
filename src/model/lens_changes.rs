//! The weights through a lens, stored as differences from the consensus.
//!
//! Most differ by one unit or not at all, so each has a code of two bits. Other weights are listed.
//! This takes a quarter of the space of the weights themselves.

use std::borrow::Cow;

use super::weights::{LENS_LANES, Rows};

/// Code of a weight that is one unit more; the code of an unchanged weight is 0.
const MORE: u8 = 1;
/// Code of a weight that is one unit less.
const LESS: u8 = 2;
/// Code of a weight that is taken from the list, in order.
const LISTED: u8 = 3;

/// Codes in a byte.
const PER_BYTE: usize = 4;

/// The changes of a lens to the first [`LENS_LANES`] lanes of all rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct LensChanges {
    /// The codes row by row, the first of a byte in its lowest bits. Empty if nothing changes.
    codes: Cow<'static, [u8]>,
    /// The weights with the code [`LISTED`], in order.
    listed: Cow<'static, [u8]>,
}

impl LensChanges {
    /// Changes as in a file.
    pub(crate) fn read(codes: Cow<'static, [u8]>, listed: Cow<'static, [u8]>) -> Self {
        Self { codes, listed }
    }

    /// Whether the tables fit this many rows: a code for each weight, or none at all, and a listed
    /// weight for each code [`LISTED`].
    pub(crate) fn fits(&self, rows: usize) -> bool {
        let bytes = (LENS_LANES * rows).div_ceil(PER_BYTE);
        (self.codes.is_empty() || self.codes.len() == bytes)
            && self.codes().filter(|code| *code == LISTED).count() == self.listed.len()
    }

    /// `rows` with the changes.
    pub(crate) fn of(&self, rows: &Rows) -> Rows {
        if self.codes.is_empty() {
            return rows.clone();
        }
        let mut listed = self.listed.iter();
        let mut codes = self.codes();
        rows.with(|weight| match codes.next() {
            Some(MORE) => weight.wrapping_add(1),
            Some(LESS) => weight.wrapping_sub(1),
            Some(LISTED) => listed.next().copied().unwrap_or(weight),
            _ => weight,
        })
    }

    fn codes(&self) -> impl Iterator<Item = u8> {
        self.codes.iter().flat_map(|byte| [byte & 3, byte >> 2 & 3, byte >> 4 & 3, byte >> 6])
    }
}

#[cfg(feature = "train")]
impl LensChanges {
    /// The changes from `rows` to the same rows through a lens.
    pub(crate) fn between(rows: &Rows, through: &Rows) -> Self {
        let mut listed = Vec::new();
        let code = |(from, to): (u8, u8)| match to.wrapping_sub(from) {
            0 => 0,
            1 => MORE,
            u8::MAX => LESS,
            _ => {
                listed.push(to);
                LISTED
            }
        };
        let codes: Vec<u8> = rows.lens_lanes().zip(through.lens_lanes()).map(code).collect();
        if codes.iter().all(|code| *code == 0) {
            return Self::default();
        }
        let byte = |codes: &[u8]| codes.iter().rev().fold(0, |byte, code| byte << 2 | code);
        Self { codes: codes.chunks(PER_BYTE).map(byte).collect(), listed: listed.into() }
    }

    /// The codes and the listed weights, as in a file.
    pub(crate) fn tables(&self) -> [&[u8]; 2] {
        [&self.codes, &self.listed]
    }
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;
    use crate::model::LANES;

    fn rows(lanes: &[[u8; LENS_LANES]]) -> Rows {
        let row = |lanes: &[u8; LENS_LANES]| {
            let mut row = [9; LANES];
            row[..LENS_LANES].copy_from_slice(lanes);
            row
        };
        Rows::read(lanes.iter().map(row).collect::<Vec<_>>().concat().into())
    }

    /// By hand: the codes of +1, 0, -1 and -1 are 1, 0, 2 and 2, the first in the lowest bits.
    #[test]
    fn changes_lead_from_one_table_of_rows_to_the_other() {
        let before = rows(&[[0, 7, 0], [1, 255, 128]]);
        let after = rows(&[[1, 7, 255], [0, 0, 127]]);
        let twice = rows(&[[2, 7, 255], [5, 0, 127]]);
        for (after, codes, listed) in [
            (&after, &[0b10_10_00_01, 0b10_01][..], &[][..]),
            (&twice, &[0b11_10_00_11, 0b10_01], &[2, 5]),
            (&before, &[], &[]),
        ] {
            let changes = LensChanges::between(&before, after);
            assert_eq!(changes.tables(), [codes, listed]);
            assert!(changes.of(&before) == *after && changes.fits(2));
        }
    }

    #[test]
    fn tables_of_another_size_do_not_fit() {
        let fits = |codes: &'static [u8], listed: &'static [u8]| {
            let changes = LensChanges::read(codes.into(), listed.into());
            // Whatever the tables are, they can be used.
            assert_eq!(changes.of(&rows(&[[1, 2, 3], [4, 5, 6]])).all().len(), 2);
            changes.fits(2)
        };
        assert!(fits(&[], &[]) && fits(&[0, 0], &[]) && fits(&[3, 3], &[8, 9]));
        assert!(!fits(&[0], &[]) && !fits(&[0, 0, 0], &[]) && !fits(&[], &[1]));
        assert!(!fits(&[3, 3], &[8]) && !fits(&[3, 3], &[8, 9, 10]));
    }
}
