//! The figures themselves. Definitions follow scikit-learn's where it has them.

use serde::Serialize;

use super::Example;
use crate::infer::{Classifier, Evidence, Scratch};
use crate::model::{ByLabel, Label, Role};

/// What a classifier said of an example, beside what its readers said.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The example's name.
    pub id: String,
    /// The readers' label.
    pub truth: Label,
    /// The classifier's label.
    pub said: Label,
    /// Its probabilities.
    pub probabilities: ByLabel<f64>,
    /// Its confidence.
    pub confidence: f64,
    /// The family of other jobs it is nearest to; empty where nothing speaks for one.
    pub nearest: String,
    /// The readers' share, where they gave one.
    pub true_share: Option<f64>,
    /// Its share.
    pub share: f64,
    /// How far the readers' share lies outside its interval; 0 inside.
    pub missed_by: Option<f64>,
    /// Words of the text.
    pub words: usize,
    /// Rank, from 0, of the first phrase of the larger role that overlaps a phrase
    /// the readers named; `None` where they named none. `usize::MAX` for no overlap.
    pub evidence_rank: Option<usize>,
}

/// Classifies every labelled example.
#[must_use]
pub fn answers(classifier: &Classifier, examples: &[Example]) -> Vec<Answer> {
    let mut scratch = Scratch::new();
    let mut found = Vec::new();
    for example in examples {
        let Some(truth) = example.label else { continue };
        let verdict = classifier.classify_titled(&mut scratch, example.title.as_deref(), &example.text);
        let [low, high] = verdict.pm_share_interval;
        found.push(Answer {
            id: example.id.clone(),
            truth,
            said: verdict.label,
            probabilities: ByLabel::from_fn(|label| verdict.probabilities.of(label)),
            confidence: verdict.confidence,
            nearest: verdict.other_job.to_string(),
            true_share: example.share,
            share: verdict.pm_share,
            missed_by: example.share.map(|share| (low - share).max(share - high).max(0.0)),
            words: example.text.split_whitespace().count(),
            evidence_rank: (truth != Label::Unclear).then(|| rank(example, &verdict.evidence)).flatten(),
        });
    }
    found
}

/// The rank of the first phrase of the larger role that overlaps a named phrase.
fn rank(example: &Example, evidence: &[Evidence]) -> Option<usize> {
    let role = if example.share.unwrap_or(1.0) >= 0.5 { Role::Pm } else { Role::Pmm };
    let named: Vec<_> = example
        .named(role)
        .iter()
        .flat_map(|phrase| example.text.match_indices(phrase.as_str()).map(|(at, found)| (at, at + found.len())))
        .collect();
    if named.is_empty() {
        return None;
    }
    let overlaps = |phrase: &Evidence| named.iter().any(|&(a, b)| phrase.span.start < b && a < phrase.span.end);
    let mut own = evidence.iter().filter(|phrase| phrase.role == role);
    Some(own.position(overlaps).unwrap_or(usize::MAX))
}

/// Figures over a set of answers. Shares of nothing are 0.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Figures {
    /// Labelled examples.
    pub n: usize,
    /// Part with the readers' label.
    pub accuracy: f64,
    /// Mean of the labels' F1, over the labels that occur among the readers'.
    pub macro_f1: f64,
    /// Part of the postings labelled `pm` or `pmm` that get exactly their label.
    pub pm_vs_pmm_accuracy: f64,
    /// Part of the same postings where the more probable of the two roles is theirs,
    /// whatever the label given.
    pub pm_vs_pmm_sides: f64,
    /// Postings labelled `pm` called `pmm`, or the reverse.
    pub swapped: usize,
    /// Figures of each label.
    pub labels: ByLabel<LabelFigures>,
    /// `confusion[truth][said]`.
    pub confusion: ByLabel<ByLabel<usize>>,
    /// Log loss: mean of minus the natural logarithm of the probability that the
    /// readers' label was given, at least 0.001. Changes with every probability, where
    /// accuracy changes by whole postings only.
    pub log_loss: f64,
    /// Expected calibration error: mean distance of confidence and accuracy over ten
    /// bins of equal width, weighted by their size (Guo et al. 2017).
    pub calibration_error: f64,
    /// The bins behind it.
    pub reliability: Vec<Bin>,
    /// Accuracy of the most confident verdicts.
    pub coverage: Vec<Coverage>,
    /// Mean distance of the share from the readers', over `pm`, `pmm` and `hybrid`.
    pub share_error: f64,
    /// Part of those whose interval holds the readers' share.
    pub share_covered: f64,
    /// Part of those whose interval holds it or ends within 0.025 of it. Readers say
    /// "none of the other role", a share of just 0 or 1, where a line or two of it
    /// stand.
    pub share_nearly_covered: f64,
    /// By length of the text.
    pub lengths: Vec<LengthFigures>,
    /// Part of the postings with named phrases where one of the three strongest
    /// phrases of the larger role overlaps one.
    pub evidence_at_3: f64,
    /// The same with the five strongest.
    pub evidence_at_5: f64,
}

/// Figures of one label.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct LabelFigures {
    /// The label.
    pub label: Label,
    /// How many the readers gave it.
    pub support: usize,
    /// Part of those given it that deserve it.
    pub precision: f64,
    /// Part of those that deserve it that get it.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// One bin of the reliability table.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Bin {
    /// Least confidence, inclusive.
    pub from: f64,
    /// Most confidence, exclusive but for 1.
    pub to: f64,
    /// Verdicts in it.
    pub n: usize,
    /// Their mean confidence.
    pub confidence: f64,
    /// Part of them that are right.
    pub accuracy: f64,
}

/// Accuracy of the most confident part of the verdicts.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// Part of the verdicts kept.
    pub coverage: f64,
    /// The least confidence among them.
    pub min_confidence: f64,
    /// Part of them that are right.
    pub accuracy: f64,
}

/// Figures of texts of some length.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct LengthFigures {
    /// Fewest words.
    pub from: usize,
    /// Most words, exclusive; 0 is no limit.
    pub to: usize,
    /// How many.
    pub n: usize,
    /// Part with the readers' label.
    pub accuracy: f64,
}

/// Takes the figures of `answers`.
#[must_use]
pub fn figures(answers: &[Answer]) -> Figures {
    let n = answers.len();
    let right = |answers: &mut dyn Iterator<Item = &Answer>| {
        let all: Vec<_> = answers.collect();
        ratio(all.iter().filter(|a| a.truth == a.said).count(), all.len())
    };
    let mut confusion = ByLabel::<ByLabel<usize>>::default();
    for answer in answers {
        confusion[answer.truth][answer.said] += 1;
    }
    let labels = ByLabel::from_fn(|label| label_figures(label, &confusion));
    let present: Vec<_> = labels.values().iter().filter(|label| label.support > 0).map(|label| label.f1).collect();
    let one_role = |a: &&Answer| matches!(a.truth, Label::Pm | Label::Pmm);
    let reliability = reliability(answers);
    let gaps = reliability.iter().map(|bin| (bin.confidence - bin.accuracy).abs() * bin.n as f64);
    let shares: Vec<_> = answers.iter().filter(|a| a.truth != Label::Unclear && a.true_share.is_some()).collect();
    let errors = shares.iter().map(|a| (a.share - a.true_share.unwrap_or(a.share)).abs());
    let covered =
        |within: f64| ratio(shares.iter().filter(|a| a.missed_by.is_some_and(|by| by <= within)).count(), shares.len());
    let ranks: Vec<_> = answers.iter().filter_map(|a| a.evidence_rank).collect();
    Figures {
        n,
        accuracy: right(&mut answers.iter()),
        macro_f1: mean(present.iter().copied()),
        pm_vs_pmm_accuracy: right(&mut answers.iter().filter(one_role)),
        pm_vs_pmm_sides: ratio(
            answers.iter().filter(one_role).filter(|a| more_probable_role(a) == Some(a.truth)).count(),
            answers.iter().filter(one_role).count(),
        ),
        swapped: confusion[Label::Pm][Label::Pmm] + confusion[Label::Pmm][Label::Pm],
        labels,
        confusion,
        log_loss: mean(answers.iter().map(|a| -libm::log(a.probabilities[a.truth].max(0.001)))),
        calibration_error: gaps.sum::<f64>() / n.max(1) as f64,
        reliability,
        coverage: coverage(answers),
        share_error: mean(errors),
        share_covered: covered(1e-9),
        share_nearly_covered: covered(NEAR),
        lengths: [(0, 150), (150, 300), (300, 500), (500, 750), (750, 0)]
            .into_iter()
            .map(|(from, to)| {
                let fits = |a: &&Answer| a.words >= from && (to == 0 || a.words < to);
                let n = answers.iter().filter(fits).count();
                LengthFigures { from, to, n, accuracy: right(&mut answers.iter().filter(fits)) }
            })
            .collect(),
        evidence_at_3: ratio(ranks.iter().filter(|&&rank| rank < 3).count(), ranks.len()),
        evidence_at_5: ratio(ranks.iter().filter(|&&rank| rank < 5).count(), ranks.len()),
    }
}

/// A share this near is as good as right: readers put it down in hundredths, and give a
/// role of which a line or two stand nothing at all.
const NEAR: f64 = 0.025;

/// The more probable of the two roles; none where they are alike, as in a text that could
/// not be judged.
fn more_probable_role(answer: &Answer) -> Option<Label> {
    match answer.probabilities[Label::Pm].total_cmp(&answer.probabilities[Label::Pmm]) {
        std::cmp::Ordering::Greater => Some(Label::Pm),
        std::cmp::Ordering::Less => Some(Label::Pmm),
        std::cmp::Ordering::Equal => None,
    }
}

fn label_figures(label: Label, confusion: &ByLabel<ByLabel<usize>>) -> LabelFigures {
    let hits = confusion[label][label];
    let support = confusion[label].values().iter().sum();
    let given = confusion.values().iter().map(|row| row[label]).sum();
    let (precision, recall) = (ratio(hits, given), ratio(hits, support));
    let f1 = if hits == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
    LabelFigures { label, support, precision, recall, f1 }
}

fn reliability(answers: &[Answer]) -> Vec<Bin> {
    let bin = |at: usize| {
        let (from, to) = (at as f64 / 10.0, (at + 1) as f64 / 10.0);
        let inside: Vec<_> = answers.iter().filter(|a| ((a.confidence * 10.0) as usize).min(9) == at).collect();
        Bin {
            from,
            to,
            n: inside.len(),
            confidence: mean(inside.iter().map(|a| a.confidence)),
            accuracy: ratio(inside.iter().filter(|a| a.truth == a.said).count(), inside.len()),
        }
    };
    (0..10).map(bin).filter(|bin| bin.n > 0).collect()
}

fn coverage(answers: &[Answer]) -> Vec<Coverage> {
    let mut sorted: Vec<_> = answers.iter().collect();
    sorted.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    [1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5]
        .into_iter()
        .map(|part| {
            let kept = &sorted[..((sorted.len() as f64 * part).round() as usize).min(sorted.len())];
            Coverage {
                coverage: part,
                min_confidence: kept.last().map_or(1.0, |a| a.confidence),
                accuracy: ratio(kept.iter().filter(|a| a.truth == a.said).count(), kept.len()),
            }
        })
        .collect()
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

    fn answer(truth: Label, said: Label, confidence: f64) -> Answer {
        Answer {
            id: String::new(),
            truth,
            said,
            probabilities: ByLabel::splat(0.25),
            confidence,
            nearest: String::new(),
            true_share: Some(0.5),
            share: 0.75,
            missed_by: Some(0.02),
            words: 100,
            evidence_rank: None,
        }
    }

    /// Reference values from scikit-learn 1.7: `precision_recall_fscore_support`.
    #[test]
    fn figures_match_scikit_learn() {
        use Label::{Hybrid, Pm, Pmm, Unclear};
        let truth = [Pm, Pm, Pm, Pmm, Pmm, Hybrid, Unclear, Unclear];
        let said = [Pm, Pm, Pmm, Pmm, Hybrid, Hybrid, Unclear, Pm];
        let answers: Vec<_> = truth.into_iter().zip(said).map(|(t, s)| answer(t, s, 0.9)).collect();
        let figures = figures(&answers);
        assert!((figures.accuracy - 0.625).abs() < 1e-12);
        assert!((figures.macro_f1 - 0.625).abs() < 1e-12);
        assert!((figures.pm_vs_pmm_accuracy - 0.6).abs() < 1e-12);
        assert_eq!(figures.swapped, 1);
        assert!((figures.calibration_error - 0.275).abs() < 1e-12);
        assert!((figures.share_error - 0.25).abs() < 1e-12);
        assert!(figures.share_covered < 1e-12 && (figures.share_nearly_covered - 1.0).abs() < 1e-12);
        assert!(figures.pm_vs_pmm_sides < 1e-12, "alike is not right");
        assert_eq!(*figures.confusion[Pm].values(), [2, 1, 0, 0]);
    }

    #[test]
    fn sides_and_distances_are_taken_one_by_one() {
        let table = [
            (Label::Pm, [0.2, 0.1, 0.0, 0.7], 0.0),
            (Label::Pm, [0.1, 0.2, 0.0, 0.7], 0.02),
            (Label::Pmm, [0.1, 0.2, 0.0, 0.7], 0.03),
            (Label::Pmm, [0.0, 0.0, 0.0, 1.0], 0.5),
            (Label::Unclear, [0.9, 0.1, 0.0, 0.0], 0.0),
        ];
        let answers = table.map(|(truth, probabilities, missed_by)| Answer {
            probabilities: probabilities.into(),
            missed_by: Some(missed_by),
            ..answer(truth, Label::Unclear, 0.7)
        });
        let figures = figures(&answers);
        assert!((figures.pm_vs_pmm_sides - 0.5).abs() < 1e-12);
        assert!((figures.share_covered - 0.25).abs() < 1e-12);
        assert!((figures.share_nearly_covered - 0.5).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_no_division_by_zero() {
        let figures = figures(&[]);
        assert!(figures.accuracy.abs() < f64::EPSILON && figures.calibration_error.abs() < f64::EPSILON);
    }
}
