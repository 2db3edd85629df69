//! The model's figures on labeled postings, from `models/report.json`.

use serde::Deserialize;

use crate::infer::Classifier;
use crate::model::Lens;

/// The report that comes with the model.
const REPORT: &str = include_str!("../../../models/report.json");

/// `confusion[true label][predicted label]`: numbers of postings.
pub(crate) type Confusion = [[u64; 4]; 4];

/// Figures of a model. Each may be missing.
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

/// Verdicts of similar confidence.
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
}

/// The evaluation of a model, as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evaluation {
    pub figures: Figures,
    /// The confusion matrix to adjust counts with, or why there is none.
    pub confusion: Result<Confusion, &'static str>,
}

/// The evaluation of a classifier's model. The error rates hold for the options that the
/// model was evaluated with: the consensus lens, titles and no minimum confidence.
pub(crate) fn of(classifier: &Classifier) -> Evaluation {
    let options = classifier.options();
    let default_options = options.lens == Lens::Consensus && options.min_confidence <= 0.0 && options.title;
    parse(REPORT, classifier.model_id(), default_options)
}

fn parse(report: &str, id: &str, default_options: bool) -> Evaluation {
    let none = |reason| Evaluation { figures: Figures::default(), confusion: Err(reason) };
    let Ok(Report { model, figures }) = serde_json::from_str(report) else {
        return none("the model's report cannot be read");
    };
    let Some(figures) = figures else { return none("the model comes without figures of its accuracy") };
    if model.as_deref() != Some(id) {
        return none("the report at hand is on another model");
    }
    let confusion = match figures.confusion {
        None => Err("the model's report has no confusion matrix"),
        Some(_) if !default_options => {
            Err("the model was evaluated with titles, the consensus lens and no minimum confidence")
        }
        Some(table) if table.iter().any(|row| row.iter().sum::<u64>() == 0) => {
            Err("the postings the model was evaluated on lack one of the labels")
        }
        Some(table) => Ok(table),
    };
    Evaluation { figures, confusion }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str = r#"{"model": "m 1", "figures": {"n": 9, "accuracy": 0.5,
        "confusion": [[1,2,3,4],[1,0,0,0],[1,0,0,0],[1,0,0,0]],
        "reliability": [{"from": 0.9, "to": 1.0, "n": 9, "confidence": 0.95, "accuracy": 0.9}], "more": 1}}"#;

    #[test]
    fn figures_are_read() {
        let evaluation = parse(COMPLETE, "m 1", true);
        assert_eq!(evaluation.confusion.unwrap()[0], [1, 2, 3, 4]);
        assert_eq!((evaluation.figures.n, evaluation.figures.macro_f1), (Some(9), None));
        assert_eq!(evaluation.figures.reliability.unwrap().len(), 1);
    }

    #[test]
    fn without_a_confusion_matrix_there_is_a_reason() {
        let empty_row = COMPLETE.replace("[1,2,3,4]", "[0,0,0,0]");
        for (report, id, default_options, reason) in [
            ("", "m 1", true, "cannot be read"),
            ("{}", "m 1", true, "without figures"),
            (COMPLETE, "m 2", true, "another model"),
            (COMPLETE, "m 1", false, "consensus lens"),
            (r#"{"model": "m 1", "figures": {"n": 3}}"#, "m 1", true, "no confusion matrix"),
            (&empty_row, "m 1", true, "lack"),
        ] {
            let found = parse(report, id, default_options).confusion.unwrap_err();
            assert!(found.contains(reason), "{found}");
        }
    }

    #[test]
    fn the_report_of_the_builtin_model_is_well_formed() {
        assert!(serde_json::from_str::<Report>(REPORT).is_ok());
    }
}
