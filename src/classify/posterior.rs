//! Posteriors of the kinds of a posting's segments.
//!
//! [`TOGETHER`] segments are worked on side by side; every sum is taken in the order of
//! its lanes or kinds, so that the numbers do not depend on how many that are.

use super::curve::Curve;
use super::decide::LEADERSHIP;
use super::judge::Judged;
use super::mixture::{Block, Likelihoods, Mixture, TOGETHER};
use crate::model::settings::Calibration;
use crate::model::{FILLER, Group, Kind, LANES, Model, OTHER, PM, PMM, SHARED, UNITS};

/// Numbers of so many segments by kind, in the order of [`Kind::ALL`].
type ByKind = [[f64; TOGETHER]; KINDS];

const KINDS: usize = Kind::ALL.len();

/// The posteriors of each kind, segment by segment: one more before the first, one behind
/// the last, and up to a whole block of others.
pub(crate) type Posteriors = [Vec<f64>; KINDS];

/// Posterior of each segment's kind, with the posting's own mixture of groups as
/// prior.
#[inline(never)]
pub(super) fn posteriors(
    model: &Model,
    judged: &mut [Judged],
    mixture: &mut Mixture,
    curve: &mut Curve,
    kinds: &mut Posteriors,
) {
    let groups = model.groups.len().min(LANES);
    let calibration = &model.calibration;
    let base = base(&model.groups, calibration);
    let scale = 1.0 / (UNITS * calibration.temperature);
    curve.set(scale);
    let within = std::array::from_fn(|lane| if lane < groups { !0 } else { 0 });
    mixture.clear();
    for segment in judged.iter() {
        let mut row = [0.0; LANES];
        if segment.known == 0 {
            // Nothing known is nothing said.
            row[FILLER] = 1.0;
            mixture.push(row);
            continue;
        }
        let best = best(&segment.sums, within);
        for (value, &sum) in row.iter_mut().zip(&segment.sums[..groups]) {
            *value = curve.at((best - sum) as u32, |behind| libm::exp(-f64::from(behind) * scale));
        }
        mixture.push(row);
    }
    let prior = mixture.estimate(judged, groups, &base, calibration.concentration);
    for kind in kinds.iter_mut() {
        kind.clear();
        kind.resize(mixture.blocks().len() * TOGETHER + 2, 0.0);
    }
    for (at, block) in mixture.blocks().iter().enumerate() {
        let own = of_groups(block, &prior);
        for (kind, own) in kinds.iter_mut().zip(own) {
            if let Some(four) = kind.get_mut(at * TOGETHER + 1..).and_then(<[f64]>::first_chunk_mut) {
                *four = own;
            }
        }
    }
    neighbours(judged, kinds, calibration.neighbours);
}

/// The largest sum of the lanes whose bits `within` has. All lanes are looked at, so that
/// the compiler can take four at once.
#[inline]
fn best(sums: &[i32; LANES], within: [i32; LANES]) -> i32 {
    let sums = sums.iter().zip(within).map(|(sum, within)| sum & within | i32::MIN & !within);
    sums.max().unwrap_or(0)
}

/// Posteriors of the kinds by those of the groups, which are their likelihoods times
/// `prior`. By itself, so that the compiler keeps all sums in registers.
#[inline(never)]
fn of_groups(block: &Block, prior: &Likelihoods) -> ByKind {
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
    normalised(&kinds)
}

/// Draws each segment towards the kinds of the two beside it: duties stand together,
/// and so does boilerplate.
#[inline(never)]
fn neighbours(judged: &mut [Judged], kinds: &mut Posteriors, pull: f64) {
    let pull = if judged.len() < 2 { 0.0 } else { pull };
    for kind in kinds.iter_mut() {
        // Nothing is beside the first and the last but themselves.
        if let [before, first, ..] = kind.as_mut_slice() {
            *before = *first;
        }
        if let [.., last, behind] = &mut kind[..judged.len() + 2] {
            *behind = *last;
        }
    }
    for (at, segments) in judged.chunks_mut(TOGETHER).enumerate() {
        let drawn = drawn(kinds, at * TOGETHER, pull);
        for (at, segment) in segments.iter_mut().enumerate() {
            segment.kinds = drawn.map(|kind| kind[at]);
        }
    }
}

/// The posteriors from segment `from` on, drawn towards those beside them.
fn drawn(kinds: &Posteriors, from: usize, pull: f64) -> ByKind {
    let mut drawn = [[0.0; TOGETHER]; KINDS];
    for (drawn, kind) in drawn.iter_mut().zip(kinds) {
        let Some(six) = kind.get(from..).and_then(<[f64]>::first_chunk::<{ TOGETHER + 2 }>) else { continue };
        for at in 0..TOGETHER {
            let beside = 0.5 * (six[at] + six[at + 2]);
            drawn[at] = six[at + 1] * (1.0 - pull + pull * 5.0 * beside);
        }
    }
    if pull > 0.0 { normalised(&drawn) } else { drawn }
}

/// The kinds of each segment, made to come to 1.
#[inline]
fn normalised(kinds: &ByKind) -> ByKind {
    let mut totals = [0.0; TOGETHER];
    for kind in kinds {
        for at in 0..TOGETHER {
            totals[at] += kind[at];
        }
    }
    let mut parts = *kinds;
    for part in &mut parts {
        for at in 0..TOGETHER {
            part[at] = if totals[at] > 0.0 { part[at] / totals[at] } else { 0.2 };
        }
    }
    parts
}

/// Prior of each group before a posting's own mixture is known.
fn base(groups: &[Group], calibration: &Calibration) -> [f64; LANES] {
    let families = groups.len().saturating_sub(OTHER).max(1) as f64;
    let odds = calibration.kind_bias.map(libm::exp);
    let mut base = [0.0; LANES];
    for (prior, group) in base.iter_mut().zip(groups) {
        let kind = odds[group.kind.index()];
        *prior = match group.kind {
            Kind::Other if group.name == LEADERSHIP => kind / families * libm::exp(calibration.leadership_bias),
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
