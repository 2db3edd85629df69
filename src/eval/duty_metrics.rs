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
    /// Fraction that gets the annotator's duty, or none where the annotator found none that fits.
    pub best: f64,
    /// Fraction whose duty is the annotator's or another that fits.
    pub acceptable: f64,
    /// `best` when the duty is chosen among those that a source names. The others were added to the list
    /// after some of the lines had been annotated.
    pub best_of_sources: f64,
    /// `acceptable` when the duty is chosen among those that a source names.
    pub acceptable_of_sources: f64,
    /// Fraction that gets a duty.
    pub named: f64,
    /// Fraction of these whose duty is the annotator's or another that fits.
    pub named_acceptable: f64,
}

impl DutyMetrics {
    /// The fractions as a table in Markdown.
    #[must_use]
    pub fn table(&self) -> String {
        let rows = [
            ("the duty is the annotator's", self.best),
            ("the annotator's or another that fits", self.acceptable),
            ("of the duties that a source names: the annotator's", self.best_of_sources),
            ("of the duties that a source names: the annotator's or another that fits", self.acceptable_of_sources),
            ("lines that get a duty", self.named),
            ("of these the annotator's or another that fits", self.named_acceptable),
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
#[derive(Debug, Default, PartialEq)]
struct Tally {
    best: usize,
    acceptable: usize,
    named: usize,
    named_acceptable: usize,
}

impl Tally {
    /// Counts a line that is given the duty `found`.
    fn count(&mut self, found: Option<&str>, line: &DutyExample) {
        let right = found == line.duty.as_deref();
        let fits = right || found.is_some_and(|duty| line.also.iter().any(|also| also == duty));
        self.best += usize::from(right);
        self.acceptable += usize::from(fits);
        self.named += usize::from(found.is_some());
        self.named_acceptable += usize::from(found.is_some() && fits);
    }
}

impl DutyCounts {
    /// Names the duty of each line.
    pub(super) fn add(&mut self, classifier: &Classifier, examples: &[DutyExample]) {
        let (mut scratch, of_sources) = (Scratch::new(), classifier.of_sources());
        for example in examples {
            self.lines += 1;
            for (classifier, counts) in [(classifier, &mut self.all), (&of_sources, &mut self.of_sources)] {
                counts.count(classifier.duty_of(&mut scratch, example.role, &example.text), example);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Role;

    fn line(duty: Option<&str>, also: &[&str]) -> DutyExample {
        let also = also.iter().map(|&duty| duty.to_owned()).collect();
        let (posting, text) = ("a".to_owned(), "Lead the launch.".to_owned());
        DutyExample { posting, text, role: Role::Pmm, duty: duty.map(str::to_owned), also }
    }

    /// By hand; each row adds to the one before.
    #[test]
    fn a_duty_is_right_or_fits_or_neither() {
        let mut counts = Tally::default();
        for (name, found, line, [best, acceptable, named, named_acceptable]) in [
            ("right", Some("launch"), line(Some("launch"), &["pricing"]), [1, 1, 1, 1]),
            ("another that fits", Some("pricing"), line(Some("launch"), &["demo", "pricing"]), [1, 2, 2, 2]),
            ("none that fits", Some("win-loss"), line(Some("launch"), &["pricing"]), [1, 2, 3, 2]),
            ("none named, none fits", None, line(None, &[]), [2, 3, 3, 2]),
            ("none named, one fits", None, line(Some("launch"), &["pricing"]), [2, 3, 3, 2]),
            ("one named, none fits", Some("launch"), line(None, &[]), [2, 3, 4, 2]),
        ] {
            counts.count(found, &line);
            assert_eq!(counts, Tally { best, acceptable, named, named_acceptable }, "{name}");
        }
    }

    #[test]
    fn counts_are_divided_by_lines_or_by_named_lines() {
        let all = Tally { best: 5, acceptable: 6, named: 8, named_acceptable: 4 };
        let of_sources = Tally { best: 2, acceptable: 3, named: 7, named_acceptable: 1 };
        let found = DutyCounts { lines: 10, all, of_sources }.metrics();
        assert_eq!(found.lines, 10);
        let fractions = [
            found.best,
            found.acceptable,
            found.best_of_sources,
            found.acceptable_of_sources,
            found.named,
            found.named_acceptable,
        ];
        for (found, expected) in fractions.into_iter().zip([0.5, 0.6, 0.2, 0.3, 0.8, 0.5]) {
            assert!((found - expected).abs() < 1e-9, "{fractions:?}");
        }
    }

    /// No source names the duty of the second line.
    #[test]
    fn duties_are_named_from_both_lists() {
        let line = |role, duty: &str, text: &str| DutyExample { role, text: text.to_owned(), ..line(Some(duty), &[]) };
        let spoken = "Speak for the product at events, in webinars and to the press as its spokesperson.";
        let lines =
            [line(Role::Pm, "product-roadmap", "Own the product roadmap."), line(Role::Pmm, "spokesperson", spoken)];
        let found = duty_metrics(&Classifier::builtin().unwrap(), &lines);
        assert_eq!(found.lines, 2);
        for (name, found, expected) in
            [("best", found.best, 1.0), ("of sources", found.best_of_sources, 0.5), ("named", found.named, 1.0)]
        {
            assert!((found - expected).abs() < 1e-9, "{name}: {found}");
        }
        assert!(found.table().contains("2 lines"), "{}", found.table());
    }
}
