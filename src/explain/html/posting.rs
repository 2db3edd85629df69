//! The marked posting. Its text in the page is its text, character by character.

use std::fmt::Write as _;

use crate::explain::{Piece, highlight, sanitize, unclassifiable, wording};
use crate::infer::Verdict;

use super::escape::Text;

/// Writes the marked posting. Without tags and with its references resolved, it is the
/// posting, except that NUL, which HTML cannot contain, becomes U+FFFD.
pub(super) fn write(html: &mut String, posting: &str, verdict: &Verdict) {
    let mut seen = Seen::default();
    for piece in highlight(posting, verdict) {
        let text = piece.span.of(posting);
        let mut ends = Vec::new();
        ignored(html, verdict, piece, &mut seen, &mut ends);
        partner(html, piece, &mut ends);
        evidence(html, verdict, piece, &mut seen, &mut ends);
        inside(html, text);
        for end in ends.into_iter().rev() {
            html.push_str(end);
        }
    }
}

/// The parts opened last: a part in several pieces gets its id or label once.
#[derive(Default)]
struct Seen {
    evidence: Option<usize>,
    ignored: Option<usize>,
}

fn ignored(html: &mut String, verdict: &Verdict, piece: Piece, seen: &mut Seen, ends: &mut Vec<&str>) {
    let Some((at, part)) = piece.ignored.and_then(|at| Some((at, verdict.ignored.get(at)?))) else { return };
    let first = if seen.ignored == Some(at) { "" } else { " first" };
    seen.ignored = Some(at);
    let reason = Text(&part.reason);
    let _ = write!(html, "<span class=\"ignored{first}\" data-reason=\"{reason}\" title=\"Ignored: {reason}\">");
    ends.push("</span>");
}

fn partner(html: &mut String, piece: Piece, ends: &mut Vec<&str>) {
    if piece.partner.is_some() {
        html.push_str("<span class=\"partner\" title=\"Mention of a partner role (not counted)\">");
        ends.push("</span>");
    }
}

fn evidence(html: &mut String, verdict: &Verdict, piece: Piece, seen: &mut Seen, ends: &mut Vec<&str>) {
    let shown = piece.evidence.filter(|_| !unclassifiable(verdict.reason));
    let Some((at, phrase)) = shown.and_then(|at| Some((at, verdict.evidence.get(at)?))) else { return };
    let role = phrase.role.as_str();
    let first = seen.evidence != Some(at);
    seen.evidence = Some(at);
    let (id, class) = if first { (format!(" id=\"p{at}\""), " first") } else { (String::new(), "") };
    let duty = phrase.duty_id().unwrap_or("no-duty");
    let _ = write!(
        html,
        "<a{id} class=\"m {role} s{}{class}\" href=\"#{role}-{}\" title=\"{}, {:.2} points: {}\">",
        piece.intensity,
        Text(duty),
        wording::role(phrase.role),
        phrase.points,
        Text(duty)
    );
    ends.push("</a>");
}

/// Text with markup dimmed and unsafe characters made visible.
fn inside(html: &mut String, text: &str) {
    // Nothing after the last `>` is a tag: text with many `<` and no `>` is not searched again and again.
    let (tagged, untagged) = text.split_at(text.rfind('>').map_or(0, |last| last + 1));
    let mut at = 0;
    while let Some(found) = tagged[at..].find('<') {
        let start = at + found;
        let rest = &tagged[start..];
        let opens = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!".contains(c));
        let Some(len) = opens.then(|| rest.find('>')).flatten().map(|end| end + 1) else {
            characters(html, &tagged[at..=start]);
            at = start + 1;
            continue;
        };
        characters(html, &tagged[at..start]);
        html.push_str("<span class=\"markup\">");
        characters(html, &rest[..len]);
        html.push_str("</span>");
        at = start + len;
    }
    characters(html, &tagged[at..]);
    characters(html, untagged);
}

fn characters(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            // A parser would merge a raw one with the line break.
            '\r' => html.push_str("&#13;"),
            c if sanitize::is_unsafe(c) => unsafe_character(html, c),
            c => html.push(c),
        }
    }
}

/// An unsafe character, isolated in an element of its own.
fn unsafe_character(html: &mut String, c: char) {
    let _ = write!(html, "<span class=\"sign\" data-sign=\"{}\">", sanitize::code_point(c));
    match c {
        '\0' => html.push('\u{fffd}'),
        // Parsers resolve references to these as Windows-1252.
        '\u{80}'..='\u{9f}' => html.push(c),
        _ => {
            let _ = write!(html, "&#{};", u32::from(c));
        }
    }
    html.push_str("</span>");
}
