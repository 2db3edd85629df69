//! The top of a verdict: label, confidence, PM share, title.

use std::io::{self, Write};

use rolecall::explain::wording;
use rolecall::{Interval, Label, Reason, Verdict};

use super::bars;
use super::page::{Page, Style};
use super::paragraph::Paragraph;

/// Columns of the two roles' names beside the share's bar.
const NAMES: usize = 12;

pub(super) fn write(out: &mut impl Write, page: Page, verdict: &Verdict) -> io::Result<()> {
    let style = match verdict.label {
        Label::Pm => Style::Pm,
        Label::Pmm => Style::Pmm,
        Label::Hybrid | Label::Unclear => Style::Bold,
    };
    let rest = match verdict.reason {
        None => format!(", {}", wording::certainty(verdict)),
        Some(reason) => format!(": {}", wording::why_unclear(verdict, reason)),
    };
    Paragraph::new().add(style, wording::label(verdict.label)).add(Style::Plain, &rest).write(out, page, 0)?;
    if matches!(verdict.reason, Some(Reason::OffTopic | Reason::LowConfidence)) {
        Paragraph::new().add(Style::Plain, &wording::probabilities(verdict)).write(out, page, 2)?;
    }
    if let Some(note) = wording::note(verdict) {
        Paragraph::new().add(Style::Bold, &note).write(out, page, 2)?;
    }
    if let (Some(pm), Some(interval)) = (verdict.pm_share, verdict.pm_share_interval) {
        write_share(out, page, pm, interval)?;
    }
    if let Some(title) = &verdict.title {
        let text =
            format!("Title \u{201c}{}\u{201d} {}.", wording::short_words(&title.text), wording::title(title, verdict));
        writeln!(out)?;
        Paragraph::new().add(Style::Plain, &text).write(out, page, 2)?;
    }
    Ok(())
}

fn write_share(out: &mut impl Write, page: Page, share: f64, interval: Interval) -> io::Result<()> {
    let width = page.width.saturating_sub(NAMES).clamp(20, 60);
    let [pm, pmm] = [(Style::Pm, "PM"), (Style::Pmm, "PMM")].map(|(style, name)| page.paint(style, name));
    writeln!(out, "\n  {pm} {} {pmm}", bars::share(page, share, width))?;
    writeln!(out, "     {}", bars::interval(interval, width))?;
    Paragraph::new().add(Style::Plain, &wording::share(share, interval)).write(out, page, 5)
}
