//! Metrics on the duties that are named for lines.

use serde::Serialize;

use super::DutyExample;
use super::metrics::{fractions_table, ratio};
use crate::infer::{Classifier, Scratch};

/// How well the duties of lines are named.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct DutyMetrics {
    /// Number of lines.
    pub lines: usize,
    /// Fraction that gets the reader's duty, or none where the reader found none that fits.
    pub best: f64,
    /// Fraction whose duty is the reader's or another that fits.
    pub acceptable: f64,
    /// `best` when only duties that a source names are chosen from. The others were
    /// added to the list later than some readers chose from it.
    pub best_of_sources: f64,
    /// `acceptable` when only duties that a source names are chosen from.
    pub acceptable_of_sources: f64,
    /// Fraction that gets a duty.
    pub named: f64,
    /// Fraction of these whose duty is the reader's or another that fits.
    pub named_acceptable: f64,
}

impl DutyMetrics {
    /// The fractions as a table in Markdown.
    #[must_use]
    pub fn table(&self) -> String {
        let rows = [
            ("the duty is the reader's", self.best),
            ("the reader's or another that fits", self.acceptable),
            ("of the duties that a source names: the reader's", self.best_of_sources),
            ("of the duties that a source names: the reader's or another that fits", self.acceptable_of_sources),
            ("lines that get a duty", self.named),
            ("of these the reader's or another that fits", self.named_acceptable),
        ];
        fractions_table(&format!("{} lines", self.lines), &rows)
    }
}

/// Computes how well `classifier` names the duty of each line, by the line's own words.
#[must_use]
pub fn duty_metrics(classifier: &Classifier, examples: &[DutyExample]) -> DutyMetrics {
    let mut counts = DutyCounts::default();
    counts.add(classifier, examples);
    counts.metrics()
}

/// Lines by how their duties are named.
#[derive(Debug, Default)]
pub(super) struct DutyCounts {
    lines: usize,
    all: Tally,
    of_sources: Tally,
}

/// Lines by how their duties are named from one list.
#[derive(Debug, Default)]
struct Tally {
    best: usize,
    acceptable: usize,
    named: usize,
    named_acceptable: usize,
}

impl DutyCounts {
    /// Names the duty of each line.
    pub(super) fn add(&mut self, classifier: &Classifier, examples: &[DutyExample]) {
        let (mut scratch, of_sources) = (Scratch::new(), classifier.of_sources());
        for example in examples {
            self.lines += 1;
            for (classifier, counts) in [(classifier, &mut self.all), (&of_sources, &mut self.of_sources)] {
                let found = classifier.duty_of(&mut scratch, example.role, &example.text);
                let right = found == example.duty.as_deref();
                let fits = right || found.is_some_and(|duty| example.also.iter().any(|also| also == duty));
                counts.best += usize::from(right);
                counts.acceptable += usize::from(fits);
                counts.named += usize::from(found.is_some());
                counts.named_acceptable += usize::from(found.is_some() && fits);
            }
        }
    }

    /// The fractions.
    pub(super) fn metrics(&self) -> DutyMetrics {
        let Self { lines, all, of_sources } = self;
        DutyMetrics {
            lines: *lines,
            best: ratio(all.best, *lines),
            acceptable: ratio(all.acceptable, *lines),
            best_of_sources: ratio(of_sources.best, *lines),
            acceptable_of_sources: ratio(of_sources.acceptable, *lines),
            named: ratio(all.named, *lines),
            named_acceptable: ratio(all.named_acceptable, all.named),
        }
    }
}
