//! Posteriors of the kinds of a posting's lines: temperature, mixture, hidden Markov model.
//!
//! [`BLOCK`] lines are computed at a time, with every sum in a fixed order, so that results
//! do not depend on the width of vector instructions.

use super::hmm::Chain;
use super::line::ScoredLine;
use super::lookup_tables::{Decay, Memoized};
use super::mixture::{BLOCK, Block, Likelihoods, Mixture};
use super::product::ONE as ONE_GATE;
use crate::model::calibration::Calibration;
use crate::model::{ByKind, FAMILIES, FILLER, Kind, LANES, Model, OTHER, PM, PMM, SHARED, UNITS};

/// Fixed-point 1 for steps of a [`Decay`].
const ONE: u32 = 1024;

/// Buffers and tables to compute posteriors with.
#[derive(Debug, Default)]
pub(crate) struct Posteriors {
    mixture: Mixture,
    chain: Chain,
    /// Inverse temperature by number of words, relative to the usual one.
    sharpness: Memoized,
    base: Base,
}

impl Posteriors {
    /// Sets the posterior of each line's kind, with the posting's own mixture of groups as
    /// prior, given all lines.
    #[inline(always)]
    pub(super) fn find(&mut self, model: &Model, lines: &mut [ScoredLine]) {
        // Families only name the nearest job.
        let groups = FAMILIES;
        let calibration = &model.calibration;
        self.likelihoods(groups, calibration, lines);
        let base = self.base.of(groups, &calibration.kind_bias);
        for (lines, block) in lines.chunks_mut(BLOCK).zip(self.mixture.blocks()) {
            let not_filler = not_filler(block, base);
            for (line, gate) in lines.iter_mut().zip(not_filler) {
                line.gate = (gate * f32::from(ONE_GATE)) as u16;
            }
        }
        let prior = self.mixture.estimate(lines, base, calibration.concentration as f32);
        let mut kinds = ByKind::default();
        for (lane, prior) in prior.iter().enumerate() {
            kinds[lane_kind(lane)] += prior;
        }
        let odds = kinds.map(|kind: f32| 1.0 / kind.max(f32::MIN_POSITIVE));
        self.chain.clear();
        for (lines, block) in lines.chunks(BLOCK).zip(self.mixture.blocks()) {
            let likelihoods = of_kinds(block, &prior, &odds);
            for at in 0..lines.len() {
                self.chain.push(likelihoods.map(|kind| kind[at]));
            }
        }
        self.chain.posteriors(&kinds, calibration.persistence as f32, |at, kinds| {
            if let Some(line) = lines.get_mut(at) {
                line.kinds = kinds.map(f64::from);
            }
        });
    }

    /// Computes the likelihood of each line by group, relative to its best group.
    #[inline(always)]
    fn likelihoods(&mut self, groups: usize, calibration: &Calibration, lines: &[ScoredLine]) {
        let Self { mixture, sharpness, .. } = self;
        let likelihood = Decay::new();
        let steps_per_unit = Decay::STEPS_PER_UNIT / (UNITS * calibration.temperature) * f64::from(ONE);
        sharpness.set(calibration.length_temper);
        let within = std::array::from_fn(|lane| if lane < groups { !0 } else { 0 });
        mixture.clear();
        for line in lines {
            if line.known == 0 {
                // A line of unknown words is taken for filler.
                mixture.push((0..LANES).map(|lane| f32::from(u8::from(lane == FILLER))));
                continue;
            }
            let sharp = sharpness.at(line.words, |words| {
                libm::pow(Calibration::USUAL_WORDS / f64::from(words), calibration.length_temper)
            });
            let steps = ((sharp * steps_per_unit) as u32).clamp(1, 1 << 30);
            // Beyond the last step all is the same; so far the product below does not overflow.
            let far = 1 << (steps.leading_zeros() - 1);
            let best = best(&line.sums, &within);
            let below = line.sums.map(|sum| (best.wrapping_sub(sum) as u32).min(far) * steps + ONE / 2);
            mixture.push(below[..groups].iter().map(|below| likelihood.at(below / ONE)));
        }
    }
}

/// The largest sum of the lanes that `within` has all bits set for. Halves are compared, so
/// that the compiler vectorizes it.
#[inline(always)]
fn best(sums: &[i32; LANES], within: &[i32; LANES]) -> i32 {
    let lane = |lane: usize| sums[lane] & within[lane] | i32::MIN & !within[lane];
    let eight: [i32; LANES / 2] = std::array::from_fn(|at| lane(at).max(lane(at + LANES / 2)));
    let four: [i32; LANES / 4] = std::array::from_fn(|at| eight[at].max(eight[at + LANES / 4]));
    four.into_iter().max().unwrap_or(0)
}

/// Likelihoods of the kinds for the lines of a block: those of their groups, weighted by
/// `prior` and divided by the prior of the kind, which is 1 over its `odds`.
#[inline(always)]
fn of_kinds(block: &Block, prior: &Likelihoods, odds: &ByKind<f32>) -> ByKind<[f32; BLOCK]> {
    let mut kinds = ByKind::splat([0.0; BLOCK]);
    for lane in [PM, PMM, SHARED, FILLER] {
        let kind = &mut kinds[lane_kind(lane)];
        for at in 0..BLOCK {
            kind[at] = block[lane][at] * prior[lane];
        }
    }
    let mut other = [0.0; BLOCK];
    // Likelihoods beyond the groups are 0 and add nothing.
    for (lane, prior) in block[OTHER..].iter().zip(&prior[OTHER..]) {
        for at in 0..BLOCK {
            other[at] += lane[at] * prior;
        }
    }
    kinds[Kind::Other] = other;
    for (kind, odds) in kinds.values_mut().iter_mut().zip(odds.values()) {
        for likelihood in kind {
            *likelihood *= odds;
        }
    }
    kinds
}

/// Probabilities that the lines of a block are not filler, under `prior`.
#[inline(always)]
fn not_filler(block: &Block, prior: &Likelihoods) -> [f32; BLOCK] {
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

/// Prior of each group before a posting's own mixture is known, computed once per model.
#[derive(Debug, Default)]
struct Base {
    /// Number of groups, 0 at first, and biases of the kinds: the prior depends on these.
    given: (usize, ByKind<f64>),
    prior: Likelihoods,
}

impl Base {
    /// The prior by lane, 0 beyond the groups; the last one if nothing has changed.
    fn of(&mut self, groups: usize, bias: &ByKind<f64>) -> &Likelihoods {
        let given = (groups, *bias);
        if self.given != given {
            *self = Self { given, prior: base(groups, bias) };
        }
        &self.prior
    }
}

/// The prior of each group by lane, with a sum of 1: proportional to the exponential of its
/// kind's bias, which the groups of [`Kind::Other`] divide among themselves.
fn base(groups: usize, bias: &ByKind<f64>) -> Likelihoods {
    let families = groups.saturating_sub(OTHER).max(1) as f64;
    let odds = bias.map(libm::exp);
    let mut base = [0.0; LANES];
    for (lane, prior) in base.iter_mut().enumerate().take(groups) {
        let kind = lane_kind(lane);
        *prior = match kind {
            Kind::Other => odds[kind] / families,
            _ => odds[kind],
        };
    }
    let total: f64 = base.iter().sum();
    base.map(|prior| (prior / total) as f32)
}

/// The kind of a lane's group.
const fn lane_kind(lane: usize) -> Kind {
    match lane {
        PM => Kind::Pm,
        PMM => Kind::Pmm,
        SHARED => Kind::Shared,
        FILLER => Kind::Filler,
        _ => Kind::Other,
    }
}
