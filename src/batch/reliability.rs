//! What is known of the model's errors: its figures on labelled postings,
//! from `models/report.json`.

use serde::Deserialize;

/// The report that comes with the model.
const REPORT: &str = include_str!("../../models/report.json");

/// Figures of a model. Each may be missing.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Figures {
    /// Labelled postings.
    pub n: Option<u64>,
    pub accuracy: Option<f64>,
    pub macro_f1: Option<f64>,
    pub calibration_error: Option<f64>,
    /// How often postings of a label (rows) were given one (columns).
    pub confusion: Option<[[u64; 4]; 4]>,
    pub reliability: Option<Vec<Bin>>,
}

/// Verdicts of like confidence.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct Bin {
    pub from: f64,
    pub to: f64,
    pub n: u64,
    pub confidence: f64,
    pub accuracy: f64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Report {
    model: Option<String>,
    figures: Option<Figures>,
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    pub figures: Figures,
    /// The table to correct counts with, or why there is none.
    pub confusion: Result<[[u64; 4]; 4], &'static str>,
}

/// What is known of the model called `model`. `usual` says that it judged as it was
/// measured: through the consensus lens, with no least confidence.
pub(crate) fn known(model: &str, usual: bool) -> Known {
    read(REPORT, model, usual)
}

fn read(report: &str, model: &str, usual: bool) -> Known {
    let none = |reason| Known { figures: Figures::default(), confusion: Err(reason) };
    let Ok(Report { model: measured, figures }) = serde_json::from_str(report) else {
        return none("the model's report cannot be read");
    };
    let Some(figures) = figures else { return none("no report on its errors comes with the model") };
    if measured.as_deref() != Some(model) {
        return none("the report at hand is on another model");
    }
    let confusion = match figures.confusion {
        None => Err("the model's report has no table of its errors"),
        Some(_) if !usual => Err("the model was measured through the consensus lens with no least confidence"),
        Some(table) if table.iter().any(|row| row.iter().sum::<u64>() == 0) => {
            Err("the postings the model was measured on lack one of the labels")
        }
        Some(table) => Ok(table),
    };
    Known { figures, confusion }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"model": "m 1", "figures": {"n": 9, "accuracy": 0.5,
        "confusion": [[1,2,3,4],[1,0,0,0],[1,0,0,0],[1,0,0,0]],
        "reliability": [{"from": 0.9, "to": 1.0, "n": 9, "confidence": 0.95, "accuracy": 0.9}], "more": 1}}"#;

    #[test]
    fn what_is_there_is_read() {
        let known = read(WHOLE, "m 1", true);
        assert_eq!(known.confusion.unwrap()[0], [1, 2, 3, 4]);
        assert_eq!((known.figures.n, known.figures.macro_f1), (Some(9), None));
        assert_eq!(known.figures.reliability.unwrap().len(), 1);
    }

    #[test]
    fn without_a_table_there_is_a_reason() {
        let reason = |report: &str, model, usual| read(report, model, usual).confusion.unwrap_err();
        assert!(reason("", "m 1", true).contains("cannot be read"));
        assert!(reason("{}", "m 1", true).contains("no report"));
        assert!(reason(WHOLE, "m 2", true).contains("another model"));
        assert!(reason(WHOLE, "m 1", false).contains("consensus lens"));
        assert!(reason(r#"{"model": "m 1", "figures": {"n": 3}}"#, "m 1", true).contains("no table"));
        let empty = WHOLE.replace("[1,2,3,4]", "[0,0,0,0]");
        assert!(reason(&empty, "m 1", true).contains("lack"));
    }

    #[test]
    fn the_report_that_comes_with_the_model_is_well_formed() {
        assert!(serde_json::from_str::<Report>(REPORT).is_ok());
    }
}
