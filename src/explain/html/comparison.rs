//! Postings side by side as an HTML page.

use std::fmt::Write as _;

use crate::explain::{Comparison, DutyRow, LensTable, PhraseChange, Side, SideBySide, numbers, wording};
use crate::model::{Lens, Role};

use super::escape::Text;
use super::tables::two;
use super::{document_start, footer, inline, label_class, share};

/// Renders a comparison of postings called `names`, with at most `top` duties and `top` phrases.
/// `changes`, for two postings only, are those from the first to the second. `lenses` is empty or
/// has one table per posting.
#[must_use]
pub fn comparison(
    names: &[&str],
    found: &SideBySide,
    changes: Option<&Comparison>,
    lenses: &[LensTable],
    top: usize,
) -> String {
    let heading = match names.len() {
        2 => "Two postings compared".to_owned(),
        n => format!("{n} postings compared"),
    };
    let mut html = String::with_capacity(32_000);
    document_start(&mut html, &heading);
    let by_title = found.postings.iter().any(|side| side.by_title);
    let judged = if by_title { "Judged by their duties and titles" } else { "Judged by their duties" };
    let _ = writeln!(html, "<body>\n<main>\n<header>\n<p class=\"kicker\">{judged}</p>\n<h1>{heading}</h1>");
    if let Some(changes) = changes {
        let _ = writeln!(html, "<p class=\"sure\">{}</p>", Text(&wording::change(changes)));
    }
    html.push_str(
        "</header>\n<section aria-labelledby=\"verdicts\"><h2 id=\"verdicts\">Verdicts</h2>\n<ol class=\"cards\">\n",
    );
    for (name, side) in names.iter().zip(&found.postings) {
        card(&mut html, name, side);
    }
    html.push_str("</ol>\n</section>\n");
    duties(&mut html, &found.duties, names.len(), top);
    if let Some(changes) = changes {
        phrases(&mut html, &changes.phrases, top);
    }
    if !lenses.is_empty() {
        by_lens(&mut html, lenses);
    }
    html.push_str("</main>\n");
    if let Some(side) = found.postings.first() {
        footer(&mut html, &side.model, side.lens.as_str());
    }
    html
}

fn card(html: &mut String, name: &str, side: &Side) {
    let title = side.title.as_ref().map(|title| format!("<p>{}</p>", inline(&title.text))).unwrap_or_default();
    let _ = write!(
        html,
        "<li><h3>{}</h3>{title}<p class=\"sure\"><span{}>{}</span>",
        inline(name),
        label_class(side.label),
        wording::label(side.label)
    );
    let _ = match side.reason {
        None => writeln!(html, " <span class=\"num\">({})</span></p>", numbers::probability(side.confidence)),
        Some(reason) => writeln!(html, "</p><p>{}</p>", wording::reason(reason)),
    };
    if let (Some(pm), Some(interval)) = (side.pm_share, side.pm_share_interval) {
        share(html, pm, interval);
    }
    let _ = writeln!(
        html,
        "<p class=\"small\">Points: PM {}, PMM {}</p></li>",
        two(side.strength.pm),
        two(side.strength.pmm)
    );
}

/// The head of a table with a column for each of `n` postings, and one for the change if asked for.
fn table_start(html: &mut String, caption: &str, first: &str, n: usize, change: bool) {
    let _ = write!(
        html,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\"><table class=\"matrix\"><thead><tr>\
         <th scope=\"col\">{first}</th>"
    );
    for at in 1..=n {
        let _ = write!(html, "<th scope=\"col\" class=\"num\"><span class=\"sr\">posting </span>{at}</th>");
    }
    html.push_str(if change { "<th scope=\"col\" class=\"num\">change</th>" } else { "" });
    html.push_str("</tr></thead><tbody>\n");
}

fn role(html: &mut String, role: Role) {
    let _ = write!(html, "<b class=\"label-{}\">{}</b> ", role.as_str(), wording::role(role));
}

fn duties(html: &mut String, duties: &[DutyRow], n: usize, top: usize) {
    let shown: Vec<_> = duties.iter().filter(|duty| duty.has_points()).collect();
    if shown.is_empty() {
        return;
    }
    html.push_str(
        "<section aria-labelledby=\"duties\"><h2 id=\"duties\">Duties</h2>\n<p class=\"small quiet\">Points, the \
         largest differences first.</p>\n",
    );
    table_start(html, "Points by duty", "Duty", n, n == 2);
    for duty in shown.iter().take(top) {
        html.push_str("<tr><th scope=\"row\">");
        role(html, duty.role);
        let _ = write!(html, "{}</th>", Text(&duty.name));
        for points in &duty.points {
            let _ = write!(html, "<td class=\"num\">{}</td>", two(*points));
        }
        if let [a, b] = duty.points[..] {
            let _ = write!(html, "<td class=\"num\">{}</td>", signed(b - a));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div>\n");
    omitted(html, shown.len(), top);
    html.push_str("</section>\n");
}

fn phrases(html: &mut String, phrases: &[PhraseChange], top: usize) {
    if phrases.is_empty() {
        return;
    }
    html.push_str("<section aria-labelledby=\"phrases\"><h2 id=\"phrases\">Phrases</h2>\n");
    table_start(html, "Points by phrase", "Phrase", 2, true);
    for phrase in phrases.iter().take(top) {
        html.push_str("<tr><th scope=\"row\">");
        role(html, phrase.role);
        let _ = write!(html, "{}</th>", inline(&wording::short_words(&phrase.phrase)));
        for points in [phrase.a, phrase.b] {
            let points = points.map_or_else(|| "\u{2013}".to_owned(), two);
            let _ = write!(html, "<td class=\"num\">{points}</td>");
        }
        let _ = writeln!(html, "<td class=\"num\">{}</td></tr>", signed(phrase.change()));
    }
    html.push_str("</tbody></table></div>\n");
    omitted(html, phrases.len(), top);
    html.push_str("</section>\n");
}

fn omitted(html: &mut String, n: usize, top: usize) {
    if n > top {
        let _ = writeln!(html, "<p class=\"small quiet\">{} more with smaller differences.</p>", n - top);
    }
}

/// Label and share of each posting by each lens.
fn by_lens(html: &mut String, tables: &[LensTable]) {
    html.push_str("<section aria-labelledby=\"lenses\"><h2 id=\"lenses\">Label and PM share by lens</h2>\n");
    table_start(html, "Label and PM share by lens", "Lens", tables.len(), false);
    for (at, lens) in Lens::ALL.into_iter().enumerate() {
        let _ = write!(html, "<tr><th scope=\"row\">{}</th>", wording::lens(lens));
        for row in tables.iter().filter_map(|table| table.rows.get(at)) {
            let share = row.pm_share.map(|share| format!(" {share:.2}")).unwrap_or_default();
            let _ = write!(html, "<td class=\"num\"><span{}>{}</span>{share}</td>", label_class(row.label), row.label);
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div>\n</section>\n");
}

/// A difference with its sign: U+2212, because a hyphen is narrower than a plus.
fn signed(change: f64) -> String {
    match (change * 100.0).round() {
        cents if cents > 0.0 => format!("+{}", two(change)),
        cents if cents < 0.0 => format!("\u{2212}{}", two(-change)),
        _ => "0.00".to_owned(),
    }
}
