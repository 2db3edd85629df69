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

/// By hand: draws of 0 to 399 parts of 400, without ten at each end; the share lies within.
#[test]
fn an_interval_holds_95_of_100_draws() {
    let draws: Vec<f64> = (0..DRAWS).rev().map(|n| n as f64 / DRAWS as f64).collect();
    let estimate = interval([0.5, 0.01, 0.99, 0.5], std::array::from_fn(|_| draws.clone()));
    let bounds = Label::ALL.map(|label| (estimate.low[label], estimate.high[label]));
    assert_eq!(bounds, [(0.025, 0.972_5), (0.01, 0.972_5), (0.025, 0.99), (0.025, 0.972_5)]);
}

/// Expected shares: EM in `numpy` with 60,000 rounds, the rates smoothed. Expected intervals:
/// quantiles of 20,000 draws of the same posterior in `numpy`, each after 100 rounds; 400
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
        ([30, 5, 50, 15], [0.229_24, 0.0, 0.701_16, 0.069_61], [0.044, 0.0, 0.517, 0.0], [0.387, 0.060, 0.892, 0.178]),
        ([3, 40, 2, 5], [0.010_31, 0.934_34, 0.0, 0.055_35], [0.0, 0.738, 0.0, 0.0], [0.121, 0.986, 0.106, 0.194]),
    ] {
        let estimate = adjusted_shares(&counts.into(), &ERRORS);
        for label in Label::ALL {
            let near =
                |found: ByLabel<f64>, expected: [f64; N], by: f64| (found[label] - expected[label as usize]).abs() < by;
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

/// Of 2,000 postings of a feed 13% are reported as product roles, 258 of 260 correctly. The
/// labeled error rates alone would leave about 10%.
#[test]
fn other_jobs_of_a_feed_are_far_from_product_roles() {
    let counts = [260, 0, 0, 1740].into();
    let errors = Errors { confusion: MODEL, feed: FEED };
    let (plain, near) = (adjusted_shares(&counts, &Errors { feed: None, ..errors }), adjusted_shares(&counts, &errors));
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
    let row = ErrorRates::estimated(&errors).mixed(group.near)[Label::Unclear as usize];
    for (found, expected) in row.into_iter().zip([0.002_231, 0.000_446, 0.001_339, 0.995_984]) {
        assert!((found - expected).abs() < 2e-6, "{row:?}");
    }
    let near = ErrorRates::estimated(&errors).mixed(1.0)[Label::Unclear as usize];
    assert!(near.into_iter().zip([5.0, 1.0, 3.0, 93.0]).all(|(found, of)| (found - of / 102.0).abs() < 1e-9));
    assert!(Group::new(&[9, 0, 0, 0].into(), &errors).near.is_infinite(), "no other jobs");
}

/// Error rates near 0 may round to 0, and then no mixture is in proportion to them.
#[test]
fn other_jobs_without_errors_have_none_in_a_feed() {
    let none = [0.0, 0.0, 0.0, 1.0];
    let rates = ErrorRates { labeled: [none; N], far: Some(0.1) };
    let row = rates.mixed(0.5)[Label::Unclear as usize];
    assert!(row.into_iter().zip(none).all(|(found, expected)| (found - expected).abs() < 1e-9), "{row:?}");
}

#[test]
fn a_difference_is_that_of_the_adjusted_shares() {
    let (a, b) = ([120, 60, 40, 80].into(), [30, 5, 50, 15].into());
    let found = adjusted_difference(&a, &b, &ERRORS);
    let (a, b) = (adjusted_shares(&a, &ERRORS), adjusted_shares(&b, &ERRORS));
    for label in Label::ALL {
        assert!((found.share[label] - (a.share[label] - b.share[label])).abs() < 1e-9);
        assert!(found.low[label] <= found.share[label] && found.share[label] <= found.high[label]);
        let width = |estimate: &Estimate| estimate.high[label] - estimate.low[label];
        assert!(width(&found) > 0.9 * width(&a).max(width(&b)), "{label}: {found:?} {a:?} {b:?}");
    }
    // Quantiles of 3,000 draws in `numpy`, as above.
    for (label, low, high) in [
        (Label::Pm, 0.041, 0.388),
        (Label::Pmm, 0.101, 0.296),
        (Label::Hybrid, -0.818, -0.430),
        (Label::Unclear, 0.082, 0.322),
    ] {
        let near = (found.low[label] - low).abs() < 0.05 && (found.high[label] - high).abs() < 0.05;
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
