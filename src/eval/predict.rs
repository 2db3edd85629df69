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
    pub other_job: String,
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
    /// Rank, from 0, of the first listed phrase that overlaps a phrase marked by the annotators, among
    /// those of the role with the larger share; `usize::MAX` if none does, `None` if none is marked.
    pub evidence_rank: Option<usize>,
}

impl Prediction {
    /// Whether the title claims another label than the annotators gave. A title without a clear claim
    /// counts as one of another occupation.
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

#[cfg(test)]
impl Prediction {
    /// A right verdict on a posting of PM duties.
    pub(super) fn example() -> Self {
        Self {
            id: String::new(),
            truth: Label::Pm,
            predicted: Label::Pm,
            probabilities: [1.0, 0.0, 0.0, 0.0].into(),
            confidence: 1.0,
            other_job: String::new(),
            true_share: None,
            share: 1.0,
            interval_miss: None,
            claim: TitleClaim::None,
            words: 300,
            evidence_rank: None,
        }
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
            other_job: verdict.other_job.as_deref().unwrap_or_default().to_owned(),
            true_share: example.share,
            share: verdict.pm_share.unwrap_or_else(|| classifier.share(&verdict.strength)),
            interval_miss: example
                .share
                .zip(verdict.pm_share_interval)
                .map(|(share, interval)| distance(share, interval)),
            claim: verdict.title.as_ref().map_or(TitleClaim::None, |title| title.says),
            words: example.text.split_whitespace().count(),
            evidence_rank: (truth != Label::Unclear).then(|| evidence_rank(example, &verdict.evidence)).flatten(),
        });
    }
    predictions
}

/// How far a share is outside an interval.
fn distance(share: f64, Interval { low, high }: Interval) -> f64 {
    (low - share).max(share - high).max(0.0)
}

/// The rank of the first phrase that overlaps a marked one. The role is PM if the annotators' PM share is
/// at least 0.5 or not given.
fn evidence_rank(example: &Example, evidence: &[Evidence]) -> Option<usize> {
    let role = if example.share.unwrap_or(1.0) >= 0.5 { Role::Pm } else { Role::Pmm };
    let marked: Vec<Span> = example.evidence[role]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::Strength;
    use crate::model::ByRole;
    use crate::model::calibration::Calibration;

    /// By hand: "draft plans, rank tasks, draft copy" has its marked phrases at 0..11, 13..23 and 25..35.
    #[test]
    fn the_rank_is_that_of_the_first_phrase_of_the_larger_role_that_overlaps_a_marked_one() {
        use Role::{Pm, Pmm};
        type Found<'a> = &'a [(Role, usize, usize)];
        type Row<'a> = (&'a str, Option<f64>, [&'a [&'a str]; 2], Found<'a>, Option<usize>);
        let missed = Some(usize::MAX);
        let rows: [Row; 13] = [
            ("the marked one", None, [&["rank tasks"], &[]], &[(Pm, 13, 23)], Some(0)),
            ("one that shares its first byte", None, [&["rank tasks"], &[]], &[(Pm, 6, 14)], Some(0)),
            ("one that ends where it begins", None, [&["rank tasks"], &[]], &[(Pm, 6, 13)], missed),
            ("one that shares its last byte", None, [&["rank tasks"], &[]], &[(Pm, 22, 30)], Some(0)),
            ("one that begins where it ends", None, [&["rank tasks"], &[]], &[(Pm, 23, 30)], missed),
            ("the second", None, [&["rank tasks"], &[]], &[(Pm, 0, 11), (Pm, 13, 23)], Some(1)),
            (
                "the first but for the other role's",
                None,
                [&["rank tasks"], &[]],
                &[(Pmm, 0, 11), (Pm, 13, 23)],
                Some(0),
            ),
            ("one that stands in the text twice", None, [&["draft"], &[]], &[(Pm, 25, 35)], Some(0)),
            ("half of each role is more PM", Some(0.5), [&["rank tasks"], &["draft"]], &[(Pm, 13, 23)], Some(0)),
            ("more PMM", Some(0.4), [&["rank tasks"], &["draft"]], &[(Pm, 13, 23), (Pmm, 0, 11)], Some(0)),
            ("none of the verdict", None, [&["rank tasks"], &[]], &[], missed),
            ("none marked for the larger role", None, [&[], &["draft"]], &[(Pm, 0, 11)], None),
            ("none marked that is in the text", None, [&["rank people"], &[]], &[(Pm, 13, 23)], None),
        ];
        for (name, share, marked, found, expected) in rows {
            let marked = marked.map(|phrases| phrases.iter().map(|&phrase| phrase.to_owned()).collect());
            let text = "draft plans, rank tasks, draft copy".to_owned();
            let example = Example { text, share, evidence: ByRole::from(marked), ..Example::default() };
            let phrase = |&(role, start, end): &(Role, usize, usize)| Evidence {
                role,
                phrase: String::new(),
                span: Span::new(start, end),
                line: Span::default(),
                points: 1.0,
                keywords: Vec::new(),
                duty: None,
                sources: Vec::new(),
            };
            let found: Vec<Evidence> = found.iter().map(phrase).collect();
            assert_eq!(evidence_rank(&example, &found), expected, "{name}");
        }
    }

    #[test]
    fn shares_outside_the_interval_miss_it() {
        for (share, expected) in [(0.3, 0.1), (0.4, 0.0), (0.5, 0.0), (0.6, 0.0), (0.8, 0.2)] {
            let found = distance(share, Interval { low: 0.4, high: 0.6 });
            assert!((found - expected).abs() < 1e-9, "{share}: {found}");
        }
    }

    #[test]
    fn phrases_are_ranked_in_postings_of_a_role() {
        let classifier = Classifier::builtin().unwrap();
        let text = "You will own the product roadmap and prioritize the feature backlog with engineers and designers.\n\
                    Write product requirements and user stories with acceptance criteria for every release that we plan.";
        for (label, expected) in [(Label::Pm, Some(0)), (Label::Unclear, None)] {
            let evidence = ByRole::from([vec![text.to_owned()], Vec::new()]);
            let example = Example { label: Some(label), text: text.to_owned(), evidence, ..Example::default() };
            let unlabeled = Example { label: None, ..example.clone() };
            let predictions = predict(&classifier, &[unlabeled, example]);
            assert_eq!(predictions.iter().map(|p| (p.words, p.evidence_rank)).collect::<Vec<_>>(), [(30, expected)]);
        }
    }

    /// By hand: each strength is a quarter higher, and the intercept is added to the log-ratio.
    #[test]
    fn the_share_is_that_of_the_calibration() {
        let classifier = Classifier::builtin().unwrap();
        let strength = Strength { pm: 2.0, pmm: 1.0, other: 0.0 };
        for (share_intercept, expected) in [(0.0, 2.25 / 3.5), (1.0, 1.0 / (1.0 + f64::exp(-1.0) * 1.25 / 2.25))] {
            let calibration = Calibration { share_intercept, ..Calibration::default() };
            let found = classifier.with_calibration(calibration).share(&strength);
            assert!((found - expected).abs() < 1e-9, "{share_intercept}: {found}, expected {expected}");
        }
    }

    /// Titles without a clear claim count as those of another occupation.
    #[test]
    fn a_title_misleads_if_it_claims_another_label() {
        for (claim, label) in [
            (TitleClaim::Pm, Label::Pm),
            (TitleClaim::Pmm, Label::Pmm),
            (TitleClaim::Both, Label::Hybrid),
            (TitleClaim::Near, Label::Unclear),
            (TitleClaim::Other, Label::Unclear),
            (TitleClaim::None, Label::Unclear),
        ] {
            for truth in Label::ALL {
                let prediction = Prediction { truth, claim, ..Prediction::example() };
                assert_eq!(prediction.title_misleads(), truth != label, "{claim} for {truth}");
            }
        }
    }
}
