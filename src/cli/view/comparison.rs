//! Two postings compared.

use std::io::{self, Write};

use rolecall::Role;
use rolecall::explain::numbers::LEAST_SHOWN;
use rolecall::explain::{Comparison, Side, numbers, wording};

use super::page::{Page, Style};
use super::paragraph::Paragraph;
use super::role_style;

/// Writes both verdicts, what changed between them, and at most `top` duties and phrases.
pub(in crate::cli) fn write(
    out: &mut impl Write,
    page: Page,
    names: [&str; 2],
    found: &Comparison,
    top: usize,
) -> io::Result<()> {
    for (name, side) in names.into_iter().zip([&found.a, &found.b]) {
        let title = side.title.as_ref().map(|title| format!(": {}", title.text)).unwrap_or_default();
        Paragraph::new().add(Style::Bold, name).add(Style::Plain, &title).write(out, page, 0)?;
        Paragraph::new().add(Style::Plain, &verdict(side)).write(out, page, 2)?;
    }
    writeln!(out)?;
    Paragraph::new().add(Style::Plain, &wording::change(found)).write(out, page, 0)?;
    let duties: Vec<_> = found.duties.iter().filter(|duty| duty.change().abs() >= LEAST_SHOWN).collect();
    if duties.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", page.paint(Style::Bold, "Duties (points)"))?;
    writeln!(out, " change   first  second")?;
    for duty in duties.iter().take(top) {
        let prefix = format!("{:>+7.2} {:>7.2} {:>7.2}  ", duty.change(), duty.a, duty.b);
        write_row(out, page, &prefix, duty.role, &duty.name)?;
    }
    write_omitted(out, page, duties.len(), top)?;
    if found.phrases.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", page.paint(Style::Bold, "Phrases (points)"))?;
    writeln!(out, " change")?;
    for phrase in found.phrases.iter().take(top) {
        let status = match (phrase.a, phrase.b) {
            (None, _) => "new",
            (_, None) => "gone",
            _ => "kept",
        };
        let prefix = format!("{:>+7.2}  {status:<4}  ", phrase.change());
        write_row(out, page, &prefix, phrase.role, &wording::short_words(&phrase.phrase))?;
    }
    write_omitted(out, page, found.phrases.len(), top)
}

pub(super) fn verdict(side: &Side) -> String {
    let label = wording::label(side.label);
    let verdict = match side.reason {
        Some(reason) => format!("{label}: {}", wording::reason(reason)),
        None => format!("{label} ({})", numbers::probability(side.confidence)),
    };
    match (side.pm_share, side.pm_share_interval) {
        (Some(share), Some(rolecall::Interval { low, high })) => {
            format!("{verdict}; PM share {share:.2} (90% interval {low:.2} to {high:.2})")
        }
        _ => verdict,
    }
}

pub(super) fn write_row(out: &mut impl Write, page: Page, prefix: &str, role: Role, text: &str) -> io::Result<()> {
    Paragraph::new()
        .add(role_style(role), wording::role(role))
        .add_word(Style::Plain, text)
        .write_after(out, page, prefix)
}

pub(super) fn write_omitted(out: &mut impl Write, page: Page, n: usize, top: usize) -> io::Result<()> {
    if n <= top {
        return Ok(());
    }
    let text = format!("and {} more with smaller differences (--top shows them)", n - top);
    Paragraph::new().add(Style::Dim, &text).write(out, page, 9)
}
