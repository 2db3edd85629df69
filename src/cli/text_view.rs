//! The verdict for people, in a terminal.
use rolecall::Verdict;
use std::io::{self, Write};
pub(super) fn lenses(out: &mut impl Write, verdicts: &[Verdict], _colour: bool) -> io::Result<()> {
    for v in verdicts {
        writeln!(out, "{} {} {:.2}", v.lens, v.label, v.pm_share)?;
    }
    Ok(())
}
pub(super) fn verdict(
    out: &mut impl Write,
    v: &Verdict,
    _p: &str,
    _d: &dyn Fn(&str) -> Option<String>,
    _c: bool,
    _w: usize,
) -> io::Result<()> {
    writeln!(
        out,
        "{} {:.2} share {:.2} {:?}\nstrength {:?} other wording {:?}",
        v.label, v.confidence, v.pm_share, v.pm_share_interval, v.strength, v.other_wording
    )?;
    for e in &v.evidence {
        writeln!(
            out,
            "{} {:.2} {} [{}] {:?}",
            e.role,
            e.points,
            e.phrase,
            e.duty.as_deref().unwrap_or("-"),
            e.sources
        )?;
    }
    for p in &v.partners {
        writeln!(out, "partner: {}", p.phrase)?;
    }
    for p in &v.ignored {
        writeln!(out, "ignored {}: {}", p.reason, _p[p.span.start..p.span.end].chars().take(100).collect::<String>())?;
    }
    Ok(())
}
