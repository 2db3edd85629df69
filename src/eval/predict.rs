//! Predictions for labeled postings.

use super::Example;
use crate::infer::{Classifier, Evidence, Interval, Scratch};
use crate::model::{ByLabel, Label, Role, TitleClaim};
use crate::text::Span;

/// The verdict on an example and the labels of its annotators.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Prediction {
    /// The example's id.
    pub id: String,
    /// The annotators' label.
    pub truth: Label,
    /// The predicted label.
    pub predicted: Label,
    /// Predicted probabilities; they sum to 1.
    pub probabilities: ByLabel<f64>,
    /// Probability of the predicted label, 0 to 1.
    pub confidence: f64,
    /// The family of other jobs nearest to the posting; may be empty.
    pub nearest_job: String,
    /// The annotators' PM share, 0 to 1.
    pub true_share: Option<f64>,
    /// The predicted PM share, 0 to 1.
    pub share: f64,
    /// Distance of the annotators' share from the predicted interval; 0 inside it.
    pub interval_miss: Option<f64>,
    /// What the title claims.
    pub claim: TitleClaim,
    /// Number of words in the text.
    pub words: usize,
    /// Rank, from 0, of the first phrase of the larger role that overlaps a phrase
    /// marked by the annotators; `usize::MAX` if none does, `None` if none is marked.
    pub evidence_rank: Option<usize>,
}

impl Prediction {
    /// Whether the title claims another label than the annotators gave. Titles that claim
    /// nothing plain are taken for those of another trade.
    pub(super) fn title_misleads(&self) -> bool {
        let claimed = match self.claim {
            TitleClaim::Pm => Label::Pm,
            TitleClaim::Pmm => Label::Pmm,
            TitleClaim::Both => Label::Hybrid,
            TitleClaim::Near | TitleClaim::Other | TitleClaim::None => Label::Unclear,
        };
        claimed != self.truth
    }
}

/// Classifies every example that has a label.
#[must_use]
pub fn predict(classifier: &Classifier, examples: &[Example]) -> Vec<Prediction> {
    let mut scratch = Scratch::new();
    let mut predictions = Vec::new();
    for example in examples {
        let Some(truth) = example.label else { continue };
        let verdict = classifier.classify_with(&mut scratch, example.title.as_deref(), &example.text);
        predictions.push(Prediction {
            id: example.id.clone(),
            truth,
            predicted: verdict.label,
            probabilities: ByLabel::from_fn(|label| verdict.probabilities.of(label)),
            confidence: verdict.confidence,
            nearest_job: verdict.other_job.as_deref().unwrap_or_default().to_owned(),
            true_share: example.share,
            share: verdict.pm_share.unwrap_or_else(|| classifier.share(&verdict.strength)),
            interval_miss: example
                .share
                .zip(verdict.pm_share_interval)
                .map(|(share, Interval { low, high })| (low - share).max(share - high).max(0.0)),
            claim: verdict.title.as_ref().map_or(TitleClaim::None, |title| title.says),
            words: example.text.split_whitespace().count(),
            evidence_rank: (truth != Label::Unclear).then(|| evidence_rank(example, &verdict.evidence)).flatten(),
        });
    }
    predictions
}

fn evidence_rank(example: &Example, evidence: &[Evidence]) -> Option<usize> {
    let role = if example.share.unwrap_or(1.0) >= 0.5 { Role::Pm } else { Role::Pmm };
    let marked: Vec<_> = example.evidence[role]
        .iter()
        .flat_map(|phrase| example.text.match_indices(phrase.as_str()))
        .map(|(at, found)| Span::new(at, at + found.len()))
        .collect();
    if marked.is_empty() {
        return None;
    }
    let overlaps = |phrase: &Evidence| marked.iter().any(|span| span.overlaps(phrase.span));
    let mut own = evidence.iter().filter(|phrase| phrase.role == role);
    Some(own.position(overlaps).unwrap_or(usize::MAX))
}
