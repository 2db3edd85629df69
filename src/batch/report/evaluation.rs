//! The model's figures on labeled postings, from `models/report.json`.

use serde::Deserialize;

use crate::infer::Classifier;
use crate::model::Lens;

/// The report that comes with the model.
const REPORT: &str = include_str!("../../../models/report.json");

/// `confusion[true label][predicted label]`: numbers of postings.
pub(crate) type Confusion = [[u64; 4]; 4];

/// The counts of errors from which shares are adjusted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Errors {
    /// On the labeled postings; every label has some.
    pub confusion: Confusion,
    /// In a feed of all occupations, if that was measured.
    pub feed: Option<Feed>,
}

/// Other jobs in a feed of all occupations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Feed {
    pub others: u64,
    /// The number of `others` that were reported as a product role.
    pub reported: u64,
}

impl Feed {
    /// The jobs reported as a product role, and those reported as unclear.
    pub(crate) fn counts(self) -> [u64; 2] {
        [self.reported, self.others - self.reported]
    }
}

/// The model's figures on the labeled postings, as far as its report has them.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Figures {
    /// Number of labeled postings.
    pub n: Option<u64>,
    pub accuracy: Option<f64>,
    pub macro_f1: Option<f64>,
    pub calibration_error: Option<f64>,
    pub confusion: Option<Confusion>,
    pub reliability: Option<Vec<ReliabilityBin>>,
}

/// The accuracy of the verdicts whose confidence is in one range.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct ReliabilityBin {
    pub from: f64,
    pub to: f64,
    pub n: u64,
    pub accuracy: f64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Report {
    model: Option<String>,
    figures: Option<Figures>,
    feed: Option<FeedFigures>,
}

#[derive(Deserialize)]
struct FeedFigures {
    with_title: FeedRates,
}

#[derive(Deserialize)]
struct FeedRates {
    others: u64,
    others_reported: f64,
}

impl FeedFigures {
    fn counts(&self) -> Option<Feed> {
        let FeedRates { others, others_reported } = self.with_title;
        let reported = (others_reported.clamp(0.0, 1.0) * others as f64).round() as u64;
        (others > 0).then(|| Feed { others, reported: reported.min(others) })
    }
}

/// The evaluation of a model, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evaluation {
    pub figures: Figures,
    /// The error rates to adjust counts with, or why there are none.
    pub errors: Result<Errors, &'static str>,
}

/// The evaluation of a classifier's model. The error rates hold for the options that the
/// model was evaluated with: the consensus lens, titles and no minimum confidence.
pub(crate) fn of(classifier: &Classifier) -> Evaluation {
    let options = classifier.options();
    let default_options = options.lens == Lens::Consensus && options.min_confidence <= 0.0 && options.title;
    parse(REPORT, classifier.model_id(), default_options)
}

fn parse(report: &str, id: &str, default_options: bool) -> Evaluation {
    let none = |reason| Evaluation { figures: Figures::default(), errors: Err(reason) };
    let Ok(Report { model, figures, feed }) = serde_json::from_str(report) else {
        return none("the model's report cannot be read");
    };
    let Some(figures) = figures else { return none("the model comes without figures of its accuracy") };
    if model.as_deref() != Some(id) {
        return none("the bundled report is for a different model");
    }
    let errors = match figures.confusion {
        None => Err("the model's report has no confusion matrix"),
        Some(_) if !default_options => {
            Err("the model was evaluated with titles, the consensus lens and no minimum confidence")
        }
        Some(table) if table.iter().any(|row| row.iter().sum::<u64>() == 0) => {
            Err("the postings the model was evaluated on lack one of the labels")
        }
        Some(confusion) => Ok(Errors { confusion, feed: feed.as_ref().and_then(FeedFigures::counts) }),
    };
    Evaluation { figures, errors }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str = r#"{"model": "m 1", "figures": {"n": 9, "accuracy": 0.5,
        "confusion": [[1,2,3,4],[1,0,0,0],[1,0,0,0],[1,0,0,0]],
        "reliability": [{"from": 0.9, "to": 1.0, "n": 9, "confidence": 0.95, "accuracy": 0.9}], "more": 1},
        "feed": {"with_title": {"others": 6355, "others_reported": 0.0008, "more": 1}, "by_duties": {}}}"#;

    #[test]
    fn figures_are_read() {
        let evaluation = parse(COMPLETE, "m 1", true);
        let errors = evaluation.errors.unwrap();
        // By hand: 0.0008 of 6355 is 5.084.
        assert_eq!((errors.confusion[0], errors.feed), ([1, 2, 3, 4], Some(Feed { others: 6355, reported: 5 })));
        assert_eq!((evaluation.figures.n, evaluation.figures.macro_f1), (Some(9), None));
        assert_eq!(evaluation.figures.reliability.unwrap().len(), 1);
    }

    #[test]
    fn a_feed_has_jobs_reported_and_not_reported() {
        assert_eq!(Feed { others: 10, reported: 3 }.counts(), [3, 7]);
    }

    #[test]
    fn a_feed_may_be_missing_or_empty() {
        let (before, _) = COMPLETE.split_once(",\n        \"feed\"").unwrap();
        let empty = COMPLETE.replace("6355", "0");
        for report in [format!("{before}}}"), empty] {
            assert_eq!(parse(&report, "m 1", true).errors.unwrap().feed, None, "{report}");
        }
    }

    #[test]
    fn without_a_confusion_matrix_there_is_a_reason() {
        let empty_row = COMPLETE.replace("[1,2,3,4]", "[0,0,0,0]");
        for (report, id, default_options, reason) in [
            ("", "m 1", true, "cannot be read"),
            ("{}", "m 1", true, "without figures"),
            (COMPLETE, "m 2", true, "a different model"),
            (COMPLETE, "m 1", false, "consensus lens"),
            (r#"{"model": "m 1", "figures": {"n": 3}}"#, "m 1", true, "no confusion matrix"),
            (&empty_row, "m 1", true, "lack"),
        ] {
            let found = parse(report, id, default_options).errors.unwrap_err();
            assert!(found.contains(reason), "{found}");
        }
    }

    #[test]
    fn the_report_of_the_builtin_model_is_well_formed() {
        assert!(serde_json::from_str::<Report>(REPORT).is_ok());
    }
}
