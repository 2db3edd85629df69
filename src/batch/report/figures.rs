//! The figures of a run as JSON or CSV. The page also has the list of titles and the accuracy of the
//! model.

use serde_json::{Map, Value, json};

use super::difference::MIN_ADJUSTED;
use super::evaluation::Errors;
use super::groups::{pairs, parts, sorted};
use super::html::ratio;
use super::page::Context;
use super::quantification::{Estimate, adjusted_shares, observed_shares};
use super::stats::{LabelCounts, ReportStats, size};
use super::summary::Summary;
use crate::model::{Label, Role};
use crate::table::fields::write_field;

/// Maximum number of groups, and of differences, whose shares are adjusted: that takes about a
/// millisecond each, and there may be 10,000.
const MAX_ADJUSTED: usize = 400;

/// One figure.
#[derive(Default)]
struct Figure {
    section: &'static str,
    /// The group, role or pair that it belongs to.
    group: Vec<String>,
    item: String,
    count: Option<u64>,
    /// A share or difference, with its 95% interval.
    share: Option<[f64; 3]>,
    /// A share or mean without an interval, in the column of `share`.
    value: Option<f64>,
    /// The share adjusted for the model's errors, with its 95% interval.
    adjusted: Option<[f64; 3]>,
}

impl Figure {
    fn new(section: &'static str, item: impl Into<String>) -> Self {
        Self { section, item: item.into(), ..Self::default() }
    }

    fn count(section: &'static str, item: impl Into<String>, count: u64) -> Self {
        Self { count: Some(count), ..Self::new(section, item) }
    }

    /// The shares with their intervals, by the names of their columns.
    fn numbers(&self) -> [(&'static str, Option<f64>); 6] {
        let at = |estimate: Option<[f64; 3]>, at: usize| estimate.map(|estimate| estimate[at]);
        [
            ("share", at(self.share, 0).or(self.value)),
            ("low", at(self.share, 1)),
            ("high", at(self.share, 2)),
            ("adjusted", at(self.adjusted, 0)),
            ("adjusted_low", at(self.adjusted, 1)),
            ("adjusted_high", at(self.adjusted, 2)),
        ]
    }
}

/// The sections, in their order, and what an item of each is called.
const SECTIONS: [(&str, &str); 10] = [
    ("totals", "name"),
    ("labels", "label"),
    ("unclear_reasons", "reason"),
    ("reject_reasons", "reason"),
    ("pm_share_histogram", "range"),
    ("confidence_histogram", "range"),
    ("duties", "duty"),
    ("titles", "name"),
    ("groups", "label"),
    ("differences", "label"),
];

fn triple(estimate: &Estimate, label: Label) -> [f64; 3] {
    [estimate.share[label], estimate.low[label], estimate.high[label]]
}

/// The shares of the labels in a group.
pub(crate) struct LabelShares {
    observed: Option<Estimate>,
    adjusted: Option<Estimate>,
}

impl LabelShares {
    /// The shares as counted and, with `errors` and at least `min_size` rows, adjusted.
    pub(crate) fn new(counts: &LabelCounts, errors: Option<&Errors>, min_size: u64) -> Self {
        let errors = errors.filter(|_| size(counts) >= min_size);
        Self {
            observed: (size(counts) > 0).then(|| observed_shares(counts)),
            adjusted: errors.map(|errors| adjusted_shares(counts, errors)),
        }
    }

    /// The share of a label and its 95% interval; `None` without rows.
    pub(crate) fn observed(&self, label: Label) -> Option<[f64; 3]> {
        self.observed.as_ref().map(|observed| triple(observed, label))
    }

    /// The same, adjusted for the errors of the model.
    pub(crate) fn adjusted(&self, label: Label) -> Option<[f64; 3]> {
        self.adjusted.as_ref().map(|adjusted| triple(adjusted, label))
    }
}

fn collect(context: &Context<'_>, summary: &Summary) -> Vec<Figure> {
    let none = ReportStats::default();
    let stats = summary.stats.report.as_deref().unwrap_or(&none);
    let errors = context.evaluation.errors.as_ref().ok();
    let mut figures = Vec::new();
    for (name, count) in [
        ("postings", summary.rows),
        ("rejected_rows", summary.rejects),
        ("rows_with_missing_fields", summary.padded_rows),
        ("empty_lines", summary.empty_lines),
        ("repeated_headers", summary.repeated_headers),
    ] {
        figures.push(Figure::count("totals", name, count));
    }
    for (name, mean) in [("mean_pm_share", summary.mean_share), ("mean_confidence", summary.mean_confidence)] {
        figures.push(Figure { value: mean, ..Figure::new("totals", name) });
    }
    let mut by_label = |section, group: &[String], counts: &LabelCounts, errors: Option<&Errors>, min_size| {
        let shares = LabelShares::new(counts, errors, min_size);
        for (label, &count) in counts.iter() {
            figures.push(Figure {
                group: group.to_vec(),
                share: shares.observed(label),
                adjusted: shares.adjusted(label),
                ..Figure::count(section, label.as_str(), count)
            });
        }
    };
    by_label("labels", &[], &summary.stats.labels, errors, 1);
    let groups = if context.group_by.is_some() { sorted(stats, context.period_at) } else { Vec::new() };
    for (at, (name, counts)) in groups.iter().enumerate() {
        by_label("groups", &parts(name), counts, errors.filter(|_| at < MAX_ADJUSTED), MIN_ADJUSTED);
    }
    if size(&stats.other_groups) > 0 {
        by_label("groups", &["(all others)".to_owned()], &stats.other_groups, errors, MIN_ADJUSTED);
    }
    for (reason, count) in summary.reasons() {
        figures.push(Figure::count("unclear_reasons", reason.as_str(), count));
    }
    for (reason, count) in summary.reject_reasons() {
        figures.push(Figure::count("reject_reasons", reason.as_str(), count));
    }
    for (from, to, count) in stats.pm_share_bins() {
        figures.push(Figure::count("pm_share_histogram", format!("{from:.2} to {to:.2}"), count));
    }
    for (from, to, count) in stats.confidence_bins() {
        figures.push(Figure::count("confidence_histogram", format!("{from:.1} to {to:.1}"), count));
    }
    for role in Role::ALL {
        for (duty, count) in stats.duties_by_frequency(role) {
            figures.push(Figure {
                group: vec![role.as_str().to_owned()],
                value: Some(ratio(count, summary.rows)),
                ..Figure::count("duties", duty, count)
            });
        }
    }
    figures.push(Figure::count("titles", "compared", stats.compared_titles));
    figures.push(Figure {
        value: (stats.compared_titles > 0).then(|| ratio(stats.mismatched_titles, stats.compared_titles)),
        ..Figure::count("titles", "disagree", stats.mismatched_titles)
    });
    for (at, pair) in pairs(&groups, context.period_at).into_iter().enumerate() {
        let (observed, adjusted) = (pair.observed(), pair.adjusted(errors.filter(|_| at < MAX_ADJUSTED)));
        for label in Label::ALL {
            figures.push(Figure {
                group: vec![pair.first.clone(), pair.second.clone()],
                share: Some(triple(&observed, label)),
                adjusted: adjusted.as_ref().map(|adjusted| triple(adjusted, label)),
                ..Figure::new("differences", label.as_str())
            });
        }
    }
    figures
}

/// A number with six decimals, which is enough for any share.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// The figures as one JSON object.
pub(crate) fn to_json(context: &Context<'_>, summary: &Summary) -> String {
    let figures = collect(context, summary);
    let mut object = json!({
        "input": context.input,
        "model": context.model,
        "lens": context.lens,
        "min_confidence": context.min_confidence,
        "group_by": context.group_by,
        "not_adjusted": context.evaluation.errors.as_ref().err(),
    });
    for (section, item) in SECTIONS {
        object[section] =
            figures.iter().filter(|figure| figure.section == section).map(|figure| row(figure, item)).collect();
    }
    format!("{object:#}\n")
}

fn row(figure: &Figure, item: &str) -> Value {
    let mut row = Map::new();
    match (figure.section, &figure.group[..]) {
        (_, []) => {}
        ("duties", [role]) => _ = row.insert("role".to_owned(), json!(role)),
        ("differences", [first, second]) => {
            row.insert("of".to_owned(), json!(first));
            row.insert("minus".to_owned(), json!(second));
        }
        (_, group) => _ = row.insert("group".to_owned(), json!(group)),
    }
    row.insert(item.to_owned(), json!(figure.item));
    if let Some(count) = figure.count {
        row.insert("count".to_owned(), json!(count));
    }
    for (name, number) in figure.numbers() {
        if let Some(number) = number {
            let name = if figure.section == "differences" && name == "share" { "difference" } else { name };
            row.insert(name.to_owned(), json!(rounded(number)));
        }
    }
    Value::Object(row)
}

/// The figures as CSV, one per row.
pub(crate) fn to_csv(context: &Context<'_>, summary: &Summary) -> String {
    let mut out = b"section,group,item,count,share,low,high,adjusted,adjusted_low,adjusted_high\n".to_vec();
    let figures = collect(context, summary);
    for (section, _) in SECTIONS {
        for figure in figures.iter().filter(|figure| figure.section == section) {
            let between = if section == "differences" { " minus " } else { " · " };
            for text in [section, &figure.group.join(between), &figure.item] {
                write_field(&mut out, text, b',');
                out.push(b',');
            }
            out.extend(figure.count.map(|count| count.to_string()).unwrap_or_default().bytes());
            for (_, number) in figure.numbers() {
                out.push(b',');
                out.extend(number.map(|number| rounded(number).to_string()).unwrap_or_default().bytes());
            }
            out.push(b'\n');
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
