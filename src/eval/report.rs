//! The evaluation report: metrics of the model on postings that nobody looked at while it
//! was built, with intervals.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::bootstrap::{Interval95, interval95};
use super::faithfulness::{Faithfulness, faithfulness};
use super::{Example, FeedMetrics, Metrics, Prediction, predict};
use crate::error::{Error, ErrorKind};
use crate::infer::Classifier;
use crate::model::Label;

/// All measurements of a model.
#[derive(Debug, Clone, Serialize)]
struct Report {
    /// Name, version and checksum of the model.
    model: String,
    /// Real postings, judged with their titles. The name in JSON is that of `rolecall eval`.
    #[serde(rename = "figures")]
    with_title: Metrics,
    /// The same postings by duties alone.
    by_duties: Metrics,
    /// Texts spliced from parts of several postings, by duties alone.
    splices: Metrics,
    /// Postings of all occupations, cross-fitted by source.
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
        let alone = classifier.clone().with_options(classifier.options().title(false));
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
    ("annotators' share inside the 90% interval or within 0.025", |p| Metrics::of(p).share_nearly_covered),
];

/// The predictions for postings whose title claims another label than the annotators gave, or for all
/// others.
fn misled(predictions: &[Prediction], misleading: bool) -> Vec<Prediction> {
    predictions.iter().filter(|prediction| prediction.title_misleads() == misleading).cloned().collect()
}

fn tables(report: &Report) -> String {
    let mut text = format!(
        "Model {}, {} postings of employers that occur in no other set, {} splices.\n",
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
            row("postings of other occupations reported as a product role", |r| r.others_reported),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{AtPhrases, FeedRates};
    use super::*;
    use crate::model::{ByLabel, TitleClaim};
    use Label::{Hybrid, Pm, Pmm, Unclear};

    /// Truth, prediction, probabilities, true share, share, interval miss, claim.
    type Row = (Label, Label, [f64; 4], Option<f64>, f64, Option<f64>, TitleClaim);

    /// Of the two whose titles mislead, one is right; of the other two, both.
    const POSTINGS: [Row; 4] = [
        (Pm, Pm, [0.95, 0.01, 0.01, 0.03], Some(1.0), 0.9, Some(0.0), TitleClaim::Pm),
        (Pm, Pmm, [0.30, 0.65, 0.01, 0.04], Some(0.8), 0.4, Some(0.03), TitleClaim::Pmm),
        (Pmm, Pmm, [0.01, 0.95, 0.01, 0.03], Some(0.0), 0.1, Some(0.02), TitleClaim::Pm),
        (Unclear, Unclear, [0.05, 0.05, 0.05, 0.85], None, 0.5, None, TitleClaim::None),
    ];

    const SPLICES: [Row; 3] = [
        (Hybrid, Hybrid, [0.1, 0.1, 0.7, 0.1], Some(0.5), 0.6, Some(0.0), TitleClaim::None),
        (Hybrid, Pm, [0.8, 0.0, 0.1, 0.1], Some(0.5), 0.8, Some(0.1), TitleClaim::None),
        (Pm, Pm, [0.9, 0.0, 0.1, 0.0], Some(1.0), 0.95, Some(0.0), TitleClaim::None),
    ];

    fn predictions(rows: &[Row]) -> Vec<Prediction> {
        let prediction = |row: &Row| Prediction {
            truth: row.0,
            predicted: row.1,
            probabilities: row.2.into(),
            confidence: ByLabel::from(row.2)[row.1],
            true_share: row.3,
            share: row.4,
            interval_miss: row.5,
            claim: row.6,
            ..Prediction::example()
        };
        rows.iter().map(prediction).collect()
    }

    fn report() -> Report {
        let interval = |[value, low, high]: [f64; 3]| Interval95 { value, low, high };
        let at = |phrases, words, change, change_random| AtPhrases {
            phrases,
            postings: 3,
            words,
            comprehensiveness: 0.25,
            comprehensiveness_random: 0.02,
            change,
            change_random,
            sufficiency: -0.123_456,
            sufficiency_random: 0.4,
        };
        let rates = |others_reported, products_found, precision| FeedRates {
            others: 2000,
            others_reported,
            products: 50,
            products_found,
            precision,
        };
        Report {
            model: "tiny/1 0123456789ab".to_owned(),
            with_title: Metrics::of(&predictions(&POSTINGS)),
            by_duties: Metrics::of(&predictions(&POSTINGS[1..])),
            splices: Metrics::of(&predictions(&SPLICES)),
            feed: Some(FeedMetrics { with_title: rates(0.0015, 0.96, 0.9288), by_duties: rates(0.0125, 0.84, 0.5783) }),
            intervals: vec![
                ("accuracy", [[0.75, 0.25, 1.0], [0.667, 0.0, 1.0]].map(interval)),
                ("swapped", [[1.0, 0.0, 3.0], [1.0, 0.0, 2.0]].map(interval)),
            ],
            faithfulness: Faithfulness { postings: 3, at: vec![at(1, 0.0312, 0.3, 0.1), at(12, 0.25, 0.55, 0.22)] },
        }
    }

    /// No verdict is as sure as the required minimum, with the title or without it.
    #[test]
    fn both_columns_have_the_options_of_the_classifier() {
        let classifier = Classifier::builtin().unwrap();
        let classifier = classifier.clone().with_options(classifier.options().min_confidence(1.0));
        let text = "Own the product roadmap, rank the backlog and write user stories with engineers. ".repeat(6);
        let posting = Example { text, label: Some(Pm), ..Example::default() };
        let files = ReportFiles::measure(&classifier, &[posting], &[], None).unwrap();
        let report: Value = serde_json::from_slice(&files.json).unwrap();
        for set in ["figures", "by_duties"] {
            assert_eq!(report[set]["confusion"][0], json!([0, 0, 0, 1]), "{set}");
        }
    }

    /// Figures by hand from `POSTINGS` and `SPLICES`.
    #[test]
    fn tables_have_the_figures_of_the_report() {
        let expected = "\
Model tiny/1 0123456789ab, 4 postings of employers that occur in no other set, 3 splices.

| metric | with title | by duties alone |
|---|---|---|
| accuracy | 0.750 (0.250 to 1.000) | 0.667 (0.000 to 1.000) |
| swapped | 1 (0 to 3) | 1 (0 to 2) |

| splices, by duties alone | |
|---|---|
| accuracy | 0.667 |
| recall of `hybrid` | 0.500 |
| PM share: mean absolute error | 0.150 |

| feed | with title | by duties alone |
|---|---|---|
| postings of other occupations reported as a product role | 0.0015 | 0.0125 |
| product titles found | 0.9600 | 0.8400 |
| precision at 2 product roles in 100 | 0.9288 | 0.5783 |

| label, with title | postings | precision | recall | F1 |
|---|---|---|---|---|
| pm | 2 | 1.000 | 0.500 | 0.667 |
| pmm | 1 | 0.500 | 1.000 | 0.667 |
| hybrid | 0 | 0.000 | 0.000 | 0.000 |
| unclear | 1 | 1.000 | 1.000 | 1.000 |

| confidence, with title | postings | mean confidence | accuracy |
|---|---|---|---|
| 0.6 to 0.7 | 1 | 0.650 | 0.000 |
| 0.8 to 0.9 | 1 | 0.850 | 1.000 |
| 0.9 to 1.0 | 2 | 0.950 | 1.000 |

| `--min-confidence` | verdicts kept | accuracy |
|---|---|---|
| 0.65 | 100% | 0.750 |
| 0.65 | 95% | 0.750 |
| 0.65 | 90% | 0.750 |
| 0.85 | 80% | 1.000 |
| 0.85 | 70% | 1.000 |
| 0.95 | 60% | 1.000 |
| 0.95 | 50% | 1.000 |

| phrases removed | of the words | change of the label's probability | random phrases | ratio |
|---|---|---|---|---|
| 1 | 3.1% | 0.300 | 0.100 | 3.0 |
| 12 | 25.0% | 0.550 | 0.220 | 2.5 |
";
        assert_eq!(tables(&report()), expected);
        let without = tables(&Report { feed: None, ..report() });
        assert_eq!(expected.lines().count() - without.lines().count(), 6, "without a feed: {without}");
    }

    /// By hand; the log loss is the mean of -ln of 0.95, 0.3, 0.95 and 0.85, computed with Python.
    #[test]
    fn rows_of_the_first_table_match_values_by_hand() {
        let predictions = predictions(&POSTINGS);
        let expected = [
            0.75,
            0.367_269_6,
            (0.65 + 0.15 + 2.0 * 0.05) / 4.0,
            (2.0 / 3.0 + 2.0 / 3.0 + 1.0) / 3.0,
            1.0,
            0.5,
            1.0,
            (0.1 + 0.4 + 0.1) / 3.0,
            2.0 / 3.0,
        ];
        for ((name, metric), expected) in ROWS.into_iter().zip(expected) {
            let found = metric(&predictions);
            assert!((found - expected).abs() < 1e-6, "{name}: {found}, expected {expected}");
        }
    }

    #[test]
    fn numbers_in_json_have_four_decimals_and_counts_none() {
        let text = String::from_utf8(json(&report()).unwrap()).unwrap();
        assert!(text.starts_with("{\n  \"model\": \"tiny/1 0123456789ab\",\n") && text.ends_with("}\n"), "{text}");
        let found: Value = serde_json::from_str(&text).unwrap();
        for (place, expected) in [
            ("/figures/n", json!(4)),
            ("/figures/log_loss", json!(0.3673)),
            ("/figures/confusion/0/1", json!(1)),
            ("/by_duties/accuracy", json!(0.6667)),
            ("/by_duties/reliability/0/from", json!(0.6)),
            ("/splices/share_error", json!(0.15)),
            ("/feed/by_duties/others_reported", json!(0.0125)),
            ("/feed/by_duties/others", json!(2000)),
            (
                "/intervals/0",
                json!(["accuracy", [
                    {"value": 0.75, "low": 0.25, "high": 1.0},
                    {"value": 0.667, "low": 0.0, "high": 1.0},
                ]]),
            ),
            ("/faithfulness/at/1/sufficiency", json!(-0.1235)),
        ] {
            assert_eq!(found.pointer(place), Some(&expected), "{place}");
        }
    }
}
