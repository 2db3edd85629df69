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
//! In a table of all occupations most other jobs are nothing like product roles. Applying the
//! labeled error rate to all of them would write off half the reported product roles. So other
//! jobs are a mixture: near ones, with the labeled error rate, and far ones, with the rate
//! measured on a feed.
//!
//! - Labeled postings: those that the model was evaluated on. Their confusion matrix gives the
//!   labeled error rates.
//! - Other jobs: postings whose true label is `unclear`.
//! - Feed: postings of all occupations. Its number of other jobs is known, and how many of these
//!   the model reports as a product role.
//! - Near: an other job that is like the labeled ones. Only postings whose label was in doubt were
//!   labeled, so these are close to product roles.
//! - Far: an other job that is like those of a feed.
//! - Estimated: error rates or shares that are most likely given the counts.
//! - Drawn: error rates or shares taken at random from their posterior, for the intervals.

use super::draws::{dirichlet, multinomial, normal};
use super::evaluation::Errors;
use super::stats::{LabelCounts, add};
use crate::model::{ByLabel, Label};
use crate::proportion::wilson95;
use crate::random::Random;

/// Number of labels.
const N: usize = Label::ALL.len();

/// The share of each label, from 0 to 1, or the difference of two, from -1 to 1, with its 95% interval.
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
const DRAWS: usize = 400;
/// Seed of the draws; any but 0 would do.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Rounds of data augmentation per draw.
const ROUNDS: usize = 5;

/// `rates[t][p]` is the probability that a posting of label `t` is predicted as `p`.
type Rates = [[f64; N]; N];

/// The shares adjusted for the model's errors. The interval covers the uncertainty of the
/// group's counts and of the error rates, which come from a limited number of labeled
/// postings: rates are drawn from their posterior under Jeffreys' prior, and shares from
/// theirs given these rates. Every row of the confusion matrix needs a posting.
pub(crate) fn adjusted_shares(counts: &LabelCounts, errors: &Errors) -> Estimate {
    if counts.values().iter().sum::<u64>() == 0 {
        return NO_POSTINGS;
    }
    let group = Group::new(counts, errors);
    let mut estimate = interval(group.shares, draws([group], errors, |[shares]| shares));
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
    let groups = [a, b].map(|counts| Group::new(counts, errors));
    let difference = |[a, b]: [[f64; N]; 2]| std::array::from_fn(|at| a[at] - b[at]);
    interval(difference(groups.each_ref().map(|group| group.shares)), draws(groups, errors, difference))
}

/// By label, draws of a `statistic` of the shares of `groups`. In each draw all groups have the same error
/// rates, because one model classified them.
fn draws<const K: usize>(
    mut groups: [Group; K],
    errors: &Errors,
    statistic: impl Fn([[f64; N]; K]) -> [f64; N],
) -> [Vec<f64>; N] {
    let mut draws = [const { Vec::new() }; N];
    let mut random = Random(SEED);
    for _ in 0..DRAWS {
        let rates = ErrorRates::drawn(&mut random, errors);
        let shares = groups.each_mut().map(|group| group.draw(&mut random, &rates));
        draws.iter_mut().zip(statistic(shares)).for_each(|(draws, number)| draws.push(number));
    }
    draws
}

/// Error rates, estimated or drawn.
struct ErrorRates {
    labeled: Rates,
    /// The rate at which far other jobs are reported as a product role; `None` without a feed.
    far: Option<f64>,
}

impl ErrorRates {
    fn estimated(errors: &Errors) -> Self {
        Self { labeled: errors.confusion.map(smoothed), far: errors.feed.map(|feed| smoothed(feed.counts())[0]) }
    }

    fn drawn(random: &mut Random, errors: &Errors) -> Self {
        let labeled = errors.confusion.map(|row| dirichlet(random, row));
        let far = errors.feed.map(|feed| dirichlet(random, feed.counts())[0]);
        Self { labeled, far }
    }

    /// The rates in a table in which the fraction `near` of the other jobs is near, the rest far. Without a
    /// feed, all are near.
    fn mixed(&self, near: f64) -> Rates {
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
    /// The fraction of its other jobs that is near, if there are as many near ones for each product role as
    /// in the labeled postings. Over 1 if there are fewer other jobs than that.
    near: f64,
    /// The true shares of the labels: estimated, later those of the last draw.
    shares: [f64; N],
}

impl Group {
    fn new(counts: &LabelCounts, errors: &Errors) -> Self {
        let counts = *counts.values();
        // Product roles to other jobs.
        let odds = |counts: [u64; N]| {
            let others = counts[Label::Unclear as usize];
            (counts.iter().sum::<u64>() - others) as f64 / others as f64
        };
        let labeled = odds(errors.confusion.map(|row| row.iter().sum()));
        // A group without other jobs has infinite odds. Then any it may have by error are near.
        let near = if labeled > 0.0 { odds(counts) / labeled } else { 1.0 };
        let rates = ErrorRates::estimated(errors).mixed(near.min(1.0));
        Self { counts, near, shares: maximum_likelihood(&normalized(counts), &rates) }
    }

    /// Draws shares from their posterior given the error rates, under Jeffreys' prior, by data
    /// augmentation (Tanner and Wong 1987; for error rates Joseph, Gyorkos and Coupal 1995). In
    /// turn, the true label of each posting is drawn given the shares, and the shares given the
    /// labels.
    ///
    /// The fraction of near jobs is an assumption. It is drawn too, from a lognormal distribution
    /// with a standard deviation of 1: in 95% of the draws within a factor of 7.
    fn draw(&mut self, random: &mut Random, rates: &ErrorRates) -> [f64; N] {
        let near = self.near * libm::exp(normal(random));
        let rates = rates.mixed(near.min(1.0));
        for _ in 0..ROUNDS {
            let mut labels = [0; N];
            for (p, &count) in self.counts.iter().enumerate() {
                let weights: [f64; N] = std::array::from_fn(|t| self.shares[t] * rates[t][p]);
                add(&mut labels, &multinomial(random, count, weights));
            }
            self.shares = dirichlet(random, labels);
        }
        self.shares
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
/// Jeffreys' prior. So an error that does not occur among a few postings is not impossible.
fn smoothed<const M: usize>(counts: [u64; M]) -> [f64; M] {
    let total = counts.iter().sum::<u64>() as f64 + M as f64 / 2.0;
    counts.map(|count| (count as f64 + 0.5) / total)
}

/// Rounds of expectation maximization.
const EM_ROUNDS: usize = 2000;

/// The true shares under which the shares of `predicted` labels are most likely.
fn maximum_likelihood(predicted: &[f64; N], rates: &Rates) -> [f64; N] {
    let mut shares = [1.0 / N as f64; N];
    for _ in 0..EM_ROUNDS {
        let mut next = [0.0; N];
        for (p, &observed) in predicted.iter().enumerate() {
            let expected: f64 = (0..N).map(|t| shares[t] * rates[t][p]).sum();
            if observed <= 0.0 || expected <= 0.0 {
                continue;
            }
            for (t, next) in next.iter_mut().enumerate() {
                *next += observed * shares[t] * rates[t][p] / expected;
            }
        }
        // A predicted label that no true label is ever predicted as is left out.
        let total: f64 = next.iter().sum();
        if total <= 0.0 {
            return *predicted;
        }
        shares = next.map(|next| next / total);
    }
    shares
}

#[cfg(test)]
mod tests;
