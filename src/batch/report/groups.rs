//! The section of the page that compares groups of rows.

use std::fmt::Write as _;

use htmlize::escape_all_quotes as escape;

use super::evaluation::Confusion;
use super::html::{adjusted, key, share};
use super::page::Context;
use super::quantification::{adjusted_shares, observed_shares};
use super::stats::{LabelCounts, MAX_GROUPS, ReportStats, add};
use crate::explain::wording::grouped;
use crate::model::Label;

/// Groups shown.
const SHOWN: usize = 60;

/// Writes the section.
pub(crate) fn section(out: &mut String, column: &str, context: &Context<'_>, stats: &ReportStats) {
    let confusion = context.evaluation.confusion.as_ref();
    let note = match confusion {
        Ok(_) => ", and below them adjusted for the model’s known errors".to_owned(),
        Err(reason) => format!("; not adjusted for the model’s errors: {reason}"),
    };
    let _ = writeln!(
        out,
        "<section>\n<h2>By {}</h2>\n<p class=\"soft\">Share of each label with its 95% interval (Wilson){note}.</p>",
        escape(column)
    );
    out.push_str("<div class=\"scroll\"><table>\n<tr><th></th><th class=\"number\">postings</th>");
    for label in Label::ALL {
        let _ = write!(out, "<th>{}</th>", key(label.as_str()));
    }
    out.push_str("</tr>\n");
    let groups = sorted(stats);
    for (name, counts) in groups.iter().take(SHOWN) {
        row(out, if name.is_empty() { "(empty)" } else { name }, counts, confusion.ok());
    }
    let mut others = stats.other_groups;
    for (_, counts) in groups.iter().skip(SHOWN) {
        add(others.values_mut(), counts.values());
    }
    if others != LabelCounts::default() {
        row(out, "(all others)", &others, confusion.ok());
    }
    out.push_str("</table></div>\n");
    if stats.other_groups != LabelCounts::default() {
        let most = grouped(MAX_GROUPS as u64);
        let _ = writeln!(out, "<p class=\"soft\">Only the first {most} values are counted separately.</p>");
    }
    out.push_str("</section>\n");
}

/// Years, months and days in their order, all else by size.
fn sorted(stats: &ReportStats) -> Vec<(&str, &LabelCounts)> {
    let mut groups: Vec<_> = stats.groups.iter().map(|(name, counts)| (name.as_str(), counts)).collect();
    let is_date = |name: &str| name.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    if !groups.iter().all(|(name, _)| is_date(name)) {
        groups.sort_by_key(|(name, counts)| (std::cmp::Reverse(counts.values().iter().sum::<u64>()), *name));
    }
    groups
}

fn row(out: &mut String, name: &str, counts: &LabelCounts, confusion: Option<&Confusion>) {
    let observed = observed_shares(counts);
    let better = confusion.map(|confusion| adjusted_shares(counts, confusion));
    let _ = write!(out, "<tr><td class=\"name\">{}<span class=\"stack\">", escape(name));
    for (class, share) in observed.share.iter() {
        let _ = write!(out, "<i class=\"{class}\" style=\"width:{:.2}%\"></i>", share * 100.0);
    }
    let _ = write!(out, "</span></td><td class=\"number\">{}</td>", grouped(counts.values().iter().sum()));
    for label in Label::ALL {
        let _ = write!(out, "<td class=\"estimate\">{}", share(&observed, label));
        if let Some(better) = &better {
            let _ = write!(out, "<br>{}", adjusted(better, label));
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
        ] {
            let mut stats = ReportStats::default();
            for (size, name) in (1..).zip(names) {
                stats.groups.insert(name.to_owned(), [size / 2, 0, 1, 0].into());
            }
            assert_eq!(sorted(&stats).iter().map(|(name, _)| *name).collect::<Vec<_>>(), expected);
        }
    }
}
