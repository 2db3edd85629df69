//! The whole posting with its phrases marked.

use std::io::{self, Write};

use rolecall::explain::{Piece, highlight, without_markup};
use rolecall::{Role, Verdict};

use super::page::{Page, Style};
use super::paragraph::Paragraph;

/// Deepest indent kept from the posting.
const MAX_INDENT: usize = 8;

/// Writes `posting` without markup: phrases in their role's color, or as `[PM …]` and
/// `{PMM …}` without color; partner mentions underlined or `_…_`; ignored parts dim or
/// `(reason: …)`.
pub(super) fn write(out: &mut impl Write, page: Page, verdict: &Verdict, posting: &str) -> io::Result<()> {
    let legend = Paragraph::new()
        .add(Style::Pm, if page.color { "product management" } else { "[PM product management]" })
        .add_word(Style::Pmm, if page.color { "product marketing" } else { "{PMM product marketing}" })
        .add_word(Style::Underline, if page.color { "partner role" } else { "_partner role_" })
        .add_word(Style::Dim, if page.color { "ignored" } else { "(reason: ignored)" });
    legend.write(out, page, 2)?;
    writeln!(out)?;
    let mut line = Line::default();
    let pieces = highlight(posting, verdict);
    for (index, piece) in pieces.iter().enumerate() {
        let [before, after] = [index.checked_sub(1), Some(index + 1)].map(|at| at.and_then(|at| pieces.get(at)));
        let marks = if page.color { Marks::default() } else { Marks::around(verdict, *piece, before, after) };
        line.push(Style::Plain, &marks.open);
        let text = without_markup(piece.span.of(posting));
        let style = style(verdict, *piece);
        for (at, part) in text.split('\n').enumerate() {
            if at > 0 {
                line.end(out, page)?;
            }
            line.push(style, part);
        }
        line.push(Style::Plain, &marks.close);
    }
    line.end(out, page)
}

fn style(verdict: &Verdict, piece: Piece) -> Style {
    if let Some(at) = piece.evidence {
        return match (verdict.evidence.get(at).map(|phrase| phrase.role), piece.intensity == 1) {
            (Some(Role::Pmm), true) => Style::WeakPmm,
            (Some(Role::Pmm), false) => Style::Pmm,
            (_, true) => Style::WeakPm,
            (_, false) => Style::Pm,
        };
    }
    match (piece.partner, piece.ignored) {
        (Some(_), _) => Style::Underline,
        (None, Some(_)) => Style::Dim,
        (None, None) => Style::Plain,
    }
}

/// Marks around a piece, used where there is no color.
#[derive(Default)]
struct Marks {
    open: String,
    close: String,
}

impl Marks {
    fn around(verdict: &Verdict, piece: Piece, before: Option<&Piece>, after: Option<&Piece>) -> Self {
        let mut marks = Self::default();
        let begins = |what: fn(&Piece) -> Option<usize>| before.and_then(what) != what(&piece);
        let ends = |what: fn(&Piece) -> Option<usize>| after.and_then(what) != what(&piece);
        if let Some(part) = piece.ignored.and_then(|at| verdict.ignored.get(at)) {
            if begins(|piece| piece.ignored) {
                marks.open = format!("({}: ", part.reason);
            }
            if ends(|piece| piece.ignored) {
                marks.close.push(')');
            }
        }
        if piece.partner.is_some() {
            if begins(|piece| piece.partner) {
                marks.open.push('_');
            }
            if ends(|piece| piece.partner) {
                marks.close.insert(0, '_');
            }
        }
        if let Some(phrase) = piece.evidence.and_then(|at| verdict.evidence.get(at)) {
            let (open, close) = if phrase.role == Role::Pm { ("[PM ", ']') } else { ("{PMM ", '}') };
            if begins(|piece| piece.evidence) {
                marks.open.push_str(open);
            }
            if ends(|piece| piece.evidence) {
                marks.close.insert(0, close);
            }
        }
        marks
    }
}

/// The line being assembled. Several empty lines in a row are shown as one, and none
/// at the top or bottom.
#[derive(Default)]
struct Line {
    text: Paragraph,
    indent: usize,
    has_text: bool,
    /// Whether an earlier line has been written.
    begun: bool,
    /// Whether empty lines followed it.
    gap: bool,
}

impl Line {
    fn push(&mut self, style: Style, text: &str) {
        if !self.has_text {
            self.indent += text.chars().take_while(|c| c.is_whitespace()).count();
        }
        self.has_text |= text.contains(|c: char| !c.is_whitespace());
        self.text = std::mem::take(&mut self.text).add(style, text);
    }

    fn end(&mut self, out: &mut impl Write, page: Page) -> io::Result<()> {
        let line = std::mem::take(self);
        if !line.has_text {
            (self.begun, self.gap) = (line.begun, line.begun);
            return Ok(());
        }
        if line.gap {
            writeln!(out)?;
        }
        self.begun = true;
        line.text.write(out, page, 2 + line.indent.min(MAX_INDENT))
    }
}
