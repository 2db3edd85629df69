//! A posting through every lens.

use std::io::{self, Write};

use rolecall::Reason;
use rolecall::explain::{LensTable, numbers, unclassifiable, wording};

use super::bars;
use super::page::{Page, Style};
use super::paragraph::Paragraph;

/// Columns of a row with its confidence but no bar.
const ROW: usize = 51;
/// Columns of the two roles' names beside the bar.
const NAMES: usize = 9;
/// Minimum and maximum width of a bar.
const BAR: (usize, usize) = (8, 40);

/// One row per lens, then the duties by which the lenses differ. A narrow page has no
/// bars, a very narrow one no confidence.
pub(in crate::cli) fn write(out: &mut impl Write, page: Page, table: &LensTable) -> io::Result<()> {
    if let Some(reason) = table.rows.first().and_then(|row| row.reason).filter(|reason| unclassifiable(Some(*reason))) {
        return Paragraph::new()
            .add(Style::Bold, "Unclear through every lens: ")
            .add(Style::Plain, wording::reason(reason))
            .write(out, page, 0);
    }
    let with_confidence = page.width >= ROW;
    let room = page.width.saturating_sub(ROW + NAMES);
    let bar = if room < BAR.0 { 0 } else { room.min(BAR.1) };
    let confidence = if with_confidence { "confidence  " } else { "" };
    let space = if bar > 0 { bar + NAMES } else { 0 };
    let head = format!("{:<9}  {:<7}  {confidence}{:space$}PM share (90%)", "lens", "label", "");
    writeln!(out, "{}", page.paint(Style::Dim, &head))?;
    for row in &table.rows {
        write!(out, "{:<9}  {:<7}  ", row.lens.as_str(), row.label.as_str())?;
        if with_confidence {
            // With other reasons, the confidence is not the label's probability.
            let confidence = match row.reason {
                None | Some(Reason::OffTopic) => numbers::probability(row.confidence),
                Some(_) => "-".to_owned(),
            };
            write!(out, "{confidence:<10}  ")?;
        }
        let (Some(share), Some(rolecall::Interval { low, high })) = (row.pm_share, row.pm_share_interval) else {
            writeln!(out, "-")?;
            continue;
        };
        if bar > 0 {
            write!(out, "PM {} PMM  ", bars::share(page, share, bar))?;
        }
        writeln!(out, "{share:.2} ({low:.2} to {high:.2})")?;
    }
    let mut departing = table.differing().peekable();
    if departing.peek().is_some() {
        writeln!(out, "\n{}", page.paint(Style::Bold, "Differences from the consensus (points)"))?;
    }
    for row in departing {
        writeln!(out, "  {}", row.lens.as_str())?;
        for shift in &row.differs {
            Paragraph::new().add(Style::Plain, &wording::shift(shift)).write(out, page, 4)?;
        }
    }
    Ok(())
}
