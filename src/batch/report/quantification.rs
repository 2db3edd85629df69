//! Estimates the share of each label in a group of postings ("quantification").
//!
//! Counting verdicts is biased unless errors cancel out: a model that calls one PMM
//! posting in ten PM finds PM everywhere. With the confusion matrix measured on labeled
//! postings the true shares can be estimated: adjusted classify and count (Forman 2008,
//! "Quantifying counts and costs via classification"), for several labels at once by the
//! inverse of the confusion matrix (Hopkins and King 2010). The inverse may give shares
//! below 0 or above 1. The estimate here is the maximum likelihood one among valid
//! shares, found by expectation maximization; it equals the inverse if that is valid.
//!
//! The labeled postings of other jobs are near product roles, because only there labels are
//! in doubt. In a table of all occupations most other jobs are far from them, and the rates of
//! the labeled ones would explain half of its product roles as errors. So the other jobs of a
//! table are a mixture: some near, which are reported as product roles as often as the labeled
//! ones, and the rest far, which are as often as those of a feed of all occupations.

use super::draws::{dirichlet, multinomial, normal};
use super::evaluation::Errors;
use super::stats::{LabelCounts, add};
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

/// Rounds of data augmentation per draw.
const ROUNDS: usize = 5;

/// How often postings of each label are predicted as each.
type Rates = [[f64; N]; N];

/// The shares adjusted for the model's errors. The interval covers the uncertainty of the
/// group's counts and of the error rates, which come from a limited number of labeled
/// postings: rates are drawn from their posterior under Jeffreys' prior, and shares from
/// theirs given these rates. Every row of the confusion matrix needs a posting.
pub(crate) fn adjusted_shares(counts: &LabelCounts, errors: &Errors) -> Estimate {
    if counts.values().iter().sum::<u64>() == 0 {
        return NO_POSTINGS;
    }
    let mut group = Group::new(counts, errors);
    let share = group.truth;
    let mut draws = [const { Vec::new() }; N];
    let mut random = Random(SEED);
    for _ in 0..DRAWS {
        let drawn = Drawn::new(&mut random, errors);
        for (draws, share) in draws.iter_mut().zip(group.draw(&mut random, &drawn)) {
            draws.push(share);
        }
    }
    let mut estimate = interval(share, draws);
    for (label, &count) in counts.iter() {
        // As is usual for Jeffreys' interval (Brown, Cai and DasGupta 2001).
        if count == 0 {
            estimate.low[label] = 0.0;
        }
    }
    estimate
}

/// The difference of the adjusted shares of two groups, with its 95% interval over the
/// same draws: the error rates are those of one model, so their uncertainty is shared.
pub(crate) fn adjusted_difference(a: &LabelCounts, b: &LabelCounts, errors: &Errors) -> Estimate {
    let mut groups = [a, b].map(|counts| Group::new(counts, errors));
    let share: [f64; N] = std::array::from_fn(|at| groups[0].truth[at] - groups[1].truth[at]);
    let mut draws = [const { Vec::new() }; N];
    let mut random = Random(SEED);
    for _ in 0..DRAWS {
        let drawn = Drawn::new(&mut random, errors);
        let [first, second] = groups.each_mut().map(|group| group.draw(&mut random, &drawn));
        for (at, draws) in draws.iter_mut().enumerate() {
            draws.push(first[at] - second[at]);
        }
    }
    interval(share, draws)
}

/// Error rates as estimated, or as drawn from their posterior.
struct Drawn {
    labeled: Rates,
    /// How often other jobs of a feed are reported as a product role.
    far: Option<f64>,
}

impl Drawn {
    fn estimate(errors: &Errors) -> Self {
        Self { labeled: errors.confusion.map(smoothed), far: errors.feed.map(|feed| smoothed(feed.counts())[0]) }
    }

    fn new(random: &mut Random, errors: &Errors) -> Self {
        let labeled = errors.confusion.map(|row| dirichlet(random, row));
        let far = errors.feed.map(|feed| dirichlet(random, feed.counts())[0]);
        Self { labeled, far }
    }

    /// The rates in a table of whose other jobs a part, `near`, is near product roles.
    fn rates(&self, near: f64) -> Rates {
        let mut rates = self.labeled;
        let Some(far) = self.far else { return rates };
        let row = &mut rates[Label::Unclear as usize];
        let reported = 1.0 - row[Label::Unclear as usize];
        let mixed = near * reported + (1.0 - near) * far;
        for rate in &mut *row {
            *rate *= if reported > 0.0 { mixed / reported } else { 0.0 };
        }
        row[Label::Unclear as usize] = 1.0 - if reported > 0.0 { mixed } else { 0.0 };
        rates
    }
}

/// A group whose shares are estimated.
struct Group {
    counts: [u64; N],
    /// The part of its other jobs that is near product roles if they come with product roles
    /// as they do in the labeled postings; may be over 1.
    near: f64,
    /// The shares as estimated, later as drawn last.
    truth: [f64; N],
}

impl Group {
    fn new(counts: &LabelCounts, errors: &Errors) -> Self {
        let counts = *counts.values();
        let odds = |counts: [u64; N]| {
            let others = counts[Label::Unclear as usize];
            (counts.iter().sum::<u64>() - others) as f64 / others as f64
        };
        let labeled = odds(errors.confusion.map(|row| row.iter().sum()));
        // Without other jobs the odds are infinite, and all there might be are near.
        let near = if labeled > 0.0 { odds(counts) / labeled } else { 1.0 };
        let rates = Drawn::estimate(errors).rates(near.min(1.0));
        Self { counts, near, truth: maximum_likelihood(&normalized(counts), &rates) }
    }

    /// Shares drawn from their posterior given `drawn` rates, under Jeffreys' prior, by data
    /// augmentation (Tanner and Wong 1987; for error rates Joseph, Gyorkos and Coupal 1995):
    /// the true label of each posting is drawn given the shares, then shares given the labels.
    /// How many other jobs are near is known within a factor of 7 or so: its logarithm has a
    /// standard deviation of 1.
    fn draw(&mut self, random: &mut Random, drawn: &Drawn) -> [f64; N] {
        let near = self.near * libm::exp(normal(random));
        let rates = drawn.rates(near.min(1.0));
        for _ in 0..ROUNDS {
            let mut labels = [0; N];
            for (p, &count) in self.counts.iter().enumerate() {
                let weights: [f64; N] = std::array::from_fn(|t| self.truth[t] * rates[t][p]);
                add(&mut labels, &multinomial(random, count, weights));
            }
            self.truth = dirichlet(random, labels);
        }
        self.truth
    }
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

/// Rates estimated from counts, one half added to each: the mean of their posterior under
/// Jeffreys' prior. An error that a few postings do not show is not taken for impossible.
fn smoothed<const M: usize>(counts: [u64; M]) -> [f64; M] {
    let total = counts.iter().sum::<u64>() as f64 + M as f64 / 2.0;
    counts.map(|count| (count as f64 + 0.5) / total)
}

/// Maximum number of rounds of expectation maximization.
const MAX_ROUNDS: usize = 2000;

/// The true shares under which the shares of `predicted` labels are most likely;
/// `rates[t][p]` is how often a posting of label `t` is predicted as `p`.
fn maximum_likelihood(predicted: &[f64; N], rates: &Rates) -> [f64; N] {
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

#[cfg(test)]
mod tests {
    use super::super::evaluation::Feed;
    use super::*;

    const ERRORS: Errors =
        Errors { confusion: [[80, 5, 10, 5], [4, 70, 20, 6], [15, 15, 60, 10], [10, 10, 0, 80]], feed: None };

    /// Figures of a model: 151 product roles and 49 other jobs, and a feed.
    const MODEL: [[u64; N]; N] = [[97, 1, 0, 6], [0, 33, 0, 4], [1, 1, 8, 0], [2, 0, 1, 46]];
    const FEED: Option<Feed> = Some(Feed { others: 6355, reported: 5 });

    #[test]
    fn observed_shares_have_the_interval_of_a_proportion() {
        let estimate = observed_shares(&[15, 35, 0, 0].into());
        assert!((estimate.share[Label::Pm] - 0.3).abs() < 1e-15);
        assert!((estimate.low[Label::Pm] - 0.191_035_535_0).abs() < 1e-9);
        assert!((estimate.high[Label::Pm] - 0.437_503_504_6).abs() < 1e-9);
        assert_eq!(observed_shares(&[0; 4].into()), NO_POSTINGS);
        assert_eq!(adjusted_shares(&[0; 4].into(), &ERRORS), NO_POSTINGS);
    }

    /// By hand: draws of 0 to 199 parts of 200, without five at each end; the share lies within.
    #[test]
    fn an_interval_holds_95_of_100_draws() {
        let draws: Vec<f64> = (0..DRAWS).rev().map(|n| n as f64 / DRAWS as f64).collect();
        let estimate = interval([0.5, 0.01, 0.99, 0.5], std::array::from_fn(|_| draws.clone()));
        let bounds = Label::ALL.map(|label| (estimate.low[label], estimate.high[label]));
        assert_eq!(bounds, [(0.025, 0.97), (0.01, 0.97), (0.025, 0.99), (0.025, 0.97)]);
    }

    /// Expected shares: EM in `numpy` with 60,000 rounds, the rates smoothed. Expected intervals:
    /// quantiles of 20,000 draws of the same posterior in `numpy`, each after 100 rounds; 200
    /// draws come within 0.04 of them.
    #[test]
    fn adjusted_shares_are_those_of_numpy() {
        for (counts, share, low, high) in [
            (
                [120, 60, 40, 80],
                [0.443_95, 0.195_39, 0.079_21, 0.281_45],
                [0.348, 0.100, 0.001, 0.203],
                [0.548, 0.294, 0.188, 0.366],
            ),
            ([10, 0, 0, 0], [1.0, 0.0, 0.0, 0.0], [0.584, 0.0, 0.0, 0.0], [1.0, 0.217, 0.256, 0.232]),
            (
                [30, 5, 50, 15],
                [0.229_24, 0.0, 0.701_16, 0.069_61],
                [0.044, 0.0, 0.517, 0.0],
                [0.387, 0.060, 0.892, 0.178],
            ),
            ([3, 40, 2, 5], [0.010_31, 0.934_34, 0.0, 0.055_35], [0.0, 0.738, 0.0, 0.0], [0.121, 0.986, 0.106, 0.194]),
        ] {
            let estimate = adjusted_shares(&counts.into(), &ERRORS);
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
            assert_eq!(estimate, adjusted_shares(&counts.into(), &ERRORS), "the same on every run");
        }
    }

    #[test]
    fn the_errors_of_a_known_mixture_are_undone() {
        let truth = [0.5, 0.3, 0.15, 0.05];
        // Unequal numbers of labeled postings must not matter.
        let mut errors = ERRORS;
        errors.confusion[0] = errors.confusion[0].map(|count| 5 * count);
        let rates = errors.confusion.map(smoothed);
        let counts: [u64; N] =
            std::array::from_fn(|p| ((0..N).map(|t| truth[t] * rates[t][p]).sum::<f64>() * 1e6).round() as u64);
        let (adjusted, observed) = (adjusted_shares(&counts.into(), &errors), observed_shares(&counts.into()));
        for (label, truth) in Label::ALL.into_iter().zip(truth) {
            assert!((adjusted.share[label] - truth).abs() < 1e-3, "{adjusted:?}");
            // Error rates from 400 postings are less certain than a million rows.
            assert!(adjusted.high[label] - adjusted.low[label] > observed.high[label] - observed.low[label]);
        }
        assert!((observed.share[Label::Pm] - truth[0]).abs() > 0.05, "the bias that is undone");
    }

    /// The model's figures in a table of 350 postings with product titles. Each label was
    /// counted, or its error rates are those of a few postings.
    #[test]
    fn no_interval_is_nothing_but_zero() {
        let errors = Errors { confusion: MODEL, feed: FEED };
        for counts in [[280, 60, 4, 6], [1730, 20, 0, 250], [2, 0, 0, 348], [10, 0, 0, 0]] {
            let estimate = adjusted_shares(&counts.into(), &errors);
            for label in Label::ALL {
                assert!(estimate.high[label] - estimate.low[label] > 1e-3, "{counts:?} {label}: {estimate:?}");
            }
        }
    }

    /// Of 2,000 postings of a feed 13% are product roles, of which 258 of 260 are right. The
    /// rates of other jobs near product roles alone would leave about 10%.
    #[test]
    fn other_jobs_of_a_feed_are_far_from_product_roles() {
        let counts = [260, 0, 0, 1740].into();
        let errors = Errors { confusion: MODEL, feed: FEED };
        let (plain, near) =
            (adjusted_shares(&counts, &Errors { feed: None, ..errors }), adjusted_shares(&counts, &errors));
        assert!(plain.share[Label::Pm] < 0.11, "{plain:?}");
        assert!((near.share[Label::Pm] - 0.135).abs() < 0.01, "{near:?}");
        assert!(near.high[Label::Pm] - near.low[Label::Pm] < plain.high[Label::Pm] - plain.low[Label::Pm]);
    }

    /// By hand: 151 product roles and 49 others are odds of 151 / 49; 1 to 9 is 0.0361 of that.
    /// Near ones are reported in 4.5 of 51, far ones in 5.5 of 6356: together 0.0361 x 4.5 / 51 +
    /// 0.9639 x 5.5 / 6356 = 0.004016, of which 2.5 / 4.5 as PM, 0.5 / 4.5 as PMM, the rest as
    /// hybrids.
    #[test]
    fn rates_of_near_and_far_other_jobs_are_mixed() {
        let errors = Errors { confusion: MODEL, feed: FEED };
        let group = Group::new(&[50, 50, 0, 900].into(), &errors);
        assert!((group.near - 0.036_056).abs() < 1e-6, "{}", group.near);
        let row = Drawn::estimate(&errors).rates(group.near)[Label::Unclear as usize];
        for (found, expected) in row.into_iter().zip([0.002_231, 0.000_446, 0.001_339, 0.995_984]) {
            assert!((found - expected).abs() < 2e-6, "{row:?}");
        }
        assert_eq!(Drawn::estimate(&errors).rates(1.0)[3].map(|rate| (rate * 102.0).round()), [5.0, 1.0, 3.0, 93.0]);
        assert!(Group::new(&[9, 0, 0, 0].into(), &errors).near.is_infinite(), "all of none");
    }

    #[test]
    fn a_difference_is_that_of_the_adjusted_shares() {
        let (a, b) = ([120, 60, 40, 80].into(), [30, 5, 50, 15].into());
        let found = adjusted_difference(&a, &b, &ERRORS);
        let (a, b) = (adjusted_shares(&a, &ERRORS), adjusted_shares(&b, &ERRORS));
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
}
