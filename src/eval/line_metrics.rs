//! Metrics on single lines.

use serde::Serialize;

use super::metrics::ratio;
use super::{Example, LineExample};
use crate::infer::line::reweighted;
use crate::infer::{Classifier, Scratch};
use crate::model::{ByKind, Kind};
use crate::text::Span;

/// How well the kinds of lines are predicted.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct LineMetrics {
    /// Fraction of all lines whose kind is right.
    pub accuracy: f64,
    /// The same, by the annotator's kind.
    pub recall: ByKind<f64>,
    /// `confusion[truth][predicted]`.
    pub confusion: ByKind<ByKind<usize>>,
}

/// Computes metrics of `classifier` on labeled lines. Each is classified in the context of its posting,
/// which is looked up by id in `postings`. `lines` are those of one posting after another.
#[must_use]
pub fn line_metrics(classifier: &Classifier, lines: &[LineExample], postings: &[Example]) -> LineMetrics {
    line_metrics_with(&judged_lines(classifier, lines, postings), |_| ByKind::splat(1.0))
}

/// A labeled line with the predictions for its sentences.
#[derive(Debug, Clone)]
pub(super) struct JudgedLine {
    /// The annotator's kind.
    pub kind: Kind,
    /// The fold of its posting in a cross-fit.
    pub fold: usize,
    /// Probability of each kind and length in bytes, by sentence.
    pub sentences: Vec<(ByKind<f64>, f64)>,
}

impl JudgedLine {
    /// By kind, the sum over the sentences of the probability, reweighted by `odds`, times the length.
    pub(super) fn kinds(&self, odds: &ByKind<f64>) -> ByKind<f64> {
        let mut sums = ByKind::splat(0.0);
        for (kinds, size) in &self.sentences {
            for (sum, probability) in sums.values_mut().iter_mut().zip(reweighted(kinds, odds).values()) {
                *sum += probability * size;
            }
        }
        sums
    }

    /// The predicted kind. A line without words is filler.
    pub(super) fn predicted(&self, odds: &ByKind<f64>) -> Kind {
        if self.sentences.is_empty() { Kind::Filler } else { self.kinds(odds).largest() }
    }
}

/// The place of each line in its posting after the line before it; `None` where it is not
/// found there.
pub(super) fn placed<'a>(
    text: &str,
    lines: &'a [LineExample],
) -> impl Iterator<Item = (&'a LineExample, Option<Span>)> {
    let mut from = 0;
    lines.iter().map(move |line| {
        let start = text.get(from..).and_then(|rest| rest.find(&line.text)).map(|at| from + at);
        let place = start.map(|start| Span::new(start, start + line.text.len()));
        from = place.map_or(from, |place| place.end);
        (line, place)
    })
}

/// Classifies every line in the context of its posting. A line is classified alone if its posting is
/// unknown, if it is not found there after the line before it, or if no sentence overlaps it.
pub(super) fn judged_lines(classifier: &Classifier, lines: &[LineExample], postings: &[Example]) -> Vec<JudgedLine> {
    let mut scratch = Scratch::new();
    let mut judged = Vec::with_capacity(lines.len());
    for own in lines.chunk_by(|a, b| a.posting == b.posting) {
        let posting = postings.iter().find(|posting| posting.id == own[0].posting);
        let found = posting.map(|posting| classifier.lines(&mut scratch, &posting.text));
        let text = posting.map_or("", |posting| posting.text.as_str());
        for (line, place) in placed(text, own) {
            let mut sentences = Vec::new();
            if let (Some(found), Some(place)) = (&found, place) {
                let overlaps = found.iter().map(|s| (s.probabilities, s.span.common(place) as f64));
                sentences.extend(overlaps.filter(|(_, overlap)| *overlap > 0.0));
            }
            if sentences.is_empty() {
                let alone = classifier.lines(&mut scratch, &line.text);
                sentences.extend(alone.iter().map(|s| (s.probabilities, s.span.len() as f64)));
            }
            judged.push(JudgedLine { kind: line.kind, fold: 0, sentences });
        }
    }
    judged
}

/// Metrics of `lines`, with the odds of the kinds that `odds` gives for each line.
pub(super) fn line_metrics_with(lines: &[JudgedLine], odds: impl Fn(&JudgedLine) -> ByKind<f64>) -> LineMetrics {
    let mut confusion = ByKind::<ByKind<usize>>::default();
    for line in lines {
        confusion[line.kind][line.predicted(&odds(line))] += 1;
    }
    let right: usize = Kind::ALL.into_iter().map(|kind| confusion[kind][kind]).sum();
    let all = confusion.map(|predicted| predicted.values().iter().sum::<usize>());
    let recall = ByKind::from_fn(|kind| ratio(confusion[kind][kind], all[kind]));
    LineMetrics { accuracy: ratio(right, all.values().iter().sum()), recall, confusion }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 10 bytes are a duty of PM, 30 a duty of PMM with a probability of 0.8.
    #[test]
    fn longer_sentences_decide_the_kind_of_a_line() {
        let sentences = vec![([1.0, 0.0, 0.0, 0.0, 0.0].into(), 10.0), ([0.0, 0.8, 0.0, 0.2, 0.0].into(), 30.0)];
        let line = JudgedLine { kind: Kind::Pm, fold: 0, sentences };
        let kinds = line.kinds(&ByKind::splat(1.0));
        for (kind, expected) in Kind::ALL.into_iter().zip([10.0, 24.0, 0.0, 6.0, 0.0]) {
            assert!((kinds[kind] - expected).abs() < 1e-9, "{kinds:?}");
        }
        assert_eq!(line.predicted(&ByKind::splat(1.0)), Kind::Pmm);
        assert_eq!(JudgedLine { sentences: Vec::new(), ..line }.predicted(&ByKind::splat(1.0)), Kind::Filler);
    }

    fn line(text: &str) -> LineExample {
        LineExample { posting: "a".to_owned(), number: 0, kind: Kind::Filler, text: text.to_owned() }
    }

    #[test]
    fn lines_are_placed_after_the_line_before_them() {
        let lines = ["abc", "x", "def", "abc", "abc"].map(line);
        let found: Vec<_> = placed("x\nabc\ndef\nabc", &lines).map(|(_, place)| place).collect();
        let place = |start, end| Some(Span::new(start, end));
        assert_eq!(found, [place(2, 5), None, place(6, 9), place(10, 13), None]);
    }

    /// A line that is in its posting, but in none of its sentences.
    #[test]
    fn lines_without_words_have_no_sentences() {
        let text = "Own the product roadmap.\n* * *\nPrioritize the feature backlog.";
        let posting = Example { id: "a".to_owned(), text: text.to_owned(), ..Example::default() };
        let lines = ["Own the product roadmap.", "* * *"].map(line);
        let judged = judged_lines(&Classifier::builtin().unwrap(), &lines, &[posting]);
        assert_eq!(judged.iter().map(|line| line.sentences.len()).collect::<Vec<_>>(), [1, 0]);
    }
}
