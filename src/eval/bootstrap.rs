//! Intervals of metrics: Wilson's for proportions, and the bootstrap.

use std::fmt;

use serde::Serialize;

use super::{Metrics, Prediction};
use crate::model::Label;
use crate::proportion::wilson95;
use crate::random::split_mix;

/// Number of resamples per interval.
const RESAMPLES: usize = 1000;

/// A metric with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Interval95 {
    /// The metric on the whole set.
    pub value: f64,
    /// 2.5th percentile over the resamples.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

impl fmt::Display for Interval95 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Counts have no decimals, other metrics three.
        let digits = if [self.value, self.low, self.high].iter().all(|x| x.fract() == 0.0) { 0 } else { 3 };
        write!(f, "{:.digits$} ({:.digits$} to {:.digits$})", self.value, self.low, self.high)
    }
}

/// The metric and its interval: postings are resampled with replacement (Efron's bootstrap,
/// percentiles), by a generator with a fixed seed.
pub(super) fn interval95(predictions: &[Prediction], metric: fn(&[Prediction]) -> f64) -> Interval95 {
    let value = metric(predictions);
    if predictions.is_empty() {
        return Interval95 { value, low: value, high: value };
    }
    let mut found = Vec::new();
    resample(predictions, RESAMPLES, &mut |drawn| found.push(metric(drawn)));
    let (low, high) = percentiles(&mut found);
    Interval95 { value, low, high }
}

/// Minimum number of postings for a bootstrap interval: percentile intervals of smaller sets are too
/// narrow.
const MIN_POSTINGS: usize = 20;

/// The 95% interval of a metric that is a single number.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct MetricInterval {
    /// Name of the metric in [`Metrics`].
    pub metric: &'static str,
    /// Whether any posting has the label or annotation that the metric needs, such as a share.
    pub given: bool,
    /// Low and high end: Wilson's score interval for proportions, bootstrap percentiles for other
    /// metrics. `None` if not given, and for other metrics with fewer than 20 postings.
    pub interval: Option<[f64; 2]>,
}

/// 95% intervals of all metrics that are single numbers.
#[must_use]
pub fn intervals(predictions: &[Prediction]) -> Vec<MetricInterval> {
    type Metric = fn(&Metrics) -> f64;
    type Given = fn(&Prediction) -> bool;
    let any: Given = |_| true;
    let one_role: Given = |p| matches!(p.truth, Label::Pm | Label::Pmm);
    let share: Given = |p| p.truth != Label::Unclear && p.true_share.is_some();
    let evidence: Given = |p| p.evidence_rank.is_some();
    let proportions: [(&'static str, Given, Metric); 7] = [
        ("accuracy", any, |m| m.accuracy),
        ("pm_vs_pmm_accuracy", one_role, |m| m.pm_vs_pmm_accuracy),
        ("pm_vs_pmm_sides", one_role, |m| m.pm_vs_pmm_sides),
        ("share_covered", share, |m| m.share_covered),
        ("share_nearly_covered", share, |m| m.share_nearly_covered),
        ("evidence_at_3", evidence, |m| m.evidence_at_3),
        ("evidence_at_5", evidence, |m| m.evidence_at_5),
    ];
    let whole = Metrics::of(predictions);
    let postings = |given: Given| predictions.iter().filter(|prediction| given(prediction)).count();
    let found = proportions.map(|(metric, given, value)| {
        let n = postings(given);
        MetricInterval { metric, given: n > 0, interval: (n > 0).then(|| wilson95(value(&whole), n)) }
    });
    let others: [(&'static str, Given, Metric); 5] = [
        ("macro_f1", any, |m| m.macro_f1),
        ("swapped", one_role, |m| m.swapped as f64),
        ("log_loss", any, |m| m.log_loss),
        ("calibration_error", any, |m| m.calibration_error),
        ("share_error", share, |m| m.share_error),
    ];
    let mut drawn_values = others.map(|_| Vec::new());
    resample(predictions, rounds(predictions.len()), &mut |drawn| {
        let of = Metrics::of(drawn);
        for (values, (_, given, metric)) in drawn_values.iter_mut().zip(&others) {
            if drawn.iter().any(given) {
                values.push(metric(&of));
            }
        }
    });
    let percentile = |((metric, given, _), mut values): ((&'static str, Given, Metric), Vec<f64>)| {
        let n = postings(given);
        let interval = (n >= MIN_POSTINGS && !values.is_empty()).then(|| percentiles(&mut values).into());
        MetricInterval { metric, given: n > 0, interval }
    };
    found.into_iter().chain(others.into_iter().zip(drawn_values).map(percentile)).collect()
}

/// Number of resamples of a set: fewer for a large one, whose intervals are narrow anyway.
fn rounds(predictions: usize) -> usize {
    (20_000_000 / predictions.max(1)).clamp(100, RESAMPLES)
}

/// Calls `each` with resamples: as many predictions as there are, drawn with replacement, `rounds`
/// times.
fn resample(predictions: &[Prediction], rounds: usize, each: &mut dyn FnMut(&[Prediction])) {
    let mut state = 0_u64;
    let mut draw = |end: usize| {
        // A fraction of the range instead of a remainder (Lemire 2019).
        ((u128::from(split_mix(&mut state)) * end as u128) >> 64) as usize
    };
    for _ in 0..rounds {
        let drawn: Vec<Prediction> =
            (0..predictions.len()).map(|_| predictions[draw(predictions.len())].clone()).collect();
        each(&drawn);
    }
}

/// The 2.5th and 97.5th percentile.
fn percentiles(values: &mut [f64]) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let at = |fraction: f64| values[((values.len() - 1) as f64 * fraction).round() as usize];
    (at(0.025), at(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_counts_have_no_decimals() {
        for (name, [value, low, high], expected) in [
            ("a rate", [0.92, 0.88, 0.955], "0.920 (0.880 to 0.955)"),
            ("a rate of 1", [1.0, 0.954, 1.0], "1.000 (0.954 to 1.000)"),
            ("a log loss above 1", [1.25, 0.9, 1.6], "1.250 (0.900 to 1.600)"),
            ("a count", [12.0, 6.0, 19.0], "12 (6 to 19)"),
            ("a count of 1", [1.0, 0.0, 3.0], "1 (0 to 3)"),
        ] {
            assert_eq!(Interval95 { value, low, high }.to_string(), expected, "{name}");
        }
    }

    #[test]
    fn percentiles_are_the_nearest_values() {
        let mut values: Vec<f64> = (1..=1000).rev().map(f64::from).collect();
        // At 0.025 and 0.975 of the way from place 0 to place 999: places 24.975 and 974.025.
        assert_eq!(percentiles(&mut values), (26.0, 975.0));
    }

    #[test]
    fn large_sets_have_fewer_resamples() {
        for (predictions, expected) in [(0, 1000), (30, 1000), (20_000, 1000), (50_000, 400), (1_000_000, 100)] {
            assert_eq!(rounds(predictions), expected, "{predictions}");
        }
    }

    /// Twenty-five postings of PM: every fifth is taken for PMM, and the error of the share grows by 0.01.
    fn postings() -> Vec<Prediction> {
        let posting = |at: usize| Prediction {
            predicted: if at.is_multiple_of(5) { Label::Pmm } else { Label::Pm },
            true_share: Some(1.0 - at as f64 / 100.0),
            words: at * at,
            ..Prediction::example()
        };
        (0..25).map(posting).collect()
    }

    /// Expected values from the same bootstrap written in Python: 1000 resamples by `SplitMix64` from
    /// state 0, the high 64 bits of each number times 25.
    #[test]
    fn intervals_are_those_of_the_resamples() {
        let near = |found: [f64; 2], expected: [f64; 2]| found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
        let words = |drawn: &[Prediction]| drawn.iter().map(|p| p.words).sum::<usize>() as f64 / drawn.len() as f64;
        let found = interval95(&postings(), words);
        assert!((found.value - 196.0).abs() < 1e-9 && near([found.low, found.high], [122.04, 269.96]), "{found}");
        let none = interval95(&[], |_| 0.5);
        assert_eq!(none, Interval95 { value: 0.5, low: 0.5, high: 0.5 });
        let all = intervals(&postings());
        for (metric, expected) in [("swapped", [1.0, 9.0]), ("share_error", [0.0888, 0.1472])] {
            let found = all.iter().find(|found| found.metric == metric).unwrap();
            assert!(found.interval.is_some_and(|interval| near(interval, expected)), "{found:?}");
        }
    }

    /// By name: of how many postings a metric is given, and from how many it has an interval.
    #[test]
    fn metrics_have_intervals_if_enough_postings_have_what_they_need() {
        let posting = Prediction::example();
        let with_share = Prediction { true_share: Some(1.0), ..posting.clone() };
        let marked = Prediction { evidence_rank: Some(0), ..posting.clone() };
        let other = Prediction { truth: Label::Unclear, true_share: Some(0.5), ..posting.clone() };
        let many = |posting: &Prediction, n: usize| vec![posting.clone(); n];
        let always = ["accuracy", "macro_f1", "log_loss", "calibration_error"];
        let by_role = ["pm_vs_pmm_accuracy", "pm_vs_pmm_sides", "swapped"];
        let by_share = ["share_covered", "share_nearly_covered", "share_error"];
        let by_mark = ["evidence_at_3", "evidence_at_5"];
        for (name, postings, given) in [
            ("none", Vec::new(), vec![]),
            ("3 of a role", many(&posting, 3), [always.as_slice(), &by_role].concat()),
            ("20 of a role", many(&posting, 20), [always.as_slice(), &by_role].concat()),
            ("3 with shares", many(&with_share, 3), [always.as_slice(), &by_role, &by_share].concat()),
            ("20 with shares", many(&with_share, 20), [always.as_slice(), &by_role, &by_share].concat()),
            ("20 with phrases", many(&marked, 20), [always.as_slice(), &by_role, &by_mark].concat()),
            ("20 of another job, their shares not counted", many(&other, 20), always.to_vec()),
        ] {
            let enough = postings.len() >= MIN_POSTINGS;
            let bootstrapped = ["macro_f1", "swapped", "log_loss", "calibration_error", "share_error"];
            for found in intervals(&postings) {
                let expected = given.contains(&found.metric);
                assert_eq!(found.given, expected, "{name}: {}", found.metric);
                let interval = expected && (enough || !bootstrapped.contains(&found.metric));
                assert_eq!(found.interval.is_some(), interval, "{name}: {}", found.metric);
            }
        }
    }
}
