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
const DRAWS: usize = 400;
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
    let group = Group::new(counts, errors);
    let mut estimate = interval(group.truth, draws([group], errors, |[shares]| shares));
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
    interval(difference(groups.each_ref().map(|group| group.truth)), draws(groups, errors, difference))
}

/// By label, draws of a number `of` the shares of groups that one model has classified.
fn draws<const K: usize>(
    mut groups: [Group; K],
    errors: &Errors,
    of: impl Fn([[f64; N]; K]) -> [f64; N],
) -> [Vec<f64>; N] {
    let mut draws = [const { Vec::new() }; N];
    let mut random = Random(SEED);
    for _ in 0..DRAWS {
        let drawn = Drawn::new(&mut random, errors);
        let shares = groups.each_mut().map(|group| group.draw(&mut random, &drawn));
        draws.iter_mut().zip(of(shares)).for_each(|(draws, number)| draws.push(number));
    }
    draws
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

/// Rounds of expectation maximization.
const EM_ROUNDS: usize = 2000;

/// The true shares under which the shares of `predicted` labels are most likely;
/// `rates[t][p]` is how often a posting of label `t` is predicted as `p`.
fn maximum_likelihood(predicted: &[f64; N], rates: &Rates) -> [f64; N] {
    let mut truth = [1.0 / N as f64; N];
    for _ in 0..EM_ROUNDS {
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
        truth = next.map(|next| next / total);
    }
    truth
}

#[cfg(test)]
mod tests;
