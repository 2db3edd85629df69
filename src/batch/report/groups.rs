//! The section of the page that compares groups of rows.

use std::cmp::Reverse;
use std::fmt::Write as _;

use htmlize::escape_all_quotes as escape;

use super::chart;
use super::difference::{self, MIN_ADJUSTED, size};
use super::evaluation::Errors;
use super::html::{adjusted, key, share};
use super::page::Context;
use super::quantification::{Estimate, adjusted_shares, observed_shares};
use super::stats::{LabelCounts, MAX_GROUPS, ReportStats, add};
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
    let groups = sorted(stats, context.by_period);
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
        let most = grouped(MAX_GROUPS as u64);
        let _ = writeln!(out, "<p class=\"soft\">Only the first {most} values are counted separately.</p>");
    }
    differences(out, &versus(&groups, context.by_period), errors.ok());
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
        let (observed, corrected) = (pair.observed(), pair.adjusted(errors));
        let _ = write!(out, "<tr><td class=\"name\">{} − {}</td>", escape(&pair.name), escape(&pair.than));
        for label in Label::ALL {
            let _ = write!(out, "<td class=\"estimate\">{}", points(&observed, label));
            if let Some(corrected) = &corrected {
                let _ = write!(out, "<br><small>adjusted</small> {}", points(corrected, label));
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

/// Two groups to compare.
pub(crate) struct Pair {
    pub name: String,
    pub than: String,
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

/// The groups that are compared: each period with the one before, of two groups the second with
/// the first, otherwise each group of at least [`MIN_ADJUSTED`] postings with all others.
pub(crate) fn versus(groups: &[(&str, &LabelCounts)], by_period: bool) -> Vec<Pair> {
    let name = |name: &str| parts(name).join(" · ");
    if by_period || groups.len() == 2 {
        let pair = |pair: &[(&str, &LabelCounts)]| Pair {
            name: name(pair[1].0),
            than: name(pair[0].0),
            counts: (*pair[1].1, *pair[0].1),
        };
        // Only groups with the same values in the columns after the first are compared.
        let others = |name: &str| name.split_once(SEPARATOR).map(|(_, others)| others.to_owned());
        return groups.windows(2).filter(|pair| others(pair[0].0) == others(pair[1].0)).map(pair).collect();
    }
    let mut all = LabelCounts::default();
    for (_, counts) in groups {
        add(all.values_mut(), counts.values());
    }
    let rest = |counts: &LabelCounts| LabelCounts::from_fn(|label| all[label] - counts[label]);
    let enough = groups.iter().filter(|(_, counts)| groups.len() > 2 && size(counts) >= MIN_ADJUSTED);
    let pair = |(of, counts): &(&str, &LabelCounts)| Pair {
        name: name(of),
        than: "all others".to_owned(),
        counts: (**counts, rest(counts)),
    };
    enough.map(pair).collect()
}

/// Whether all groups are periods or dates.
fn is_series(groups: &[(&str, &LabelCounts)]) -> bool {
    let is_date = |name: &str| name.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    groups.iter().all(|(name, _)| (is_date(name) || name.is_empty() || *name == NO_DATE) && !name.contains(SEPARATOR))
}

/// The groups: dates and periods in their order, others by size.
pub(crate) fn sorted(stats: &ReportStats, by_period: bool) -> Vec<(&str, &LabelCounts)> {
    let mut groups: Vec<_> = stats.groups.iter().map(|(name, counts)| (name.as_str(), counts)).collect();
    if by_period || is_series(&groups) {
        groups.sort_by_key(|(name, _)| (name.contains(NO_DATE) || name.is_empty(), *name));
    } else {
        groups.sort_by_key(|(name, counts)| (Reverse(size(counts)), *name));
    }
    groups
}

fn row(out: &mut String, name: &str, counts: &LabelCounts, errors: Option<&Errors>) {
    let observed = observed_shares(counts);
    let errors = errors.filter(|_| size(counts) >= MIN_ADJUSTED);
    let corrected = errors.map(|errors| adjusted_shares(counts, errors));
    let _ = write!(out, "<tr><td class=\"name\">{}<span class=\"stack\">", escape(name));
    for (class, share) in observed.share.iter() {
        let _ = write!(out, "<i class=\"{class}\" style=\"width:{:.2}%\"></i>", share * 100.0);
    }
    let _ = write!(out, "</span></td><td class=\"number\">{}</td>", grouped(size(counts)));
    for label in Label::ALL {
        let _ = write!(out, "<td class=\"estimate\">{}", share(&observed, label));
        if let Some(corrected) = &corrected {
            let _ = write!(out, "<br>{}", adjusted(corrected, label));
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
            assert_eq!(sorted(&stats, false).iter().map(|(name, _)| *name).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn periods_are_compared_with_the_one_before_and_others_with_the_rest() {
        let counts: [LabelCounts; 3] = [[10, 0, 0, 0].into(), [0, 20, 0, 0].into(), [1, 1, 1, 0].into()];
        let names = |groups: &[(&str, &LabelCounts)], by_period| {
            versus(groups, by_period).into_iter().map(|pair| format!("{} {}", pair.name, pair.than)).collect::<Vec<_>>()
        };
        let groups = [("2024-01", &counts[0]), ("2024-02", &counts[1]), ("2024-03", &counts[2])];
        assert_eq!(names(&groups, true), ["2024-02 2024-01", "2024-03 2024-02"]);
        assert_eq!(names(&groups[..2], false), ["2024-02 2024-01"]);
        // The third has fewer than ten postings.
        assert_eq!(names(&groups, false), ["2024-01 all others", "2024-02 all others"]);
        assert!(names(&groups[..1], false).is_empty());
    }
}
