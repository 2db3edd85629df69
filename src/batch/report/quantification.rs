//! Estimates the share of each label in a group of postings ("quantification").
//!
//! Counting verdicts is biased unless errors cancel out: a model that calls one PMM
//! posting in ten PM finds PM everywhere. With the confusion matrix measured on labeled
//! postings the true shares can be estimated: adjusted classify and count (Forman 2008,
//! "Quantifying counts and costs via classification"), for several labels at once by the
//! inverse of the confusion matrix (Hopkins and King 2010). The inverse may give shares
//! below 0 or above 1. The estimate here is the maximum likelihood one among valid
//! shares, found by expectation maximization; it equals the inverse if that is valid.

use super::evaluation::Confusion;
use super::stats::LabelCounts;
use crate::model::{ByLabel, Label};
use crate::proportion::wilson95;
use crate::random::Random;

/// Number of labels.
const N: usize = Label::ALL.len();

/// The share of each label, from 0 to 1, with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub share: ByLabel<f64>,
    pub low: ByLabel<f64>,
    pub high: ByLabel<f64>,
}

/// Without postings, any share is possible.
const NO_POSTINGS: Estimate =
    Estimate { share: ByLabel::splat(0.0), low: ByLabel::splat(0.0), high: ByLabel::splat(1.0) };

/// The shares as counted, with Wilson's score interval (Wilson 1927).
pub(crate) fn observed_shares(counts: &LabelCounts) -> Estimate {
    let total: u64 = counts.values().iter().sum();
    if total == 0 {
        return NO_POSTINGS;
    }
    let mut estimate = NO_POSTINGS;
    for (label, &count) in counts.iter() {
        let p = count as f64 / total as f64;
        estimate.share[label] = p;
        [estimate.low[label], estimate.high[label]] = wilson95(p, total as usize);
    }
    estimate
}

/// Posterior draws per interval.
const DRAWS: usize = 200;
/// Seed of the draws; any but 0 would do.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// The shares adjusted for the model's errors. The interval covers two uncertainties:
/// that of the group's counts, and that of the error rates, which come from a limited
/// number of labeled postings. Both are drawn from their posteriors under Jeffreys' prior
/// (a Dirichlet of one half), so that four postings with one label are not taken for a
/// certainty. Every row of `confusion` needs a posting.
pub(crate) fn adjusted_shares(counts: &LabelCounts, confusion: &Confusion) -> Estimate {
    if counts.values().iter().sum::<u64>() == 0 {
        return NO_POSTINGS;
    }
    let share = maximum_likelihood(&normalized(*counts.values()), &confusion.map(normalized));
    let mut draws = [const { Vec::new() }; N];
    let mut random = Random(SEED);
    for _ in 0..DRAWS {
        let predicted = dirichlet(&mut random, *counts.values());
        let rates = confusion.map(|row| dirichlet(&mut random, row));
        for (draws, share) in draws.iter_mut().zip(maximum_likelihood(&predicted, &rates)) {
            draws.push(share);
        }
    }
    interval(share, draws)
}

/// The difference of the adjusted shares of two groups, with its 95% interval over the
/// same draws: the error rates are those of one model, so their uncertainty is shared.
pub(crate) fn adjusted_difference(a: &LabelCounts, b: &LabelCounts, confusion: &Confusion) -> Estimate {
    let rates = confusion.map(normalized);
    let of = |counts: &LabelCounts| maximum_likelihood(&normalized(*counts.values()), &rates);
    let (first, second) = (of(a), of(b));
    let share: [f64; N] = std::array::from_fn(|at| first[at] - second[at]);
    let mut draws = [const { Vec::new() }; N];
    let mut random = Random(SEED);
    for _ in 0..DRAWS {
        let rates = confusion.map(|row| dirichlet(&mut random, row));
        let [first, second] = [a, b].map(|counts| {
            let predicted = dirichlet(&mut random, *counts.values());
            maximum_likelihood(&predicted, &rates)
        });
        for (at, draws) in draws.iter_mut().enumerate() {
            draws.push(first[at] - second[at]);
        }
    }
    interval(share, draws)
}

/// The shares with the 95% interval of their draws.
fn interval(share: [f64; N], draws: [Vec<f64>; N]) -> Estimate {
    let mut estimate = Estimate { share: share.into(), ..NO_POSTINGS };
    for (label, mut draws) in Label::ALL.into_iter().zip(draws) {
        draws.sort_unstable_by(f64::total_cmp);
        estimate.low[label] = draws[DRAWS / 40].min(estimate.share[label]);
        estimate.high[label] = draws[DRAWS - 1 - DRAWS / 40].max(estimate.share[label]);
    }
    estimate
}

fn normalized(counts: [u64; N]) -> [f64; N] {
    let total: u64 = counts.iter().sum();
    counts.map(|count| count as f64 / total.max(1) as f64)
}

/// Maximum number of rounds of expectation maximization.
const MAX_ROUNDS: usize = 2000;

/// The true shares under which the shares of `predicted` labels are most likely;
/// `rates[t][p]` is how often a posting of label `t` is predicted as `p`.
fn maximum_likelihood(predicted: &[f64; N], rates: &[[f64; N]; N]) -> [f64; N] {
    let mut truth = [1.0 / N as f64; N];
    for _ in 0..MAX_ROUNDS {
        let mut next = [0.0; N];
        for (p, &observed) in predicted.iter().enumerate() {
            let expected: f64 = (0..N).map(|t| truth[t] * rates[t][p]).sum();
            if observed <= 0.0 || expected <= 0.0 {
                continue;
            }
            for (t, next) in next.iter_mut().enumerate() {
                *next += observed * truth[t] * rates[t][p] / expected;
            }
        }
        // Predictions that no true label explains are left out.
        let total: f64 = next.iter().sum();
        if total <= 0.0 {
            return *predicted;
        }
        let mut moved: f64 = 0.0;
        for (truth, next) in truth.iter_mut().zip(next) {
            moved = moved.max((*truth - next / total).abs());
            *truth = next / total;
        }
        if moved < 1e-7 {
            break;
        }
    }
    truth
}

/// A draw from the standard normal distribution (Box and Muller 1958).
fn normal(random: &mut Random) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - random.uniform()));
    radius * libm::cos(std::f64::consts::TAU * random.uniform())
}

/// A draw from the gamma distribution with a `shape` of at least one half (Marsaglia and
/// Tsang 2000).
fn gamma(random: &mut Random, shape: f64) -> f64 {
    if shape < 1.0 {
        let lift = libm::pow(1.0 - random.uniform(), 1.0 / shape);
        return gamma(random, shape + 1.0) * lift;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let x = normal(random);
        let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
        if v > 0.0 && libm::log(1.0 - random.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v;
        }
    }
}

/// Shares drawn from their posterior given counts, under Jeffreys' prior.
fn dirichlet(random: &mut Random, counts: [u64; N]) -> [f64; N] {
    let draws = counts.map(|count| gamma(random, count as f64 + 0.5));
    let total: f64 = draws.iter().sum();
    draws.map(|draw| draw / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFUSION: Confusion = [[80, 5, 10, 5], [4, 70, 20, 6], [15, 15, 60, 10], [10, 10, 0, 80]];

    #[test]
    fn observed_shares_have_the_interval_of_a_proportion() {
        let estimate = observed_shares(&[15, 35, 0, 0].into());
        assert!((estimate.share[Label::Pm] - 0.3).abs() < 1e-15);
        assert!((estimate.low[Label::Pm] - 0.191_035_535_0).abs() < 1e-9);
        assert!((estimate.high[Label::Pm] - 0.437_503_504_6).abs() < 1e-9);
        assert_eq!(observed_shares(&[0; 4].into()), NO_POSTINGS);
        assert_eq!(adjusted_shares(&[0; 4].into(), &CONFUSION), NO_POSTINGS);
    }

    /// By hand: draws of 0 to 199 parts of 200, without five at each end; the share lies within.
    #[test]
    fn an_interval_holds_95_of_100_draws() {
        let draws: Vec<f64> = (0..DRAWS).rev().map(|n| n as f64 / DRAWS as f64).collect();
        let estimate = interval([0.5, 0.01, 0.99, 0.5], std::array::from_fn(|_| draws.clone()));
        let bounds = Label::ALL.map(|label| (estimate.low[label], estimate.high[label]));
        assert_eq!(bounds, [(0.025, 0.97), (0.01, 0.97), (0.025, 0.99), (0.025, 0.97)]);
    }

    /// Expected shares: `scipy.optimize.minimize` (SLSQP) of the negative multinomial
    /// log-likelihood over the simplex, confirmed by the same EM in `numpy` with 20,000
    /// rounds. Expected intervals: quantiles of 4,000 draws in `numpy`
    /// (`Generator.dirichlet` of counts + 0.5); 200 draws come within 0.04 of them.
    #[test]
    fn adjusted_shares_are_those_of_scipy() {
        for (counts, share, low, high) in [
            (
                [120, 60, 40, 80],
                [0.439_43, 0.196_32, 0.083_54, 0.280_70],
                [0.346, 0.101, 0.0, 0.201],
                [0.546, 0.292, 0.196, 0.362],
            ),
            ([10, 0, 0, 0], [1.0, 0.0, 0.0, 0.0], [0.722, 0.0, 0.0, 0.0], [1.0, 0.159, 0.131, 0.188]),
            (
                [30, 5, 50, 15],
                [0.229_11, 0.0, 0.697_56, 0.073_34],
                [0.071, 0.0, 0.519, 0.0],
                [0.386, 0.0, 0.878, 0.181],
            ),
            ([3, 40, 2, 5], [0.015_30, 0.925, 0.0, 0.059_70], [0.0, 0.757, 0.0, 0.0], [0.126, 1.0, 0.0, 0.199]),
        ] {
            let estimate = adjusted_shares(&counts.into(), &CONFUSION);
            for label in Label::ALL {
                let near = |found: ByLabel<f64>, expected: [f64; N], by: f64| {
                    (found[label] - expected[label as usize]).abs() < by
                };
                assert!(near(estimate.share, share, 2e-4), "{counts:?} {label:?}: {estimate:?}");
                assert!(
                    near(estimate.low, low, 0.04) && near(estimate.high, high, 0.04),
                    "{counts:?} {label:?}: {estimate:?}"
                );
                assert!(estimate.low[label] <= estimate.share[label] && estimate.share[label] <= estimate.high[label]);
            }
            assert!((estimate.share.values().iter().sum::<f64>() - 1.0).abs() < 1e-9);
            assert_eq!(estimate, adjusted_shares(&counts.into(), &CONFUSION), "the same on every run");
        }
    }

    #[test]
    fn the_errors_of_a_known_mixture_are_undone() {
        let truth = [0.5, 0.3, 0.15, 0.05];
        // Unequal numbers of labeled postings must not matter.
        let mut confusion = CONFUSION;
        confusion[0] = confusion[0].map(|count| 5 * count);
        let rates = confusion.map(normalized);
        let counts: [u64; N] =
            std::array::from_fn(|p| ((0..N).map(|t| truth[t] * rates[t][p]).sum::<f64>() * 1e6).round() as u64);
        let (adjusted, observed) = (adjusted_shares(&counts.into(), &confusion), observed_shares(&counts.into()));
        for (label, truth) in Label::ALL.into_iter().zip(truth) {
            assert!((adjusted.share[label] - truth).abs() < 1e-3, "{adjusted:?}");
            // Error rates from 400 postings are less certain than a million rows.
            assert!(adjusted.high[label] - adjusted.low[label] > observed.high[label] - observed.low[label]);
        }
        assert!((observed.share[Label::Pm] - truth[0]).abs() > 0.05, "the bias that is undone");
    }

    #[test]
    fn a_difference_is_that_of_the_adjusted_shares() {
        let (a, b) = ([120, 60, 40, 80].into(), [30, 5, 50, 15].into());
        let found = adjusted_difference(&a, &b, &CONFUSION);
        let (a, b) = (adjusted_shares(&a, &CONFUSION), adjusted_shares(&b, &CONFUSION));
        for label in Label::ALL {
            assert!((found.share[label] - (a.share[label] - b.share[label])).abs() < 1e-9);
            assert!(found.low[label] <= found.share[label] && found.share[label] <= found.high[label]);
            assert!(found.high[label] - found.low[label] > a.high[label] - a.low[label], "wider than one: {label}");
        }
        // Quantiles of 3,000 draws in `numpy`, as above.
        for (label, low, high) in [
            (Label::Pm, 0.041, 0.388),
            (Label::Pmm, 0.101, 0.296),
            (Label::Hybrid, -0.818, -0.430),
            (Label::Unclear, 0.082, 0.322),
        ] {
            let near = (found.low[label] - low).abs() < 0.06 && (found.high[label] - high).abs() < 0.06;
            assert!(near, "{label}: {found:?}");
        }
    }

    /// By hand: the first and the third label are always predicted as the first, the others as the second.
    #[test]
    fn predictions_that_no_label_explains_are_left_out() {
        let rates = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]];
        for (predicted, expected) in
            [([0.3, 0.1, 0.0, 0.6], [0.375, 0.125, 0.375, 0.125]), ([0.0, 0.0, 0.4, 0.6], [0.0, 0.0, 0.4, 0.6])]
        {
            let found = maximum_likelihood(&predicted, &rates);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{predicted:?}: {found:?}");
        }
    }

    /// Expected: the sums of 100 draws of the same algorithm in Python, five of which are drawn again.
    #[test]
    fn gamma_draws_are_those_of_marsaglia_and_tsang() {
        for (shape, expected) in [(0.5, 48.093_336_298), (1.5, 174.373_225_717), (40.5, 4_169.513_991_032)] {
            let mut random = Random(7);
            let found: f64 = (0..100).map(|_| gamma(&mut random, shape)).sum();
            assert!((found - expected).abs() < 1e-6, "{shape}: {found}");
        }
    }

    /// The mean and the variance of a gamma distribution with scale 1 are its shape.
    #[test]
    fn gamma_draws_have_the_right_mean_and_variance() {
        let mut random = Random(7);
        for shape in [0.5, 1.5, 40.5] {
            let draws: Vec<f64> = (0..20_000).map(|_| gamma(&mut random, shape)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
            assert!((mean / shape - 1.0).abs() < 0.05, "{shape}: mean {mean}");
            assert!((variance / shape - 1.0).abs() < 0.1, "{shape}: variance {variance}");
        }
    }
}
