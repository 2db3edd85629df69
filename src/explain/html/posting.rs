//! The posting as a reader sees it, with its phrases marked.

use std::fmt::Write as _;

use crate::explain::{LineKind, Piece, rendered, sanitize, unclassifiable, wording};
use crate::infer::Verdict;
use crate::model::Duty;

use super::escape::Text;

/// Writes the marked posting: its text without markup, as paragraphs, lists and headings.
pub(super) fn write(html: &mut String, posting: &str, verdict: &Verdict) {
    let lines = rendered(posting, verdict).lines;
    let mut writer = Writer { html, verdict, evidence: None, ignored: None };
    // Ends the element of the last line, and the list around it.
    let (mut end, mut list_end) = ("", "");
    for line in &lines {
        if line.continues {
            writer.html.push_str("<br>");
        } else {
            writer.html.push_str(end);
            let is_item = line.kind == LineKind::Item;
            if !is_item {
                writer.html.push_str(std::mem::take(&mut list_end));
            } else if list_end.is_empty() {
                writer.html.push_str("<ul>");
                list_end = "</ul>\n";
            }
            let (start, own_end) = match line.kind {
                LineKind::Item => ("<li>", "</li>\n"),
                LineKind::Heading => ("<p class=\"heading\">", "</p>\n"),
                LineKind::Text => ("<p>", "</p>\n"),
            };
            writer.html.push_str(start);
            end = own_end;
        }
        for part in &line.parts {
            writer.piece(&part.text, part.piece);
        }
    }
    html.push_str(end);
    html.push_str(list_end);
}

struct Writer<'a> {
    html: &'a mut String,
    verdict: &'a Verdict,
    /// The parts opened last: a part in several pieces gets its id or label once.
    evidence: Option<usize>,
    ignored: Option<usize>,
}

impl Writer<'_> {
    fn piece(&mut self, text: &str, piece: Piece) {
        let mut ends = Vec::new();
        self.ignored(piece, &mut ends);
        if piece.partner.is_some() {
            self.html.push_str("<span class=\"partner\" title=\"Mention of a partner role (not counted)\">");
            ends.push("</span>");
        }
        self.evidence(piece, &mut ends);
        characters(self.html, text);
        for end in ends.into_iter().rev() {
            self.html.push_str(end);
        }
    }

    fn ignored(&mut self, piece: Piece, ends: &mut Vec<&str>) {
        let Some((at, part)) = piece.ignored.and_then(|at| Some((at, self.verdict.ignored.get(at)?))) else { return };
        let first = if self.ignored == Some(at) || part.reason == Duty::HEADINGS { "" } else { " first" };
        self.ignored = Some(at);
        let reason = Text(&part.reason);
        let _ =
            write!(self.html, "<span class=\"ignored{first}\" data-reason=\"{reason}\" title=\"Ignored: {reason}\">");
        ends.push("</span>");
    }

    fn evidence(&mut self, piece: Piece, ends: &mut Vec<&str>) {
        let shown = piece.evidence.filter(|_| !unclassifiable(self.verdict.reason));
        let Some((at, phrase)) = shown.and_then(|at| Some((at, self.verdict.evidence.get(at)?))) else { return };
        let role = phrase.role.as_str();
        let first = self.evidence != Some(at);
        self.evidence = Some(at);
        let (id, class) = if first { (format!(" id=\"p{at}\""), " first") } else { (String::new(), "") };
        let duty = phrase.duty_id().unwrap_or("no-duty");
        let _ = write!(
            self.html,
            "<a{id} class=\"m {role} s{}{class}\" href=\"#{role}-{}\" title=\"{}, {:.2} points: {}\">",
            piece.intensity,
            Text(duty),
            wording::role(phrase.role),
            phrase.points,
            Text(duty)
        );
        ends.push("</a>");
    }
}

/// Text with unsafe characters made visible.
fn characters(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            c if sanitize::is_unsafe(c) => unsafe_character(html, c),
            c => html.push(c),
        }
    }
}

/// An unsafe character, isolated in an element of its own.
fn unsafe_character(html: &mut String, c: char) {
    let _ = write!(html, "<span class=\"sign\" data-sign=\"{}\">", sanitize::code_point(c));
    match c {
        // Parsers drop NUL, and resolve references to the others as Windows-1252. Raw ones would act on
        // a terminal that shows the page's source.
        '\0' | '\u{80}'..='\u{9f}' => html.push('\u{fffd}'),
        _ => {
            let _ = write!(html, "&#{};", u32::from(c));
        }
    }
    html.push_str("</span>");
}
