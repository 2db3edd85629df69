//! The verdict for people, in a terminal.

mod bars;
mod evidence;
mod flow;
mod head;

use std::io::{self, Write};

use rolecall::{Classifier, Reason, Role, Verdict};

use flow::{Flow, Page, Style};

/// Writes everything a reader wants to know of one verdict.
pub(super) fn verdict(
    out: &mut impl Write,
    verdict: &Verdict,
    posting: &str,
    classifier: &Classifier,
    colour: bool,
    width: usize,
) -> io::Result<()> {
    let page = Page { width, colour };
    head::write(out, page, verdict)?;
    // Nothing that was found in another language means anything.
    if verdict.reason != Some(Reason::NotEnglish) {
        let strongest = verdict.evidence.iter().map(|phrase| phrase.points).fold(0.0, f64::max);
        for role in in_order(verdict) {
            evidence::write(out, page, (verdict, posting, classifier), role, strongest)?;
        }
        partners(out, page, verdict)?;
        ignored(out, page, verdict, posting)?;
    }
    writeln!(out)?;
    let seen = format!("Seen through the lens '{}' with the model {}.", verdict.lens, verdict.model);
    Flow::new().add(Style::Dim, &seen).write(out, page, 0)
}

/// One line a lens.
pub(super) fn lenses(out: &mut impl Write, verdicts: &[Verdict], colour: bool, width: usize) -> io::Result<()> {
    let page = Page { width, colour };
    let bar = width.saturating_sub(54).clamp(8, 26);
    for verdict in verdicts {
        let [low, high] = verdict.pm_share_interval;
        writeln!(
            out,
            "{:<10} {:<8} {:.2}  PM {} PMM  {:.2} ({:.2} to {:.2})",
            verdict.lens.as_str(),
            verdict.label.as_str(),
            verdict.confidence,
            bars::share(page, verdict.pm_share, bar),
            verdict.pm_share,
            low,
            high
        )?;
    }
    Ok(())
}

/// The larger role first.
fn in_order(verdict: &Verdict) -> [Role; 2] {
    if verdict.strength.pmm > verdict.strength.pm { [Role::Pmm, Role::Pm] } else { Role::ALL }
}

fn style(role: Role) -> Style {
    match role {
        Role::Pm => Style::Pm,
        Role::Pmm => Style::Pmm,
    }
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
    let parts = rolecall::explain::ignored(posting, verdict);
    if parts.is_empty() {
        return Ok(());
    }
    let total: usize = parts.iter().map(|(_, words)| words).sum();
    let heading = format!("Ignored, {total} of {} words", rolecall::explain::count_words(posting));
    writeln!(out, "\n{}", page.paint(Style::Bold, &heading))?;
    let list: Vec<_> = parts.iter().map(|(reason, words)| format!("{reason} {words}")).collect();
    Flow::new().add(Style::Plain, &list.join(", ")).write(out, page, 2)
}
