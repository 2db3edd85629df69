//! Fitting how a title and the duties make the probabilities of the labels.
//!
//! Priors of labels, alone and by what a title claims: smoothed counts. Weights of duties and title, and
//! the rate of lapses: maximum likelihood of the labels.

use super::grid_search::refined_grid;
use super::metrics::mean;
use crate::infer::aggregate::with_title;
use crate::model::calibration::Calibration;
use crate::model::{ByClaim, ByLabel, Label, TitleClaim};

/// The highest rate of lapses that is tried.
const MAX_LAPSE_RATE: f64 = 0.1;

/// Pseudo-count that draws the labels of a claim toward those of all titles.
const PRIOR_POSTINGS: f64 = 2.0;

/// A labeled posting, by a model that has not seen its employer.
pub(super) struct TitledPosting {
    /// Probabilities by the duties alone, without lapses.
    pub by_duties: ByLabel<f64>,
    /// What its title claims.
    pub claim: TitleClaim,
    /// The annotators' label.
    pub label: Label,
}

/// Counts the labels of the postings with each claim, then fits the weights and the rate of lapses.
pub(super) fn fit(fitted: &mut Calibration, postings: &[TitledPosting]) {
    let count = |label: Label| postings.iter().filter(|p| p.label == label).count() as f64;
    fitted.label_prior = ByLabel::from_fn(|label| (count(label) + 0.5) / (postings.len() as f64 + 2.0));
    let label_prior = fitted.label_prior;
    fitted.title_prior = ByClaim::from_fn(|claim| {
        let own: Vec<_> = postings.iter().filter(|p| p.claim == claim && claim != TitleClaim::None).collect();
        ByLabel::from_fn(|label| {
            let count = own.iter().filter(|p| p.label == label).count() as f64;
            (count + PRIOR_POSTINGS * label_prior[label]) / (own.len() as f64 + PRIOR_POSTINGS)
        })
    });
    let base = fitted.clone();
    let loss = |weights: (f64, f64)| {
        let trial = Calibration { duties_weight: weights.0, title_weight: weights.1, ..base.clone() };
        mean(postings.iter().map(|p| -libm::log(with_title(&p.by_duties, p.claim, &trial)[p.label].max(1e-6))))
    };
    let in_range = |(duties, title): (f64, f64)| (duties.clamp(0.0, 4.0), title.clamp(0.0, 4.0));
    (fitted.duties_weight, fitted.title_weight) = refined_grid((1.0, 0.8), (0.2, 0.2), in_range, loss);
    let label = |p: &TitledPosting| (with_title(&p.by_duties, p.claim, fitted)[p.label], label_prior[p.label]);
    fitted.lapse_rate = fit_lapse_rate(&postings.iter().map(label).collect::<Vec<_>>());
}

/// The rate of lapses with the highest likelihood of labels with these probabilities without and with a
/// lapse, up to [`MAX_LAPSE_RATE`]. The logarithm of the likelihood is concave, so that each half of the
/// range can be ruled out by its slope.
fn fit_lapse_rate(labels: &[(f64, f64)]) -> f64 {
    let slope = |rate: f64| -> f64 {
        labels.iter().map(|(without, with)| (with - without) / ((1.0 - rate) * without + rate * with).max(1e-12)).sum()
    };
    let (mut low, mut high) = (0.0, MAX_LAPSE_RATE);
    for _ in 0..20 {
        let middle = f64::midpoint(low, high);
        if slope(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::aggregate::{Scores, by_duties};

    fn posting((pm, pmm, product): (f64, f64, f64), label: Label, claim: TitleClaim) -> TitledPosting {
        let scores = Scores { pm, pmm, product, ..Scores::default() };
        TitledPosting { by_duties: by_duties(&scores, &Calibration::default()), claim, label }
    }

    /// By hand: of four postings two are `pm`, one of them with a title that claims it.
    /// Weights from `scipy.optimize.minimize` over the same loss would run to the end of
    /// the range on data this small, so only the counts are compared.
    #[test]
    fn priors_of_titles_are_smoothed_counts() {
        let postings = [
            (Label::Pm, TitleClaim::Pm),
            (Label::Pm, TitleClaim::Other),
            (Label::Pmm, TitleClaim::Pmm),
            (Label::Unclear, TitleClaim::Other),
        ]
        .map(|(label, claim)| posting((1.0, 1.0, 0.0), label, claim));
        let mut fitted = Calibration::default();
        fit(&mut fitted, &postings);
        let label = [2.5 / 6.0, 1.5 / 6.0, 0.5 / 6.0, 1.5 / 6.0];
        for (found, expected) in fitted.label_prior.values().iter().zip(label) {
            assert!((found - expected).abs() < 1e-12);
        }
        let other = fitted.title_prior[TitleClaim::Other];
        for (found, expected) in other.values().iter().zip([1.0, 0.0, 0.0, 1.0].iter().zip(label)) {
            assert!((found - (expected.0 + 2.0 * expected.1) / 4.0).abs() < 1e-12, "{other:?}");
        }
        assert_eq!(fitted.title_prior[TitleClaim::None], fitted.label_prior, "nothing claimed, nothing known");
    }

    /// Expected: the least loss on the same refined grid in Python; on one of steps of 0.02 it is at
    /// (2.22, 1.22). Some titles claim what the duties do not show.
    #[test]
    fn duties_and_titles_are_weighed_by_the_likelihood_of_the_labels() {
        use Label::{Hybrid, Pm, Pmm, Unclear};
        let postings = [
            (6.0, 0.5, 2.0, Pm, TitleClaim::Pm),
            (5.0, 1.0, 1.5, Pm, TitleClaim::Pm),
            (4.0, 3.0, 0.4, Pm, TitleClaim::Pm),
            (1.0, 5.0, 1.0, Pmm, TitleClaim::Pm),
            (3.0, 3.2, -0.5, Unclear, TitleClaim::Pm),
            (0.5, 6.0, 2.0, Pmm, TitleClaim::Pmm),
            (1.0, 4.0, 0.2, Pmm, TitleClaim::Pmm),
            (3.0, 2.0, 1.0, Pm, TitleClaim::Pmm),
            (2.0, 3.0, 1.2, Hybrid, TitleClaim::Pmm),
            (4.0, 4.0, 1.0, Hybrid, TitleClaim::Both),
            (3.0, 1.0, 1.0, Pm, TitleClaim::Both),
            (2.0, 0.3, -1.0, Unclear, TitleClaim::Other),
            (0.3, 1.0, -2.0, Unclear, TitleClaim::Other),
            (5.0, 1.0, 0.3, Unclear, TitleClaim::Other),
            (4.0, 0.5, 1.0, Pm, TitleClaim::Other),
            (1.0, 1.0, -0.3, Unclear, TitleClaim::Other),
            (3.0, 1.0, 0.5, Pm, TitleClaim::None),
            (1.0, 3.0, -0.5, Unclear, TitleClaim::None),
        ]
        .map(|(pm, pmm, product, label, claim)| posting((pm, pmm, product), label, claim));
        let mut fitted = Calibration::default();
        fit(&mut fitted, &postings);
        for (found, expected) in [(fitted.duties_weight, 2.228_125), (fitted.title_weight, 1.218_75)] {
            assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
        }
    }

    /// scipy 1.17: `optimize.minimize_scalar` of the log loss, bounded by 0 and 0.1.
    #[test]
    fn the_rate_of_lapses_has_the_highest_likelihood() {
        let surprised = [vec![(0.9, 0.4); 60], vec![(0.8, 0.3); 30], vec![(0.95, 0.2); 40], vec![(0.0001, 0.2); 2]];
        for (labels, expected) in [
            (surprised.concat(), 0.023_042),
            (vec![(0.9, 0.4); 10], 0.0),
            ([vec![(0.01, 0.3); 5], vec![(0.9, 0.4); 5]].concat(), 0.1),
        ] {
            let found = fit_lapse_rate(&labels);
            assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
        }
    }
}
