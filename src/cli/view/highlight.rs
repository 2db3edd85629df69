//! The whole posting with its phrases marked.

use std::io::{self, Write};

use rolecall::explain::{LineKind, Piece, rendered};
use rolecall::{Role, Verdict};

use super::page::{Page, Style};
use super::paragraph::Paragraph;

/// Writes `posting` as a reader sees it: phrases in their role's color, or as `[PM …]` and
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
    let lines = rendered(posting, verdict).lines;
    let parts: Vec<Piece> = lines.iter().flat_map(|line| line.parts.iter().map(|part| part.piece)).collect();
    let mut at = 0_usize;
    let mut in_item = false;
    for (index, line) in lines.iter().enumerate() {
        let mut text = Paragraph::new();
        for part in &line.parts {
            let [before, after] = [at.checked_sub(1), Some(at + 1)].map(|at| at.and_then(|at| parts.get(at)));
            // A heading needs no mark.
            let is_heading = line.kind == LineKind::Heading && part.piece.evidence.is_none();
            let marks = if page.color || is_heading {
                Marks::default()
            } else {
                Marks::around(verdict, part.piece, before, after)
            };
            let style = match style(verdict, part.piece) {
                Style::Plain | Style::Dim if line.kind == LineKind::Heading => Style::Bold,
                style => style,
            };
            text = text.add(Style::Plain, &marks.open).add(style, &part.text).add(Style::Plain, &marks.close);
            at += 1;
        }
        let is_item = line.kind == LineKind::Item;
        if index > 0 && !line.continues && !(in_item && is_item) {
            writeln!(out)?;
        }
        if !line.continues {
            in_item = is_item;
        }
        let prefix = match (in_item, line.continues) {
            (true, false) => "  - ",
            (true, true) => "    ",
            (false, _) => "  ",
        };
        text.write_after(out, page, prefix)?;
    }
    Ok(())
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
