//! The tables beside the posting: duties, lenses, what would change the label.

use std::fmt::Write as _;

use crate::explain::numbers::{LEAST_SHOWN, unsigned_zero};
use crate::explain::{DutyPoints, DutyTable, Explanation, LensTable, Line, Split, WhatIf, wording};
use crate::infer::{RolePoints, Verdict};
use crate::model::{Label, Role};

use super::escape::Text;

/// The duties of both roles, the stronger role first.
pub(super) fn duties(html: &mut String, explanation: &Explanation) {
    let Explanation { verdict, duties, .. } = explanation;
    html.push_str("<section aria-labelledby=\"duties\"><h2 id=\"duties\">Duties found</h2>\n");
    for role in wording::stronger_first(verdict) {
        one_role(html, verdict, duties, role);
    }
    absent(html, duties);
    html.push_str("</section>\n");
}

fn one_role(html: &mut String, verdict: &Verdict, table: &DutyTable, role: Role) {
    let id = role.as_str();
    let _ = writeln!(html, "<h3 class=\"label-{id}\">{}</h3>", wording::role_name(role));
    if table.duties(role).next().is_none() && table.strength.of(role) < LEAST_SHOWN {
        html.push_str("<p>No evidence.</p>\n");
        return;
    }
    let _ = writeln!(
        html,
        "<table><caption class=\"sr\">Points for {}, by duty, with the total in the last row</caption>\n<thead><tr>\
         <th scope=\"col\" class=\"num\">Points</th><th scope=\"col\">Duty, phrases and sources</th></tr></thead><tbody>",
        role.name()
    );
    // At least 1, so that weak evidence has short bars even if nothing is stronger.
    let most =
        Role::ALL.into_iter().filter_map(|role| table.duties(role).next()).map(|duty| duty.points).fold(1.0, f64::max);
    for duty in table.duties(role) {
        row(html, verdict, duty, role, most);
    }
    unnamed(html, verdict, table.unnamed, role);
    let other = table.other_wording.of(role);
    if other >= LEAST_SHOWN {
        let _ = writeln!(
            html,
            "<tr class=\"rest\"><td class=\"num\">{}</td><th scope=\"row\">other wording</th></tr>",
            two(other)
        );
    }
    let total = two(table.strength.of(role));
    let _ = writeln!(
        html,
        "<tr class=\"sum\"><td class=\"num\">{total}</td><th scope=\"row\">total</th></tr></tbody></table>"
    );
}

fn row(html: &mut String, verdict: &Verdict, duty: &DutyPoints, role: Role, most: f64) {
    let id = role.as_str();
    let width = 100.0 * duty.points / most;
    let _ = write!(
        html,
        "<tr id=\"{id}-{}\"><td class=\"num\">{}<span class=\"meter {id}\" style=\"width:{width:.0}%\"></span></td>\
         <th scope=\"row\">{}",
        Text(&duty.duty),
        two(duty.points),
        Text(&duty.name)
    );
    phrases(html, verdict, &duty.phrases);
    let first = duty.phrases.first().and_then(|&at| verdict.evidence.get(at)?.duty.as_deref());
    let said = first.map(wording::sources).unwrap_or_default();
    let disagree = if duty.disputed { " (sources disagree)" } else { "" };
    let _ = writeln!(html, "<span class=\"theme\">{}{disagree}</span></th></tr>", Text(&said));
}

/// Links to the phrases in the posting.
fn phrases(html: &mut String, verdict: &Verdict, places: &[usize]) {
    html.push_str("<ul class=\"phrases small\">");
    for &at in places {
        let Some(phrase) = verdict.evidence.get(at) else { continue };
        let text = super::inline(&wording::short_words(&phrase.phrase));
        let _ = write!(html, "<li><a href=\"#p{at}\">{text}</a></li>");
    }
    html.push_str("</ul>");
}

fn unnamed(html: &mut String, verdict: &Verdict, points: RolePoints, role: Role) {
    let places: Vec<usize> = (0..verdict.evidence.len())
        .filter(|&at| verdict.evidence[at].role == role && verdict.evidence[at].duty.is_none())
        .collect();
    let points = points.of(role);
    if points < LEAST_SHOWN {
        return;
    }
    let points = two(points);
    let _ = write!(
        html,
        "<tr id=\"{}-no-duty\"><td class=\"num\">{points}</td><th scope=\"row\">no named duty",
        role.as_str()
    );
    phrases(html, verdict, &places);
    html.push_str("</th></tr>\n");
}

fn absent(html: &mut String, table: &DutyTable) {
    for role in Role::ALL {
        let themes: Vec<&str> =
            table.absent.iter().filter(|gap| gap.role == role).map(|gap| gap.name.as_str()).collect();
        if !themes.is_empty() {
            let list = Text(&themes.join("; "));
            let _ = writeln!(
                html,
                "<p class=\"small\"><b>No line mainly about these {} duties:</b> {list}.</p>",
                role.name()
            );
        }
    }
}

/// One row per lens.
pub(super) fn lenses(html: &mut String, table: &LensTable) {
    html.push_str(
        "<section aria-labelledby=\"lenses\"><h2 id=\"lenses\">By lens</h2>\n<p class=\"small quiet\">Each \
         source defines the two roles in its own way; the consensus combines them.</p>\n<table class=\"lenses\"><thead><tr>\
         <th scope=\"col\">Lens</th><th scope=\"col\">Label</th><th scope=\"col\">PM and PMM</th>\
         <th scope=\"col\" class=\"num\">PM share</th></tr></thead><tbody>\n",
    );
    for row in &table.rows {
        let _ = write!(
            html,
            "<tr{}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"num\">{}</td></tr>",
            if row.label == Label::Unclear { " class=\"faint\"" } else { "" },
            wording::lens(row.lens),
            row.label.as_str(),
            row.pm_share.map(super::bar).unwrap_or_default(),
            row.pm_share.map(|share| format!("{share:.2}")).unwrap_or_default()
        );
        let differs = table.differing().any(|other| other.lens == row.lens);
        let shifts: Vec<String> = row.differs.iter().take(3).filter(|_| differs).map(wording::shift).collect();
        if !shifts.is_empty() {
            let _ = write!(
                html,
                "<tr class=\"why\"><td colspan=\"4\"><span class=\"theme\">{}.</span></td></tr>",
                Text(&shifts.join("; "))
            );
        }
        html.push('\n');
    }
    html.push_str("</tbody></table></section>\n");
}

/// What would change the label.
pub(super) fn what_if(html: &mut String, found: &WhatIf) {
    html.push_str("<section aria-labelledby=\"whatif\"><h2 id=\"whatif\">What would change the label</h2>\n");
    let _ = writeln!(html, "<p>{}</p>", Text(&wording::what_if(found)));
    if let Some(change) = &found.change {
        list(html, &change.lines);
    }
    html.push_str("</section>\n");
}

/// A hybrid as two lists.
pub(super) fn split(html: &mut String, split: &Split) {
    html.push_str("<section aria-labelledby=\"split\"><h2 id=\"split\">As two postings</h2>\n");
    let lists: [(&str, &str, &[Line]); 3] = [
        ("Product management", " class=\"label-pm\"", &split.pm),
        ("Product marketing", " class=\"label-pmm\"", &split.pmm),
        ("Either", "", &split.both),
    ];
    for (name, class, lines) in lists {
        if lines.is_empty() {
            continue;
        }
        let _ = write!(html, "<h3{class}>{name}</h3>");
        list(html, lines);
    }
    html.push_str("</section>\n");
}

fn list(html: &mut String, lines: &[Line]) {
    html.push_str("<ul class=\"lines\">");
    for line in lines {
        let _ = write!(html, "<li>{}</li>", super::inline(&line.text));
    }
    html.push_str("</ul>\n");
}

/// Points with two decimals, never -0.00.
pub(super) fn two(points: f64) -> String {
    format!("{:.2}", unsigned_zero(points))
}
