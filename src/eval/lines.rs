//! Figures at the level of single lines.

use std::path::Path;

use serde::Serialize;

use super::Example;
use super::measure::ratio;
use crate::classify::{Classifier, Scratch};
use crate::error::{Error, ErrorKind};
use crate::model::Kind;

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
    /// By kind, in the order of [`Kind::ALL`].
    pub recall: [f64; 5],
    /// `confusion[truth][said]`.
    pub confusion: [[usize; 5]; 5],
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
            kind: field("kind").and_then(Kind::from_name).ok_or_else(|| wrong("no known 'kind'"))?,
            text: field("text").ok_or_else(|| wrong("no 'text'"))?.to_owned(),
        })
    };
    (1u64..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(line).collect()
}

/// Judges every line where it stands in its posting, and by itself when `postings`
/// does not hold that.
#[must_use]
pub fn line_figures(classifier: &Classifier, lines: &[LineExample], postings: &[Example]) -> LineFigures {
    let mut scratch = Scratch::new();
    let mut confusion = [[0usize; 5]; 5];
    let mut at = 0;
    while at < lines.len() {
        let group = lines[at..].iter().take_while(|line| line.posting == lines[at].posting).count();
        let own = &lines[at..at + group];
        at += group;
        let posting = postings.iter().find(|posting| posting.id == own[0].posting);
        let judged = posting.map(|posting| (posting, classifier.lines(&mut scratch, &posting.text)));
        let mut from = 0;
        for line in own {
            let found = judged.as_ref().and_then(|(posting, judged)| {
                let start = posting.text.get(from..)?.find(&line.text).map(|found| from + found)?;
                from = start + line.text.len();
                kind_of(judged.iter().filter(|j| j.span.start < from && start < j.span.end).map(|j| {
                    let shared = j.span.end.min(from) - j.span.start.max(start);
                    (j.probabilities, shared)
                }))
            });
            let said = found.or_else(|| {
                let alone = classifier.lines(&mut scratch, &line.text);
                kind_of(alone.iter().map(|judged| (judged.probabilities, judged.span.len())))
            });
            confusion[line.kind.index()][said.unwrap_or(Kind::Filler).index()] += 1;
        }
    }
    let right: usize = (0..5).map(|kind| confusion[kind][kind]).sum();
    let recall = std::array::from_fn(|kind| ratio(confusion[kind][kind], confusion[kind].iter().sum()));
    LineFigures { accuracy: ratio(right, lines.len()), recall, confusion }
}

/// The kind of a line of several sentences: their posteriors, weighted by length.
fn kind_of(parts: impl Iterator<Item = ([f64; 5], usize)>) -> Option<Kind> {
    let mut sums = [0.0; 5];
    let mut any = false;
    for (probabilities, size) in parts {
        any = true;
        for (sum, probability) in sums.iter_mut().zip(probabilities) {
            *sum += probability * size as f64;
        }
    }
    any.then(|| {
        Kind::ALL
            .into_iter()
            .fold(Kind::Pm, |best, kind| if sums[kind.index()] > sums[best.index()] { kind } else { best })
    })
}
