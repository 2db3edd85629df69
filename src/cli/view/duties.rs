//! Points by theme and duty, and the themes of which no line states a duty.

use std::io::{self, Write};

use rolecall::explain::numbers::{LEAST_SHOWN, unsigned_zero};
use rolecall::explain::{DutyTable, wording};
use rolecall::{Role, Verdict};

use super::page::{Page, Style};
use super::paragraph::Paragraph;
use super::role_style;

/// Indent of a duty below its theme.
const INDENT: usize = 11;

/// Themes and duties with their points.
pub(super) fn write(out: &mut impl Write, page: Page, verdict: &Verdict, table: &DutyTable) -> io::Result<()> {
    for role in wording::stronger_first(verdict) {
        if table.duties(role).next().is_none() {
            continue;
        }
        writeln!(out, "\n{}", page.paint(role_style(role), &format!("{} by duty", wording::role_name(role))))?;
        for theme in table.themes.iter().filter(|theme| theme.role == role) {
            let name = Paragraph::new().add(Style::Bold, wording::theme(role, &theme.theme));
            name.write_after(out, page, &format!("{:>7.2}  ", theme.points))?;
            for duty in &theme.duties {
                let lines = if duty.lines.len() == 1 { "1 line" } else { &format!("{} lines", duty.lines.len()) };
                let disagree = if duty.disputed { " (sources disagree)" } else { "" };
                let text = format!("{}, {lines}{disagree}", duty.name);
                let prefix = format!("{:INDENT$}{:.2}  ", "", duty.points);
                Paragraph::new().add(Style::Plain, &text).write_after(out, page, &prefix)?;
            }
        }
        let rest = [("no named duty", table.unnamed.of(role)), ("other wording", table.other_wording.of(role))];
        for (name, points) in rest.into_iter().filter(|(_, points)| *points >= LEAST_SHOWN) {
            writeln!(out, "{:>7.2}  {name}", unsigned_zero(points))?;
        }
        writeln!(out, "{:>7.2}  {}", table.sum(role), page.paint(Style::Bold, "total"))?;
    }
    Ok(())
}

/// Themes of which no line states a duty, by role.
pub(super) fn write_missing(out: &mut impl Write, page: Page, table: &DutyTable) -> io::Result<()> {
    for role in Role::ALL {
        let absent = table.absent.iter().filter(|theme| theme.role == role);
        let themes: Vec<_> = absent.map(|theme| theme.name.as_str()).collect();
        if !themes.is_empty() {
            writeln!(out)?;
            let heading = format!("No line mainly about these {} duties", role.name());
            Paragraph::new().add(Style::Bold, &heading).write(out, page, 0)?;
            Paragraph::new().add(Style::Plain, &themes.join("; ")).write(out, page, 2)?;
        }
    }
    Ok(())
}
