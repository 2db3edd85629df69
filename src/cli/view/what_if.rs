//! What would change the label, and a hybrid split in two.

use std::io::{self, Write};

use rolecall::explain::{Line, Split, WhatIf, wording};

use super::page::{Page, Style};
use super::paragraph::Paragraph;

pub(super) fn write(out: &mut impl Write, page: Page, found: &WhatIf) -> io::Result<()> {
    writeln!(out, "\n{}", page.paint(Style::Bold, "What would change the label"))?;
    Paragraph::new().add(Style::Plain, &wording::what_if(found)).write(out, page, 2)?;
    found.change.iter().try_for_each(|change| write_list(out, page, &change.lines))
}

pub(super) fn write_split(out: &mut impl Write, page: Page, split: &Split) -> io::Result<()> {
    let lists: [(&str, Style, &[Line]); 3] = [
        ("Product management duties, for a separate posting", Style::Pm, &split.pm),
        ("Product marketing duties, for a separate posting", Style::Pmm, &split.pmm),
        ("Duties for either posting", Style::Bold, &split.both),
    ];
    for (name, style, lines) in lists {
        if !lines.is_empty() {
            writeln!(out)?;
            Paragraph::new().add(style, name).write(out, page, 0)?;
            write_list(out, page, lines)?;
        }
    }
    Ok(())
}

fn write_list(out: &mut impl Write, page: Page, lines: &[Line]) -> io::Result<()> {
    lines.iter().try_for_each(|line| Paragraph::new().add(Style::Plain, &line.text).write_after(out, page, "  - "))
}
