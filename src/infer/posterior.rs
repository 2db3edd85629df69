//! Posteriors of the kinds of a posting's lines: temperature, mixture, hidden Markov model.
//!
//! Arrays by kind are in lane order. Every sum is taken in a fixed order, so that results do not
//! depend on the width of vector instructions.

use super::hmm::Chain;
use super::line::ScoredLine;
use super::lookup_tables::{Decay, Memoized};
use super::mixture::{Kinds, Mixture};
use super::product;
use crate::model::calibration::Calibration;
use crate::model::{ByKind, FILLER, KINDS, Model, OTHER, PM, PMM, SHARED, UNITS};

/// Fixed-point 1 for steps of a [`Decay`].
const ONE_STEP: u32 = 1024;

/// Temperature for the probability that a line is not filler: higher than that of the kinds,
/// which makes the score of a product role better.
const NOT_FILLER_TEMPERATURE: f64 = 5.0;

/// Prior of filler for the same probability; the other kinds share the rest evenly.
const FILLER_PRIOR: f32 = 0.4;

/// Buffers and tables to compute posteriors with.
#[derive(Debug, Default)]
pub(crate) struct Posteriors {
    mixture: Mixture,
    chain: Chain,
    /// Inverse temperature by number of words, relative to that of a line of usual length.
    sharpness: Memoized,
}

impl Posteriors {
    /// Sets the posterior of each line's kind, with the posting's own mixture of kinds as
    /// prior, given all lines.
    #[inline(always)]
    pub(super) fn find(&mut self, model: &Model, lines: &mut [ScoredLine]) {
        let calibration = &model.calibration;
        self.likelihoods(calibration, lines);
        let base = base(&calibration.kind_bias);
        let prior = self.mixture.estimate(lines, &base, calibration.concentration as f32);
        self.chain.posteriors(self.mixture.rows(), &prior, calibration.persistence as f32, |at, kinds| {
            if let Some(line) = lines.get_mut(at) {
                line.kinds = by_kind(&kinds).map(f64::from);
            }
        });
    }

    /// Computes the likelihood of each line by kind, relative to its best kind, and the
    /// probability that the line is not filler.
    #[inline(always)]
    fn likelihoods(&mut self, calibration: &Calibration, lines: &mut [ScoredLine]) {
        let Self { mixture, sharpness, .. } = self;
        let likelihood = Decay::new();
        let steps_per_unit = Decay::STEPS_PER_UNIT / UNITS * f64::from(ONE_STEP);
        sharpness.set(calibration.length_temper);
        mixture.clear();
        for line in lines {
            if line.known == 0 {
                // A line of unknown words is taken for filler.
                mixture.push((0..KINDS.len()).map(|lane| f32::from(u8::from(lane == FILLER))));
                continue;
            }
            let sharp = sharpness.at(line.words, |words| {
                libm::pow(Calibration::USUAL_WORDS / f64::from(words), calibration.length_temper)
            });
            let sums = &line.sums[..KINDS.len()];
            let best = sums.iter().copied().max().unwrap_or(0);
            let at = |temperature: f64| {
                let steps = ((sharp * steps_per_unit / temperature) as u32).clamp(1, 1 << 30);
                // A cap beyond the table's last step, so that the product below does not overflow.
                let far = 1 << (steps.leading_zeros() - 1);
                sums.iter().map(move |sum| {
                    let below = (best.wrapping_sub(*sum) as u32).min(far) * steps + ONE_STEP / 2;
                    likelihood.at(below / ONE_STEP)
                })
            };
            line.not_filler = (not_filler(at(NOT_FILLER_TEMPERATURE)) * f32::from(product::ONE)) as u16;
            mixture.push(at(calibration.temperature));
        }
    }
}

/// The probability that a line is not filler, from its likelihood by lane.
#[inline(always)]
fn not_filler(likelihoods: impl Iterator<Item = f32>) -> f32 {
    let (mut filler, mut total) = (0.0, 0.0);
    for (lane, likelihood) in likelihoods.enumerate() {
        let prior = if lane == FILLER { FILLER_PRIOR } else { (1.0 - FILLER_PRIOR) / (KINDS.len() - 1) as f32 };
        filler = if lane == FILLER { likelihood * prior } else { filler };
        total += likelihood * prior;
    }
    // The best lane has a likelihood of 1.
    1.0 - filler / total
}

/// The prior of each kind before a posting's own mixture is known, with a sum of 1:
/// proportional to the exponential of its bias.
fn base(bias: &ByKind<f64>) -> Kinds {
    let odds = bias.map(libm::exp);
    let total: f64 = odds.values().iter().sum();
    std::array::from_fn(|lane| KINDS.get(lane).map_or(0.0, |kind| (odds[*kind] / total) as f32))
}

/// Numbers by lane as numbers by kind.
#[inline(always)]
fn by_kind(kinds: &Kinds) -> ByKind<f32> {
    ByKind::from([kinds[PM], kinds[PMM], kinds[SHARED], kinds[OTHER], kinds[FILLER]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::likelihood::Sums;

    /// By hand: filler has a prior of 0.4, each of the other four kinds 0.15.
    #[test]
    fn the_probability_that_a_line_is_not_filler() {
        let table = [([1.0; 5], 0.6), ([1.0, 0.0, 0.0, 0.5, 0.0], 0.15 / 0.35), ([0.0, 0.0, 0.0, 1.0, 0.0], 0.0)];
        for (likelihoods, expected) in table {
            let found = not_filler(likelihoods.into_iter());
            assert!((found - expected).abs() < 1e-6, "{likelihoods:?}: {found}");
        }
    }

    /// By hand: exponentials of 1, 2, 3, 4 and 10, with a sum of 20.
    #[test]
    fn the_prior_is_proportional_to_the_exponential_of_the_bias() {
        let base = base(&ByKind::from([1.0, 2.0, 3.0, 4.0, 10.0].map(libm::log)));
        let expected = [(PM, 0.05), (PMM, 0.1), (SHARED, 0.15), (OTHER, 0.2), (FILLER, 0.5)];
        for (lane, expected) in expected {
            assert!((base[lane] - expected).abs() < 1e-6, "{base:?}");
        }
    }

    /// By the formula: the exponential of the sum minus the best, over the temperature, which
    /// grows with the number of words; to the nearest step of the table.
    #[test]
    fn likelihoods_follow_from_the_sums() {
        let calibration = Calibration { length_temper: 1.0, ..Calibration::default() };
        for below in 1..60 {
            for (words, sharp) in [(15, 1.0), (30, 0.5)] {
                let mut line = ScoredLine { known: 9, ..ScoredLine::new(words, Sums::of(&[], &[]), 1.0) };
                line.sums[..KINDS.len()].copy_from_slice(&[70, 70 - below, 70, 70 - below, 70]);
                let mut posteriors = Posteriors::default();
                let mut lines = [line];
                posteriors.likelihoods(&calibration, &mut lines);
                let scaled = f64::from(below) / UNITS * sharp;
                let row = posteriors.mixture.rows()[0];
                let steps = -libm::log(f64::from(row[PMM])) * Decay::STEPS_PER_UNIT;
                let expected = scaled / calibration.temperature * Decay::STEPS_PER_UNIT;
                assert!((steps - expected).abs() < 0.55, "{below} of {words} words: {steps} {expected}");
                assert!((row[PM] - 1.0).abs() < 1e-6 && row[PMM].to_bits() == row[FILLER].to_bits());
                let at_temperature = libm::exp(-scaled / NOT_FILLER_TEMPERATURE);
                let expected = 1.0 - 0.4 * at_temperature / (0.45 + 0.55 * at_temperature);
                let found = f64::from(lines[0].not_filler) / f64::from(product::ONE);
                assert!((found - expected).abs() < 0.01, "{below} of {words} words: {found} {expected}");
            }
        }
    }

    #[test]
    fn a_line_of_unknown_words_is_filler() {
        let mut posteriors = Posteriors::default();
        posteriors.likelihoods(&Calibration::default(), &mut [ScoredLine::new(5, Sums::of(&[], &[]), 1.0)]);
        let expected = std::array::from_fn(|lane| f32::from(u8::from(lane == FILLER)));
        assert_eq!(posteriors.mixture.rows(), [expected]);
    }
}
