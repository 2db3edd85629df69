//! The mixture of a posting: which groups its lines belong to.
//!
//! An EM estimate of the proportions of the groups under a Dirichlet prior. The
//! rounds are most of the arithmetic of a verdict, so the likelihoods are kept twice:
//! by segment, and for [`TOGETHER`] segments at a time by lane, where their totals are
//! summed side by side. Every sum is taken in the order of its lanes or segments:
//! the numbers do not depend on how many are taken at once.

use super::judge::Judged;
use crate::model::LANES;

/// Segments whose totals are summed side by side.
const TOGETHER: usize = 4;

/// Rounds of the estimate; it has settled by then.
const ROUNDS: usize = 10;

/// The likelihoods of one segment, relative to its best group; 0 beyond the groups.
pub(super) type Likelihoods = [f64; LANES];

/// Likelihoods of a posting's segments, and the room to estimate its mixture.
#[derive(Debug, Default)]
pub(crate) struct Mixture {
    rows: Vec<Likelihoods>,
    /// Lane by lane for so many segments each; the last block is filled up with 0.
    blocks: Vec<[[f64; TOGETHER]; LANES]>,
    /// Words of a segment against the mean.
    sizes: Vec<f64>,
}

impl Mixture {
    pub(super) fn clear(&mut self) {
        self.rows.clear();
    }

    pub(super) fn push(&mut self, row: Likelihoods) {
        self.rows.push(row);
    }

    /// The likelihoods of every segment.
    pub(super) fn rows(&self) -> &[Likelihoods] {
        &self.rows
    }

    /// The proportions of the groups, drawn towards `base` as by `concentration` lines.
    pub(super) fn estimate(&mut self, judged: &[Judged], base: &Likelihoods, concentration: f64) -> Likelihoods {
        self.prepare(judged);
        let mut mixture = *base;
        for _ in 0..ROUNDS {
            let mut mass = [0.0; LANES];
            let sizes = self.sizes.chunks_exact(TOGETHER);
            for ((rows, block), sizes) in self.rows.chunks(TOGETHER).zip(&self.blocks).zip(sizes) {
                let scales = scales(block, &mixture, sizes);
                for (row, scale) in rows.iter().zip(scales) {
                    for ((mass, likelihood), prior) in mass.iter_mut().zip(row).zip(&mixture) {
                        *mass += likelihood * prior * scale;
                    }
                }
            }
            let total: f64 = mass.iter().sum::<f64>() + concentration;
            for ((prior, mass), base) in mixture.iter_mut().zip(mass).zip(base) {
                *prior = (mass + concentration * base) / total;
            }
        }
        mixture
    }

    /// Lays the likelihoods out by lane, and the sizes beside them.
    fn prepare(&mut self, judged: &[Judged]) {
        self.blocks.clear();
        for rows in self.rows.chunks(TOGETHER) {
            let mut block = [[0.0; TOGETHER]; LANES];
            for (at, row) in rows.iter().enumerate() {
                for (lane, &likelihood) in block.iter_mut().zip(row) {
                    lane[at] = likelihood;
                }
            }
            self.blocks.push(block);
        }
        let words: f64 = judged.iter().map(|segment| f64::from(segment.words)).sum();
        let mean = (words / judged.len().max(1) as f64).max(1.0);
        self.sizes.clear();
        self.sizes.extend(judged.iter().map(|segment| f64::from(segment.words) / mean));
        self.sizes.resize(self.blocks.len() * TOGETHER, 0.0);
    }
}

/// What the likelihoods of each segment of a block are multiplied with, so that they
/// come to its size.
fn scales(block: &[[f64; TOGETHER]; LANES], mixture: &Likelihoods, sizes: &[f64]) -> [f64; TOGETHER] {
    let mut totals = [0.0; TOGETHER];
    for (lane, prior) in block.iter().zip(mixture) {
        for (total, likelihood) in totals.iter_mut().zip(lane) {
            *total += likelihood * prior;
        }
    }
    let mut scales = [0.0; TOGETHER];
    for ((scale, total), size) in scales.iter_mut().zip(totals).zip(sizes) {
        *scale = size / total.max(f64::MIN_POSITIVE);
    }
    scales
}
