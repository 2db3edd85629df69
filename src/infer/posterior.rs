//! Posteriors of the kinds of a posting's lines: temperature, mixture, hidden Markov model.
//!
//! Numbers by kind are in the order of the lanes. [`BLOCK`] lines are computed at a time,
//! with every sum in a fixed order, so that results do not depend on the width of vector
//! instructions.

use super::hmm::Chain;
use super::line::ScoredLine;
use super::lookup_tables::{Decay, Memoized};
use super::mixture::{BLOCK, Block, Kinds, Mixture};
use super::product::ONE as ONE_GATE;
use crate::model::calibration::Calibration;
use crate::model::{ByKind, FAMILIES, FILLER, KINDS, Model, OTHER, PM, PMM, SHARED, UNITS};

/// Fixed-point 1 for steps of a [`Decay`].
const ONE: u32 = 1024;

/// Buffers and tables to compute posteriors with.
#[derive(Debug, Default)]
pub(crate) struct Posteriors {
    mixture: Mixture,
    chain: Chain,
    /// Inverse temperature by number of words, relative to the usual one.
    sharpness: Memoized,
}

impl Posteriors {
    /// Sets the posterior of each line's kind, with the posting's own mixture of kinds as
    /// prior, given all lines.
    #[inline(always)]
    pub(super) fn find(&mut self, model: &Model, lines: &mut [ScoredLine]) {
        let calibration = &model.calibration;
        self.likelihoods(calibration, lines);
        let base = base(&calibration.kind_bias);
        for (lines, block) in lines.chunks_mut(BLOCK).zip(self.mixture.blocks()) {
            let not_filler = not_filler(block, &base);
            for (line, gate) in lines.iter_mut().zip(not_filler) {
                line.gate = (gate * f32::from(ONE_GATE)) as u16;
            }
        }
        let prior = self.mixture.estimate(lines, &base, calibration.concentration as f32);
        self.chain.posteriors(self.mixture.rows(), &prior, calibration.persistence as f32, |at, kinds| {
            if let Some(line) = lines.get_mut(at) {
                line.kinds = by_kind(&kinds).map(f64::from);
            }
        });
    }

    /// Computes the likelihood of each line by kind, relative to its best kind.
    #[inline(always)]
    fn likelihoods(&mut self, calibration: &Calibration, lines: &[ScoredLine]) {
        let Self { mixture, sharpness, .. } = self;
        let likelihood = Decay::new();
        let steps_per_unit = Decay::STEPS_PER_UNIT / (UNITS * calibration.temperature) * f64::from(ONE);
        sharpness.set(calibration.length_temper);
        mixture.clear();
        for line in lines {
            if line.known == 0 {
                // A line of unknown words is taken for filler.
                mixture.push((0..FAMILIES).map(|lane| f32::from(u8::from(lane == FILLER))));
                continue;
            }
            let sharp = sharpness.at(line.words, |words| {
                libm::pow(Calibration::USUAL_WORDS / f64::from(words), calibration.length_temper)
            });
            let steps = ((sharp * steps_per_unit) as u32).clamp(1, 1 << 30);
            // Beyond the last step all is the same; so far the product below does not overflow.
            let far = 1 << (steps.leading_zeros() - 1);
            let sums = &line.sums[..FAMILIES];
            let best = sums.iter().copied().max().unwrap_or(0);
            let below = sums.iter().map(|sum| (best.wrapping_sub(*sum) as u32).min(far) * steps + ONE / 2);
            mixture.push(below.map(|below| likelihood.at(below / ONE)));
        }
    }
}

/// Probabilities that the lines of a block are not filler, under `prior`.
#[inline(always)]
fn not_filler(block: &Block, prior: &Kinds) -> [f32; BLOCK] {
    let mut totals = [0.0; BLOCK];
    for (lane, prior) in block.iter().zip(prior) {
        for at in 0..BLOCK {
            totals[at] += lane[at] * prior;
        }
    }
    std::array::from_fn(|at| {
        let total = totals[at].max(f32::MIN_POSITIVE);
        1.0 - (block[FILLER][at] * prior[FILLER] / total).min(1.0)
    })
}

/// The prior of each kind before a posting's own mixture is known, with a sum of 1:
/// proportional to the exponential of its bias.
fn base(bias: &ByKind<f64>) -> Kinds {
    let odds = bias.map(libm::exp);
    let total: f64 = odds.values().iter().sum();
    std::array::from_fn(|lane| KINDS.get(lane).map_or(0.0, |kind| (odds[*kind] / total) as f32))
}

/// From numbers by lane.
#[inline(always)]
fn by_kind(kinds: &Kinds) -> ByKind<f32> {
    ByKind::from([kinds[PM], kinds[PMM], kinds[SHARED], kinds[OTHER], kinds[FILLER]])
}
