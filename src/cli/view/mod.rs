//! Verdicts as text for people.

mod bars;
pub(super) mod comparison;
mod duties;
mod evidence;
mod highlight;
pub(super) mod lenses;
mod page;
mod paragraph;
pub(super) mod side_by_side;
mod summary;
mod what_if;

use std::io::{self, Write};

use rolecall::explain::{self, DutyTable, Split, WhatIf};
use rolecall::{Label, Role, Verdict};

pub(super) use page::{Page, Style};
pub(super) use paragraph::Paragraph;

/// What to show besides the verdict.
pub(super) struct Extras {
    /// Maximum number of phrases per role.
    pub top: usize,
    /// The posting with its phrases marked, instead of the list of phrases.
    pub highlight: bool,
    /// Points by duty.
    pub duties: bool,
    /// What would change the label.
    pub what_if: Option<WhatIf>,
    /// A hybrid's duties by role.
    pub split: Option<Split>,
}

/// Writes a verdict on a posting with its evidence. `table` has the points of all phrases by duty.
pub(super) fn write_verdict(
    out: &mut impl Write,
    page: Page,
    (verdict, posting): (&Verdict, &str),
    table: &DutyTable,
    extras: &Extras,
) -> io::Result<()> {
    summary::write(out, page, verdict)?;
    let read = !explain::unclassifiable(verdict.reason);
    if extras.highlight && read {
        writeln!(out)?;
        let mut shown = verdict.clone();
        shown.evidence = explain::clearest(verdict, extras.top).cloned().collect();
        highlight::write(out, page, &shown, posting)?;
    } else if read {
        // The duties of another job are evidence for neither role.
        for role in explain::wording::stronger_first(verdict) {
            if verdict.label != Label::Unclear || verdict.evidence.iter().any(|found| found.role == role) {
                evidence::write(out, page, (verdict, posting), role, extras.top)?;
            }
        }
    }
    if read {
        if extras.duties {
            duties::write(out, page, verdict, table)?;
        }
        duties::write_missing(out, page, table)?;
        write_partners(out, page, verdict)?;
        write_ignored(out, page, verdict, posting)?;
    }
    extras.what_if.iter().try_for_each(|found| what_if::write(out, page, found))?;
    extras.split.iter().try_for_each(|split| what_if::write_split(out, page, split))?;
    writeln!(out)?;
    let origin = format!("Lens: {}. Model: {}.", verdict.lens, verdict.model);
    Paragraph::new().add(Style::Dim, &origin).write(out, page, 0)
}

/// A role's color.
fn role_style(role: Role) -> Style {
    match role {
        Role::Pm => Style::Pm,
        Role::Pmm => Style::Pmm,
    }
}

/// A role's color for less important text.
fn weak_style(role: Role) -> Style {
    match role {
        Role::Pm => Style::WeakPm,
        Role::Pmm => Style::WeakPmm,
    }
}

fn write_partners(out: &mut impl Write, page: Page, verdict: &Verdict) -> io::Result<()> {
    if verdict.partners.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let heading = "Mentions of partner roles (role names in them are not counted)";
    Paragraph::new().add(Style::Bold, heading).write(out, page, 0)?;
    for partner in &verdict.partners {
        let quoted = format!("\u{201c}{}\u{201d}", explain::wording::short_words(&partner.phrase));
        Paragraph::new().add(Style::Plain, &quoted).write(out, page, 2)?;
    }
    Ok(())
}

fn write_ignored(out: &mut impl Write, page: Page, verdict: &Verdict, posting: &str) -> io::Result<()> {
    let Some((heading, by_reason)) = explain::wording::ignored(posting, verdict) else { return Ok(()) };
    writeln!(out, "\n{}", page.paint(Style::Bold, &heading))?;
    Paragraph::new().add(Style::Plain, &by_reason).write(out, page, 2)
}
