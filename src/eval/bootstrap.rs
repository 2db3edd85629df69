//! Intervals of metrics by the bootstrap.

use std::fmt;

use serde::Serialize;

use super::Prediction;

/// Resamples per interval.
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
        // Counts have no decimals, rates three.
        let digits =
            if self.value > 1.0 || [self.value, self.low, self.high].iter().all(|x| x.fract() == 0.0) { 0 } else { 3 };
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
    let mut state = 0_u64;
    let mut draw = |end: usize| {
        // SplitMix64 (Steele, Lea and Flood 2014); a fraction of the range (Lemire 2019).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((u128::from(bits) * end as u128) >> 64) as usize
    };
    let mut found: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn: Vec<Prediction> =
                (0..predictions.len()).map(|_| predictions[draw(predictions.len())].clone()).collect();
            metric(&drawn)
        })
        .collect();
    found.sort_unstable_by(f64::total_cmp);
    let at = |part: f64| found[((RESAMPLES - 1) as f64 * part).round() as usize];
    Interval95 { value, low: at(0.025), high: at(0.975) }
}
