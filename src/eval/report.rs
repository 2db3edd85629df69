//! The evaluation report: figures fitted on everything, beside leave-one-source-out.

use serde::Serialize;
use serde_json::Value;

use super::line_metrics::LineFigures;
use super::{Faithfulness, Figures};
use crate::error::{Error, ErrorKind};
use crate::model::Kind;

/// Figures on postings, splices and lines.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sets {
    /// Real postings.
    pub figures: Figures,
    /// Texts put together from parts of them.
    pub splices: Figures,
    /// Single lines of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineFigures>,
}

/// Everything a model is measured by.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// Name, version and checksum of the model.
    pub model: String,
    /// With the calibration as it is committed, fitted on all sources.
    #[serde(flatten)]
    pub fitted: Sets,
    /// How much verdicts rest on the phrases shown.
    pub faithfulness: Faithfulness,
    /// Each posting judged with numbers fitted without its source.
    pub one_source_out: Sets,
}

/// The files of a report.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Files {
    /// `report.json`.
    pub json: Vec<u8>,
    /// The tables for the model card, in Markdown.
    pub tables: String,
}

/// Writes a report out.
pub(crate) fn files(report: &Report) -> Result<Files, Error> {
    let wrong = |error: serde_json::Error| Error::new(ErrorKind::Input, format!("report: {error}"));
    let mut value = serde_json::to_value(report).map_err(wrong)?;
    round(&mut value);
    let mut json = serde_json::to_vec_pretty(&value).map_err(wrong)?;
    json.push(b'\n');
    Ok(Files { json, tables: tables(report) })
}

/// Four digits are more than the sets can tell apart, and the same everywhere.
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

/// Takes one figure out of many.
type Figure = fn(&Figures) -> f64;

fn tables(report: &Report) -> String {
    let (all, out) = (&report.fitted, &report.one_source_out);
    let mut text = String::new();
    let mut line = |cells: &str| {
        text.push_str(cells);
        text.push('\n');
    };
    let top = |figures: &Figures| {
        figures.coverage.iter().find(|c| (c.coverage - 0.8).abs() < 1e-9).map_or(0.0, |c| c.accuracy)
    };
    line(&format!("Model {}, {} postings, {} splices.\n", report.model, all.figures.n, all.splices.n));
    line("| figure | fitted on all | one source out |\n|---|---|---|");
    let rows: [(&str, Figure); 12] = [
        ("accuracy", |f| f.accuracy),
        ("macro-F1", |f| f.macro_f1),
        ("PM versus PMM accuracy: exactly the label", |f| f.pm_vs_pmm_accuracy),
        ("PM versus PMM accuracy: the more probable of the two", |f| f.pm_vs_pmm_sides),
        ("`pm` called `pmm` or the reverse (count)", |f| f.swapped as f64),
        ("log loss", |f| f.log_loss),
        ("calibration error", |f| f.calibration_error),
        ("share error", |f| f.share_error),
        ("readers' share inside the 90% interval", |f| f.share_covered),
        ("readers' share inside it or within 0.025", |f| f.share_nearly_covered),
        ("evidence overlaps a reader's phrase, three strongest", |f| f.evidence_at_3),
        ("evidence overlaps a reader's phrase, five strongest", |f| f.evidence_at_5),
    ];
    for (name, figure) in rows {
        line(&format!("| {name} | {:.3} | {:.3} |", figure(&all.figures), figure(&out.figures)));
    }
    line(&format!("| 80% most confident, right | {:.3} | {:.3} |", top(&all.figures), top(&out.figures)));
    line(&format!("| splices: accuracy | {:.3} | {:.3} |", all.splices.accuracy, out.splices.accuracy));
    let hybrid = |f: &Figures| f.labels[crate::model::Label::Hybrid].recall;
    line(&format!("| splices: hybrid recall | {:.3} | {:.3} |", hybrid(&all.splices), hybrid(&out.splices)));
    line(&format!("| splices: share error | {:.3} | {:.3} |", all.splices.share_error, out.splices.share_error));
    if let (Some(all), Some(out)) = (&all.lines, &out.lines) {
        for kind in Kind::ALL {
            line(&format!("| lines of kind {kind}, right | {:.3} | {:.3} |", all.recall[kind], out.recall[kind]));
        }
    }
    line(
        "\n| phrases of the label's role taken out | of the words | change of its probability | random ones | times |\n|---|---|---|---|---|",
    );
    for at in &report.faithfulness.at {
        line(&format!(
            "| {} | {:.1}% | {:.3} | {:.3} | {:.1} |",
            at.phrases,
            at.words * 100.0,
            at.change,
            at.change_random,
            at.times_random()
        ));
    }
    line("\n| label | postings | precision | recall | F1 |\n|---|---|---|---|---|");
    for label in out.figures.labels.values() {
        line(&format!(
            "| {} | {} | {:.3} | {:.3} | {:.3} |",
            label.label, label.support, label.precision, label.recall, label.f1
        ));
    }
    line("\n| words | postings | accuracy |\n|---|---|---|");
    for row in out.figures.lengths.iter().filter(|row| row.n > 0) {
        let to = if row.to == 0 { "more".to_owned() } else { row.to.to_string() };
        line(&format!("| {} to {to} | {} | {:.3} |", row.from, row.n, row.accuracy));
    }
    line("\n| confidence | postings | mean confidence | accuracy |\n|---|---|---|---|");
    for bin in &out.figures.reliability {
        line(&format!(
            "| {:.1} to {:.1} | {} | {:.3} | {:.3} |",
            bin.from, bin.to, bin.n, bin.confidence, bin.accuracy
        ));
    }
    line("\n| `--min-confidence` | verdicts kept | right |\n|---|---|---|");
    for row in &out.figures.coverage {
        line(&format!("| {:.2} | {:.0}% | {:.3} |", row.min_confidence, row.coverage * 100.0, row.accuracy));
    }
    text
}
