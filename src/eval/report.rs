//! The evaluation report: metrics fitted on all sources beside cross-validated ones.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::experiment::Evaluation;
use super::faithfulness::{Faithfulness, faithfulness};
use super::{Experiment, Metrics};
use crate::error::{Error, ErrorKind};
use crate::infer::Classifier;
use crate::model::{Kind, Label};

/// All measurements of a model.
#[derive(Debug, Clone, Serialize)]
struct Report {
    /// Name, version and checksum of the model.
    model: String,
    /// With the committed calibration, fitted on all sources.
    #[serde(flatten)]
    fitted: Evaluation,
    /// How much verdicts rest on the listed phrases.
    faithfulness: Faithfulness,
    /// Each posting classified with a calibration fitted without its source.
    one_source_out: Evaluation,
}

/// Contents of the files of a report.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReportFiles {
    /// `report.json`.
    pub json: Vec<u8>,
    /// The tables of the model card, in Markdown.
    pub tables: String,
}

impl Experiment {
    /// Measures the model with its calibration as it is, and with each source held out.
    ///
    /// # Errors
    /// If the model cannot be trained.
    pub fn report(&self) -> Result<ReportFiles, Error> {
        let model = self.train()?;
        let (_, one_source_out) = self.cross_validate(&model);
        let faithfulness = faithfulness(&Classifier::new(Arc::new(model.clone())), &self.postings);
        let report = Report { model: model.id(), fitted: self.evaluate(model), faithfulness, one_source_out };
        Ok(ReportFiles { json: json(&report)?, tables: tables(&report) })
    }
}

fn json(report: &Report) -> Result<Vec<u8>, Error> {
    let wrong = |error: serde_json::Error| Error::new(ErrorKind::Input, format!("report: {error}"));
    let mut value = serde_json::to_value(report).map_err(wrong)?;
    round(&mut value);
    let mut json = serde_json::to_vec_pretty(&value).map_err(wrong)?;
    json.push(b'\n');
    Ok(json)
}

/// Rounds to four digits: more than sets of this size resolve, and the same on every
/// machine.
fn round(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let rounded = number.as_f64().map(|x| (x * 1e4).round() / 1e4);
            if let Some(rounded) = rounded.and_then(serde_json::Number::from_f64) {
                *value = Value::Number(rounded);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(round),
        Value::Object(fields) => fields.values_mut().for_each(round),
        _ => {}
    }
}

/// A row of the first table.
type MetricRow = (&'static str, fn(&Metrics) -> f64);

const POSTINGS: [MetricRow; 13] = [
    ("accuracy", |m| m.accuracy),
    ("macro-F1", |m| m.macro_f1),
    ("PM versus PMM accuracy: exactly the label", |m| m.pm_vs_pmm_accuracy),
    ("PM versus PMM accuracy: the more probable of the two", |m| m.pm_vs_pmm_sides),
    ("`pm` predicted as `pmm` or the reverse (count)", |m| m.swapped as f64),
    ("log loss", |m| m.log_loss),
    ("calibration error", |m| m.calibration_error),
    ("PM share: mean absolute error", |m| m.share_error),
    ("annotators' share inside the 90% interval", |m| m.share_covered),
    ("annotators' share inside it or within 0.025", |m| m.share_nearly_covered),
    ("a marked phrase among the three strongest", |m| m.evidence_at_3),
    ("a marked phrase among the five strongest", |m| m.evidence_at_5),
    ("accuracy of the 80% most confident", Metrics::accuracy_at_80),
];

const SPLICES: [MetricRow; 3] = [
    ("splices: accuracy", |m| m.accuracy),
    ("splices: hybrid recall", |m| m.recall(Label::Hybrid)),
    ("splices: PM share, mean absolute error", |m| m.share_error),
];

fn tables(report: &Report) -> String {
    let (all, out) = (&report.fitted, &report.one_source_out);
    let mut rows: Vec<String> = Vec::new();
    let metric = |(name, metric): MetricRow, all: &Metrics, out: &Metrics| {
        format!("| {name} | {:.3} | {:.3} |", metric(all), metric(out))
    };
    rows.extend(POSTINGS.map(|row| metric(row, &all.postings, &out.postings)));
    rows.extend(SPLICES.map(|row| metric(row, &all.splices, &out.splices)));
    if let (Some(all), Some(out)) = (&all.lines, &out.lines) {
        let row =
            |kind: Kind| format!("| lines: recall of {kind} | {:.3} | {:.3} |", all.recall[kind], out.recall[kind]);
        rows.extend(Kind::ALL.map(row));
    }
    let faithfulness = report.faithfulness.at.iter().map(|at| {
        let (words, times) = (at.words * 100.0, at.times_random());
        format!("| {} | {words:.1}% | {:.3} | {:.3} | {times:.1} |", at.phrases, at.change, at.change_random)
    });
    let labels = out.postings.labels.values().iter().map(|row| {
        format!("| {} | {} | {:.3} | {:.3} | {:.3} |", row.label, row.support, row.precision, row.recall, row.f1)
    });
    let lengths = out.postings.lengths.iter().filter(|row| row.n > 0).map(|row| {
        let to = if row.to == 0 { "more".to_owned() } else { row.to.to_string() };
        format!("| {} to {to} | {} | {:.3} |", row.from, row.n, row.accuracy)
    });
    let reliability = out.postings.reliability.iter().map(|bin| {
        format!("| {:.1} to {:.1} | {} | {:.3} | {:.3} |", bin.from, bin.to, bin.n, bin.confidence, bin.accuracy)
    });
    let coverage = out
        .postings
        .coverage
        .iter()
        .map(|row| format!("| {:.2} | {:.0}% | {:.3} |", row.min_confidence, row.coverage * 100.0, row.accuracy));
    let (n, splices) = (all.postings.n, all.splices.n);
    let mut text = format!("Model {}, {n} postings, {splices} splices.\n", report.model);
    let mut table = |head: &str, rows: &mut dyn Iterator<Item = String>| {
        let rule = "---|".repeat(head.matches('|').count() - 1);
        let _ = write!(text, "\n{head}\n|{rule}\n");
        rows.for_each(|row| text.extend([row.as_str(), "\n"]));
    };
    table("| metric | fitted on all sources | one source out |", &mut rows.into_iter());
    table("| phrases removed | of the words | change of the label's probability | random phrases | ratio |", &mut {
        faithfulness
    });
    table("| label | postings | precision | recall | F1 |", &mut { labels });
    table("| words | postings | accuracy |", &mut { lengths });
    table("| confidence | postings | mean confidence | accuracy |", &mut { reliability });
    table("| `--min-confidence` | verdicts kept | accuracy |", &mut { coverage });
    text
}
