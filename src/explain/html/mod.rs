//! A verdict or a comparison as a self-contained HTML page: no scripts, no requests, and
//! nothing of the posting but its text.

mod comparison;
pub(crate) mod escape;
mod posting;
mod tables;

use std::fmt::Write as _;

use crate::infer::{Interval, Reason, Verdict};
use crate::model::Label;

pub use comparison::comparison;
use escape::Text;

use super::compare::by_title;
use super::{Explanation, numbers, sanitize, unclassifiable, wording};

const STYLE: &str = include_str!("style.css");

/// Renders the page: the posting with its phrases marked, beside the verdict, its duties
/// and its lenses.
///
/// The element `posting` shows the posting as a reader sees it: without markup, as paragraphs,
/// lists and headings.
#[must_use]
pub fn page(posting: &str, explanation: &Explanation) -> String {
    let verdict = &explanation.verdict;
    let mut html = String::with_capacity(posting.len() * 2 + 32_000);
    verdict_header(&mut html, verdict);
    html.push_str("<div class=\"columns\">\n<section aria-labelledby=\"read\"><h2 id=\"read\">The posting</h2>\n");
    let read = !unclassifiable(verdict.reason);
    if read {
        html.push_str(LEGEND);
    }
    html.push_str("<div id=\"posting\" class=\"posting\" dir=\"auto\" tabindex=\"0\" aria-labelledby=\"read\">");
    posting::write(&mut html, posting, verdict);
    html.push_str("</div>\n");
    if read {
        partners_and_ignored(&mut html, posting, verdict);
    }
    html.push_str("</section>\n<div>\n");
    if read {
        tables::duties(&mut html, explanation);
        tables::lenses(&mut html, &explanation.lenses);
    }
    if let Some(found) = &explanation.what_if {
        tables::what_if(&mut html, found);
    }
    if let Some(split) = &explanation.split {
        tables::split(&mut html, split);
    }
    html.push_str("</div>\n</div>\n</main>\n");
    footer(&mut html, &verdict.model, verdict.lens.as_str());
    html
}

fn footer(html: &mut String, model: &str, lens: &str) {
    let _ = write!(
        html,
        "<footer class=\"small quiet\"><p>Rolecall, model {}, lens {lens}. Points are additive: phrases and other \
         wording sum to a role's strength.</p></footer>\n</body>\n</html>\n",
        Text(model)
    );
}

const LEGEND: &str = "<ul class=\"legend\" aria-label=\"Legend\"><li><span class=\"m pm s2 first\">product management</span>\
    </li><li><span class=\"m pmm s2 first\">product marketing</span></li><li class=\"quiet\">darker is stronger</li>\
    <li><span class=\"partner\">partner role</span></li><li><span class=\"ignored first\" data-reason=\"reason\">ignored</span>\
    </li></ul>\n";

/// A page up to its body. `title` must be escaped.
fn document_start(html: &mut String, title: &str) {
    // Nothing may be fetched or run, even if markup of a posting were let through.
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\
         \"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
         form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n"
    );
}

/// The attribute that colors a label.
const fn label_class(label: Label) -> &'static str {
    match label {
        Label::Pm => " class=\"label-pm\"",
        Label::Pmm => " class=\"label-pmm\"",
        Label::Hybrid | Label::Unclear => "",
    }
}

/// The start of the page, and the verdict at its top.
fn verdict_header(html: &mut String, verdict: &Verdict) {
    let name = wording::label(verdict.label);
    let title = verdict.title.as_ref().map(|title| format!(": {}", inline(&title.text))).unwrap_or_default();
    let class = label_class(verdict.label);
    let judged = if by_title(verdict) { "Judged by its duties and title" } else { "Judged by its duties" };
    document_start(html, &format!("{name}{title}"));
    let _ = write!(
        html,
        "<body>\n<a class=\"skip\" href=\"#posting\">Skip to the posting</a>\n<main>\n<header>\n\
         <p class=\"kicker\">{judged}, this posting is</p>\n<h1{class}>{name}</h1>\n"
    );
    match verdict.reason {
        None => {
            let _ = writeln!(html, "<p class=\"sure\">{}</p>", Text(&wording::certainty(verdict)));
        }
        Some(reason) => {
            let _ = writeln!(html, "<p class=\"sure\">{}</p>", wording::why_unclear(verdict, reason));
        }
    }
    if matches!(verdict.reason, Some(Reason::OffTopic | Reason::LowConfidence)) {
        let _ = writeln!(html, "<p class=\"quiet\">{}</p>", Text(&wording::probabilities(verdict)));
    }
    if let Some(note) = wording::note(verdict) {
        let _ = writeln!(html, "<p><b>{}</b></p>", Text(&note));
    }
    if let (Some(pm), Some(interval)) = (verdict.pm_share, verdict.pm_share_interval) {
        share(html, pm, interval);
    }
    if let Some(title) = &verdict.title {
        let _ =
            writeln!(html, "<p>Title <q>{}</q> {}.</p>", inline(&title.text), Text(&wording::title(title, verdict)));
    }
    html.push_str("</header>\n");
}

fn share(html: &mut String, pm: f64, interval: Interval) {
    let [low, high] = <[f64; 2]>::from(interval).map(|end| end * 100.0);
    let _ = writeln!(
        html,
        "<div class=\"share\"><div class=\"ends\" aria-hidden=\"true\"><span class=\"label-pm\">PM</span>\
         <span class=\"label-pmm\">PMM</span></div>{}<div class=\"whisker\" aria-hidden=\"true\"><span \
         style=\"left:{low:.1}%;width:{:.1}%\"></span></div><p class=\"small\">{}</p></div>",
        bar(pm),
        high - low,
        Text(&wording::share(pm, interval))
    );
}

/// A bar of the share: PM solid from the left, PMM hatched from the right.
fn bar(share: f64) -> String {
    format!(
        "<div class=\"bar\" role=\"img\" aria-label=\"{}% PM\"><span class=\"pm\" style=\"width:{:.1}%\"></span>\
         <span class=\"pmm\"></span></div>",
        numbers::percent(share),
        share * 100.0
    )
}

/// Partner mentions and ignored parts, below the posting.
fn partners_and_ignored(html: &mut String, posting: &str, verdict: &Verdict) {
    let partners: Vec<String> =
        verdict.partners.iter().map(|partner| format!("<q>{}</q>", inline(&partner.phrase))).collect();
    if !partners.is_empty() {
        let _ = writeln!(
            html,
            "<p class=\"small\"><b>Mentions of partner roles (role names in them are not counted):</b> {}.</p>",
            partners.join(", ")
        );
    }
    if let Some((ignored, by_reason)) = wording::ignored(posting, verdict) {
        let _ = writeln!(html, "<p class=\"small\"><b>{ignored}:</b> {}.</p>", Text(&by_reason));
    }
}

/// Text of the posting outside the element `posting`: unsafe characters become code points.
fn inline(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if sanitize::is_unsafe(c) { safe.push_str(&sanitize::code_point(c)) } else { safe.push(c) }
    }
    Text(&safe).to_string()
}
