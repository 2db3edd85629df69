//! A posting as a reader sees it, with the places of its phrases.

use std::ops::Range;

use crate::infer::Verdict;
use crate::model::Duty;
use crate::text::Span;
use crate::text::clean::{Cleaner, SpanMap};

use super::lines::{Line, LineKind, lines};
use super::{Piece, highlight};

/// A posting without markup, as paragraphs, list items and headings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rendered {
    /// Its lines, none of them empty; of a very long posting, the first 100,000.
    pub lines: Vec<RenderedLine>,
}

/// A line of a posting.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RenderedLine {
    /// What it is.
    pub kind: LineKind,
    /// Whether it belongs to the paragraph or item of the line before.
    pub continues: bool,
    /// Its text, in parts that are marked alike.
    pub parts: Vec<RenderedPart>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RenderedPart {
    /// Its text. Unsafe characters are not removed (see [`sanitize`](super::sanitize)).
    pub text: String,
    /// The piece of the posting that it is from. A piece can have parts in several lines.
    pub piece: Piece,
}

/// Renders `posting` with the phrases, partner mentions and ignored parts of its `verdict`.
///
/// ```
/// use rolecall::{Classifier, explain::{LineKind, rendered}};
///
/// let posting = "<h2>Your duties</h2><ul><li>Own the <b>roadmap</b> &amp; rank the backlog</ul>";
/// let verdict = Classifier::builtin()?.classify(posting);
/// let lines = rendered(posting, &verdict).lines;
/// assert_eq!([lines[0].kind, lines[1].kind], [LineKind::Heading, LineKind::Item]);
/// assert_eq!(lines[1].text(), "Own the roadmap & rank the backlog");
/// # Ok::<(), rolecall::Error>(())
/// ```
#[must_use]
pub fn rendered(posting: &str, verdict: &Verdict) -> Rendered {
    let mut cleaned = Cleaner::default();
    let (clean, map) = cleaned.clean(posting, &mut |_| false);
    let pieces = pieces(posting, verdict, clean, map);
    let mut lines = lines(posting, clean, map);
    find_headings(&mut lines, &pieces, verdict);
    let mut at = 0;
    let lines = lines.into_iter().map(|line| {
        at += pieces[at..].iter().take_while(|(range, _)| range.end <= line.text.start).count();
        let own = pieces[at..].iter().take_while(|(range, _)| range.start < line.text.end);
        let parts = own.map(|(range, piece)| RenderedPart {
            text: without_emphasis(&clean[range.start.max(line.text.start)..range.end.min(line.text.end)]),
            piece: *piece,
        });
        RenderedLine { kind: line.kind, continues: line.continues, parts: parts.collect() }
    });
    Rendered { lines: lines.collect() }
}

/// Removes the `**` of Markdown's bold text, but not one between two words ("2**3") or before another
/// star.
fn without_emphasis(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("**") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        let word_before =
            before.chars().next_back().map_or(!shown.is_empty() && !shown.ends_with(' '), char::is_alphanumeric);
        let word_after = after.starts_with(char::is_alphanumeric);
        shown.push_str(before);
        if word_before && word_after || after.starts_with('*') {
            shown.push_str("**");
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

impl RenderedLine {
    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
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

/// Turns lines of text that the verdict ignores as headings into headings.
fn find_headings(lines: &mut [Line], pieces: &[(Range<usize>, Piece)], verdict: &Verdict) {
    let is_heading = |piece: &Piece| {
        piece.ignored.and_then(|at| verdict.ignored.get(at)).is_some_and(|part| part.reason == Duty::HEADINGS)
    };
    let mut at = 0;
    for index in 0..lines.len() {
        let text = lines[index].text.clone();
        at += pieces[at..].iter().take_while(|(range, _)| range.end <= text.start).count();
        let whole = pieces.get(at).filter(|(range, _)| range.start <= text.start && text.end <= range.end);
        if lines[index].kind == LineKind::Text && whole.is_some_and(|(_, piece)| is_heading(piece)) {
            (lines[index].kind, lines[index].continues) = (LineKind::Heading, false);
            if let Some(next) = lines.get_mut(index + 1) {
                next.continues = false;
            }
        }
    }
}
