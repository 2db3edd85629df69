//! The top of the view: label, confidence, share, title.

use std::io::{self, Write};

use rolecall::explain::{unread, words};
use rolecall::{Label, Reason, Verdict};

use super::bars;
use super::flow::{Flow, Page, Style};

pub(super) fn write(out: &mut impl Write, page: Page, verdict: &Verdict) -> io::Result<()> {
    let style = match verdict.label {
        Label::Pm => Style::Pm,
        Label::Pmm => Style::Pmm,
        Label::Hybrid | Label::Unclear => Style::Bold,
    };
    let mut flow = Flow::new().add(style, words::label(verdict.label));
    match verdict.reason {
        None => {
            let sure =
                format!("{} ({})", words::confidence(verdict.confidence), words::probability(verdict.confidence));
            flow = flow.add(Style::Plain, ", ").add(Style::Plain, &sure);
        }
        Some(reason) => flow = flow.add(Style::Plain, ": ").add(Style::Plain, words::reason(reason)),
    }
    flow.write(out, page, 0)?;
    if matches!(verdict.reason, Some(Reason::OffTopic | Reason::LowConfidence)) {
        Flow::new().add(Style::Plain, &words::probabilities(verdict)).write(out, page, 2)?;
    }
    if !unread(verdict.reason) {
        share(out, page, verdict)?;
    }
    if let Some(title) = &verdict.title {
        let text = format!("Title \u{201c}{}\u{201d} {}.", title.text, words::title(title));
        writeln!(out)?;
        Flow::new().add(Style::Plain, &text).write(out, page, 2)?;
    }
    Ok(())
}

fn share(out: &mut impl Write, page: Page, verdict: &Verdict) -> io::Result<()> {
    // "  PM " before the bar, " PMM" behind it.
    let width = page.width.saturating_sub(12).clamp(20, 60);
    writeln!(out)?;
    writeln!(
        out,
        "  {} {} {}",
        page.paint(Style::Pm, "PM"),
        bars::share(page, verdict.pm_share, width),
        page.paint(Style::Pmm, "PMM")
    )?;
    writeln!(out, "     {}", bars::interval(verdict.pm_share_interval, width))?;
    Flow::new().add(Style::Plain, &words::share(verdict)).write(out, page, 5)
}
