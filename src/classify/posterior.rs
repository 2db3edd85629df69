//! Posteriors of the kinds of a posting's segments.
//!
//! [`TOGETHER`] segments are worked on side by side; every sum is taken in the order of
//! its lanes or kinds, so that the numbers do not depend on how many that are.

use super::chain::{Chain, Kinds};
use super::curve::Curve;
use super::judge::Judged;
use super::mixture::{Block, Likelihoods, Mixture, TOGETHER};
use crate::model::settings::Calibration;
use crate::model::{FILLER, Group, Kind, LANES, Model, OTHER, PM, PMM, SHARED, UNITS};

/// Numbers of so many segments by kind, in the order of [`Kind::ALL`].
type ByKind = [[f64; TOGETHER]; KINDS];

const KINDS: usize = Kind::ALL.len();

/// Words of a segment of usual length.
const USUAL_WORDS: f64 = 15.0;

/// What stands for 1 where a segment's sureness is a whole number.
const ONE: f64 = 1024.0;

/// Units behind the best group beyond which a group is as good as impossible.
const FAR: u32 = 100_000;

/// Room to find posteriors in.
#[derive(Debug, Default)]
pub(crate) struct Posteriors {
    mixture: Mixture,
    chain: Chain,
    /// Likelihood of a group by the units it lies behind the best.
    likelihood: Curve,
    /// How much a unit counts in a segment of so many words, in [`ONE`].
    sureness: Curve,
}

impl Posteriors {
    /// Finds the posterior of each segment's kind, with the posting's own mixture of
    /// groups as prior and the segments beside it in view.
    #[inline(never)]
    pub(super) fn find(&mut self, model: &Model, judged: &mut [Judged]) {
        let groups = model.groups.len().min(LANES);
        let calibration = &model.calibration;
        self.explain(groups, calibration, judged);
        let base = base(&model.groups, calibration);
        let prior = self.mixture.estimate(judged, groups, &base, calibration.concentration);
        let mut kinds = [0.0; KINDS];
        for (lane, prior) in prior.iter().enumerate() {
            kinds[lane_kind(lane).index()] += prior;
        }
        let odds = kinds.map(|kind| 1.0 / kind.max(f64::MIN_POSITIVE));
        self.chain.clear();
        for (segments, block) in judged.chunks(TOGETHER).zip(self.mixture.blocks()) {
            let explained = of_groups(block, &prior, &odds);
            for at in 0..segments.len() {
                self.chain.push(explained.map(|kind| kind[at]));
            }
        }
        self.chain.posteriors(&kinds, calibration.persistence, |at, kinds| {
            if let Some(segment) = judged.get_mut(at) {
                segment.kinds = kinds;
            }
        });
    }

    /// Works out how well each group explains each segment.
    fn explain(&mut self, groups: usize, calibration: &Calibration, judged: &[Judged]) {
        let Self { mixture, likelihood, sureness, .. } = self;
        let scale = 1.0 / (UNITS * calibration.temperature);
        likelihood.set(scale);
        sureness.set(calibration.length_temper);
        let within = std::array::from_fn(|lane| if lane < groups { !0 } else { 0 });
        mixture.clear();
        for segment in judged {
            let mut row = [0.0; LANES];
            if segment.known == 0 {
                // Nothing known is nothing said.
                row[FILLER] = 1.0;
                mixture.push(row);
                continue;
            }
            let sure = sureness.at(segment.words, |words| {
                (libm::pow(USUAL_WORDS / f64::from(words), calibration.length_temper) * ONE).min(ONE * 16.0)
            }) as u32;
            let best = best(&segment.sums, within);
            for (value, &sum) in row.iter_mut().zip(&segment.sums[..groups]) {
                let behind = (best.abs_diff(sum).min(FAR) * sure + ONE as u32 / 2) / ONE as u32;
                *value = likelihood.at(behind, |behind| libm::exp(-f64::from(behind) * scale));
            }
            mixture.push(row);
        }
    }
}

/// The largest sum of the lanes whose bits `within` has. All lanes are looked at, so that
/// the compiler can take four at once.
#[inline]
fn best(sums: &[i32; LANES], within: [i32; LANES]) -> i32 {
    let sums = sums.iter().zip(within).map(|(sum, within)| sum & within | i32::MIN & !within);
    sums.max().unwrap_or(0)
}

/// How well the kinds explain the segments of a block: the likelihoods of their groups, as
/// often as `prior` says, over that of the kind, which is 1 over its `odds`. By itself, so
/// that the compiler keeps all sums in registers.
#[inline(never)]
fn of_groups(block: &Block, prior: &Likelihoods, odds: &Kinds) -> ByKind {
    let mut kinds = [[0.0; TOGETHER]; KINDS];
    for lane in [PM, PMM, SHARED, FILLER] {
        let kind = &mut kinds[lane_kind(lane).index()];
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
    kinds[Kind::Other.index()] = other;
    for (kind, odds) in kinds.iter_mut().zip(odds) {
        for explained in kind {
            *explained *= odds;
        }
    }
    kinds
}

/// Prior of each group before a posting's own mixture is known.
fn base(groups: &[Group], calibration: &Calibration) -> [f64; LANES] {
    let families = groups.len().saturating_sub(OTHER).max(1) as f64;
    let odds = calibration.kind_bias.map(libm::exp);
    let mut base = [0.0; LANES];
    for (prior, group) in base.iter_mut().zip(groups) {
        let kind = odds[group.kind.index()];
        *prior = match group.kind {
            Kind::Other => kind / families,
            _ => kind,
        };
    }
    let total: f64 = base.iter().sum();
    base.map(|prior| prior / total)
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
