//! Figures at the level of single lines.

use std::path::Path;

use serde::Serialize;

use super::Example;
use super::metrics::ratio;
use crate::error::{Error, ErrorKind};
use crate::infer::pipeline::favoured;
use crate::infer::{Classifier, Scratch};
use crate::model::{ByKind, Kind};

/// A line of a posting with its kind.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LineExample {
    /// Name of its posting.
    pub posting: String,
    /// What a reader said it is.
    pub kind: Kind,
    /// The line.
    pub text: String,
}

/// Part of the lines of each kind that are judged right.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct LineFigures {
    /// Part of all lines.
    pub accuracy: f64,
    /// Part of the lines of each kind.
    pub recall: ByKind<f64>,
    /// `confusion[truth][said]`.
    pub confusion: ByKind<ByKind<usize>>,
}

/// Reads labelled lines: JSON Lines with `posting`, `kind`, `text`.
///
/// # Errors
/// [`ErrorKind::Io`] and [`ErrorKind::Input`], with file and line.
pub fn load_lines(path: &Path) -> Result<Vec<LineExample>, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(ErrorKind::Io, error.to_string()).file(path.display()))?;
    let line = |(at, line): (u64, &str)| {
        let wrong = |message: &str| Error::new(ErrorKind::Input, message).file(path.display()).line(at);
        let row: serde_json::Value =
            serde_json::from_str(line).map_err(|error| wrong(&format!("not JSON: {error}")))?;
        let field = |name: &str| row.get(name).and_then(serde_json::Value::as_str);
        Ok(LineExample {
            posting: field("posting").unwrap_or_default().to_owned(),
            kind: field("kind").and_then(|name| name.parse().ok()).ok_or_else(|| wrong("no known 'kind'"))?,
            text: field("text").ok_or_else(|| wrong("no 'text'"))?.to_owned(),
        })
    };
    (1u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(line).collect()
}

/// A line with what its sentences are.
#[derive(Debug, Clone)]
pub(crate) struct JudgedLine {
    /// What a reader said it is.
    pub kind: Kind,
    /// Where its posting was found.
    pub source: String,
    /// Probability of each kind and length in bytes, by sentence.
    pub sentences: Vec<(ByKind<f64>, f64)>,
}

impl JudgedLine {
    /// How much of the line is of each kind, with each favoured by its `odds`: the sum of
    /// its sentences' probabilities, weighted by length.
    pub(crate) fn kinds(&self, odds: &ByKind<f64>) -> ByKind<f64> {
        let mut sums = ByKind::splat(0.0);
        for (kinds, size) in &self.sentences {
            for (sum, favoured) in sums.values_mut().iter_mut().zip(favoured(kinds, odds).values()) {
                *sum += favoured * size;
            }
        }
        sums
    }

    /// What the line is called; filler where nothing in it is a word.
    pub(crate) fn called(&self, odds: &ByKind<f64>) -> Kind {
        if self.sentences.is_empty() {
            return Kind::Filler;
        }
        self.kinds(odds).largest()
    }
}

/// Judges every line where it stands in its posting, and by itself when `postings`
/// does not hold that, or not behind the line before it.
pub(crate) fn judged_lines(classifier: &Classifier, lines: &[LineExample], postings: &[Example]) -> Vec<JudgedLine> {
    let mut scratch = Scratch::new();
    let mut found = Vec::with_capacity(lines.len());
    for own in lines.chunk_by(|a, b| a.posting == b.posting) {
        let posting = postings.iter().find(|posting| posting.id == own[0].posting);
        let judged = posting.map(|posting| (posting, classifier.lines(&mut scratch, &posting.text)));
        let source = posting.map(|posting| posting.source.clone()).unwrap_or_default();
        let mut from = 0;
        for line in own {
            let mut sentences = Vec::new();
            if let Some((posting, judged)) = &judged
                && let Some(start) = posting.text.get(from..).and_then(|rest| rest.find(&line.text))
            {
                let start = from + start;
                from = start + line.text.len();
                sentences.extend(judged.iter().filter(|j| j.span.start < from && start < j.span.end).map(|j| {
                    let shared = j.span.end.min(from) - j.span.start.max(start);
                    (j.probabilities, shared as f64)
                }));
            }
            if sentences.is_empty() {
                let alone = classifier.lines(&mut scratch, &line.text);
                sentences.extend(alone.iter().map(|judged| (judged.probabilities, judged.span.len() as f64)));
            }
            found.push(JudgedLine { kind: line.kind, source: source.clone(), sentences });
        }
    }
    found
}

/// Figures of judged lines, with kinds favoured by the odds that `odds` gives for a
/// line.
pub(crate) fn line_figures_with<'a>(
    lines: impl IntoIterator<Item = &'a JudgedLine>,
    odds: impl Fn(&JudgedLine) -> ByKind<f64>,
) -> LineFigures {
    let mut confusion = ByKind::<ByKind<usize>>::default();
    for line in lines {
        confusion[line.kind][line.called(&odds(line))] += 1;
    }
    let right: usize = Kind::ALL.into_iter().map(|kind| confusion[kind][kind]).sum();
    let all = confusion.map(|said| said.values().iter().sum::<usize>());
    let recall = ByKind::from_fn(|kind| ratio(confusion[kind][kind], all[kind]));
    LineFigures { accuracy: ratio(right, all.values().iter().sum()), recall, confusion }
}

/// Figures of `classifier` on `lines`, which are judged where they stand in `postings`.
#[must_use]
pub fn line_figures(classifier: &Classifier, lines: &[LineExample], postings: &[Example]) -> LineFigures {
    line_figures_with(&judged_lines(classifier, lines, postings), |_| ByKind::splat(1.0))
}
