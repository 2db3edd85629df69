//! The parameters that turn the scores of lines into a verdict.

use super::{ByClaim, ByKind, ByLabel};

/// The parameters that turn the scores of lines into a verdict. They are part of the model file.
///
/// Those up to `kind_bias` are chosen by comparing variants (`models/README.md`). Those from
/// `product_intercept` on are fitted on labeled postings by `rolecall calibrate`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "train", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct Calibration {
    /// Divisor of the log-likelihoods of a line of usual length, because naive Bayes is overconfident.
    pub temperature: f64,
    /// Exponent by which the temperature grows with the length of a line: words of a long
    /// line repeat each other.
    pub length_temper: f64,
    /// Weight of the prior in the estimate of a posting's mixture of kinds, in lines (Dirichlet
    /// concentration).
    pub concentration: f64,
    /// Weight of a line in a section of requirements, 0 to 1.
    pub requirement_weight: f64,
    /// Probability that a line keeps the kind of the line before it, 0 to 1.
    pub persistence: f64,
    /// Log of the prior odds of each kind, before a posting's own mixture is known.
    pub kind_bias: ByKind<f64>,

    /// Product role or not: logistic intercept.
    pub product_intercept: f64,
    /// Product role or not: logistic slope over the product score.
    pub product_slope: f64,
    /// Share: logistic intercept.
    pub share_intercept: f64,
    /// Share: logistic slope over the log-ratio of the strengths.
    pub share_slope: f64,
    /// Scale of the logistic distribution of the share's logit around its true value.
    pub share_spread: f64,
    /// Log of the prior odds of a hybrid.
    pub hybrid_odds: f64,
    /// Factor for the probability of each kind when a line is assigned to one kind. Fitted so that
    /// lines of rare kinds are found too.
    pub kind_odds: ByKind<f64>,
    /// Fraction of each label among the labeled postings.
    pub label_prior: ByLabel<f64>,
    /// By claim, the fraction of each label among the labeled postings whose title makes it.
    pub title_prior: ByClaim<ByLabel<f64>>,
    /// Exponent of the probabilities by duties alone where a title is known.
    pub duties_weight: f64,
    /// Exponent of the ratio of `title_prior` to `label_prior`.
    pub title_weight: f64,
    /// Fraction of postings whose label follows from neither duties nor title, 0 to 1.
    pub lapse_rate: f64,
}

impl Calibration {
    /// Words of a line of usual length.
    pub(crate) const USUAL_WORDS: f64 = 15.0;

    /// Whether every number is in a range that gives valid probabilities and strengths.
    pub(crate) fn is_sound(&self) -> bool {
        let scales = [self.temperature, self.product_slope, self.share_slope, self.share_spread];
        let fractions = [self.requirement_weight, self.persistence, self.lapse_rate];
        let log_odds = [self.product_intercept, self.share_intercept, self.hybrid_odds];
        let exponents = [self.length_temper, self.duties_weight, self.title_weight];
        let mut priors = std::iter::once(&self.label_prior).chain(self.title_prior.values()).flat_map(ByLabel::values);
        scales.iter().all(|number| (1e-3..=1e3).contains(number))
            && fractions.iter().all(|number| (0.0..=1.0).contains(number))
            && log_odds.iter().chain(self.kind_bias.values()).all(|number| number.abs() <= 100.0)
            && self.kind_odds.values().iter().all(|odds| (1e-6..=1e6).contains(odds))
            && (0.0..=1e12).contains(&self.concentration)
            && exponents.iter().all(|number| (0.0..=4.0).contains(number))
            && priors.all(|prior| (1e-6..=1.0).contains(prior))
    }

    /// Temperature of a line of `words` words.
    #[cfg(feature = "train")]
    pub(crate) fn temperature_of(&self, words: u32) -> f64 {
        self.temperature * libm::pow(f64::from(words) / Self::USUAL_WORDS, self.length_temper)
    }

    /// Every number, in the order of the model file.
    pub(super) fn numbers_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let choices = [
            &mut self.temperature,
            &mut self.length_temper,
            &mut self.concentration,
            &mut self.requirement_weight,
            &mut self.persistence,
        ];
        let fitted = [
            &mut self.product_intercept,
            &mut self.product_slope,
            &mut self.share_intercept,
            &mut self.share_slope,
            &mut self.share_spread,
            &mut self.hybrid_odds,
        ];
        let title = self.title_prior.values_mut().iter_mut().flat_map(ByLabel::values_mut);
        let weights = [&mut self.duties_weight, &mut self.title_weight, &mut self.lapse_rate];
        choices
            .into_iter()
            .chain(self.kind_bias.values_mut())
            .chain(fitted)
            .chain(self.kind_odds.values_mut())
            .chain(self.label_prior.values_mut())
            .chain(title)
            .chain(weights)
    }
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            temperature: 2.5,
            length_temper: 0.0,
            concentration: 5.0,
            requirement_weight: 1.0,
            persistence: 0.0,
            kind_bias: ByKind::splat(0.0),
            product_intercept: 0.0,
            product_slope: 1.0,
            share_intercept: 0.0,
            share_slope: 1.0,
            share_spread: 0.6,
            hybrid_odds: 0.0,
            kind_odds: ByKind::splat(1.0),
            label_prior: ByLabel::splat(0.25),
            title_prior: ByClaim::splat(ByLabel::splat(0.25)),
            duties_weight: 1.0,
            title_weight: 0.0,
            lapse_rate: 0.0,
        }
    }
}
