//! The section of the page that compares groups of rows.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use htmlize::escape_all_quotes as escape;

use super::chart;
use super::difference::{self, MIN_ADJUSTED, is_adjusted};
use super::evaluation::Errors;
use super::html::{adjusted, key, share};
use super::page::Context;
use super::quantification::{Estimate, adjusted_shares, observed_shares};
use super::stats::{LabelCounts, MAX_GROUPS, ReportStats, add, size};
use crate::batch::grouping::SEPARATOR;
use crate::batch::period::NO_DATE;
use crate::explain::numbers::grouped;
use crate::model::Label;

/// Maximum number of groups shown.
const MAX_SHOWN: usize = 60;

/// Maximum number of differences shown.
const MAX_DIFFERENCES: usize = 24;

/// Writes the section.
pub(crate) fn section(out: &mut String, column: &str, context: &Context<'_>, stats: &ReportStats) {
    let errors = context.evaluation.errors.as_ref();
    let note = match errors {
        Ok(_) => {
            format!(
                "; below it, in groups of at least {MIN_ADJUSTED} postings, the share adjusted for the model’s known \
                 errors and its 95% interval"
            )
        }
        Err(reason) => format!("; not adjusted for the model’s errors: {reason}"),
    };
    let _ = writeln!(
        out,
        "<section>\n<h2>By {}</h2>\n<p class=\"soft\">Share of each label and, in small print, its 95% \
         interval in percent (Wilson){note}.</p>",
        escape(column)
    );
    let groups = sorted(stats, context.period_at);
    let dated: Vec<_> = groups.iter().copied().filter(|(name, _)| !name.contains(NO_DATE)).collect();
    if is_series(&groups) && dated.len() > 1 {
        chart::series(out, &dated);
    }
    out.push_str("<div class=\"scroll\"><table>\n<tr><th></th><th class=\"number\">postings</th>");
    for label in Label::ALL {
        let _ = write!(out, "<th>{}</th>", key(label.as_str()));
    }
    out.push_str("</tr>\n");
    for (name, counts) in groups.iter().take(MAX_SHOWN) {
        row(out, &parts(name).join(" · "), counts, errors.ok());
    }
    let mut others = stats.other_groups;
    for (_, counts) in groups.iter().skip(MAX_SHOWN) {
        add(others.values_mut(), counts.values());
    }
    if others != LabelCounts::default() {
        row(out, "(all others)", &others, errors.ok());
    }
    out.push_str("</table></div>\n");
    if stats.other_groups != LabelCounts::default() {
        let max = grouped(MAX_GROUPS as u64);
        let _ = writeln!(out, "<p class=\"soft\">Only the first {max} values are counted separately.</p>");
    }
    differences(out, &pairs(&groups, context.period_at), errors.ok());
    out.push_str("</section>\n");
}

fn differences(out: &mut String, pairs: &[Pair], errors: Option<&Errors>) {
    if pairs.is_empty() {
        return;
    }
    out.push_str(
        "<h3>Differences</h3>\n<p class=\"soft\">Share of the first minus that of the second, in percentage points, \
         with its 95% interval (Newcombe). If the interval does not include 0, the difference is unlikely to \
         be chance.</p>\n<div class=\"scroll\"><table>\n<tr><th></th>",
    );
    for label in Label::ALL {
        let _ = write!(out, "<th>{}</th>", key(label.as_str()));
    }
    out.push_str("</tr>\n");
    let points = |estimate: &Estimate, label: Label| {
        let points = |number: f64| format!("{:+.0}", number * 100.0).replace('-', "−");
        let (low, high) = (points(estimate.low[label]), points(estimate.high[label]));
        format!("{} <small>{low} to {high}</small>", points(estimate.share[label]))
    };
    for pair in pairs.iter().take(MAX_DIFFERENCES) {
        let (observed, adjusted) = (pair.observed(), pair.adjusted(errors));
        let _ = write!(out, "<tr><td class=\"name\">{} − {}</td>", escape(&pair.first), escape(&pair.second));
        for label in Label::ALL {
            let _ = write!(out, "<td class=\"estimate\">{}", points(&observed, label));
            if let Some(adjusted) = &adjusted {
                let _ = write!(out, "<br><small>adjusted</small> {}", points(adjusted, label));
            }
            out.push_str("</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table></div>\n");
}

/// The values of a group's columns.
pub(crate) fn parts(name: &str) -> Vec<String> {
    let shown = |value: &str| if value.is_empty() { "(empty)".to_owned() } else { value.to_owned() };
    name.split(SEPARATOR).map(shown).collect()
}

/// Two groups to compare, by name.
pub(crate) struct Pair {
    pub first: String,
    pub second: String,
    counts: (LabelCounts, LabelCounts),
}

impl Pair {
    pub(crate) fn observed(&self) -> Estimate {
        difference::observed(&self.counts.0, &self.counts.1)
    }

    pub(crate) fn adjusted(&self, errors: Option<&Errors>) -> Option<Estimate> {
        difference::adjusted(&self.counts.0, &self.counts.1, errors)
    }
}

/// The pairs of groups to compare.
///
/// - With periods, each group is compared with that of the same other values and the last period before
///   that has one. A group without a date is not compared.
/// - Of two groups, the second is compared with the first.
/// - Otherwise each group of at least [`MIN_ADJUSTED`] postings is compared with all others.
pub(crate) fn pairs(groups: &[(&str, &LabelCounts)], period_at: Option<usize>) -> Vec<Pair> {
    let name = |name: &str| parts(name).join(" · ");
    let pair = |first: &(&str, &LabelCounts), second: &(&str, &LabelCounts)| Pair {
        first: name(first.0),
        second: name(second.0),
        counts: (*first.1, *second.1),
    };
    if let Some(at) = period_at {
        let by_key: BTreeMap<_, _> =
            groups.iter().filter_map(|group| Some((period_key(group.0, at)?, group))).collect();
        let with_period_before = |group: &(&str, &LabelCounts)| {
            let key = period_key(group.0, at)?;
            let (before, other) = by_key.range(..&key).next_back()?;
            (before.0 == key.0).then(|| pair(group, other))
        };
        return groups.iter().filter_map(with_period_before).collect();
    }
    if let [first, second] = groups {
        return vec![pair(second, first)];
    }
    let mut all = LabelCounts::default();
    for (_, counts) in groups {
        add(all.values_mut(), counts.values());
    }
    let rest = |counts: &LabelCounts| LabelCounts::from_fn(|label| all[label] - counts[label]);
    let large = groups.iter().filter(|(_, counts)| groups.len() > 2 && is_adjusted(counts));
    large.map(|&(group, counts)| pair(&(group, counts), &("all others", &rest(counts)))).collect()
}

/// A group's other values, then its period, the value `at`; `None` without a date. Groups to compare are
/// neighbors in this order.
fn period_key(name: &str, at: usize) -> Option<(Vec<&str>, &str)> {
    let mut others: Vec<&str> = name.split(SEPARATOR).collect();
    let period = (at < others.len()).then(|| others.remove(at)).filter(|period| *period != NO_DATE)?;
    Some((others, period))
}

/// Whether all groups are dates or periods that sort in the order of time.
fn is_series(groups: &[(&str, &LabelCounts)]) -> bool {
    let is_period = |name: &str| starts_with_year(name) || name.is_empty() || name == NO_DATE;
    groups.iter().all(|(name, _)| is_period(name) && !name.contains(SEPARATOR))
}

/// Whether a text begins like `2026`, `2026-03`, `2026-Q1` or `20260305`, not like `2026 Corp`.
fn starts_with_year(text: &str) -> bool {
    let year = text.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    year && !text[4..].starts_with(|c: char| c.is_whitespace() || c.is_alphabetic())
}

/// The groups: dates and periods in their order, those without a date last; others by size.
pub(crate) fn sorted(stats: &ReportStats, period_at: Option<usize>) -> Vec<(&str, &LabelCounts)> {
    let mut groups: Vec<_> = stats.groups.iter().map(|(name, counts)| (name.as_str(), counts)).collect();
    if period_at.is_some() || is_series(&groups) {
        let is_undated = |name: &str| {
            let date = name.split(SEPARATOR).nth(period_at.unwrap_or(0));
            date.is_none_or(|date| date.is_empty() || date == NO_DATE)
        };
        groups.sort_by_key(|(name, _)| (is_undated(name), *name));
    } else {
        groups.sort_by_key(|(name, counts)| (Reverse(size(counts)), *name));
    }
    groups
}

fn row(out: &mut String, name: &str, counts: &LabelCounts, errors: Option<&Errors>) {
    let observed = observed_shares(counts);
    let errors = errors.filter(|_| is_adjusted(counts));
    let adjusted_shares = errors.map(|errors| adjusted_shares(counts, errors));
    let _ = write!(out, "<tr><td class=\"name\">{}<span class=\"stack\">", escape(name));
    for (class, share) in observed.share.iter() {
        let _ = write!(out, "<i class=\"{class}\" style=\"width:{:.2}%\"></i>", share * 100.0);
    }
    let _ = write!(out, "</span></td><td class=\"number\">{}</td>", grouped(size(counts)));
    for label in Label::ALL {
        let _ = write!(out, "<td class=\"estimate\">{}", share(&observed, label));
        if let Some(shares) = &adjusted_shares {
            let _ = write!(out, "<br>{}", adjusted(shares, label));
        }
        out.push_str("</td>");
    }
    out.push_str("</tr>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_their_order_and_names_are_sorted_by_size() {
        for (names, expected) in [
            (["2024-02", "2024-01", "2023"], ["2023", "2024-01", "2024-02"]),
            (["b", "a", "2024"], ["2024", "a", "b"]),
            (["a", "c", "b"], ["b", "c", "a"]),
            (["2024-02", "2024-01", "(no date)"], ["2024-01", "2024-02", "(no date)"]),
        ] {
            let mut stats = ReportStats::default();
            for (size, name) in (1..).zip(names) {
                stats.groups.insert(name.to_owned(), [size / 2, 0, 1, 0].into());
            }
            assert_eq!(sorted(&stats, None).iter().map(|(name, _)| *name).collect::<Vec<_>>(), expected);
        }
    }

    fn names(groups: &[(&str, &LabelCounts)], period_at: Option<usize>) -> Vec<String> {
        pairs(groups, period_at).into_iter().map(|pair| format!("{} − {}", pair.first, pair.second)).collect()
    }

    #[test]
    fn periods_are_compared_with_the_one_before_and_others_with_the_rest() {
        let counts: [LabelCounts; 3] = [[10, 0, 0, 0].into(), [0, 20, 0, 0].into(), [1, 1, 1, 0].into()];
        let groups = [("2024-01", &counts[0]), ("2024-02", &counts[1]), ("2024-03", &counts[2])];
        assert_eq!(names(&groups, Some(0)), ["2024-02 − 2024-01", "2024-03 − 2024-02"]);
        assert_eq!(names(&groups[..2], None), ["2024-02 − 2024-01"]);
        // The third has fewer than ten postings.
        assert_eq!(names(&groups, None), ["2024-01 − all others", "2024-02 − all others"]);
        assert!(names(&groups[..1], None).is_empty());
    }

    /// Wherever the column of dates stands, and whatever groups lie between two periods.
    #[test]
    fn periods_are_compared_within_the_same_other_values() {
        let months = [("A", "2024-01"), ("A", "2024-02"), ("A", "(no date)"), ("B", "2024-02"), ("B", "2024-04")];
        for (period_at, expected) in [
            (1, ["A · 2024-02 − A · 2024-01", "B · 2024-04 − B · 2024-02"]),
            (0, ["2024-02 · A − 2024-01 · A", "2024-04 · B − 2024-02 · B"]),
        ] {
            let mut stats = ReportStats::default();
            for (company, month) in months {
                let values = if period_at == 0 { [month, company] } else { [company, month] };
                stats.groups.insert(values.join(&SEPARATOR.to_string()), [1, 0, 0, 0].into());
            }
            let groups = sorted(&stats, Some(period_at));
            assert_eq!(names(&groups, Some(period_at)), expected);
            assert!(!is_series(&groups), "several groups of one period are no line of points");
        }
    }

    /// A date in the first of several columns, without a period.
    #[test]
    fn dated_groups_of_several_columns_are_sorted_by_size() {
        let mut stats = ReportStats::default();
        for (company, n) in [("A", 1), ("B", 3), ("C", 2)] {
            stats.groups.insert(["2024-01", company].join(&SEPARATOR.to_string()), [n, 0, 0, 0].into());
        }
        let names: Vec<String> = sorted(&stats, None).iter().map(|(name, _)| parts(name).join(" ")).collect();
        assert_eq!(names, ["2024-01 B", "2024-01 C", "2024-01 A"]);
    }

    #[test]
    fn names_that_begin_with_a_number_are_not_dates() {
        for (name, expected) in [
            ("2024", true),
            ("2024-Q1", true),
            ("20240105", true),
            ("1234 Corp", false),
            ("1234th", false),
            ("24", false),
        ] {
            assert_eq!(starts_with_year(name), expected, "{name}");
        }
    }
}
