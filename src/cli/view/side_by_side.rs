//! Several postings side by side.

use std::fmt::Write as _;
use std::io::{self, Write};

use rolecall::Lens;
use rolecall::explain::numbers::unsigned_zero;
use rolecall::explain::{LensTable, SideBySide, wording};

use super::comparison::{verdict, write_omitted, write_row};
use super::page::{Page, Style};
use super::paragraph::Paragraph;

/// Width of a posting's points.
const POINTS: usize = 7;
/// Width of a posting's label and share.
const VERDICT: usize = 14;
/// Width of a lens's name.
const LENS: usize = 11;
/// Minimum width of a duty's name.
const NAME: usize = 24;

/// Writes the postings with their numbers and verdicts, then at most `top` duties with their points
/// in each.
pub(in crate::cli) fn write(
    out: &mut impl Write,
    page: Page,
    names: &[&str],
    found: &SideBySide,
    top: usize,
) -> io::Result<()> {
    let digits = names.len().to_string().len();
    for (at, (name, side)) in names.iter().zip(&found.postings).enumerate() {
        let title = side.title.as_ref().map(|title| format!(": {}", title.text)).unwrap_or_default();
        let number = format!("{:>digits$}  ", at + 1);
        Paragraph::new().add(Style::Bold, name).add(Style::Plain, &title).write_after(out, page, &number)?;
        let strength = format!("; points: PM {:.2}, PMM {:.2}", side.strength.pm, side.strength.pmm);
        Paragraph::new().add(Style::Plain, &verdict(side)).add(Style::Plain, &strength).write(out, page, digits + 2)?;
    }
    let duties: Vec<_> = found.duties.iter().filter(|duty| duty.has_points()).collect();
    if duties.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    Paragraph::new().add(Style::Bold, "Duties (points), largest differences first").write(out, page, 0)?;
    for columns in chunks(names.len(), page.width.saturating_sub(NAME), POINTS) {
        let numbers: Vec<_> = columns.clone().map(|at| format!("{:>POINTS$}", at + 1)).collect();
        writeln!(out, "{}", page.paint(Style::Dim, &numbers.concat()))?;
        for duty in duties.iter().take(top) {
            let mut prefix = String::new();
            for points in &duty.points[columns.clone()] {
                let _ = write!(prefix, "{:>POINTS$.2}", unsigned_zero(*points));
            }
            write_row(out, page, &(prefix + "  "), duty.role, &duty.name)?;
        }
    }
    write_omitted(out, page, duties.len(), top)
}

/// Writes the label and share of each posting by each lens.
pub(in crate::cli) fn write_lenses(out: &mut impl Write, page: Page, tables: &[LensTable]) -> io::Result<()> {
    writeln!(out, "\n{}", page.paint(Style::Bold, "Label and PM share by lens"))?;
    for columns in chunks(tables.len(), page.width.saturating_sub(LENS), VERDICT) {
        let mut head = " ".repeat(LENS);
        for at in columns.clone() {
            let _ = write!(head, "{:<VERDICT$}", at + 1);
        }
        writeln!(out, "{}", page.paint(Style::Dim, head.trim_end()))?;
        for (at, lens) in Lens::ALL.into_iter().enumerate() {
            let mut line = format!("{:<LENS$}", wording::lens(lens));
            for row in tables[columns.clone()].iter().filter_map(|table| table.rows.get(at)) {
                let share = row.pm_share.map(|share| format!(" {share:.2}")).unwrap_or_default();
                let _ = write!(line, "{:<VERDICT$}", format!("{}{share}", row.label));
            }
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    Ok(())
}

/// Splits `0..n` into ranges, each with as many columns of `width` as fit into `room`.
fn chunks(n: usize, room: usize, width: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let each = (room / width).max(1);
    (0..n.div_ceil(each)).map(move |at| at * each..n.min((at + 1) * each))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_divided_among_tables() {
        for (n, room, expected) in
            [(3, 30, &[(0, 3)][..]), (5, 15, &[(0, 2), (2, 4), (4, 5)]), (2, 0, &[(0, 1), (1, 2)]), (0, 30, &[])]
        {
            let found: Vec<_> = chunks(n, room, POINTS).map(|columns| (columns.start, columns.end)).collect();
            assert_eq!(found, expected, "{n} in {room}");
        }
    }
}
