//! The evidence for one role: each phrase with its keywords, duty and sources, then the total.

use std::io::{self, Write};

use rolecall::explain::numbers::{LEAST_SHOWN, unsigned_zero};
use rolecall::explain::wording;
use rolecall::{Evidence, Role, Verdict};

use super::page::{Page, Style};
use super::paragraph::Paragraph;
use super::{bars, role_style, weak_style};

/// Columns of the points and the space after them.
const POINTS: usize = 9;
/// Columns of a bar.
const BAR: usize = 8;
/// Minimum width of a page with bars.
const MIN_WIDTH_FOR_BARS: usize = 60;

/// Writes the clearest `top` phrases of a role, then what the others and other wording add.
pub(super) fn write(
    out: &mut impl Write,
    page: Page,
    (verdict, posting): (&Verdict, &str),
    role: Role,
    top: usize,
) -> io::Result<()> {
    let strength = match role {
        Role::Pm => verdict.strength.pm,
        Role::Pmm => verdict.strength.pmm,
    };
    let name = wording::role_name(role);
    writeln!(out)?;
    let phrases: Vec<_> = verdict.evidence.iter().filter(|phrase| phrase.role == role).collect();
    if phrases.is_empty() {
        // Nearly every posting has a few hundredths of a point of either role, which mean nothing. Half a
        // point is as much as half a duty line: say that there is none.
        let text = match strength {
            0.5.. => format!("{name}: no line mainly about it (other wording adds up to {strength:.2} points)"),
            0.05.. => format!("{name}: no phrase (other wording adds up to {strength:.2} points)"),
            _ => format!("{name}: no evidence"),
        };
        return Paragraph::new().add(role_style(role), &text).write(out, page, 0);
    }
    let heading = Paragraph::new()
        .add(role_style(role), &format!("{name} duties"))
        .add_word(Style::Dim, "(clearest first; points, at most 1 per line)");
    heading.write(out, page, 0)?;
    for phrase in phrases.iter().take(top) {
        write_phrase(out, page, posting, phrase)?;
    }
    let more: f64 = phrases.iter().skip(top).map(|phrase| phrase.points).sum();
    match phrases.len().saturating_sub(top) {
        0 => {}
        1 => write_sum(out, page, more, Style::Plain, "1 more phrase")?,
        n => write_sum(out, page, more, Style::Plain, &format!("{n} more phrases"))?,
    }
    let other = verdict.other_wording.of(role);
    if other >= LEAST_SHOWN {
        write_sum(out, page, other, Style::Plain, "other wording: lines that are less likely a duty of this role")?;
    }
    write_sum(out, page, strength, Style::Bold, "total")
}

fn write_sum(out: &mut impl Write, page: Page, points: f64, style: Style, name: &str) -> io::Result<()> {
    let prefix = format!("{:>7.2}  {}", unsigned_zero(points), bar(page, Style::Plain, 0.0));
    Paragraph::new().add(style, name).write_after(out, page, &prefix)
}

/// A bar and the space after it; nothing on a narrow page. One point fills the bar.
fn bar(page: Page, style: Style, points: f64) -> String {
    if page.width < MIN_WIDTH_FOR_BARS {
        return String::new();
    }
    let bar = bars::bar(points, 1.0, BAR);
    let padding = BAR + 2 - bar.chars().count().min(BAR);
    format!("{}{:padding$}", page.paint(style, &bar), "")
}

fn write_phrase(out: &mut impl Write, page: Page, posting: &str, phrase: &Evidence) -> io::Result<()> {
    let role = phrase.role;
    let prefix = format!("{:>7.2}  {}", phrase.points, bar(page, role_style(role), phrase.points));
    marked(page, posting, phrase).write_after(out, page, &prefix)?;
    let indent = POINTS + if page.width < MIN_WIDTH_FOR_BARS { 0 } else { BAR + 2 };
    let duty = match phrase.duty.as_deref() {
        None => "no named duty".to_owned(),
        Some(duty) => {
            let disagree = if duty.disputed() { " (sources disagree)" } else { "" };
            format!("{} \u{b7} {}{disagree}", duty.name, wording::sources(duty))
        }
    };
    Paragraph::new().add(Style::Dim, &duty).write(out, page, indent)
}

/// The phrase with its keywords in bold or, without color, between asterisks.
fn marked(page: Page, posting: &str, phrase: &Evidence) -> Paragraph {
    let (strong, weak) = (role_style(phrase.role), weak_style(phrase.role));
    let star = if page.color { "" } else { "*" };
    let mut paragraph = Paragraph::new();
    let mut from = phrase.span.start;
    let plain = |from, to| {
        let text = rolecall::explain::without_markup(rolecall::Span::new(from, to).of(posting));
        wording::short_words(&text).into_owned()
    };
    for keyword in &phrase.keywords {
        let text = plain(keyword.span.start, keyword.span.end);
        paragraph = paragraph
            .add(weak, &plain(from, keyword.span.start))
            .add(Style::Plain, star)
            .add(strong, &text)
            .add(Style::Plain, star);
        from = keyword.span.end;
    }
    paragraph.add(weak, &plain(from, phrase.span.end))
}
