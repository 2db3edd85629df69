//! The sums of a line's weights by group: its log-likelihoods, up to a common term.

use fearless_simd::{Level, dispatch};

use crate::model::{LANES, Row};

/// The sums of the weights of some features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    /// By group, in units.
    pub by_group: [i32; LANES],
    /// Number of features.
    pub known: u32,
}

/// Maximum number of weights, each -128 to 127, whose sum is sure to fit 16 bits.
const FITS_I16: usize = i16::MAX as usize / 128;

impl Sums {
    /// The sums over the features with the rows at `places`.
    pub(super) fn of(rows: &[Row], places: &[u32]) -> Self {
        let mut sums = Self { by_group: [0; LANES], known: places.len() as u32 };
        for places in places.chunks(FITS_I16) {
            let part = dispatch!(Level::new(), _ => sum_rows(rows, places));
            for (sum, part) in sums.by_group.iter_mut().zip(part) {
                *sum += i32::from(part);
            }
        }
        sums
    }
}

#[inline(always)]
fn sum_rows(rows: &[Row], places: &[u32]) -> [i16; LANES] {
    let mut sums = [0; LANES];
    for row in places.iter().filter_map(|&place| rows.get(place as usize)) {
        for (sum, &weight) in sums.iter_mut().zip(row) {
            *sum += i16::from(weight as i8);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::numbers;

    #[test]
    fn sums_are_exact_on_every_instruction_set() {
        let mut next = numbers(7);
        let rows: Vec<Row> = (0..1000).map(|_| std::array::from_fn(|_| next() as u8)).collect();
        for len in [0, 1, 2, 15, 254, 255, 256, 700] {
            let places: Vec<u32> = (0..len).map(|_| next() % 1000).collect();
            let by_group = std::array::from_fn(|lane| {
                places.iter().map(|&place| i32::from(rows[place as usize][lane] as i8)).sum()
            });
            assert_eq!(Sums::of(&rows, &places), Sums { by_group, known: len }, "{len} features");
            let few = &places[..places.len().min(FITS_I16)];
            assert_eq!(sum_rows(&rows, few), dispatch!(Level::new(), _ => sum_rows(&rows, few)), "{len} features");
        }
        let lowest = vec![[0x80; LANES]; 1];
        assert_eq!(Sums::of(&lowest, &[0; 600]).by_group, [-128 * 600; LANES]);
    }
}
