//! From scored lines to strengths, share and probabilities.

use fearless_simd::{Level, dispatch};

use super::line::ScoredLine;
use crate::model::calibration::Calibration;
use crate::model::{ByLabel, FAMILIES, Family, Group, Kind, LANES, PM, PMM, Role, SHARED, TitleClaim, UNITS};

/// Strength that is added to each role, in lines: it keeps the share of a posting with few
/// duties away from 0 and 1.
pub(super) const PRIOR_LINES: f64 = 0.25;

/// A posting with at least this share is PM; one with at most 1 minus this share is PMM.
/// Annotators label by the same rule.
const ONE_ROLE: f64 = 0.7;

/// The scores of a posting.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Scores {
    /// Strength of PM.
    pub pm: f64,
    /// Strength of PMM.
    pub pmm: f64,
    /// Strength of other jobs.
    pub other: f64,
    /// Group of the nearest other job.
    pub other_job: Option<usize>,
    /// The same, or the group of prose that is not a posting, if that is nearer.
    pub other_job_or_prose: Option<usize>,
    /// Score of a product role against all other jobs.
    pub product: f64,
}

/// The scores of a posting, from its lines and its score of a product role, `product`.
#[inline(never)]
pub(crate) fn scores(lines: &[ScoredLine], groups: &[Group], product: f64) -> Scores {
    let mut scores = Scores { product, ..Scores::default() };
    for line in lines {
        scores.pm += line.strength(Role::Pm);
        scores.pmm += line.strength(Role::Pmm);
        scores.other += line.points(Kind::Other);
    }
    let leadership = groups.iter().position(|group| group.family == Family::Leadership);
    let against = dispatch!(Level::new(), _ => against(lines, leadership));
    for (lane, group) in groups.iter().enumerate().skip(FAMILIES).filter(|(lane, _)| Some(*lane) != leadership) {
        let nearer = |than: Option<usize>| than.is_none_or(|than| against[lane] < against[than]);
        if nearer(scores.other_job_or_prose) {
            scores.other_job_or_prose = Some(lane);
        }
        if group.family != Family::Prose && nearer(scores.other_job) {
            scores.other_job = Some(lane);
        }
    }
    scores
}

/// The distance of the lines from each group, by lane. The distance of a line is the log-odds of the
/// best of PM, PMM and shared duties against the group, or against shared duties where these fit the
/// line better. Lines are weighted by 1 - P(filler) - P(shared), times their own weight. Leadership
/// counts as shared duties. Lanes without a group hold meaningless numbers.
#[inline(always)]
fn against(lines: &[ScoredLine], leadership: Option<usize>) -> [f64; LANES] {
    let mut against = [0.0; LANES];
    for line in lines {
        let one_job = 1.0 - line.kinds[Kind::Filler] - line.kinds[Kind::Shared];
        let one_job = one_job.max(0.0) * f64::from(line.weight);
        // Other jobs share duties with both roles and lead people too: a line that fits those
        // duties best does not tell which job it is.
        let shared = leadership.map_or(line.sums[SHARED], |lane| line.sums[SHARED].max(line.sums[lane]));
        let best = line.sums[PM].max(line.sums[PMM]).max(shared);
        // All lanes, so that the compiler vectorizes the loop.
        let per_unit = one_job / UNITS;
        for (sum, lane) in against.iter_mut().zip(&line.sums) {
            *sum += per_unit * f64::from(best - shared.max(*lane));
        }
    }
    against
}

/// PM's share of the role-specific duties, 0 to 1.
pub(crate) fn share(pm: f64, pmm: f64, calibration: &Calibration) -> f64 {
    logistic(share_logit(pm, pmm, calibration))
}

fn share_logit(pm: f64, pmm: f64, calibration: &Calibration) -> f64 {
    let ratio = libm::log((pm + PRIOR_LINES) / (pmm + PRIOR_LINES));
    calibration.share_intercept + calibration.share_slope * ratio
}

/// Probability of each label where a title makes `claim`; by the duties alone if it makes none.
///
/// A fraction `lapse_rate` of postings is assumed to have a label drawn from `label_prior`, whatever its
/// duties and title say. So no probability gets too near to 0 or 1 (lapse rate: Wichmann and Hill,
/// "The psychometric function I", 2001).
pub(crate) fn probabilities(scores: &Scores, claim: TitleClaim, calibration: &Calibration) -> ByLabel<f64> {
    let found = with_title(&by_duties(scores, calibration), claim, calibration);
    let lapse = calibration.lapse_rate;
    ByLabel::from_fn(|label| (1.0 - lapse) * found[label] + lapse * calibration.label_prior[label])
}

/// Probability of each label by the duties alone, without lapses.
///
/// A logistic of the product score splits `unclear` from the rest, and the share splits the rest.
/// The logit of the true share is taken as logistically distributed around the estimate. P(pm) is
/// its mass above [`ONE_ROLE`], P(pmm) its mass below 1 - [`ONE_ROLE`], and P(hybrid) the mass
/// between, times exp(`hybrid_odds`); the three are then normalized.
pub(crate) fn by_duties(scores: &Scores, calibration: &Calibration) -> ByLabel<f64> {
    let product = logistic(calibration.product_intercept + calibration.product_slope * scores.product);
    let logit = share_logit(scores.pm, scores.pmm, calibration);
    let edge = libm::log(ONE_ROLE / (1.0 - ONE_ROLE));
    let pm = logistic((logit - edge) / calibration.share_spread);
    let pmm = logistic((-edge - logit) / calibration.share_spread);
    let hybrid = (1.0 - pm - pmm).max(0.0) * libm::exp(calibration.hybrid_odds);
    let each = product / (pm + pmm + hybrid);
    [each * pm, each * pmm, each * hybrid, 1.0 - product].into()
}

/// Probabilities of the labels where a title makes `claim`: those by duties alone, to the
/// power of `duties_weight`, times the ratio of each label's frequency with the claim to its
/// frequency overall, to the power of `title_weight`, normalized. Without lapses.
pub(crate) fn with_title(by_duties: &ByLabel<f64>, claim: TitleClaim, calibration: &Calibration) -> ByLabel<f64> {
    if claim == TitleClaim::None {
        return *by_duties;
    }
    let joint = ByLabel::from_fn(|label| {
        let duties = calibration.duties_weight * libm::log(by_duties[label].max(1e-12));
        let ratio = calibration.title_prior[claim][label] / calibration.label_prior[label];
        libm::exp(duties + calibration.title_weight * libm::log(ratio))
    });
    let total: f64 = joint.values().iter().sum();
    joint.map(|joint| joint / total)
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
    use crate::infer::likelihood::Sums;
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
                not_filler: 0,
            }
        };
        let lines: Vec<ScoredLine> = (1..300).map(line).collect();
        for leadership in [None, Some(7)] {
            let bits = |against: [f64; LANES]| against.map(f64::to_bits);
            let wide = dispatch!(Level::new(), _ => against(&lines, leadership));
            assert_eq!(bits(against(&lines, leadership)), bits(wide));
        }
    }

    /// By hand: (pm + 0.25) / (pm + pmm + 0.5).
    #[test]
    fn share_of_the_uncalibrated_model() {
        for (pm, pmm, expected) in [(0.0, 0.0, 0.5), (1.0, 0.0, 1.25 / 1.5), (2.0, 1.0, 2.25 / 3.5), (0.0, 4.5, 0.05)] {
            let found = share(pm, pmm, &Calibration::default());
            assert!((found - expected).abs() < 1e-12, "{pm} and {pmm}: {found}");
        }
    }

    /// Reference: the formula in numpy with `scipy.special.expit` and `logit`, for strengths
    /// and product score and the default calibration.
    #[test]
    fn probabilities_match_scipy() {
        let table = [
            (6.0, 0.5, 2.0, [0.786_539, 0.006_220, 0.088_038, 0.119_203]),
            (1.0, 5.0, 1.0, [0.015_934, 0.531_507, 0.183_617, 0.268_941]),
            (3.0, 3.0, 2.5, [0.181_033, 0.181_033, 0.562_076, 0.075_858]),
            (3.0, 2.0, 0.5, [0.193_073, 0.072_578, 0.356_808, 0.377_541]),
            (0.5, 0.2, 3.0, [0.346_132, 0.089_721, 0.516_721, 0.047_426]),
            (0.0, 0.0, 0.0, [0.097_947, 0.097_947, 0.304_107, 0.5]),
        ];
        for (pm, pmm, product, expected) in table {
            let scores = Scores { pm, pmm, product, ..Scores::default() };
            let found = probabilities(&scores, TitleClaim::None, &Calibration::default());
            for (found, expected) in found.values().iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{pm}, {pmm}, {product}: {found} {expected}");
            }
        }
    }

    /// Sums of 48 for PM, 16 for PMM, 8 for both, and `further` sums for four more lanes.
    fn line(weight: f32, kinds: [f64; 5], further: [i32; 4]) -> ScoredLine {
        let mut line = ScoredLine::new(9, Sums::of(&[], &[]), weight);
        line.sums[..FAMILIES].copy_from_slice(&[48, 16, 8, 0, 0]);
        line.sums[FAMILIES..FAMILIES + 4].copy_from_slice(&further);
        ScoredLine { kinds: ByKind::from(kinds), ..line }
    }

    /// By hand: half of the line is a duty of one job; a unit is a sixteenth.
    #[test]
    fn other_jobs_are_further_away_the_less_of_a_line_is_theirs() {
        let half = line(1.0, [0.5, 0.0, 0.25, 0.0, 0.25], [32, 0, 40, 64]);
        let weak = ScoredLine { weight: 0.5, ..half };
        // With leadership, its sum of 40 replaces that of shared duties.
        for (leadership, expected) in [(None, [0.5, 1.25, 0.25, -0.5]), (Some(FAMILIES + 2), [0.25, 0.25, 0.25, -0.5])]
        {
            let found = against(&[half, weak], leadership);
            for (found, expected) in found[FAMILIES..].iter().zip(expected) {
                assert!((found - 1.5 * expected).abs() < 1e-9, "{leadership:?}: {found} {expected}");
            }
        }
    }

    #[test]
    fn strengths_are_sums_and_the_nearest_other_job_has_the_least_distance() {
        let mut groups: Vec<Group> =
            ["pm", "pmm", "shared", "filler", "other"].map(|name| Group::new(name, Kind::Other)).into();
        groups.extend(["design", "prose", "leadership", "sales"].map(|name| Group::new(name, Kind::Other)));
        let whole = |at: usize| std::array::from_fn(|kind| f64::from(u8::from(kind == at)));
        let lines = |further| {
            [(1.0, 0), (0.5, 1), (0.25, 3), (0.5, 0)].map(|(weight, kind)| line(weight, whole(kind), further))
        };
        let [design, prose, leadership, sales] = [5, 6, 7, 8];
        assert_eq!(groups[prose].family, Family::Prose);
        assert_eq!(groups[leadership].family, Family::Leadership);
        let table = [
            ([32, 0, 0, 16], design, design),
            ([16, 0, 0, 32], sales, sales),
            ([16, 40, 0, 32], prose, sales),
            // The first of two that are as near.
            ([32, 0, 0, 32], design, design),
            // Leadership is no job of its own, and the duties of leaders tell nothing.
            ([32, 0, 40, 44], sales, sales),
        ];
        for (further, or_prose, other_job) in table {
            let found = scores(&lines(further), &groups, 3.5);
            let expected = Scores {
                pm: 1.5,
                pmm: 0.5,
                other: 0.25,
                other_job: Some(other_job),
                other_job_or_prose: Some(or_prose),
                product: 3.5,
            };
            assert_eq!(found, expected, "{further:?}");
        }
    }

    /// By hand: odds of 3 to 1, squared, become 9 · (0.1 / 0.4)³ to 1 · (0.8 / 0.2)³.
    #[test]
    fn a_title_multiplies_the_odds() {
        let mut calibration = Calibration { duties_weight: 2.0, title_weight: 3.0, ..Calibration::default() };
        calibration.label_prior = [0.4, 0.2, 0.2, 0.2].into();
        calibration.title_prior[TitleClaim::Pmm] = [0.1, 0.8, 0.05, 0.05].into();
        let duties = ByLabel::from([0.75, 0.25, 0.0, 0.0]);
        let found = with_title(&duties, TitleClaim::Pmm, &calibration);
        let (pm, pmm) = (9.0 / 64.0, 64.0);
        assert!((found[crate::model::Label::Pm] - pm / (pm + pmm)).abs() < 1e-9, "{found:?}");
        assert!((found.values().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(with_title(&duties, TitleClaim::None, &calibration), duties);
    }

    /// By hand: nine tenths of what duties and title say, and a tenth of the labels' frequencies.
    #[test]
    fn some_postings_have_a_label_by_its_frequency_alone() {
        let mut calibration = Calibration { lapse_rate: 0.1, title_weight: 1.0, ..Calibration::default() };
        calibration.label_prior = [0.4, 0.3, 0.1, 0.2].into();
        calibration.title_prior[TitleClaim::Pm] = [0.8, 0.06, 0.04, 0.1].into();
        let scores = Scores { pm: 6.0, pmm: 0.5, product: 2.0, ..Scores::default() };
        for claim in [TitleClaim::None, TitleClaim::Pm] {
            let found = probabilities(&scores, claim, &calibration);
            let without = with_title(&by_duties(&scores, &calibration), claim, &calibration);
            for label in crate::model::Label::ALL {
                let expected = 0.9 * without[label] + 0.1 * calibration.label_prior[label];
                assert!((found[label] - expected).abs() < 1e-12, "{claim} {label}: {found:?}");
            }
        }
    }

    #[test]
    fn the_logistic_function_does_not_overflow() {
        for (x, expected) in [(-1000.0, 0.0), (0.0, 0.5), (1000.0, 1.0)] {
            assert!((logistic(x) - expected).abs() < 1e-12, "{x}");
        }
    }
}
