//! Metrics on a mixed feed: postings of all occupations, judged against their titles.

use serde::Serialize;

use super::calibration_fit::FeedScore;
use super::metrics::ratio;
use crate::infer::aggregate::probabilities;
use crate::model::calibration::Calibration;
use crate::model::{Label, TitleClaim};

/// The fraction of product roles that the precision assumes, about that on job boards.
const PREVALENCE: f64 = 0.02;

/// Metrics on a feed. Titles are noisy labels: about 1 in 100 postings with the title of another
/// occupation is a product role by its duties.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeedMetrics {
    /// With the titles as prior.
    pub with_title: FeedRates,
    /// By duties alone.
    pub by_duties: FeedRates,
}

/// How often product roles are reported.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeedRates {
    /// Number of postings with the title of another occupation.
    pub others: usize,
    /// Fraction of these that is reported as a product role.
    pub others_reported: f64,
    /// Number of postings with a product title.
    pub products: usize,
    /// Fraction of these that is reported as a product role.
    pub products_found: f64,
    /// Precision at 2 product roles in 100 postings, computed from the two fractions.
    pub precision: f64,
}

impl FeedMetrics {
    pub(super) fn of(feed: &[FeedScore], calibration: &Calibration) -> Self {
        let rates = |title: bool| {
            let reported = |score: &&FeedScore| {
                let claim = if title { score.claim } else { TitleClaim::None };
                probabilities(&score.scores, claim, calibration).largest() != Label::Unclear
            };
            let of = |other: bool| feed.iter().filter(move |score| (score.claim == TitleClaim::Other) == other);
            let (others, products) = (of(true).count(), of(false).count());
            let others_reported = ratio(of(true).filter(reported).count(), others);
            let products_found = ratio(of(false).filter(reported).count(), products);
            let (right, wrong) = (PREVALENCE * products_found, (1.0 - PREVALENCE) * others_reported);
            let precision = if right > 0.0 { right / (right + wrong) } else { 0.0 };
            FeedRates { others, others_reported, products, products_found, precision }
        };
        Self { with_title: rates(true), by_duties: rates(false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::aggregate::Scores;
    use crate::model::ByLabel;

    fn scores(claim: TitleClaim, products: [f64; 2], counts: [usize; 2]) -> Vec<FeedScore> {
        let score = |product| FeedScore { scores: Scores { pm: 6.0, pmm: 0.5, product, ..Scores::default() }, claim };
        products.into_iter().zip(counts).flat_map(|(product, n)| vec![score(product); n]).collect()
    }

    fn assert_rates(found: FeedRates, counts: (usize, usize), expected: [f64; 3]) {
        assert_eq!((found.others, found.products), counts);
        let rates = [found.others_reported, found.products_found, found.precision];
        assert!(rates.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{rates:?}, expected {expected:?}");
    }

    /// By hand: a score of 2 is a product role with 0.88, one of -2 with 0.12. Titles decide where all
    /// postings with such a title have one label.
    #[test]
    fn rates_are_by_the_claim_of_the_title() {
        let mut calibration = Calibration { title_weight: 1.0, ..Calibration::default() };
        let only = |label| ByLabel::from_fn(|other| if other == label { 0.97 } else { 0.01 });
        calibration.title_prior[TitleClaim::Pm] = only(Label::Pm);
        calibration.title_prior[TitleClaim::Other] = only(Label::Unclear);
        let others = scores(TitleClaim::Other, [2.0, -2.0], [2, 8]);
        let products = scores(TitleClaim::Pm, [2.0, -2.0], [3, 1]);
        let both = FeedMetrics::of(&[others.clone(), products].concat(), &calibration);
        assert_rates(both.by_duties, (10, 4), [0.2, 0.75, 0.015 / (0.015 + 0.196)]);
        assert_rates(both.with_title, (10, 4), [0.0, 1.0, 1.0]);
        let others = FeedMetrics::of(&others, &calibration);
        assert_rates(others.by_duties, (10, 0), [0.2, 0.0, 0.0]);
        assert_rates(others.with_title, (10, 0), [0.0, 0.0, 0.0]);
    }
}
