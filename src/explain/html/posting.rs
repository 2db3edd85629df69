//! The posting as a reader sees it, with its phrases marked.

use std::fmt::Write as _;
use std::ops::Range;

use crate::explain::{Piece, highlight, sanitize, unclassifiable, wording};
use crate::infer::Verdict;
use crate::text::Span;
use crate::text::clean::{Cleaned, SpanMap};

use super::escape::Text;
use super::lines::{Kind, Line, lines};

/// The reason of ignored headings.
const HEADINGS: &str = "headings";

/// Writes the marked posting: its text without markup, as paragraphs, lists and headings.
pub(super) fn write(html: &mut String, posting: &str, verdict: &Verdict) {
    let mut cleaned = Cleaned::default();
    let (clean, map) = cleaned.clean(posting, &mut |_| false);
    let mut lines = lines(posting, clean, map);
    let pieces = pieces(posting, verdict, clean, map);
    find_headings(&mut lines, &pieces, verdict);
    let mut writer = Writer { html, verdict, evidence: None, ignored: None };
    let mut pieces = pieces.into_iter().peekable();
    let mut open = "";
    for (at, line) in lines.iter().enumerate() {
        if line.continues {
            writer.html.push_str("<br>");
        } else {
            writer.html.push_str(open);
            let after_item = at > 0 && open.starts_with("</li>");
            open = writer.open(line, after_item);
        }
        // A piece may end in a later line.
        while let Some((range, piece)) = pieces.peek() {
            let part = range.start.max(line.text.start)..range.end.min(line.text.end);
            if part.start < part.end {
                writer.piece(&clean[part], *piece);
            }
            if range.end > line.text.end {
                break;
            }
            pieces.next();
        }
        let last = lines.get(at + 1).is_none_or(|next| !next.continues && next.kind != Kind::Item);
        if open.starts_with("</li>") {
            open = if last { "</li></ul>\n" } else { "</li>\n" };
        }
    }
    html.push_str(open);
}

/// The pieces of the posting, in bytes of the clean text; those without text are left out.
fn pieces(posting: &str, verdict: &Verdict, clean: &str, map: SpanMap<'_>) -> Vec<(Range<usize>, Piece)> {
    let mut from = 0;
    let mut found = Vec::new();
    for piece in highlight(posting, verdict) {
        let to = if piece.span.end == posting.len() { clean.len() } else { position(clean, map, piece.span.end, from) };
        if from < to {
            found.push((from..to, piece));
        }
        from = to;
    }
    found
}

/// Takes lines that are ignored as headings for headings.
fn find_headings(lines: &mut [Line], pieces: &[(Range<usize>, Piece)], verdict: &Verdict) {
    let is_heading = |piece: &Piece| {
        piece.ignored.and_then(|at| verdict.ignored.get(at)).is_some_and(|part| part.reason == HEADINGS)
    };
    let mut at = 0;
    for index in 0..lines.len() {
        let text = lines[index].text.clone();
        at += pieces[at..].iter().take_while(|(range, _)| range.end <= text.start).count();
        let whole = pieces.get(at).filter(|(range, _)| range.start <= text.start && text.end <= range.end);
        if lines[index].kind == Kind::Text && whole.is_some_and(|(_, piece)| is_heading(piece)) {
            (lines[index].kind, lines[index].continues) = (Kind::Heading, false);
            if let Some(next) = lines.get_mut(index + 1) {
                next.continues = false;
            }
        }
    }
}

/// The first character of `clean`, not before `from`, that comes from `original` or later.
fn position(clean: &str, map: SpanMap<'_>, original: usize, from: usize) -> usize {
    let (mut low, mut high) = (from, clean.len());
    while low < high {
        let mut middle = low.midpoint(high);
        while !clean.is_char_boundary(middle) {
            middle -= 1;
        }
        let length = clean[middle..].chars().next().map_or(1, char::len_utf8);
        if map.to_original(Span::new(middle, middle + length)).start < original {
            low = middle + length;
        } else {
            high = middle;
        }
    }
    low
}

struct Writer<'a> {
    html: &'a mut String,
    verdict: &'a Verdict,
    /// The parts opened last: a part in several pieces gets its id or label once.
    evidence: Option<usize>,
    ignored: Option<usize>,
}

impl Writer<'_> {
    /// Opens the element of a line; gives its end.
    fn open(&mut self, line: &Line, after_item: bool) -> &'static str {
        match line.kind {
            Kind::Item if after_item => self.html.push_str("<li>"),
            Kind::Item => self.html.push_str("<ul><li>"),
            Kind::Heading => self.html.push_str("<p class=\"heading\">"),
            Kind::Text => self.html.push_str("<p>"),
        }
        if line.kind == Kind::Item { "</li>" } else { "</p>\n" }
    }

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
        let first = if self.ignored == Some(at) || part.reason == HEADINGS { "" } else { " first" };
        self.ignored = Some(at);
        let reason = Text(&part.reason);
        let _ = write!(self.html, "<span class=\"ignored{first}\" data-reason=\"{reason}\" title=\"Ignored: {reason}\">");
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
        '\0' => html.push('\u{fffd}'),
        // Parsers resolve references to these as Windows-1252.
        '\u{80}'..='\u{9f}' => html.push(c),
        _ => {
            let _ = write!(html, "&#{};", u32::from(c));
        }
    }
    html.push_str("</span>");
}
