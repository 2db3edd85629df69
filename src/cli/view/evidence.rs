//! The evidence for one role: each phrase with its duty, its line and its sources, then the total.

use std::io::{self, Write};

use rolecall::explain::{snippet, wording};
use rolecall::{Evidence, Role, Verdict};

use super::page::{Page, Style};
use super::paragraph::Paragraph;
use super::{bars, role_style, unsigned_zero};

/// Columns of the points and the space after them.
const POINTS: usize = 9;
/// Columns of a bar.
const BAR: usize = 8;
/// Narrowest page with bars.
const MIN_WIDTH_FOR_BARS: usize = 60;
/// Characters of a phrase's line shown beside the phrase.
const CONTEXT: usize = 90;

pub(super) fn write(
    out: &mut impl Write,
    page: Page,
    (verdict, posting): (&Verdict, &str),
    role: Role,
    max_points: f64,
) -> io::Result<()> {
    let strength = match role {
        Role::Pm => verdict.strength.pm,
        Role::Pmm => verdict.strength.pmm,
    };
    let name = wording::role_name(role);
    writeln!(out)?;
    let mut phrases = verdict.evidence.iter().filter(|phrase| phrase.role == role).peekable();
    if phrases.peek().is_none() {
        let text = match strength {
            0.005.. => format!("{name}: {strength:.2} points from scattered words, no single phrase"),
            _ => format!("{name}: no evidence"),
        };
        return Paragraph::new().add(role_style(role), &text).write(out, page, 0);
    }
    let heading = Paragraph::new().add(role_style(role), &format!("{name} duties")).add_word(Style::Dim, "(points)");
    heading.write(out, page, 0)?;
    for phrase in phrases {
        write_phrase(out, page, posting, phrase, max_points)?;
    }
    let other = verdict.other_wording.of(role);
    write_sum(out, page, other, Style::Plain, "other wording (outside these phrases)")?;
    write_sum(out, page, strength, Style::Bold, "total")
}

fn write_sum(out: &mut impl Write, page: Page, points: f64, style: Style, name: &str) -> io::Result<()> {
    let prefix = format!("{:>7.2}  {}", unsigned_zero(points), bar(page, Style::Plain, 0.0, 1.0));
    Paragraph::new().add(style, name).write_after(out, page, &prefix)
}

/// A bar and the space after it; nothing on a narrow page.
fn bar(page: Page, style: Style, points: f64, max_points: f64) -> String {
    if page.width < MIN_WIDTH_FOR_BARS {
        return String::new();
    }
    let bar = bars::bar(points, max_points, BAR);
    let padding = BAR + 2 - bar.chars().count().min(BAR);
    format!("{}{:padding$}", page.paint(style, &bar), "")
}

fn write_phrase(out: &mut impl Write, page: Page, posting: &str, phrase: &Evidence, max_points: f64) -> io::Result<()> {
    let role = role_style(phrase.role);
    let prefix = format!("{:>7.2}  {}", phrase.points, bar(page, role, phrase.points, max_points));
    let indent = POINTS + if page.width < MIN_WIDTH_FOR_BARS { 0 } else { BAR + 2 };
    let duty = phrase.duty.as_deref();
    let name = duty.map_or("no named duty", |duty| duty.name.as_str());
    Paragraph::new().add(Style::Bold, name).write_after(out, page, &prefix)?;
    let line = snippet(posting, phrase, CONTEXT);
    let [open, close] = match (page.color, phrase.role) {
        (true, _) => ["", ""],
        (false, Role::Pm) => ["[", "]"],
        (false, Role::Pmm) => ["{", "}"],
    };
    Paragraph::new()
        .add(Style::Plain, &line.before)
        .add(role, &format!("{open}{}{close}", line.phrase))
        .add(Style::Plain, &line.after)
        .write(out, page, indent)?;
    if let Some(duty) = duty {
        let disagree = if duty.disputed() { " (sources disagree)" } else { "" };
        let sources = wording::sources(duty) + disagree;
        Paragraph::new().add(Style::Dim, &sources).write(out, page, indent)?;
    }
    Ok(())
}
