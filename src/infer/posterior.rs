//! Posteriors of the kinds of a posting's segments.
//!
//! [`TOGETHER`] segments are worked on side by side; the order of every sum is fixed, so
//! that the numbers do not depend on how many that are.

use super::hmm::Chain;
use super::lookup_tables::{Curve, Decay};
use super::mixture::{Block, Likelihoods, Mixture, TOGETHER};
use super::pipeline::ScoredLine;
use crate::model::hyperparameters::Calibration;
use crate::model::{ByKind, FILLER, Kind, LANES, Model, OTHER, PM, PMM, SHARED, UNITS};

/// Words of a segment of usual length.
const USUAL_WORDS: f64 = 15.0;

/// What stands for 1 where steps of a [`Decay`] are whole numbers.
const ONE: u32 = 1024;

/// Room to find posteriors in.
#[derive(Debug, Default)]
pub(crate) struct Posteriors {
    mixture: Mixture,
    chain: Chain,
    /// How much a unit counts in a segment of so many words.
    sureness: Curve,
    base: Base,
}

impl Posteriors {
    /// Finds the posterior of each segment's kind, with the posting's own mixture of
    /// groups as prior and the segments beside it in view.
    #[inline(always)]
    pub(super) fn find(&mut self, model: &Model, judged: &mut [ScoredLine]) {
        let groups = model.groups.len().min(LANES);
        let calibration = &model.calibration;
        self.explain(groups, calibration, judged);
        let base = self.base.of(groups, &calibration.kind_bias);
        let prior = self.mixture.estimate(judged, base, calibration.concentration as f32);
        let mut kinds = ByKind::default();
        for (lane, prior) in prior.iter().enumerate() {
            kinds[lane_kind(lane)] += prior;
        }
        let odds = kinds.map(|kind: f32| 1.0 / kind.max(f32::MIN_POSITIVE));
        self.chain.clear();
        for (segments, block) in judged.chunks(TOGETHER).zip(self.mixture.blocks()) {
            let explained = of_groups(block, &prior, &odds);
            for at in 0..segments.len() {
                self.chain.push(explained.map(|kind| kind[at]));
            }
        }
        self.chain.posteriors(&kinds, calibration.persistence as f32, |at, kinds| {
            if let Some(segment) = judged.get_mut(at) {
                segment.kinds = kinds.map(f64::from);
            }
        });
    }

    /// Works out how well each group explains each segment.
    #[inline(always)]
    fn explain(&mut self, groups: usize, calibration: &Calibration, judged: &[ScoredLine]) {
        let Self { mixture, sureness, .. } = self;
        let likelihood = Decay::new();
        let steps_a_unit = Decay::STEPS_AN_E / (UNITS * calibration.temperature) * f64::from(ONE);
        sureness.set(calibration.length_temper);
        let within = std::array::from_fn(|lane| if lane < groups { !0 } else { 0 });
        mixture.clear();
        for segment in judged {
            if segment.known == 0 {
                // Unknown words say nothing, and what says nothing is filler.
                mixture.push((0..LANES).map(|lane| f32::from(u8::from(lane == FILLER))));
                continue;
            }
            let sure = sureness
                .at(segment.words, |words| libm::pow(USUAL_WORDS / f64::from(words), calibration.length_temper));
            let steps = ((sure * steps_a_unit) as u32).clamp(1, 1 << 30);
            // Where all is one, beyond the last step; and the products below are small enough.
            let far = 1 << (steps.leading_zeros() - 1);
            let best = best(&segment.sums, &within);
            let behind = segment.sums.map(|sum| (best.wrapping_sub(sum) as u32).min(far) * steps + ONE / 2);
            mixture.push(behind[..groups].iter().map(|behind| likelihood.at(behind / ONE)));
        }
    }
}

/// The largest sum of the lanes whose bits `within` has. Halved again and again, so that
/// the compiler can take four at once.
#[inline(always)]
fn best(sums: &[i32; LANES], within: &[i32; LANES]) -> i32 {
    let lane = |lane: usize| sums[lane] & within[lane] | i32::MIN & !within[lane];
    let eight: [i32; LANES / 2] = std::array::from_fn(|at| lane(at).max(lane(at + LANES / 2)));
    let four: [i32; LANES / 4] = std::array::from_fn(|at| eight[at].max(eight[at + LANES / 4]));
    four.into_iter().max().unwrap_or(0)
}

/// How well the kinds explain the segments of a block: the likelihoods of their groups, as
/// often as `prior` says, over that of the kind, which is 1 over its `odds`.
#[inline(always)]
fn of_groups(block: &Block, prior: &Likelihoods, odds: &ByKind<f32>) -> ByKind<[f32; TOGETHER]> {
    let mut kinds = ByKind::splat([0.0; TOGETHER]);
    for lane in [PM, PMM, SHARED, FILLER] {
        let kind = &mut kinds[lane_kind(lane)];
        for at in 0..TOGETHER {
            kind[at] = block[lane][at] * prior[lane];
        }
    }
    let mut other = [0.0; TOGETHER];
    // Likelihoods beyond the groups are 0 and add nothing.
    for (lane, prior) in block[OTHER..].iter().zip(&prior[OTHER..]) {
        for at in 0..TOGETHER {
            other[at] += lane[at] * prior;
        }
    }
    kinds[Kind::Other] = other;
    for (kind, odds) in kinds.values_mut().iter_mut().zip(odds.values()) {
        for explained in kind {
            *explained *= odds;
        }
    }
    kinds
}

/// Prior of each group before a posting's own mixture is known, worked out once a model.
#[derive(Debug, Default)]
struct Base {
    /// What it follows from: the number of groups, 0 at first, and the biases of the kinds.
    given: (usize, ByKind<f64>),
    prior: Likelihoods,
}

impl Base {
    /// The prior of so many groups by lane, 0 beyond them, from the last call where nothing
    /// that it follows from has changed.
    fn of(&mut self, groups: usize, bias: &ByKind<f64>) -> &Likelihoods {
        let given = (groups, *bias);
        if self.given != given {
            *self = Self { given, prior: base(groups, bias) };
        }
        &self.prior
    }
}

/// The prior of each group by lane, in all 1: what its kind's bias makes of equal shares,
/// which the groups of [`Kind::Other`] divide among themselves.
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

/// The kind a lane stands for.
const fn lane_kind(lane: usize) -> Kind {
    match lane {
        PM => Kind::Pm,
        PMM => Kind::Pmm,
        SHARED => Kind::Shared,
        FILLER => Kind::Filler,
        _ => Kind::Other,
    }
}
