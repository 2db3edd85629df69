//! Fitting the numbers of the calibration that turn scores into probabilities.
//!
//! - Intercept and slope of the probability of a product role: maximum likelihood, with
//!   a ridge penalty on the slope.
//! - Intercept and slope of the PM share: least mean absolute error. The means over real postings and
//!   over splices are added, because nearly all real postings have a share near 0 or 1.
//! - Spread of the share and odds of a hybrid: maximum likelihood of the labels.
//! - The title's numbers: see [`title_fit`].

use super::grid_search::refined_grid;
use super::metrics::mean;
use super::title_fit::{self, TitledPosting};
use crate::infer::aggregate::{Scores, by_duties, logistic, share};
use crate::model::calibration::Calibration;
use crate::model::{Label, TitleClaim};

/// Weight of real postings, with splices at 1, when spread and odds are fitted. In use, nearly all
/// postings are real, and hybrids are rare among them.
const REAL_WEIGHT: f64 = 4.0;

/// Weight of a posting of the feed, with a labeled one at 1, when the odds of a product role are
/// fitted. In use, most postings are of other occupations.
const FEED_WEIGHT: f64 = 0.06;

/// The scores of a labeled text, by a model that has not seen its employer.
#[derive(Debug, Clone)]
pub(super) struct Scored {
    pub scores: Scores,
    /// The annotators' label.
    pub label: Label,
    /// The annotators' PM share.
    pub share: Option<f64>,
    /// What its title claims.
    pub claim: TitleClaim,
    /// The folds of its employers; for a posting, the same fold twice.
    pub folds: (usize, usize),
}

/// The scores of a posting of the feed, and what its title claims.
#[derive(Debug, Clone)]
pub(super) struct FeedScore {
    pub scores: Scores,
    pub claim: TitleClaim,
}

/// `base` with the numbers from `product_intercept` on fitted, except `kind_odds`.
pub(super) fn fit(base: &Calibration, postings: &[Scored], splices: &[Scored], feed: &[FeedScore]) -> Calibration {
    let mut fitted = base.clone();
    let product = |p: &Scored| (p.scores.product, 1.0, p.label != Label::Unclear);
    let others = feed.iter().filter(|score| score.claim == TitleClaim::Other);
    let rows = postings.iter().map(product).chain(others.map(|score| (score.scores.product, FEED_WEIGHT, false)));
    (fitted.product_intercept, fitted.product_slope) = fit_logistic(&rows.collect::<Vec<_>>());
    let real: Vec<_> = postings.iter().filter(|p| p.label != Label::Unclear).collect();
    let mixed: Vec<_> = splices.iter().filter(|p| p.label != Label::Unclear).collect();
    (fitted.share_intercept, fitted.share_slope) = fit_share(&real, &mixed);
    (fitted.share_spread, fitted.hybrid_odds) = fit_spread(&fitted, &real, &mixed);
    let titled =
        |p: &Scored| TitledPosting { by_duties: by_duties(&p.scores, &fitted), claim: p.claim, label: p.label };
    let titled: Vec<_> = postings.iter().map(titled).collect();
    title_fit::fit(&mut fitted, &titled);
    fitted
}

/// Logistic regression of y on x over (x, weight, y), by Newton's method. A small ridge
/// penalty keeps the slope finite on separable data.
fn fit_logistic(data: &[(f64, f64, bool)]) -> (f64, f64) {
    const RIDGE: f64 = 0.05;
    // Newton's method can diverge from a start where all probabilities are near 0 or 1.
    let scale = mean(data.iter().map(|(x, ..)| x * x)).sqrt().max(1e-6);
    let ridge = RIDGE / (scale * scale);
    let (mut a, mut b) = (0.0, 1.0);
    for _ in 0..50 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, -ridge * b, 1e-9, 0.0, ridge);
        for &(x, weight, y) in data {
            let x = x / scale;
            let p = logistic(a + b * x);
            let residual = weight * (f64::from(u8::from(y)) - p);
            let weight = weight * (p * (1.0 - p)).max(1e-9);
            ga += residual;
            gb += residual * x;
            haa += weight;
            hab += weight * x;
            hbb += weight * x * x;
        }
        let determinant = haa * hbb - hab * hab;
        if determinant.abs() < 1e-12 {
            break;
        }
        a += ((hbb * ga - hab * gb) / determinant).clamp(-2.0, 2.0);
        b += ((haa * gb - hab * ga) / determinant).clamp(-2.0, 2.0);
    }
    (a, (b / scale).max(0.01))
}

/// The log-ratio of the strengths from which the share is computed.
fn log_ratio(scored: &Scored) -> f64 {
    // The default leaves the log-ratio as it is.
    let share = share(scored.scores.pm, scored.scores.pmm, &Calibration::default());
    libm::log(share / (1.0 - share))
}

/// Intercept and slope of the share, by a refined grid search.
fn fit_share(real: &[&Scored], mixed: &[&Scored]) -> (f64, f64) {
    let pairs = |set: &[&Scored]| -> Vec<(f64, f64)> {
        set.iter().filter_map(|scored| Some((log_ratio(scored), scored.share?))).collect()
    };
    let (real, mixed) = (pairs(real), pairs(mixed));
    let error =
        |set: &[(f64, f64)], a: f64, b: f64| mean(set.iter().map(|(x, share)| (logistic(a + b * x) - share).abs()));
    let loss = |(a, b): (f64, f64)| error(&real, a, b) + error(&mixed, a, b);
    refined_grid((0.0, 1.2), (0.4, 0.3), |(intercept, slope)| (intercept, slope.max(0.2)), loss)
}

/// Spread of the share and odds of a hybrid, by a grid search.
fn fit_spread(base: &Calibration, real: &[&Scored], mixed: &[&Scored]) -> (f64, f64) {
    let loss = |(spread, odds): (f64, f64)| {
        let trial = Calibration { share_spread: spread, hybrid_odds: odds, ..base.clone() };
        REAL_WEIGHT * label_loss(real, &trial) + label_loss(mixed, &trial)
    };
    let spreads = (4..=60).map(|step| f64::from(step) * 0.05);
    let grid = spreads.flat_map(|spread| (-12..=4).map(move |odds| (spread, f64::from(odds) * 0.1)));
    grid.min_by(|a, b| loss(*a).total_cmp(&loss(*b))).unwrap_or((base.share_spread, base.hybrid_odds))
}

/// Mean negative log-probability of the labels, given that they are not `unclear`.
fn label_loss(set: &[&Scored], calibration: &Calibration) -> f64 {
    mean(set.iter().map(|scored| {
        let probabilities = by_duties(&scored.scores, calibration);
        let product = (1.0 - probabilities[Label::Unclear]).max(1e-12);
        -libm::log((probabilities[scored.label] / product).max(1e-6))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored((pm, pmm, label): (f64, f64, Label)) -> Scored {
        let scores = Scores { pm, pmm, ..Scores::default() };
        Scored { scores, label, share: None, claim: TitleClaim::None, folds: (0, 0) }
    }

    fn assert_near(found: (f64, f64), expected: (f64, f64), tolerance: f64) {
        let distance = (found.0 - expected.0).abs().max((found.1 - expected.1).abs());
        assert!(distance < tolerance, "{found:?}, expected {expected:?}");
    }

    /// Expected values from `scipy.optimize.minimize` (1.17, BFGS and Nelder-Mead agree to
    /// 1e-7) of the negative log-likelihood plus 0.025 times the squared slope.
    #[test]
    fn logistic_regression_matches_scipy() {
        let data = [
            (-2.0, 1.0, false),
            (-1.2, 0.5, false),
            (-0.4, 1.0, true),
            (0.1, 2.0, false),
            (0.3, 1.0, true),
            (0.9, 0.12, true),
            (1.4, 1.0, true),
            (2.2, 1.0, false),
            (2.5, 1.0, true),
        ];
        assert_near(fit_logistic(&data), (-0.345_554_67, 0.564_345_66), 1e-6);
    }

    /// Scores 50 times as wide: `scipy.optimize.minimize`, as above. From a slope of 1 all
    /// probabilities would be 0 or 1, and the fit would go astray.
    #[test]
    fn logistic_regression_holds_for_wide_scores() {
        let data = [(-90.0, 1.0, false), (-20.0, 1.0, true), (5.0, 2.0, false), (45.0, 1.0, true), (110.0, 1.0, true)];
        assert_near(fit_logistic(&data), (-0.265_662_3, 0.031_549_93), 1e-6);
    }

    #[test]
    fn logistic_regression_is_finite_on_separable_data() {
        let (intercept, slope) = fit_logistic(&[(-1.0, 1.0, false), (1.0, 1.0, true)]);
        assert!(intercept.abs() < 1e-6 && (1.0..5.0).contains(&slope), "{intercept} {slope}");
    }

    /// Shares made with an intercept of 0.3 and a slope of 1.5 have an error of 0 there.
    #[test]
    fn share_fit_recovers_the_numbers_that_made_the_shares() {
        let with_share = |(pm, pmm): (f64, f64)| {
            let mut scored = scored((pm, pmm, Label::Hybrid));
            let ratio = f64::ln((pm + 0.25) / (pmm + 0.25));
            scored.share = Some(1.0 / (1.0 + f64::exp(-(0.3 + 1.5 * ratio))));
            scored
        };
        let real = [(8.0, 0.5), (0.2, 6.0), (3.0, 1.0)].map(with_share);
        let mixed = [(4.0, 4.0), (2.0, 5.0), (5.0, 1.5)].map(with_share);
        let found = fit_share(&real.iter().collect::<Vec<_>>(), &mixed.iter().collect::<Vec<_>>());
        assert_near(found, (0.3, 1.5), 0.02);
    }

    /// Expected: the same grid in Python. Readers disagree with the ratios here, so no point is without error.
    #[test]
    fn share_fit_is_the_least_sum_of_both_errors() {
        let with_share =
            |(pm, pmm, share): (f64, f64, f64)| Scored { share: Some(share), ..scored((pm, pmm, Label::Hybrid)) };
        let real = [(8.0, 0.5, 0.9), (0.2, 6.0, 0.05), (3.0, 1.0, 0.8), (5.0, 5.0, 0.5)].map(with_share);
        let mixed = [(4.0, 4.0, 0.3), (2.0, 5.0, 0.2), (5.0, 1.5, 0.45), (1.0, 1.0, 0.7)].map(with_share);
        let found = fit_share(&real.iter().collect::<Vec<_>>(), &mixed.iter().collect::<Vec<_>>());
        assert_near(found, (-0.25, 1.021_875), 1e-9);
    }

    /// Expected values from a search of the same grid with numpy: the least of 4 times the
    /// mean loss of the real postings plus that of the splices. With equal weights it
    /// would be at (0.5, 0.4), and at (0.4, 0.4) with 0.1 for the real ones.
    #[test]
    fn spread_and_odds_match_a_grid_search_with_real_postings_at_four_times_the_weight() {
        use Label::{Hybrid, Pm, Pmm};
        let real = [
            (8.0, 0.2, Pm),
            (6.0, 1.0, Pm),
            (5.0, 2.5, Pm),
            (4.0, 1.5, Hybrid),
            (0.3, 7.0, Pmm),
            (1.5, 6.0, Pmm),
            (2.4, 4.2, Pmm),
            (3.0, 3.2, Pm),
            (2.0, 5.0, Hybrid),
            (9.0, 3.0, Pm),
        ]
        .map(scored);
        let mixed = [
            (4.0, 4.0, Hybrid),
            (5.0, 3.0, Hybrid),
            (3.0, 5.0, Hybrid),
            (6.0, 2.0, Hybrid),
            (2.0, 6.0, Hybrid),
            (7.0, 1.0, Pm),
            (6.0, 2.2, Pm),
            (1.2, 7.0, Pmm),
        ]
        .map(scored);
        let base = Calibration { share_intercept: 0.1, share_slope: 1.3, ..Calibration::default() };
        let (real, mixed): (Vec<_>, Vec<_>) = (real.iter().collect(), mixed.iter().collect());
        assert_near(fit_spread(&base, &real, &mixed), (0.6, 0.0), 1e-9);
        // The same grid in Python, with the sets exchanged.
        assert_near(fit_spread(&base, &mixed, &real), (0.45, 0.4), 1e-9);
        // The loss itself, from numpy.
        let trial = Calibration { share_spread: 0.6, hybrid_odds: -0.3, ..base };
        assert!((label_loss(&real, &trial) - 0.580_699_627).abs() < 1e-8);
    }

    /// Product roles score above 0 here, others below.
    #[test]
    fn each_number_is_fitted_to_its_postings() {
        let posting = |pm, pmm, product, label, share| {
            let scores = Scores { pm, pmm, product, ..Scores::default() };
            Scored { scores, label, share, claim: TitleClaim::None, folds: (0, 0) }
        };
        let postings = vec![
            posting(8.0, 0.5, 2.0, Label::Pm, Some(0.95)),
            posting(3.0, 1.0, 1.0, Label::Hybrid, Some(0.6)),
            posting(0.5, 6.0, 1.5, Label::Pmm, Some(0.1)),
            posting(0.2, 0.1, -2.0, Label::Unclear, None),
            posting(0.1, 0.3, -1.0, Label::Unclear, None),
        ];
        let splices = vec![posting(4.0, 4.0, 1.0, Label::Hybrid, Some(0.5))];
        let score = |product, claim| FeedScore { scores: Scores { product, ..Scores::default() }, claim };
        let of = |postings: &[Scored], splices: &[Scored], feed: &[FeedScore]| {
            let fitted = fit(&Calibration::default(), postings, splices, feed);
            let product = [fitted.product_intercept, fitted.product_slope];
            let shares = [fitted.share_intercept, fitted.share_slope, fitted.share_spread, fitted.hybrid_odds];
            (product, shares.map(f64::to_bits))
        };
        let (product, shares) = of(&postings, &splices, &[]);
        assert!(product[1] > 0.5, "a high score is a product role: {product:?}");
        let odd = posting(9.0, 0.1, 1.0, Label::Unclear, Some(0.0));
        let more = |set: &[Scored]| [set, std::slice::from_ref(&odd)].concat();
        let (_, with_unclear) = of(&more(&postings), &splices, &[]);
        assert_eq!(with_unclear, shares, "the share of an unclear posting");
        assert_eq!(of(&postings, &more(&splices), &[]), (product, shares), "an unclear splice");
        let titled = [TitleClaim::Pm, TitleClaim::Pmm].map(|claim| score(3.0, claim));
        assert_eq!(of(&postings, &splices, &titled), (product, shares), "product titles in the feed");
        let (lower, same) = of(&postings, &splices, &[score(1.0, TitleClaim::Other)]);
        assert_eq!(same, shares, "other titles in the feed");
        assert!(logistic(lower[0] + lower[1]) < logistic(product[0] + product[1]), "{lower:?}, before {product:?}");
    }
}
