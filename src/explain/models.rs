//! Two models beside each other, and the words behind a change of label.

use std::collections::BTreeMap;

use crate::infer::aggregate::scores;
use crate::infer::pipeline::{ScoredLine, judge};
use crate::infer::{Classifier, Scratch, Verdict};
use crate::model::feature_index::ABSENT;
use crate::model::{Kind, LANES, Label, OTHER, PM, PMM, Row, UNITS, weight};
use crate::text::html::Cleaned;
use crate::tokenize::Token;
use crate::tokenize::ngrams::emit;

/// Words named at most.
const MOST: usize = 8;

/// A posting to which two models give different labels.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ModelDifference {
    /// The first model's label and its confidence.
    pub a: (Label, f64),
    /// The second model's.
    pub b: (Label, f64),
    /// PM's part by either.
    pub pm_share: [f64; 2],
    /// Between what the words decide.
    pub axis: Axis,
    /// The words whose points changed most, largest change first.
    pub words: Vec<WordDifference>,
}

/// What two labels are on different sides of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Axis {
    /// PM above 0, PMM below.
    Roles,
    /// A product role above 0, another job below.
    Product,
}

/// A word or pair of words with its points in both models.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct WordDifference {
    /// The words, in lower case.
    pub words: String,
    /// Points in the first model, summed over the posting.
    pub a: f64,
    /// Points in the second.
    pub b: f64,
}

impl WordDifference {
    /// Points gained from the first model to the second.
    #[must_use]
    pub fn change(&self) -> f64 {
        self.b - self.a
    }
}

/// Judges `posting` by both; `None` where the labels are the same.
#[must_use]
pub fn diff_models(
    a: &Classifier,
    b: &Classifier,
    scratch: &mut Scratch,
    title: Option<&str>,
    posting: &str,
) -> Option<ModelDifference> {
    let [first, second] = [a, b].map(|classifier| {
        let plain = classifier.clone().with_options(classifier.options().phrases(0).interval(false));
        plain.classify_titled(scratch, title, posting)
    });
    if first.label == second.label {
        return None;
    }
    let unclear = |verdict: &Verdict| verdict.label == Label::Unclear;
    let axis = if unclear(&first) || unclear(&second) { Axis::Product } else { Axis::Roles };
    let mut sums: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for (which, classifier) in [a, b].into_iter().enumerate() {
        contributions(classifier, scratch, posting, axis, |words, points| {
            sums.entry(words.to_lowercase()).or_default()[which] += points;
        });
    }
    let mut words: Vec<_> = sums.into_iter().map(|(words, [a, b])| WordDifference { words, a, b }).collect();
    words.retain(|word| word.change() != 0.0);
    words.sort_by(|x, y| y.change().abs().total_cmp(&x.change().abs()).then_with(|| x.words.cmp(&y.words)));
    words.truncate(MOST);
    Some(ModelDifference {
        a: (first.label, first.confidence),
        b: (second.label, second.confidence),
        pm_share: [first.pm_share, second.pm_share],
        axis,
        words,
    })
}

/// Calls `sink` with the words of every feature and its points along `axis`. Along
/// [`Axis::Roles`] they sum to the difference of the strengths. Along
/// [`Axis::Product`] they are log-odds of a product role against the posting's
/// nearest other job, each weighed by how little its line is shared or filler.
fn contributions(
    classifier: &Classifier,
    scratch: &mut Scratch,
    posting: &str,
    axis: Axis,
    mut sink: impl FnMut(&str, f64),
) {
    let model = classifier.model();
    scratch.belong_to(&model.checksum);
    let mut cleaned = Cleaned::default();
    let (text, _) = cleaned.clean(posting);
    judge(model, classifier.rows(), text, scratch, false);
    let Scratch { tokens, segments, judged, lead, .. } = scratch;
    let nearest = scores(judged, &model.groups, &model.calibration, lead).nearest.clamp(OTHER, LANES - 1);
    for (segment, scored) in segments.iter().zip(&*judged) {
        let own = &tokens[segment.first as usize..segment.last as usize];
        let best = if scored.sums[PMM] > scored.sums[PM] { PMM } else { PM };
        let (scale, plus, minus) = match axis {
            Axis::Roles => (scored.damping, PM, PMM),
            Axis::Product => (gate(scored), best, nearest),
        };
        emit(own, (model.settings.emit, model.mask.opening()), |feature, first, last| {
            let place = model.index.get(feature);
            let row: Option<&Row> = (place != ABSENT).then(|| classifier.rows().get(place as usize)).flatten();
            if let Some(row) = row {
                let points = scale * f64::from(weight(row, plus) - weight(row, minus)) / UNITS;
                sink(words(text, own, first, last), points);
            }
        });
    }
}

fn gate(scored: &ScoredLine) -> f64 {
    (1.0 - scored.kinds[Kind::Filler.index()] - scored.kinds[Kind::Shared.index()]).max(0.0)
}

fn words<'a>(text: &'a str, tokens: &[Token], first: usize, last: usize) -> &'a str {
    text.get(tokens[first].start as usize..tokens[last].end as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_along_the_roles_sum_to_the_strengths() {
        let classifier = Classifier::builtin().unwrap();
        let mut scratch = Scratch::new();
        for name in ["pm", "pmm", "hybrid", "other"] {
            let path = format!("{}/tests/postings/{name}.txt", env!("CARGO_MANIFEST_DIR"));
            let posting = std::fs::read_to_string(path).unwrap();
            let verdict = classifier.classify_with(&mut scratch, &posting);
            let mut sum = 0.0;
            contributions(&classifier, &mut scratch, &posting, Axis::Roles, |_, points| sum += points);
            let strength = verdict.strength.pm - verdict.strength.pmm;
            assert!((sum - strength).abs() < 1e-6 * strength.abs().max(1.0), "{name}: {sum} {strength}");
        }
    }
}
