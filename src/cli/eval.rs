//! `rolecall eval`: figures on labeled postings.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ColorChoice;
use rolecall::eval::{
    Dataset, DutyMetrics, EvidenceMetrics, LineMetrics, MetricInterval, Metrics, PerturbationMetrics, Prediction,
    duty_metrics, evidence_metrics, intervals, line_metrics, load_duties, load_lines, predict, read, read_file,
    robustness,
};
use rolecall::explain::numbers::grouped;
use rolecall::{Kind, Label, Lens, Options};

use super::args::{Format, ModelArgs, TableArgs, lens};
use super::closed_streams::require_input;
use super::output::{message, stdout};
use super::view::{Page, Paragraph, Style};
use super::{Outcome, memory_limit};

/// Measure a model on labeled postings.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Table as for 'rolecall batch', with a column 'label' (pm, pmm, hybrid or unclear). Optional are
    /// the PM share in 'share', or amounts of duties in 'pm' and 'pmm', and phrases in 'evidence_pm'
    /// and 'evidence_pmm'. - for standard input
    file: PathBuf,
    /// Table with 'posting', 'line', 'kind' and 'text': labeled lines of the postings, to measure how
    /// well lines are classified and whether evidence is in lines of its role
    #[arg(long, value_name = "FILE")]
    lines: Option<PathBuf>,
    /// Table with 'posting', 'line', 'kind', 'duty' and 'also': the duties of some of these lines, to
    /// measure how well duties are named
    #[arg(long, value_name = "FILE", requires = "lines")]
    duties: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Judge by the duties alone, without the titles
    #[arg(long)]
    ignore_title: bool,
    /// Measure only how much verdicts change with letter case, line breaks, markup and the like; needs
    /// no labels
    #[arg(long, conflicts_with_all = ["lines", "errors"])]
    perturbations: bool,
    /// List the postings with a wrong label
    #[arg(long)]
    errors: bool,
    /// Whose definition of the two roles to use
    #[arg(long, default_value = "consensus", value_parser = lens())]
    lens: Lens,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    table: TableArgs,
}

#[derive(serde::Serialize)]
struct Report {
    model: String,
    figures: Metrics,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<LineMetrics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<EvidenceMetrics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duties: Option<DutyMetrics>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let Dataset { examples, unlabeled, notes, changed, .. } = read_dataset(args)?;
    for note in notes {
        message(&note);
    }
    if unlabeled > 0 && !args.perturbations {
        message(&format!("postings without a label, left out: {}", grouped(unlabeled as u64)));
    }
    let classifier = args.model.load(Options::default().lens(args.lens).title(!args.ignore_title))?;
    if args.perturbations {
        write_perturbations(&robustness(&classifier, &examples)?, args.format)?;
        return Ok(Outcome::Done);
    }
    let labeled_lines = args.lines.as_deref().map(load_lines).transpose()?.unwrap_or_default();
    let labeled_duties = args.duties.as_deref().map(|path| load_duties(path, &labeled_lines)).transpose()?;
    let lines = args.lines.as_ref().map(|_| line_metrics(&classifier, &labeled_lines, &examples));
    let evidence = args.lines.as_ref().map(|_| evidence_metrics(&classifier, &labeled_lines, &examples));
    let duties = labeled_duties.map(|duties| duty_metrics(&classifier, &duties));
    let predictions = predict(&classifier, &examples);
    if predictions.is_empty() {
        bail!("{}: has no labeled posting", args.file.display());
    }
    let figures = Metrics::of(&predictions);
    let intervals = intervals(&predictions);
    let report = Report { model: classifier.model_id().to_owned(), figures, lines, evidence, duties };
    let mut out = stdout()?;
    match args.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &json(&report, &intervals)?)?;
            writeln!(out)?;
        }
        Format::Text => {
            let page = Page::stdout(ColorChoice::Auto);
            writeln!(out, "model {}", report.model)?;
            write_figures(&mut out, page, &report.figures, &intervals)?;
            write_tables(&mut out, &report.figures)?;
            if let Some(lines) = &report.lines {
                write_lines(&mut out, lines)?;
            }
            if let Some(evidence) = &report.evidence {
                writeln!(out, "\n{}", evidence.table())?;
            }
            if let Some(duties) = &report.duties {
                writeln!(out, "\n{}", duties.table())?;
            }
            if args.errors {
                write_errors(&mut out, page, &predictions)?;
            }
        }
    }
    out.flush()?;
    Ok(if changed { Outcome::Incomplete } else { Outcome::Done })
}

fn read_dataset(args: &Args) -> Result<Dataset> {
    let options = args.table.options();
    let memory = memory_limit::COMMAND + memory_limit::THREAD + options.max_memory_bytes as u64;
    memory_limit::require(memory, "; lower --max-memory")?;
    require_input(&args.file)?;
    if args.file.as_os_str() == "-" {
        return Ok(read(io::stdin(), None, &options)?);
    }
    Ok(read_file(&args.file, &options)?)
}

/// The report as JSON; figures without data are `null`.
fn json(report: &Report, intervals: &[MetricInterval]) -> Result<serde_json::Value> {
    let mut json = serde_json::to_value(report)?;
    for found in intervals {
        if !found.given {
            json["figures"][found.metric] = serde_json::Value::Null;
        }
        json["intervals"][found.metric] = serde_json::to_value(found.interval)?;
    }
    Ok(json)
}

/// Minimum width of a page on which the figures are explained.
const MIN_WIDTH_FOR_MEANINGS: usize = 60;

fn write_figures(out: &mut impl Write, page: Page, f: &Metrics, intervals: &[MetricInterval]) -> io::Result<()> {
    let swapped = f.swapped as f64;
    let figures = [
        ("accuracy", "accuracy", f.accuracy, "same label as the annotators"),
        ("macro-F1", "macro_f1", f.macro_f1, "mean F1 of the labels that occur"),
        ("PM versus PMM", "pm_vs_pmm_accuracy", f.pm_vs_pmm_accuracy, "accuracy on postings labeled pm or pmm"),
        (
            "PM versus PMM, sides",
            "pm_vs_pmm_sides",
            f.pm_vs_pmm_sides,
            "on these, how often the right role is more probable",
        ),
        ("log loss", "log_loss", f.log_loss, "mean -ln of the probability of the annotators' label"),
        ("calibration error", "calibration_error", f.calibration_error, "mean gap between confidence and accuracy"),
        ("share error", "share_error", f.share_error, "mean distance of the PM share from the annotators'"),
        ("share in interval", "share_covered", f.share_covered, "annotators' share within the 90% interval"),
        (
            "share near interval",
            "share_nearly_covered",
            f.share_nearly_covered,
            "that share in the interval, or at most 0.025 outside it",
        ),
        ("evidence at 3", "evidence_at_3", f.evidence_at_3, "a phrase marked by the annotators is in the top 3"),
        ("evidence at 5", "evidence_at_5", f.evidence_at_5, "in the top 5"),
        ("swapped", "swapped", swapped, "pm called pmm, or pmm called pm"),
    ];
    let mut write = |name: &str, value: &str, interval: &str, meaning: &str| {
        let meaning = if page.width < MIN_WIDTH_FOR_MEANINGS { "" } else { meaning };
        let columns = format!("{name:<21} {value:>9} {interval:<14} ");
        if meaning.is_empty() {
            return writeln!(out, "{}", columns.trim_end());
        }
        Paragraph::new().add(Style::Dim, meaning).write_after(out, page, &columns)
    };
    write("postings", &f.n.to_string(), "", "")?;
    for (name, key, value, meaning) in figures {
        let digits = if key == "swapped" { 0 } else { 3 };
        let Some(found) = intervals.iter().find(|found| found.metric == key && found.given) else {
            write(name, "not given", "", meaning)?;
            continue;
        };
        let interval = found.interval.map(|[low, high]| format!("{low:.digits$} to {high:.digits$}"));
        write(name, &format!("{value:.digits$}"), interval.as_deref().unwrap_or_default(), meaning)?;
    }
    let note =
        "Ranges are 95% intervals: Wilson's for proportions; for other figures by bootstrap, from 20 postings on.";
    Paragraph::new().add(Style::Plain, note).write(out, page, 0)
}

fn write_tables(out: &mut impl Write, f: &Metrics) -> io::Result<()> {
    writeln!(out, "\nlabel    support precision recall    F1")?;
    for l in f.labels.values() {
        writeln!(out, "{:<8} {:>7} {:>9.3} {:>6.3} {:>5.3}", l.label, l.support, l.precision, l.recall, l.f1)?;
    }
    writeln!(
        out,
        "\nrows: label of the annotators; columns: label of the model\n{:>12} {:>7} {:>7} {:>8}",
        "pm", "pmm", "hybrid", "unclear"
    )?;
    for label in Label::ALL {
        let row = f.confusion[label].values();
        writeln!(out, "{:<8} {:>3} {:>7} {:>7} {:>8}", label, row[0], row[1], row[2], row[3])?;
    }
    writeln!(out, "\nconfidence      n   mean  accuracy")?;
    for bin in &f.reliability {
        writeln!(out, "{:.1} to {:.1} {:>6} {:>6.3} {:>9.3}", bin.from, bin.to, bin.n, bin.confidence, bin.accuracy)?;
    }
    writeln!(out, "\nmost confident  min confidence  accuracy")?;
    for row in &f.coverage {
        writeln!(out, "{:>13.0}% {:>15.3} {:>9.3}", row.coverage * 100.0, row.min_confidence, row.accuracy)?;
    }
    writeln!(out, "\nwords          n  accuracy")?;
    for row in f.lengths.iter().filter(|row| row.n > 0) {
        let to = if row.to == 0 { "more".to_owned() } else { row.to.to_string() };
        writeln!(out, "{:>4} to {:<4} {:>4} {:>9.3}", row.from, to, row.n, row.accuracy)?;
    }
    Ok(())
}

fn write_lines(out: &mut impl Write, lines: &LineMetrics) -> io::Result<()> {
    writeln!(out, "\nlines: accuracy {:.3}", lines.accuracy)?;
    writeln!(
        out,
        "rows: kind of the annotators and recall; columns: kind of the model\n{:>14} {:>4} {:>6} {:>5} {:>6}",
        "pm", "pmm", "shared", "other", "filler"
    )?;
    for kind in Kind::ALL {
        let [pm, pmm, shared, other, filler] = lines.confusion[kind].values();
        let recall = lines.recall[kind];
        writeln!(out, "{kind:<6} {recall:.2} {pm:>3} {pmm:>4} {shared:>6} {other:>5} {filler:>6}")?;
    }
    Ok(())
}

fn write_perturbations(found: &[PerturbationMetrics], format: Format) -> Result<()> {
    let mut out = stdout()?;
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut out, found)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{:<36} {:>8} {:>14} {:>12}", "perturbation", "postings", "labels changed", "share change")?;
        for row in found {
            let changed = format!("{:.2}%", 100.0 * row.labels_changed);
            writeln!(out, "{:<36} {:>8} {changed:>14} {:>12.4}", row.perturbation, row.postings, row.share_change)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The wrong verdicts, the most confident first.
fn write_errors(out: &mut impl Write, page: Page, predictions: &[Prediction]) -> io::Result<()> {
    let mut wrong: Vec<_> = predictions.iter().filter(|found| found.truth != found.predicted).collect();
    wrong.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
    writeln!(out, "\n{} wrong", wrong.len())?;
    for found in wrong {
        let [pm, pmm, hybrid, unclear] = found.probabilities.values();
        let text = format!(
            ": annotators {}, classified as {} ({:.2}); pm {pm:.2}, pmm {pmm:.2}, hybrid {hybrid:.2}, unclear \
             {unclear:.2}; PM share {:.2}; nearest other job {}",
            found.truth,
            found.predicted,
            found.confidence,
            found.share,
            if found.other_job.is_empty() { "none" } else { &found.other_job }
        );
        Paragraph::new().add(Style::Bold, &found.id).add(Style::Plain, &text).write(out, page, 0)?;
    }
    Ok(())
}
