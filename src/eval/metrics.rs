//! Metrics over predictions, defined as in scikit-learn where it has them.

use serde::Serialize;

use super::Prediction;
use crate::model::{ByLabel, Label};

/// Metrics over a set of predictions. Means and ratios over an empty set are 0.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Metrics {
    /// Number of predictions.
    pub n: usize,
    /// Fraction with the annotators' label.
    pub accuracy: f64,
    /// Mean F1 over the labels that the annotators gave.
    pub macro_f1: f64,
    /// Accuracy over the postings labeled `pm` or `pmm`.
    pub pm_vs_pmm_accuracy: f64,
    /// Fraction of the same postings whose label is the more probable of the two
    /// roles, whichever of the four labels is predicted.
    pub pm_vs_pmm_sides: f64,
    /// Number of `pm` postings predicted as `pmm`, or the reverse.
    pub swapped: usize,
    /// By label.
    pub labels: ByLabel<LabelMetrics>,
    /// `confusion[truth][predicted]`.
    pub confusion: ByLabel<ByLabel<usize>>,
    /// Mean negative natural logarithm of the probability of the annotators' label;
    /// probabilities below 0.000001 count as 0.000001.
    pub log_loss: f64,
    /// Expected calibration error: mean absolute difference of confidence and accuracy
    /// over ten bins of equal width, weighted by their sizes (Guo et al. 2017).
    pub calibration_error: f64,
    /// The bins of the calibration error that are not empty.
    pub reliability: Vec<ReliabilityBin>,
    /// Accuracy of the most confident verdicts.
    pub coverage: Vec<Coverage>,
    /// Mean absolute error of the PM share, over `pm`, `pmm` and `hybrid` postings.
    pub share_error: f64,
    /// Of these postings that get an interval, the fraction whose interval contains the annotators'
    /// share.
    pub share_covered: f64,
    /// The same, for the interval widened by 0.025 at both ends: annotators round, and
    /// give 0 or 1 to a posting with a line or two of the other role.
    pub share_nearly_covered: f64,
    /// By length of the text.
    pub lengths: Vec<LengthMetrics>,
    /// Fraction of the postings with marked phrases in which one of the first three listed phrases of
    /// the role with the larger share, by the annotators, overlaps a marked one.
    pub evidence_at_3: f64,
    /// The same, for the first five.
    pub evidence_at_5: f64,
}

/// Metrics of one label.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct LabelMetrics {
    /// The label.
    pub label: Label,
    /// Number of postings to which the annotators gave it.
    pub support: usize,
    /// Fraction of its predictions that are right.
    pub precision: f64,
    /// Fraction of its postings that are predicted.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
}

/// One bin of confidences.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ReliabilityBin {
    /// Lower end, inclusive.
    pub from: f64,
    /// Upper end, exclusive; 1 is in the last bin.
    pub to: f64,
    /// Number of predictions.
    pub n: usize,
    /// Mean confidence.
    pub confidence: f64,
    /// Fraction that is right.
    pub accuracy: f64,
}

/// Accuracy of the most confident fraction of the predictions.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// Fraction of the predictions that is kept.
    pub coverage: f64,
    /// Lowest confidence among them.
    pub min_confidence: f64,
    /// Fraction of them that is right.
    pub accuracy: f64,
}

/// Accuracy on texts of similar length.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct LengthMetrics {
    /// Minimum number of words.
    pub from: usize,
    /// Maximum number of words, exclusive; 0 for no limit.
    pub to: usize,
    /// Number of predictions.
    pub n: usize,
    /// Fraction that is right.
    pub accuracy: f64,
}

/// Coverages that are reported.
const COVERAGES: [f64; 7] = [1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5];

/// Ranges of words that are reported; the last has no upper end.
const LENGTHS: [(usize, usize); 5] = [(0, 150), (150, 300), (300, 500), (500, 750), (750, 0)];

/// Distance from the interval at which a share still counts as nearly covered.
const NEAR: f64 = 0.025;

impl Metrics {
    /// Computes all metrics of `predictions`.
    #[must_use]
    pub fn of(predictions: &[Prediction]) -> Self {
        let all = || predictions.iter();
        let one_role = || all().filter(|p| matches!(p.truth, Label::Pm | Label::Pmm));
        let mut confusion = ByLabel::<ByLabel<usize>>::default();
        for prediction in predictions {
            confusion[prediction.truth][prediction.predicted] += 1;
        }
        let labels = ByLabel::from_fn(|label| label_metrics(label, &confusion));
        let reliability = reliability(predictions);
        let gaps = reliability.iter().map(|bin| (bin.confidence - bin.accuracy).abs() * bin.n as f64);
        let shares: Vec<_> = all().filter(|p| p.truth != Label::Unclear && p.true_share.is_some()).collect();
        let covered = |within: f64| {
            fraction(shares.iter().filter(|p| p.interval_miss.is_some()), |p| {
                p.interval_miss.is_some_and(|distance| distance <= within)
            })
        };
        let ranks: Vec<_> = all().filter_map(|p| p.evidence_rank).collect();
        Self {
            n: predictions.len(),
            accuracy: accuracy(all()),
            macro_f1: mean(labels.values().iter().filter(|row| row.support > 0).map(|row| row.f1)),
            pm_vs_pmm_accuracy: accuracy(one_role()),
            pm_vs_pmm_sides: fraction(one_role(), |p| more_probable_role(p) == Some(p.truth)),
            swapped: confusion[Label::Pm][Label::Pmm] + confusion[Label::Pmm][Label::Pm],
            log_loss: mean(all().map(|p| -libm::log(p.probabilities[p.truth].max(1e-6)))),
            calibration_error: gaps.sum::<f64>() / predictions.len().max(1) as f64,
            reliability,
            coverage: coverage(predictions),
            share_error: mean(shares.iter().map(|p| (p.share - p.true_share.unwrap_or(p.share)).abs())),
            share_covered: covered(1e-9),
            share_nearly_covered: covered(NEAR),
            lengths: LENGTHS.map(|range| length_metrics(predictions, range)).into(),
            evidence_at_3: fraction(ranks.iter(), |rank| **rank < 3),
            evidence_at_5: fraction(ranks.iter(), |rank| **rank < 5),
            labels,
            confusion,
        }
    }
}

/// The more probable of the two roles; `None` if they are equally probable, as for a
/// text that is not classified.
fn more_probable_role(prediction: &Prediction) -> Option<Label> {
    match prediction.probabilities[Label::Pm].total_cmp(&prediction.probabilities[Label::Pmm]) {
        std::cmp::Ordering::Greater => Some(Label::Pm),
        std::cmp::Ordering::Less => Some(Label::Pmm),
        std::cmp::Ordering::Equal => None,
    }
}

fn label_metrics(label: Label, confusion: &ByLabel<ByLabel<usize>>) -> LabelMetrics {
    let hits = confusion[label][label];
    let support = confusion[label].values().iter().sum();
    let predicted = confusion.values().iter().map(|row| row[label]).sum();
    let (precision, recall) = (ratio(hits, predicted), ratio(hits, support));
    let f1 = if hits == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
    LabelMetrics { label, support, precision, recall, f1 }
}

fn reliability(predictions: &[Prediction]) -> Vec<ReliabilityBin> {
    let bin = |at: usize| {
        let inside: Vec<_> = predictions.iter().filter(|p| ((p.confidence * 10.0) as usize).min(9) == at).collect();
        ReliabilityBin {
            from: at as f64 / 10.0,
            to: (at + 1) as f64 / 10.0,
            n: inside.len(),
            confidence: mean(inside.iter().map(|p| p.confidence)),
            accuracy: accuracy(inside.iter().copied()),
        }
    };
    (0..10).map(bin).filter(|bin| bin.n > 0).collect()
}

fn coverage(predictions: &[Prediction]) -> Vec<Coverage> {
    let mut sorted: Vec<_> = predictions.iter().collect();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let row = |coverage: f64| {
        let kept = &sorted[..((sorted.len() as f64 * coverage).round() as usize).min(sorted.len())];
        let min_confidence = kept.last().map_or(1.0, |p| p.confidence);
        Coverage { coverage, min_confidence, accuracy: accuracy(kept.iter().copied()) }
    };
    COVERAGES.map(row).into()
}

fn length_metrics(predictions: &[Prediction], (from, to): (usize, usize)) -> LengthMetrics {
    let inside = || predictions.iter().filter(|p| p.words >= from && (to == 0 || p.words < to));
    LengthMetrics { from, to, n: inside().count(), accuracy: accuracy(inside()) }
}

fn accuracy<'a>(predictions: impl Iterator<Item = &'a Prediction>) -> f64 {
    fraction(predictions, |p| p.truth == p.predicted)
}

fn fraction<T>(items: impl Iterator<Item = T>, holds: impl Fn(&T) -> bool) -> f64 {
    mean(items.map(|item| f64::from(u8::from(holds(&item)))))
}

/// Fractions with their names as a table in Markdown.
pub(super) fn fractions_table(head: &str, rows: &[(&str, f64)]) -> String {
    let rows: Vec<String> = rows.iter().map(|(name, value)| format!("\n| {name} | {value:.3} |")).collect();
    format!("| {head} | |\n|---|---|{}", rows.concat())
}

pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0usize), |(sum, n), value| (sum + value, n + 1));
    if n == 0 { 0.0 } else { sum / n as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TitleClaim;
    use Label::{Hybrid, Pm, Pmm, Unclear};

    /// Truth, prediction, probabilities, true share, share, interval miss, words,
    /// evidence rank.
    type Row = (Label, Label, [f64; 4], Option<f64>, f64, Option<f64>, usize, Option<usize>);

    const ROWS: [Row; 8] = [
        (Pm, Pm, [0.90, 0.02, 0.05, 0.03], Some(0.9), 0.80, Some(0.0), 100, Some(0)),
        (Pm, Pm, [0.60, 0.10, 0.10, 0.20], Some(1.0), 0.95, Some(0.02), 150, Some(2)),
        (Pm, Pmm, [0.30, 0.55, 0.10, 0.05], Some(0.8), 0.30, Some(0.3), 299, Some(usize::MAX)),
        (Pmm, Pmm, [0.05, 0.85, 0.05, 0.05], Some(0.0), 0.10, Some(0.03), 300, Some(3)),
        (Pmm, Hybrid, [0.10, 0.35, 0.40, 0.15], Some(0.3), 0.45, Some(0.0), 499, Some(4)),
        (Hybrid, Hybrid, [0.15, 0.10, 0.70, 0.05], Some(0.5), 0.55, Some(0.0), 749, Some(5)),
        (Unclear, Unclear, [0.01, 0.01, 0.00, 0.98], None, 0.50, None, 750, None),
        (Unclear, Pm, [1.00, 0.00, 0.00, 0.00], Some(0.2), 0.90, Some(0.5), 2000, None),
    ];

    fn predictions() -> Vec<Prediction> {
        let prediction = |row: Row| Prediction {
            id: String::new(),
            truth: row.0,
            predicted: row.1,
            probabilities: row.2.into(),
            confidence: ByLabel::from(row.2)[row.1],
            other_job: String::new(),
            claim: TitleClaim::None,
            true_share: row.3,
            share: row.4,
            interval_miss: row.5,
            words: row.6,
            evidence_rank: row.7,
        };
        ROWS.map(prediction).into()
    }

    fn assert_close(found: f64, expected: f64, name: &str) {
        assert!((found - expected).abs() < 1e-9, "{name}: {found}, expected {expected}");
    }

    /// Expected values from scikit-learn 1.9 on the same rows: `accuracy_score`,
    /// `precision_recall_fscore_support` and `confusion_matrix`; the log loss from numpy,
    /// as the mean of -log of the probabilities clipped to at least 0.000001.
    #[test]
    fn classification_metrics_match_scikit_learn() {
        let found = Metrics::of(&predictions());
        assert_close(found.accuracy, 0.625, "accuracy");
        assert_close(found.macro_f1, 0.625, "macro F1");
        assert_close(found.log_loss, 2.153_111_025_870_841_5, "log loss");
        let confusion = found.confusion.map(|row| *row.values());
        assert_eq!(*confusion.values(), [[2, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [1, 0, 0, 1]]);
        let (third, half) = (1.0 / 3.0, 0.5);
        let labels = [
            (2.0 * third, 2.0 * third, 2.0 * third, 3),
            (half, half, half, 2),
            (half, 1.0, 2.0 * third, 1),
            (1.0, half, 2.0 * third, 2),
        ];
        for (label, (precision, recall, f1, support)) in found.labels.values().iter().zip(labels) {
            assert_close(label.precision, precision, label.label.as_str());
            assert_close(label.recall, recall, label.label.as_str());
            assert_close(label.f1, f1, label.label.as_str());
            assert_eq!(label.support, support, "{}", label.label);
        }
    }

    /// Expected values by hand from `ROWS`.
    #[test]
    fn other_metrics_match_values_by_hand() {
        let found = Metrics::of(&predictions());
        assert_eq!((found.n, found.swapped), (8, 1));
        let swapped = [(Pm, Pmm), (Pm, Pmm), (Pmm, Pm), (Pm, Pm)];
        let swapped = swapped.map(|(truth, predicted)| Prediction { truth, predicted, ..Prediction::example() });
        assert_eq!(Metrics::of(&swapped).swapped, 3, "in either direction");
        assert_close(found.pm_vs_pmm_accuracy, 3.0 / 5.0, "PM or PMM");
        assert_close(found.pm_vs_pmm_sides, 4.0 / 5.0, "more probable role");
        // Bins by confidence: 0.40, 0.55, 0.60, 0.70, 0.85, then 0.90, 0.98 and 1.00.
        let gaps = 0.40 + 0.55 + 0.40 + 0.30 + 0.15 + (2.88f64 - 2.0);
        assert_close(found.calibration_error, gaps / 8.0, "calibration error");
        let bins: Vec<_> = found.reliability.iter().map(|bin| (bin.from, bin.to, bin.n)).collect();
        let expected = [(0.4, 0.5, 1), (0.5, 0.6, 1), (0.6, 0.7, 1), (0.7, 0.8, 1), (0.8, 0.9, 1), (0.9, 1.0, 3)];
        assert_eq!(bins, expected);
        assert_close(found.share_error, (0.1 + 0.05 + 0.5 + 0.1 + 0.15 + 0.05) / 6.0, "share error");
        assert_close(found.share_covered, 3.0 / 6.0, "covered");
        assert_close(found.share_nearly_covered, 4.0 / 6.0, "nearly covered");
        assert_close(found.evidence_at_3, 2.0 / 6.0, "evidence at 3");
        assert_close(found.evidence_at_5, 4.0 / 6.0, "evidence at 5");
        let lengths: Vec<_> = found.lengths.iter().map(|row| (row.from, row.n, row.accuracy)).collect();
        assert_eq!(lengths, [(0, 1, 1.0), (150, 2, 0.5), (300, 2, 0.5), (500, 1, 1.0), (750, 2, 0.5)]);
        // Half of the eight: confidences 1.00 (wrong), 0.98, 0.90 and 0.85.
        let half = found.coverage.last().unwrap();
        assert_close(half.min_confidence, 0.85, "lowest confidence");
        assert_close(half.accuracy, 0.75, "accuracy at half coverage");
    }

    #[test]
    fn metrics_of_nothing_are_zero() {
        let found = Metrics::of(&[]);
        for number in [found.accuracy, found.macro_f1, found.log_loss, found.calibration_error, found.share_covered] {
            assert_close(number, 0.0, "of nothing");
        }
    }
}
