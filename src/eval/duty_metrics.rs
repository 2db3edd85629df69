//! Whether duties are named right.

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
            ("lines that get a duty", self.named),
            ("of these the reader's or another that fits", self.named_acceptable),
        ];
        fractions_table(&format!("{} lines", self.lines), &rows)
    }
}

/// Names the duty of each line, by its own words.
#[must_use]
pub fn duty_metrics(classifier: &Classifier, examples: &[DutyExample]) -> DutyMetrics {
    let mut scratch = Scratch::new();
    let (mut best, mut acceptable, mut named, mut named_acceptable) = (0, 0, 0, 0);
    for example in examples {
        let found = classifier.duty_of(&mut scratch, example.role, &example.text);
        let right = found == example.duty.as_deref();
        let fits = right || found.is_some_and(|duty| example.also.iter().any(|also| also == duty));
        best += usize::from(right);
        acceptable += usize::from(fits);
        named += usize::from(found.is_some());
        named_acceptable += usize::from(found.is_some() && fits);
    }
    DutyMetrics {
        lines: examples.len(),
        best: ratio(best, examples.len()),
        acceptable: ratio(acceptable, examples.len()),
        named: ratio(named, examples.len()),
        named_acceptable: ratio(named_acceptable, named),
    }
}
