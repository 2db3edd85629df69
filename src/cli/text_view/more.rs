//! What is shown on request: duties, lenses, what would change the label.

use std::io::{self, Write};

use rolecall::explain::{DutyTable, LensTable, Line, Split, WhatIf, unread, words};
use rolecall::{Reason, Role, Verdict};

use super::flow::{Flow, Page, Style};
use super::{bars, in_order, style};

/// Columns before a duty's name.
const INDENT: usize = 9;

/// Columns of a lens's line beside its bar.
const LENS_COLUMNS: usize = 65;

/// Themes and duties with their points, and what is absent.
pub(super) fn duties(out: &mut impl Write, page: Page, verdict: &Verdict, table: &DutyTable) -> io::Result<()> {
    for role in in_order(verdict) {
        if table.duties(role).next().is_none() {
            continue;
        }
        writeln!(out, "\n{}", page.paint(style(role), &format!("{} by duty", words::role_name(role))))?;
        for theme in table.themes.iter().filter(|theme| theme.role == role) {
            let name = page.paint(Style::Bold, &theme.theme);
            writeln!(out, "{:>7.2}  {name}", theme.points)?;
            for duty in &theme.duties {
                let lines = if duty.lines.len() == 1 { "1 line" } else { &format!("{} lines", duty.lines.len()) };
                let disagree = if duty.disputed { " (sources disagree)" } else { "" };
                let text = format!("{:.2}  {}, {lines}{disagree}", duty.points, duty.name);
                Flow::new().add(Style::Plain, &text).write(out, page, INDENT + 2)?;
            }
        }
        let rest = [
            ("no duty by name", table.unnamed.of(role)),
            ("other wording", table.other_wording.of(role)),
            ("prior", table.prior),
        ];
        for (name, points) in rest {
            writeln!(out, "{:>7.2}  {name}", super::unsigned_zero(points))?;
        }
        writeln!(out, "{:>7.2}  {}", table.sum(role), page.paint(Style::Bold, "together"))?;
    }
    Ok(())
}

/// Themes a posting says nothing of.
pub(super) fn absent(out: &mut impl Write, page: Page, table: &DutyTable) -> io::Result<()> {
    for role in Role::ALL {
        let themes: Vec<_> = table.absent.iter().filter(|gap| gap.role == role).map(|gap| gap.theme.as_str()).collect();
        if !themes.is_empty() {
            writeln!(out, "\n{}", page.paint(Style::Bold, &format!("Absent of {}", role.name())))?;
            Flow::new().add(Style::Plain, &themes.join(", ")).write(out, page, 2)?;
        }
    }
    Ok(())
}

/// One line a lens, then the duties by which the lenses differ.
pub(super) fn lenses(out: &mut impl Write, page: Page, table: &LensTable) -> io::Result<()> {
    if let Some(reason) = table.rows.first().and_then(|row| row.reason).filter(|reason| unread(Some(*reason))) {
        return Flow::new()
            .add(Style::Bold, "Unclear through every lens: ")
            .add(Style::Plain, words::reason(reason))
            .write(out, page, 0);
    }
    // Where there is little room the bars go.
    let bar = page.width.checked_sub(LENS_COLUMNS).map_or(0, |room| room.min(26));
    let columns = if bar < 8 { 0 } else { bar + 9 };
    let head = format!("{:<9}  {:<7}  {:<10}  {:columns$}PM's part (90% interval)", "lens", "label", "sure", "");
    writeln!(out, "{}", page.paint(Style::Dim, &head))?;
    for row in &table.rows {
        let [low, high] = row.pm_share_interval;
        // The probability of a label that stands for another reason says nothing.
        let sure = match row.reason {
            None | Some(Reason::OffTopic) => words::probability(row.confidence),
            Some(_) => "-".to_owned(),
        };
        write!(out, "{:<9}  {:<7}  {sure:<10}  ", row.lens.as_str(), row.label.as_str())?;
        if columns > 0 {
            write!(out, "PM {} PMM  ", bars::share(page, row.pm_share, bar))?;
        }
        writeln!(out, "{:.2} ({low:.2} to {high:.2})", row.pm_share)?;
    }
    let mut departing = table.departing().peekable();
    if departing.peek().is_some() {
        writeln!(out, "\n{}", page.paint(Style::Bold, "What makes the difference to the consensus, in points"))?;
    }
    for row in departing {
        writeln!(out, "  {}", row.lens.as_str())?;
        for shift in &row.differs {
            Flow::new().add(Style::Plain, &words::shift(shift)).write(out, page, 4)?;
        }
    }
    Ok(())
}

pub(super) fn what_if(out: &mut impl Write, page: Page, found: &WhatIf) -> io::Result<()> {
    writeln!(out, "\n{}", page.paint(Style::Bold, "What would change the label"))?;
    Flow::new().add(Style::Plain, &words::what_if(found)).write(out, page, 2)?;
    found.change.iter().try_for_each(|change| lines(out, page, &change.lines))
}

pub(super) fn split(out: &mut impl Write, page: Page, split: &Split) -> io::Result<()> {
    let lists: [(&str, Style, &[Line]); 3] = [
        ("Product management's duties, for a posting of their own", Style::Pm, &split.pm),
        ("Product marketing's duties, for a posting of their own", Style::Pmm, &split.pmm),
        ("Duties for either", Style::Bold, &split.both),
    ];
    for (name, style, list) in lists {
        if !list.is_empty() {
            writeln!(out, "\n{}", page.paint(style, name))?;
            lines(out, page, list)?;
        }
    }
    Ok(())
}

fn lines(out: &mut impl Write, page: Page, lines: &[Line]) -> io::Result<()> {
    for line in lines {
        // The bullet hangs out.
        let mut block = Vec::new();
        Flow::new().add(Style::Plain, &line.text).write(&mut block, page, 4)?;
        write!(out, "  - ")?;
        out.write_all(block.get(4..).unwrap_or_default())?;
    }
    Ok(())
}
