//! One role's evidence: phrases with duty, line and sources, then the sum.

use std::io::{self, Write};

use rolecall::explain::{snippet, words};
use rolecall::{Classifier, Evidence, Role, Verdict};

use super::flow::{Flow, Page, Style};
use super::{bars, style, unsigned_zero};

/// Columns of the points and the bar before a duty's name.
const INDENT: usize = 18;
/// Columns of a bar.
const BAR: usize = 8;

pub(super) fn write(
    out: &mut impl Write,
    page: Page,
    (verdict, posting, classifier): (&Verdict, &str, &Classifier),
    role: Role,
    strongest: f64,
) -> io::Result<()> {
    let strength = match role {
        Role::Pm => verdict.strength.pm,
        Role::Pmm => verdict.strength.pmm,
    };
    let name = words::role_name(role);
    writeln!(out)?;
    let own: Vec<_> = verdict.evidence.iter().filter(|phrase| phrase.role == role).collect();
    if own.is_empty() {
        let text = match strength {
            0.005.. => format!("{name}: {strength:.2} points of stray wording, no phrase"),
            _ => format!("{name}: nothing speaks for it"),
        };
        return Flow::new().add(style(role), &text).write(out, page, 0);
    }
    Flow::new().add(style(role), name).then(Style::Dim, "in points").write(out, page, 0)?;
    for phrase in own {
        one(out, page, (posting, classifier), phrase, strongest)?;
    }
    let rest = verdict.other_wording.of(role);
    for (points, what) in [(rest, "other wording"), (verdict.prior, "prior"), (strength, "together")] {
        let what = if what == "together" { page.paint(Style::Bold, what) } else { what.to_owned() };
        writeln!(out, "{:>7.2}  {:BAR$}  {what}", unsigned_zero(points), "")?;
    }
    Ok(())
}

fn one(
    out: &mut impl Write,
    page: Page,
    (posting, classifier): (&str, &Classifier),
    phrase: &Evidence,
    strongest: f64,
) -> io::Result<()> {
    let bar = bars::bar(phrase.points, strongest, BAR);
    let padding = BAR - bar.chars().count().min(BAR);
    let duty = phrase.duty.as_deref().and_then(|id| classifier.duties().find(|duty| duty.id == id));
    let named = duty.map_or("no duty by name", |duty| duty.name.as_str());
    write!(out, "{:>7.2}  {}{:padding$}", phrase.points, page.paint(style(phrase.role), &bar), "")?;
    // The first line of the name goes beside the bar, the rest below it.
    let mut block = Vec::new();
    Flow::new().add(Style::Bold, named).write(&mut block, page, INDENT + 1)?;
    out.write_all(block.get(INDENT - 1..).unwrap_or_default())?;
    let found = snippet(posting, phrase, 90);
    let [open, close] = match (page.colour, phrase.role) {
        (true, _) => ["", ""],
        (false, Role::Pm) => ["[", "]"],
        (false, Role::Pmm) => ["{", "}"],
    };
    let role = style(phrase.role);
    let line = Flow::new()
        .add(Style::Plain, &found.before)
        .add(role, &format!("{open}{}{close}", found.phrase))
        .add(Style::Plain, &found.after);
    line.write(out, page, INDENT + 1)?;
    if let Some(duty) = duty {
        let mut said = words::sources(duty);
        if duty.disputed() {
            said.push_str(" (they disagree)");
        }
        Flow::new().add(Style::Dim, &said).write(out, page, INDENT + 1)?;
    }
    Ok(())
}
