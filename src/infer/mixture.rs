//! The mixture of a posting: the proportions of the kinds among its lines, estimated by
//! expectation maximization (EM) under a Dirichlet prior.
//!
//! The rounds are most of the arithmetic of a verdict. So the likelihoods are stored twice,
//! by line and in blocks of [`BLOCK`] lines by lane, for vector instructions. Sums are taken
//! in a fixed order, so that results do not depend on the width of the vectors.

use super::line::ScoredLine;
use crate::model::KINDS;

/// Lines per block.
const BLOCK: usize = 8;

/// Rounds of EM. Later rounds hardly move the proportions.
const ROUNDS: usize = 3;

/// Numbers per vector.
pub(super) const WIDTH: usize = 8;

/// One number per kind, in lane order, padded with 0.
pub(super) type Kinds = [f32; WIDTH];

/// Likelihoods by lane of [`BLOCK`] lines; 0 after the last line.
type Block = [[f32; BLOCK]; KINDS.len()];

/// Likelihoods of a posting's lines, with the buffers to estimate its mixture.
#[derive(Debug, Default)]
pub(crate) struct Mixture {
    /// Likelihoods of a line by kind, relative to the best one.
    rows: Vec<Kinds>,
    blocks: Vec<Block>,
    /// Words of each line, relative to the mean; 0 for lines that do not count.
    sizes: Vec<[f32; BLOCK]>,
}

impl Mixture {
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.blocks.clear();
    }

    /// Adds a line. Each number is written to its final place: reading back an array just
    /// put together would stall on the writes.
    #[inline(always)]
    pub(super) fn push(&mut self, likelihoods: impl IntoIterator<Item = f32>) {
        let at = self.rows.len() % BLOCK;
        if at == 0 {
            self.blocks.push([[0.0; BLOCK]; KINDS.len()]);
        }
        self.rows.push([0.0; WIDTH]);
        if let (Some(block), Some(row)) = (self.blocks.last_mut(), self.rows.last_mut()) {
            for ((lane, slot), likelihood) in block.iter_mut().zip(row).zip(likelihoods) {
                (lane[at], *slot) = (likelihood, likelihood);
            }
        }
    }

    /// The likelihoods of all lines, by line.
    pub(super) fn rows(&self) -> &[Kinds] {
        &self.rows
    }

    /// The proportions of the kinds, with a Dirichlet prior of mean `base` and a weight of
    /// `concentration` lines.
    #[inline(always)]
    pub(super) fn estimate(&mut self, lines: &[ScoredLine], base: &Kinds, concentration: f32) -> Kinds {
        self.measure(lines);
        let mut mixture = *base;
        for _ in 0..ROUNDS {
            let mut mass = [0.0; WIDTH];
            for ((rows, block), sizes) in self.rows.chunks(BLOCK).zip(&self.blocks).zip(&self.sizes) {
                let mut scales = [0.0; BLOCK];
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

    /// Computes the relative length of each line that counts.
    fn measure(&mut self, lines: &[ScoredLine]) {
        let counted = lines.iter().filter(|line| line.counts());
        let (words, number) =
            counted.fold((0, 0_usize), |(words, number), line| (words + u64::from(line.words), number + 1));
        let mean = (words as f32 / number.max(1) as f32).max(1.0);
        self.sizes.clear();
        for lines in lines.chunks(BLOCK) {
            let mut sizes = [0.0; BLOCK];
            for (size, line) in sizes.iter_mut().zip(lines).filter(|(_, line)| line.counts()) {
                *size = line.words as f32 / mean;
            }
            self.sizes.push(sizes);
        }
    }
}

/// Factors that make the weighted likelihoods of each line of a block sum to its size.
#[inline(always)]
fn scale(block: &Block, mixture: &Kinds, sizes: &[f32; BLOCK], scales: &mut [f32; BLOCK]) {
    let mut totals = [0.0; BLOCK];
    for lane in 0..KINDS.len() {
        for at in 0..BLOCK {
            totals[at] += block[lane][at] * mixture[lane];
        }
    }
    for at in 0..BLOCK {
        // A line that no kind explains counts for none.
        scales[at] = if totals[at] > f32::MIN_POSITIVE { sizes[at] / totals[at] } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::likelihood::Sums;

    /// Reference: three rounds of EM in numpy,
    /// `r = L*m; r /= r.sum(1); mass = (r*sizes).sum(0); m = (mass + c*base)/(mass.sum() + c)`.
    #[test]
    #[allow(clippy::approx_constant, reason = "one of them looks like 1/pi")]
    fn proportions_match_three_rounds_of_em() {
        let likelihoods = [
            [1.0, 0.2, 0.1, 0.0, 0.3],
            [0.5, 1.0, 0.05, 0.0, 0.1],
            [0.0, 0.1, 0.2, 1.0, 0.9],
            [0.3, 0.3, 1.0, 0.1, 0.2],
            [0.05, 0.6, 0.1, 0.0, 1.0],
        ];
        let line = |words, weight| ScoredLine::new(words, Sums::of(&[], &[]), weight);
        let mut lines = [12, 6, 20, 4, 8].map(|words| line(words, 1.0)).to_vec();
        let padded = |values: [f32; 5]| std::array::from_fn(|lane| values.get(lane).copied().unwrap_or(0.0));
        let mut mixture = Mixture::default();
        for likelihoods in likelihoods {
            mixture.push(likelihoods);
        }
        let expected: Kinds = padded([0.254_967, 0.171_128, 0.052_324, 0.203_271, 0.318_31]);
        // The second time with a line that repeats another.
        for repeated in [false, true] {
            if repeated {
                mixture.push([0.0, 0.0, 0.0, 1.0, 0.1]);
                lines.push(line(30, 0.0));
            }
            let found = mixture.estimate(&lines, &padded([0.3, 0.2, 0.1, 0.25, 0.15]), 2.0);
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 2e-6, "{repeated}: {found} {expected}");
            }
        }
    }
}
