//! `rolecall eval`: figures on labelled postings.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use rolecall::eval::{Answer, Figures, LineFigures, answers, figures, line_figures, load, load_lines};
use rolecall::{Classifier, Kind, Label, Lens, Options};

use super::output::stdout;
use super::{Outcome, classify};

/// Measure a model on labelled postings.
#[derive(clap::Args)]
pub(super) struct Args {
    /// JSON Lines or CSV with 'text' and 'label', and where known 'title', 'pm', 'pmm', 'share',
    /// '`evidence_pm`', '`evidence_pmm`'
    file: PathBuf,
    /// JSON Lines with 'posting', 'kind', 'text': lines of those postings, judged where they stand
    #[arg(long, value_name = "FILE")]
    lines: Option<PathBuf>,
    /// Model file; the one inside the program by default
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// List the postings that get another label than the readers'
    #[arg(long)]
    errors: bool,
    /// Whose definition of the roles counts
    #[arg(long, default_value = "consensus")]
    lens: Lens,
    /// For people or for programs
    #[arg(long, value_enum, default_value = "text")]
    format: classify::Format,
}

#[derive(serde::Serialize)]
struct Report {
    model: String,
    figures: Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<LineFigures>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let examples = load(&args.file)?;
    let classifier = match &args.model {
        Some(path) => Classifier::from_file(path)?,
        None => Classifier::builtin()?,
    };
    let classifier = classifier.with_options(Options::default().lens(args.lens));
    let lines = match &args.lines {
        Some(path) => Some(line_figures(&classifier, &load_lines(path)?, &examples)),
        None => None,
    };
    let answers = answers(&classifier, &examples);
    if answers.is_empty() {
        bail!("{}: no labelled posting in it", args.file.display());
    }
    let report = Report { model: classifier.model_id(), figures: figures(&answers), lines };
    let mut out = stdout();
    match args.format {
        classify::Format::Json => {
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
        }
        classify::Format::Text => {
            text(&mut out, &report)?;
            if args.errors {
                errors(&mut out, &answers)?;
            }
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// The wrong verdicts, most confident first.
fn errors(out: &mut impl std::io::Write, answers: &[Answer]) -> std::io::Result<()> {
    let mut wrong: Vec<_> = answers.iter().filter(|a| a.truth != a.said).collect();
    wrong.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
    writeln!(
        out,
        "\n{} wrong: readers, said, confidence, pm/pmm/hybrid/unclear, share, nearest other job, posting",
        wrong.len()
    )?;
    for a in wrong {
        let [pm, pmm, hybrid, unclear] = a.probabilities;
        writeln!(
            out,
            "{:<7} {:<7} {:.2}  {pm:.2} {pmm:.2} {hybrid:.2} {unclear:.2}  {:.2}  {:<12} {}",
            a.truth, a.said, a.confidence, a.share, a.nearest, a.id
        )?;
    }
    Ok(())
}

fn text(out: &mut impl std::io::Write, report: &Report) -> std::io::Result<()> {
    let f = &report.figures;
    writeln!(out, "model {}", report.model)?;
    writeln!(out, "postings            {:>6}", f.n)?;
    writeln!(out, "accuracy            {:>6.3}", f.accuracy)?;
    writeln!(out, "macro-F1            {:>6.3}", f.macro_f1)?;
    let (exact, sides) = (f.pm_vs_pmm_accuracy, f.pm_vs_pmm_sides);
    writeln!(out, "PM versus PMM       {exact:>6.3}   the more probable of the two {sides:.3}, swapped {}", f.swapped)?;
    writeln!(out, "log loss            {:>6.3}", f.log_loss)?;
    writeln!(out, "calibration error   {:>6.3}", f.calibration_error)?;
    writeln!(
        out,
        "share error         {:>6.3}   in the interval {:.2}, or within 0.025 of it {:.2}",
        f.share_error, f.share_covered, f.share_nearly_covered
    )?;
    writeln!(out, "evidence at 3, 5    {:>6.3} {:.3}", f.evidence_at_3, f.evidence_at_5)?;
    writeln!(out, "\nlabel     support  precision  recall     F1")?;
    for label in &f.labels {
        writeln!(
            out,
            "{:<8} {:>8} {:>10.3} {:>7.3} {:>6.3}",
            label.label, label.support, label.precision, label.recall, label.f1
        )?;
    }
    writeln!(out, "\ntruth \\ said {:>8} {:>8} {:>8} {:>8}", "pm", "pmm", "hybrid", "unclear")?;
    for label in Label::ALL {
        let row = f.confusion[label.index()];
        writeln!(out, "{:<12} {:>8} {:>8} {:>8} {:>8}", label, row[0], row[1], row[2], row[3])?;
    }
    writeln!(out, "\nconfidence      n   mean  right")?;
    for bin in &f.reliability {
        writeln!(out, "{:.1} to {:.1} {:>6} {:>6.3} {:>6.3}", bin.from, bin.to, bin.n, bin.confidence, bin.accuracy)?;
    }
    writeln!(out, "\nmost confident  least confidence  right")?;
    for row in &f.coverage {
        writeln!(out, "{:>13.0}% {:>17.3} {:>6.3}", row.coverage * 100.0, row.min_confidence, row.accuracy)?;
    }
    writeln!(out, "\nwords          n  right")?;
    for row in f.lengths.iter().filter(|row| row.n > 0) {
        let to = if row.to == 0 { "more".to_owned() } else { row.to.to_string() };
        writeln!(out, "{:>4} to {:<4} {:>4} {:>6.3}", row.from, to, row.n, row.accuracy)?;
    }
    if let Some(lines) = &report.lines {
        writeln!(out, "\nlines: {:.3} right", lines.accuracy)?;
        writeln!(out, "{:<8} {:>6}   said pm  pmm shared other filler", "kind", "right")?;
        for kind in Kind::ALL {
            let row = lines.confusion[kind.index()];
            writeln!(
                out,
                "{:<8} {:>6.3} {:>9} {:>4} {:>6} {:>5} {:>6}",
                kind,
                lines.recall[kind.index()],
                row[0],
                row[1],
                row[2],
                row[3],
                row[4]
            )?;
        }
    }
    Ok(())
}
