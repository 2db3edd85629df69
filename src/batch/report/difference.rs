//! Differences between the shares of two groups.

use super::evaluation::Errors;
use super::quantification::{Estimate, adjusted_difference, observed_shares};
use super::stats::{LabelCounts, size};
use crate::model::{ByLabel, Label};

/// Minimum size of a group whose shares are adjusted: in smaller ones the intervals are too wide to be
/// of use.
pub(crate) const MIN_ADJUSTED: u64 = 10;

/// Whether a group is large enough that its shares are adjusted.
pub(crate) fn is_adjusted(counts: &LabelCounts) -> bool {
    size(counts) >= MIN_ADJUSTED
}

/// The shares of `a` minus those of `b`, with 95% intervals by Newcombe's method (1998,
/// "Interval estimation for the difference between independent proportions", number 10):
/// it combines the Wilson intervals of the two.
pub(crate) fn observed(a: &LabelCounts, b: &LabelCounts) -> Estimate {
    let (a, b) = (observed_shares(a), observed_shares(b));
    let width = |x: f64, y: f64| (x * x + y * y).sqrt();
    let difference = |label: Label| a.share[label] - b.share[label];
    Estimate {
        share: ByLabel::from_fn(difference),
        low: ByLabel::from_fn(|label| {
            difference(label) - width(a.share[label] - a.low[label], b.high[label] - b.share[label])
        }),
        high: ByLabel::from_fn(|label| {
            difference(label) + width(a.high[label] - a.share[label], b.share[label] - b.low[label])
        }),
    }
}

/// The difference of the adjusted shares, if both groups are large enough.
pub(crate) fn adjusted(a: &LabelCounts, b: &LabelCounts, errors: Option<&Errors>) -> Option<Estimate> {
    errors.filter(|_| is_adjusted(a) && is_adjusted(b)).map(|errors| adjusted_difference(a, b, errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected values from Newcombe 1998, table II, method 10.
    #[test]
    fn intervals_are_those_of_newcombe() {
        for ((a, n), (b, m), low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((6, 7), (2, 7), 0.0582, 0.8062),
        ] {
            let found = observed(&[a, n - a, 0, 0].into(), &[b, m - b, 0, 0].into());
            assert!((found.low[Label::Pm] - low).abs() < 5e-5, "{a}/{n} {b}/{m}: {found:?}");
            assert!((found.high[Label::Pm] - high).abs() < 5e-5, "{a}/{n} {b}/{m}: {found:?}");
        }
    }

    /// By hand: a model without errors leaves the shares as they are, 0.8 and 0.2.
    #[test]
    fn differences_are_adjusted_from_ten_postings_in_both_groups() {
        let confusion = std::array::from_fn(|t| std::array::from_fn(|p| if t == p { 1_000_000_000 } else { 0 }));
        let errors = Errors { confusion, feed: None };
        let (ten, nine) = ([8, 2, 0, 0].into(), [2, 7, 0, 0].into());
        let found = adjusted(&ten, &[2, 8, 0, 0].into(), Some(&errors)).unwrap();
        assert!((found.share[Label::Pm] - 0.6).abs() < 1e-6, "{found:?}");
        for (a, b, errors) in [(ten, nine, Some(&errors)), (nine, ten, Some(&errors)), (ten, ten, None)] {
            assert_eq!(adjusted(&a, &b, errors), None, "{a:?} {b:?}");
        }
    }
}
