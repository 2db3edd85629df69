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
    fn results_do_not_depend_on_the_instruction_set() {
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
        let lines: Vec<ScoredLine> = (1..300).map(line).collect();
        for leadership in [None, Some(7)] {
            let bits = |(against, known): ([f64; LANES], f64)| (against.map(f64::to_bits), known.to_bits());
            let wide = dispatch!(Level::new(), _ => against(&lines, leadership));
            assert_eq!(bits(against(&lines, leadership)), bits(wide));
        }
    }

    /// By hand: (pm + 0.5) / (pm + pmm + 1).
    #[test]
    fn share_of_the_uncalibrated_model() {
        for (pm, pmm, expected) in [(0.0, 0.0, 0.5), (1.0, 0.0, 0.75), (2.0, 1.0, 0.625), (0.0, 4.5, 1.0 / 11.0)] {
            let found = share(pm, pmm, &Calibration::default());
            assert!((found - expected).abs() < 1e-12, "{pm} and {pmm}: {found}");
        }
    }

    /// By hand: twice the natural logarithm of strength / 1.5, between 0.001 and 1.
    #[test]
    fn few_duties_are_a_weakness() {
        let table = [(3.0, 0.0), (1.5, 0.0), (0.75, -1.386_294_361_119_89), (0.0, -13.815_510_557_964_27)];
        for (strength, expected) in table {
            assert!((weakness(strength) - expected).abs() < 1e-12, "{strength}");
        }
    }

    /// Reference: the formula in numpy with `scipy.special.expit` and `logit`, for strengths
    /// and product score and the default calibration.
    #[test]
    fn probabilities_match_scipy() {
        let table = [
            (6.0, 0.5, 2.0, [0.745_606, 0.009_377, 0.125_814, 0.119_203]),
            (1.0, 5.0, 1.0, [0.019_872, 0.497_046, 0.214_141, 0.268_941]),
            (3.0, 3.0, 2.5, [0.181_033, 0.181_033, 0.562_076, 0.075_858]),
            (3.0, 2.0, 0.5, [0.186_205, 0.075_985, 0.360_269, 0.377_541]),
            (0.5, 0.2, 3.0, [0.249_265, 0.096_458, 0.468_202, 0.186_075]),
            (0.0, 0.0, 0.0, [0.0, 0.0, 0.000_001, 0.999_999]),
        ];
        for (pm, pmm, product, expected) in table {
            let scores = Scores { pm, pmm, product, ..Scores::default() };
            let found = probabilities(&scores, &Calibration::default());
            for (found, expected) in found.values().iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{pm}, {pmm}, {product}: {found} {expected}");
            }
        }
    }
}
