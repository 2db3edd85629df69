//! Whether duties are named right.

use std::path::Path;

use serde::Serialize;

use super::LineExample;
use super::metrics::ratio;
use crate::error::{Error, ErrorKind};
use crate::infer::{Classifier, Scratch};
use crate::model::Role;

/// A line with the duty that a reader named.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DutyExample {
    /// The line.
    pub text: String,
    /// The role whose duty it is.
    pub role: Role,
    /// The id of the duty; `None` if no duty of the list fits.
    pub duty: Option<String>,
    /// Other duties that fit.
    pub also: Vec<String>,
}

/// How well the duties of lines are named.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct DutyMetrics {
    /// Number of lines.
    pub lines: usize,
    /// Fraction whose duty is the reader's; where no duty of the list fits, none.
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
        let rows = rows.map(|(name, value)| format!("\n| {name} | {value:.3} |"));
        format!("| {} lines | |\n|---|---|{}", self.lines, rows.concat())
    }
}

/// Reads the duties of lines: tab-separated with a header and the columns `posting`, `line`
/// (the number of the line in its posting), `kind`, `duty` and `also`. `lines` are
/// all lines of the postings, in order.
///
/// # Errors
/// [`ErrorKind::Io`] if the file cannot be read; [`ErrorKind::Input`], with the line, for a
/// row without these columns or of a line that is not in `lines`.
pub fn load_duties(path: &Path, lines: &[LineExample]) -> Result<Vec<DutyExample>, Error> {
    let failed = |error: csv::Error| Error::from_cause(ErrorKind::Input, error).file(path.display());
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_path(path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let mut found = Vec::new();
    for (row, number) in reader.records().zip(2..) {
        let row = row.map_err(failed)?;
        let field = |name: &str| header.iter().position(|column| column == name).and_then(|at| row.get(at));
        let example = || {
            let (posting, number) = (field("posting")?, field("line")?.parse::<u64>().ok()?);
            let line = lines.iter().find(|line| line.posting == posting && line.number == number)?;
            Some(DutyExample {
                text: line.text.clone(),
                role: field("kind")?.parse().ok()?,
                duty: field("duty").filter(|duty| *duty != "none").map(str::to_owned),
                also: field("also")?.split(',').filter(|duty| !duty.is_empty()).map(str::to_owned).collect(),
            })
        };
        let wrong = || Error::new(ErrorKind::Input, "not a line of a role").file(path.display()).line(number);
        found.push(example().ok_or_else(wrong)?);
    }
    Ok(found)
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
