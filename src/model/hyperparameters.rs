//! The numbers a model is made and read with; they travel inside its file.

use super::ByKind;

/// How often a feature counts within one training line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counting {
    /// Each occurrence.
    Raw,
    /// The logarithm of one plus the occurrences.
    Log,
    /// Once a line.
    Binary,
}

/// How counts become weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weighting {
    /// Multinomial naive Bayes.
    Multinomial,
    /// Complement naive Bayes (Rennie et al. 2003): each class is judged by the
    /// words of all the others.
    Complement,
}

/// How features are made and counted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// How often a feature counts in a line.
    pub counting: Counting,
    /// Multinomial or complement.
    pub weighting: Weighting,
    /// Additive smoothing (Lidstone's alpha) of the kinds.
    pub alpha: f64,
    /// Pseudo-counts by which a family of other jobs is drawn towards all other jobs.
    pub shrinkage: f64,
    /// A single stem is kept when at least so many training lines hold it.
    pub min_lines: u32,
    /// A pair of stems is kept when at least so many training lines hold it.
    pub min_pair_lines: u32,
    /// Lines are gated by their posterior (per-line judging); otherwise the whole
    /// posting is one line.
    pub by_line: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            counting: Counting::Binary,
            weighting: Weighting::Multinomial,
            alpha: 1.2,
            shrinkage: 5_000.0,
            min_lines: 3,
            min_pair_lines: 3,
            by_line: true,
        }
    }
}

/// How line scores become gates, strengths and a verdict.
///
/// The first block are choices kept by the ablations (`models/README.md`); the
/// second is fitted on labelled postings by `rolecall calibrate`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "train", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub(crate) struct Calibration {
    /// Log-likelihoods of a line of usual length are divided by this before they become
    /// posteriors: naive Bayes is over-sure.
    pub temperature: f64,
    /// Exponent by which the temperature grows with the words of a line: the more there
    /// are, the less each says that the others do not.
    pub length_temper: f64,
    /// Weight of the prior over groups that `kind_bias` gives, in lines, when the mixture of a
    /// posting is estimated (Dirichlet concentration).
    pub concentration: f64,
    /// Log-odds at which a line's lead for a role saturates.
    pub saturation: f64,
    /// Exponent of the length by which the product score is normalised.
    pub length_exponent: f64,
    /// Weight of a line in a requirements section.
    pub requirement_weight: f64,
    /// Probability that a line is of its predecessor's kind for standing behind it, 0 to 1.
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
    /// Spread of the logit of the share about its true value.
    pub share_spread: f64,
    /// Log of the prior odds of a hybrid, against what the share alone says.
    pub hybrid_odds: f64,
    /// Odds by which each kind is favoured when a line is called by one kind: fitted so
    /// that the lines of rare kinds are found too.
    pub naming_odds: ByKind<f64>,
}

impl Calibration {
    /// Whether every number is of a size that gives probabilities and strengths.
    pub(crate) fn is_sound(&self) -> bool {
        let scales = [self.temperature, self.saturation, self.product_slope, self.share_slope, self.share_spread];
        let parts = [self.requirement_weight, self.persistence];
        let log_odds = [self.product_intercept, self.share_intercept, self.hybrid_odds];
        scales.iter().all(|number| (1e-3..=1e3).contains(number))
            && parts.iter().all(|number| (0.0..=1.0).contains(number))
            && log_odds.iter().chain(self.kind_bias.values()).all(|number| number.abs() <= 100.0)
            && self.naming_odds.values().iter().all(|odds| (1e-6..=1e6).contains(odds))
            && (0.0..=1e12).contains(&self.concentration)
            && (0.0..=4.0).contains(&self.length_exponent)
            && (0.0..=4.0).contains(&self.length_temper)
    }
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            temperature: 2.5,
            length_temper: 0.0,
            concentration: 5.0,
            saturation: 3.0,
            length_exponent: 0.75,
            requirement_weight: 1.0,
            persistence: 0.0,
            kind_bias: ByKind::splat(0.0),
            product_intercept: 0.0,
            product_slope: 1.0,
            share_intercept: 0.0,
            share_slope: 1.0,
            share_spread: 0.6,
            hybrid_odds: 0.0,
            naming_odds: ByKind::splat(1.0),
        }
    }
}
