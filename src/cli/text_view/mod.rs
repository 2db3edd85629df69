//! The verdict for people, in a terminal.

mod bars;
mod evidence;
mod flow;
mod head;
mod highlight;
mod more;

use std::io::{self, Write};

use rolecall::explain::{self, DutyTable, LensTable, Split, WhatIf};
use rolecall::{Classifier, Role, Verdict};

pub(super) use flow::{Flow, Page, Style};

/// What is shown beside the verdict.
#[derive(Default)]
pub(super) struct Extras {
    /// The posting with its phrases marked, instead of the evidence one by one.
    pub highlight: bool,
    /// Points by duty.
    pub duties: bool,
    /// What would change the label.
    pub what_if: Option<WhatIf>,
    /// A hybrid as two lists.
    pub split: Option<Split>,
}

/// Writes everything a reader wants to know of one verdict.
pub(super) fn verdict(
    out: &mut impl Write,
    page: Page,
    (verdict, posting, classifier): (&Verdict, &str, &Classifier),
    extras: &Extras,
) -> io::Result<()> {
    head::write(out, page, verdict)?;
    let table = DutyTable::new(classifier, verdict);
    let read = !explain::unread(verdict.reason);
    if extras.highlight && read {
        writeln!(out)?;
        highlight::write(out, page, verdict, posting)?;
    } else if read {
        // A little is shown as little, even where nothing is more.
        let strongest = verdict.evidence.iter().map(|phrase| phrase.points).fold(1.0, f64::max);
        for role in in_order(verdict) {
            evidence::write(out, page, (verdict, posting, classifier), role, strongest)?;
        }
    }
    if read {
        if extras.duties {
            more::duties(out, page, verdict, &table)?;
        }
        more::absent(out, page, &table)?;
        partners(out, page, verdict)?;
        ignored(out, page, verdict, posting)?;
    }
    extras.what_if.iter().try_for_each(|found| more::what_if(out, page, found))?;
    extras.split.iter().try_for_each(|split| more::split(out, page, split))?;
    writeln!(out)?;
    let seen = format!("Seen through the lens '{}' with the model {}.", verdict.lens, verdict.model);
    Flow::new().add(Style::Dim, &seen).write(out, page, 0)
}

/// One line a lens, then what makes the difference.
pub(super) fn lenses(out: &mut impl Write, page: Page, table: &LensTable) -> io::Result<()> {
    more::lenses(out, page, table)
}

/// The larger role first.
fn in_order(verdict: &Verdict) -> [Role; 2] {
    if verdict.strength.pmm > verdict.strength.pm { [Role::Pmm, Role::Pm] } else { Role::ALL }
}

pub(super) fn style(role: Role) -> Style {
    match role {
        Role::Pm => Style::Pm,
        Role::Pmm => Style::Pmm,
    }
}

/// Points as they are printed, to two places: -0.00 is 0.00.
fn unsigned_zero(points: f64) -> f64 {
    (points * 100.0).round() / 100.0 + 0.0
}

fn partners(out: &mut impl Write, page: Page, verdict: &Verdict) -> io::Result<()> {
    if verdict.partners.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", page.paint(Style::Bold, "Partners, not counted as duties"))?;
    for partner in &verdict.partners {
        let marked = format!("\u{201c}{}\u{201d}", partner.phrase);
        Flow::new().add(Style::Plain, &marked).write(out, page, 2)?;
    }
    Ok(())
}

fn ignored(out: &mut impl Write, page: Page, verdict: &Verdict, posting: &str) -> io::Result<()> {
    let Some((heading, by_reason)) = explain::words::ignored(posting, verdict) else { return Ok(()) };
    writeln!(out, "\n{}", page.paint(Style::Bold, &heading))?;
    Flow::new().add(Style::Plain, &by_reason).write(out, page, 2)
}
