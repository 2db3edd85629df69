//! The evaluation report: metrics of the model on postings that nobody looked at while it
//! was built, with intervals.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::bootstrap::{Interval95, interval95};
use super::faithfulness::{Faithfulness, faithfulness};
use super::{Example, FeedMetrics, Metrics, Prediction, predict};
use crate::error::{Error, ErrorKind};
use crate::infer::{Classifier, Options};
use crate::model::Label;

/// All measurements of a model.
#[derive(Debug, Clone, Serialize)]
struct Report {
    /// Name, version and checksum of the model.
    model: String,
    /// Real postings, judged with their titles.
    #[serde(rename = "figures")]
    with_title: Metrics,
    /// The same postings by duties alone.
    by_duties: Metrics,
    /// Texts spliced from parts of several postings, by duties alone.
    splices: Metrics,
    /// Postings of all trades, cross-fitted by source.
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<FeedMetrics>,
    /// 95% intervals of the first table, with title and by duties alone.
    intervals: Vec<(&'static str, [Interval95; 2])>,
    /// How much verdicts rest on the listed phrases.
    faithfulness: Faithfulness,
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

impl ReportFiles {
    /// Measures `classifier` on labeled postings and splices. `feed` is measured elsewhere.
    ///
    /// # Errors
    /// If a metric cannot be written as JSON.
    pub fn measure(
        classifier: &Classifier,
        postings: &[Example],
        splices: &[Example],
        feed: Option<FeedMetrics>,
    ) -> Result<Self, Error> {
        let alone = classifier.clone().with_options(Options::default().title(false));
        let predictions = [predict(classifier, postings), predict(&alone, postings)];
        let intervals = ROWS.map(|(name, metric)| (name, predictions.each_ref().map(|set| interval95(set, metric))));
        let [with_title, by_duties] = predictions.each_ref().map(|set| Metrics::of(set));
        let report = Report {
            model: classifier.model_id().to_owned(),
            with_title,
            by_duties,
            splices: Metrics::of(&predict(&alone, splices)),
            feed,
            intervals: intervals.into(),
            faithfulness: faithfulness(&alone, postings),
        };
        Ok(Self { json: json(&report)?, tables: tables(&report) })
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

/// A row of the first table: a name and a metric.
type MetricRow = (&'static str, fn(&[Prediction]) -> f64);

/// The rows of the first table.
const ROWS: [MetricRow; 9] = [
    ("accuracy", |p| Metrics::of(p).accuracy),
    ("log loss", |p| Metrics::of(p).log_loss),
    ("calibration error", |p| Metrics::of(p).calibration_error),
    ("macro-F1", |p| Metrics::of(p).macro_f1),
    ("`pm` predicted as `pmm` or the reverse (count)", |p| Metrics::of(p).swapped as f64),
    ("accuracy where the title misleads", |p| Metrics::of(&misled(p, true)).accuracy),
    ("accuracy elsewhere", |p| Metrics::of(&misled(p, false)).accuracy),
    ("PM share: mean absolute error", |p| Metrics::of(p).share_error),
    ("readers' share inside the 90% interval or within 0.025", |p| Metrics::of(p).share_nearly_covered),
];

/// The predictions for postings whose title claims another label than the readers gave, or
/// those for all others.
fn misled(predictions: &[Prediction], misleading: bool) -> Vec<Prediction> {
    predictions.iter().filter(|prediction| prediction.title_misleads() == misleading).cloned().collect()
}

fn tables(report: &Report) -> String {
    let mut text = format!(
        "Model {}, {} postings of employers that stand in no other set, {} splices.\n",
        report.model, report.with_title.n, report.splices.n
    );
    let mut table = |head: &str, rows: &mut dyn Iterator<Item = String>| {
        let rule = "---|".repeat(head.matches('|').count() - 1);
        let _ = write!(text, "\n{head}\n|{rule}\n");
        rows.for_each(|row| text.extend([row.as_str(), "\n"]));
    };
    table(
        "| metric | with title | by duties alone |",
        &mut report.intervals.iter().map(|(name, [title, duties])| format!("| {name} | {title} | {duties} |")),
    );
    let splices = [
        ("accuracy", report.splices.accuracy),
        ("recall of `hybrid`", report.splices.labels[Label::Hybrid].recall),
        ("PM share: mean absolute error", report.splices.share_error),
    ];
    table(
        "| splices, by duties alone | |",
        &mut splices.iter().map(|(name, value)| format!("| {name} | {value:.3} |")),
    );
    if let Some(feed) = &report.feed {
        let row = |name: &str, value: fn(&super::FeedRates) -> f64| {
            format!("| {name} | {:.4} | {:.4} |", value(&feed.with_title), value(&feed.by_duties))
        };
        let rows = [
            row("postings of other trades reported as a product role", |r| r.others_reported),
            row("product titles found", |r| r.products_found),
            row("precision at 2 product roles in 100", |r| r.precision),
        ];
        table("| feed | with title | by duties alone |", &mut rows.into_iter());
    }
    let labels = report.with_title.labels.values().iter().map(|row| {
        format!("| {} | {} | {:.3} | {:.3} | {:.3} |", row.label, row.support, row.precision, row.recall, row.f1)
    });
    table("| label, with title | postings | precision | recall | F1 |", &mut { labels });
    let reliability = report.with_title.reliability.iter().map(|bin| {
        format!("| {:.1} to {:.1} | {} | {:.3} | {:.3} |", bin.from, bin.to, bin.n, bin.confidence, bin.accuracy)
    });
    table("| confidence, with title | postings | mean confidence | accuracy |", &mut { reliability });
    let coverage = report
        .with_title
        .coverage
        .iter()
        .map(|row| format!("| {:.2} | {:.0}% | {:.3} |", row.min_confidence, row.coverage * 100.0, row.accuracy));
    table("| `--min-confidence` | verdicts kept | accuracy |", &mut { coverage });
    let faithfulness = report.faithfulness.at.iter().map(|at| {
        let (words, times) = (at.words * 100.0, at.times_random());
        format!("| {} | {words:.1}% | {:.3} | {:.3} | {times:.1} |", at.phrases, at.change, at.change_random)
    });
    table("| phrases removed | of the words | change of the label's probability | random phrases | ratio |", &mut {
        faithfulness
    });
    text
}
