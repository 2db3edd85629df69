//! From scored lines to strengths, share and probabilities.

use fearless_simd::{Level, dispatch};

use super::line::ScoredLine;
use super::lookup_tables::Memoized;
use crate::model::calibration::Calibration;
use crate::model::{ByLabel, Family, Group, Kind, LANES, OTHER, Role, SHARED, UNITS};

/// Strengths are in lines of this many words: a duty of usual length that belongs to one
/// role alone counts about 1.
const LINE_WORDS: f64 = 10.0;

/// Strength that is added to each side, in lines: keeps the share of a posting with few
/// duties away from 0 and 1.
pub(super) const PRIOR_LINES: f64 = 0.5;

/// Share from which a posting is PM; from 1 minus it downward it is PMM. Readers label by
/// the same rule.
const ONE_ROLE: f64 = 0.7;

/// Strength of both roles together below which a posting loses log-odds of being either's.
const FEW_LINES: f64 = 1.5;

/// Log-odds lost per e-fold below [`FEW_LINES`].
const WEAKNESS_SLOPE: f64 = 2.0;

/// The scores of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Scores {
    /// Strength of PM.
    pub pm: f64,
    /// Strength of PMM.
    pub pmm: f64,
    /// Strength of the nearest other job.
    pub other: f64,
    /// Group of the nearest other job, or of text that is no posting.
    pub nearest: Option<usize>,
    /// Group of the nearest other job.
    pub job: Option<usize>,
    /// Log-odds of a product role against the nearest other job, by length.
    pub product: f64,
}

/// The lead of a group over another, in log-odds, damped so that it saturates at 1.
fn saturated(units: u32, calibration: &Calibration, saturation: &mut Memoized) -> f64 {
    saturation.at(units, |units| libm::tanh(f64::from(units) / UNITS / calibration.saturation))
}

/// How much of a line's log-odds counts for its role: gate times damping.
pub(crate) fn damping(line: &ScoredLine, calibration: &Calibration, saturation: &mut Memoized) -> f64 {
    let units = line.lead().unsigned_abs();
    if units == 0 {
        return 0.0;
    }
    let gate = line.kinds[Kind::Pm] + line.kinds[Kind::Pmm];
    let lead = f64::from(units) / UNITS;
    gate * line.size() / LINE_WORDS * saturated(units, calibration, saturation) / lead
}

/// Adds up the lines of a posting.
#[inline(never)]
pub(crate) fn scores(
    lines: &[ScoredLine],
    groups: &[Group],
    calibration: &Calibration,
    saturation: &mut Memoized,
) -> Scores {
    let mut scores = Scores::default();
    for line in lines {
        match line.leaning() {
            Some(Role::Pm) => scores.pm += line.points(),
            Some(Role::Pmm) => scores.pmm += line.points(),
            None => {}
        }
    }
    let leadership = groups.iter().position(|group| group.family == Family::Leadership);
    let (against, known) = dispatch!(Level::new(), _ => against(lines, leadership));
    for (lane, group) in groups.iter().enumerate().skip(OTHER).filter(|(lane, _)| Some(*lane) != leadership) {
        let nearer = |than: Option<usize>| than.is_none_or(|than| against[lane] < against[than]);
        if nearer(scores.nearest) {
            scores.nearest = Some(lane);
        }
        if group.family != Family::Prose && nearer(scores.job) {
            scores.job = Some(lane);
        }
    }
    let Some(nearest) = scores.nearest else { return scores };
    scores.product = against[nearest] / libm::pow(known, calibration.length_exponent);
    for line in lines {
        let units = line.sums[nearest] - line.best_role();
        if units > 0 {
            let gate = line.kinds[Kind::Other];
            scores.other += gate * line.size() / LINE_WORDS * saturated(units.unsigned_abs(), calibration, saturation);
        }
    }
    scores
}

/// Log-odds of the better role against each group, gated and summed, and the number of
/// known features, gated, at least 1. Lanes without a group hold some number.
#[inline(always)]
fn against(lines: &[ScoredLine], leadership: Option<usize>) -> ([f64; LANES], f64) {
    let (mut against, mut known) = ([0.0; LANES], 1.0);
    for line in lines {
        let gate = 1.0 - line.kinds[Kind::Filler] - line.kinds[Kind::Shared];
        let gate = gate.max(0.0) * f64::from(line.weight);
        // Other jobs have what both roles have, and lead people too: a line that is most
        // of all like that does not tell which job it is.
        let shared = leadership.map_or(line.sums[SHARED], |lane| line.sums[SHARED].max(line.sums[lane]));
        let best = line.best_role().max(shared);
        // All lanes, so that the compiler vectorizes the loop.
        let per_unit = gate / UNITS;
        for (sum, lane) in against.iter_mut().zip(&line.sums) {
            *sum += per_unit * f64::from(best - shared.max(*lane));
        }
        known += gate * f64::from(line.known);
    }
    (against, known)
}

/// PM's part of the role-specific duties.
pub(crate) fn share(pm: f64, pmm: f64, calibration: &Calibration) -> f64 {
    logistic(share_logit(pm, pmm, calibration))
}

fn share_logit(pm: f64, pmm: f64, calibration: &Calibration) -> f64 {
    let ratio = libm::log((pm + PRIOR_LINES) / (pmm + PRIOR_LINES));
    calibration.share_intercept + calibration.share_slope * ratio
}

/// Log-odds of being a product role that a posting loses for having few duties of either:
/// 0 or less. A posting with neither is unclear, whatever it says about other jobs.
pub(crate) fn weakness(strength: f64) -> f64 {
    WEAKNESS_SLOPE * libm::log((strength / FEW_LINES).clamp(1e-3, 1.0))
}

/// Probability of each label.
///
/// A logistic of the product score splits `unclear` from the rest. The rest is split by
/// the share: its logit is logistically distributed around the true value, which is PM's
/// above [`ONE_ROLE`], PMM's below 1 minus it, and a hybrid's between.
pub(crate) fn probabilities(scores: &Scores, calibration: &Calibration) -> ByLabel<f64> {
    let product = logistic(
        calibration.product_intercept + calibration.product_slope * scores.product + weakness(scores.pm + scores.pmm),
    );
    let logit = share_logit(scores.pm, scores.pmm, calibration);
    let edge = libm::log(ONE_ROLE / (1.0 - ONE_ROLE));
    let pm = logistic((logit - edge) / calibration.share_spread);
    let pmm = logistic((-edge - logit) / calibration.share_spread);
    let hybrid = (1.0 - pm - pmm).max(0.0) * libm::exp(calibration.hybrid_odds);
    let each = product / (pm + pmm + hybrid);
    [each * pm, each * pmm, each * hybrid, 1.0 - product].into()
}

/// The logistic function, without overflow at either end.
pub(crate) fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ByKind;

    #[test]
    fn instructions_of_the_machine_change_no_digit() {
        let kinds = ByKind::from([0.125, 0.3, 0.05, 0.225, 0.3]);
        let line = |n: i32| {
            let sums = std::array::from_fn(|lane| (n * 37 + lane as i32 * 91) % 257 - 128);
            ScoredLine {
                sums,
                known: 9,
                words: 12,
                weight: 0.5,
                kinds: kinds.map(|kind| kind / f64::from(n)),
                damping: 0.0,
            }
        };
        let judged: Vec<ScoredLine> = (1..300).map(line).collect();
        for leadership in [None, Some(7)] {
            let bits = |(against, known): ([f64; LANES], f64)| (against.map(f64::to_bits), known.to_bits());
            let wide = dispatch!(Level::new(), _ => against(&judged, leadership));
            assert_eq!(bits(against(&judged, leadership)), bits(wide));
        }
    }
}
