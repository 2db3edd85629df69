//! The whole posting with its phrases marked.

use std::io::{self, Write};

use rolecall::explain::{Piece, pieces, readable, shade};
use rolecall::{Role, Verdict};

use super::flow::{Flow, Page, Style};

/// Indents deeper than this are drawn in.
const DEEPEST: usize = 8;

/// Writes `posting`, markup out: phrases in their role's colour, or as `[PM …]` and
/// `{PMM …}` where there is none; partner mentions underlined or `_…_`; ignored parts
/// grey or `(reason: …)`.
pub(super) fn write(out: &mut impl Write, page: Page, verdict: &Verdict, posting: &str) -> io::Result<()> {
    let legend = Flow::new()
        .add(Style::Pm, if page.colour { "product management" } else { "[PM product management]" })
        .then(Style::Pmm, if page.colour { "product marketing" } else { "{PMM product marketing}" })
        .then(Style::Underline, if page.colour { "partner" } else { "_partner_" })
        .then(Style::Dim, if page.colour { "ignored" } else { "(reason: ignored)" });
    legend.write(out, page, 2)?;
    writeln!(out)?;
    let mut line = Line::default();
    let found = pieces(posting, verdict);
    for (index, piece) in found.iter().enumerate() {
        let [before, after] = [index.checked_sub(1), Some(index + 1)].map(|at| at.and_then(|at| found.get(at)));
        let marks = if page.colour { Marks::default() } else { Marks::around(verdict, *piece, before, after) };
        line.push(Style::Plain, &marks.open);
        let text = readable(piece.span.of(posting));
        let style = style(verdict, *piece);
        let mut parts = text.split('\n');
        line.push(style, parts.next().unwrap_or_default());
        for part in parts {
            line.end(out, page)?;
            line.push(style, part);
        }
        line.push(Style::Plain, &marks.close);
    }
    line.end(out, page)
}

fn style(verdict: &Verdict, piece: Piece) -> Style {
    if let Some(at) = piece.evidence {
        let weak = shade(verdict, at) == 1;
        return match (verdict.evidence.get(at).map(|phrase| phrase.role), weak) {
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

/// What stands for colour.
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

/// A line being put together. Blank lines come one at a time, and only between lines.
#[derive(Default)]
struct Line {
    flow: Flow,
    indent: usize,
    inked: bool,
    /// Whether a line has been written, and blank ones since.
    begun: bool,
    blank: bool,
}

impl Line {
    fn push(&mut self, style: Style, text: &str) {
        if !self.inked {
            self.indent += text.chars().take_while(|c| c.is_whitespace()).count();
        }
        self.inked |= text.contains(|c: char| !c.is_whitespace());
        self.flow = std::mem::take(&mut self.flow).add(style, text);
    }

    fn end(&mut self, out: &mut impl Write, page: Page) -> io::Result<()> {
        let line = std::mem::take(self);
        if !line.inked {
            (self.begun, self.blank) = (line.begun, line.begun);
            return Ok(());
        }
        if line.blank {
            writeln!(out)?;
        }
        self.begun = true;
        line.flow.write(out, page, 2 + line.indent.min(DEEPEST))
    }
}
