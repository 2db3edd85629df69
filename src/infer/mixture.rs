//! The mixture of a posting: which groups its lines belong to.
//!
//! An EM estimate of the proportions of the groups under a Dirichlet prior. The
//! rounds are most of the arithmetic of a verdict, so the likelihoods are kept twice:
//! by segment, and for [`TOGETHER`] segments at a time by lane, where they are summed
//! side by side. Every sum is taken in the order of its lanes or segments:
//! the numbers do not depend on how many are taken at once.

use super::pipeline::ScoredLine;
use crate::model::LANES;

/// Segments that are summed side by side.
pub(super) const TOGETHER: usize = 8;

/// Rounds of the estimate; it has settled by then.
const ROUNDS: usize = 3;

/// The likelihoods of one segment, relative to its best group; 0 beyond the groups.
pub(super) type Likelihoods = [f32; LANES];

/// The likelihoods of so many segments lane by lane; 0 behind the last segment.
pub(super) type Block = [[f32; TOGETHER]; LANES];

/// Likelihoods of a posting's segments, and the room to estimate its mixture.
#[derive(Debug, Default)]
pub(crate) struct Mixture {
    rows: Vec<Likelihoods>,
    blocks: Vec<Block>,
    /// Words of a segment against the mean.
    sizes: Vec<[f32; TOGETHER]>,
}

impl Mixture {
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.blocks.clear();
    }

    /// Adds a segment that the groups explain so well. Each number is written where it
    /// stays: what is put together first cannot be read at once.
    #[inline(always)]
    pub(super) fn push(&mut self, likelihoods: impl IntoIterator<Item = f32>) {
        let at = self.rows.len() % TOGETHER;
        if at == 0 {
            self.blocks.push([[0.0; TOGETHER]; LANES]);
        }
        self.rows.push([0.0; LANES]);
        if let (Some(block), Some(row)) = (self.blocks.last_mut(), self.rows.last_mut()) {
            for ((lane, slot), likelihood) in block.iter_mut().zip(row).zip(likelihoods) {
                (lane[at], *slot) = (likelihood, likelihood);
            }
        }
    }

    /// The likelihoods of all segments.
    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The proportions of the groups, drawn towards `base` as by `concentration` lines. The
    /// likelihoods beyond the groups are 0 and add nothing.
    #[inline(always)]
    pub(super) fn estimate(&mut self, judged: &[ScoredLine], base: &Likelihoods, concentration: f32) -> Likelihoods {
        self.measure(judged);
        let mut mixture = *base;
        for _ in 0..ROUNDS {
            let mut mass = [0.0; LANES];
            for ((rows, block), sizes) in self.rows.chunks(TOGETHER).zip(&self.blocks).zip(&self.sizes) {
                let mut scales = [0.0; TOGETHER];
                scale(block, &mixture, sizes, &mut scales);
                for (row, scale) in rows.iter().zip(scales) {
                    for (mass, likelihood) in mass.iter_mut().zip(row) {
                        *mass += likelihood * scale;
                    }
                }
            }
            for (mass, prior) in mass.iter_mut().zip(&mixture) {
                *mass *= prior;
            }
            let total = mass.iter().sum::<f32>() + concentration;
            for ((prior, mass), base) in mixture.iter_mut().zip(mass).zip(base) {
                *prior = (mass + concentration * base) / total;
            }
        }
        mixture
    }

    /// Works out how long each segment is against the others.
    fn measure(&mut self, judged: &[ScoredLine]) {
        let words: u64 = judged.iter().map(|segment| u64::from(segment.words)).sum();
        let mean = (words as f32 / judged.len().max(1) as f32).max(1.0);
        self.sizes.clear();
        for segments in judged.chunks(TOGETHER) {
            let mut sizes = [0.0; TOGETHER];
            for (size, segment) in sizes.iter_mut().zip(segments) {
                *size = segment.words as f32 / mean;
            }
            self.sizes.push(sizes);
        }
    }
}

/// What the likelihoods of each segment of a block are multiplied with, so that they
/// come to its size.
#[inline(always)]
fn scale(block: &Block, mixture: &Likelihoods, sizes: &[f32; TOGETHER], scales: &mut [f32; TOGETHER]) {
    let mut totals = [0.0; TOGETHER];
    for lane in 0..LANES {
        for at in 0..TOGETHER {
            totals[at] += block[lane][at] * mixture[lane];
        }
    }
    for at in 0..TOGETHER {
        // What no group explains counts for none.
        scales[at] = if totals[at] > f32::MIN_POSITIVE { sizes[at] / totals[at] } else { 0.0 };
    }
}
