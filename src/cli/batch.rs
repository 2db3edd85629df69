//! `rolecall batch`: a table of postings.

use std::io::{self, BufWriter, IsTerminal as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rolecall::batch::{Batch, Column, Files, Finished, Format, Observer, Period, Source, Target, delimiter};
use rolecall::explain::numbers::grouped;
use rolecall::output_file;
use rolecall::{Label, Lens, Options, Reason};

use super::args::{ModelArgs, TableArgs, lens, probability};
use super::closed_streams::{require_input, require_output};
use super::output::message;
use super::progress::Progress;
use super::{Outcome, memory_limit};

/// Classify every row of a table: CSV, TSV, JSON, Excel or Parquet.
#[derive(clap::Args)]
#[command(
    after_help = "Every input row is in the output or in the rejects file. Rows with too many fields, without a \
                        text field, or with invalid bytes are rejected. Missing fields at the end of a row are left \
                        empty. Empty texts are classified as unclear.\n\
                        Exit codes: 0 success, 1 some rows were rejected, 2 failure."
)]
pub(super) struct Args {
    /// CSV, TSV, JSON Lines, JSON, Excel (.xlsx), .ods or Parquet file, optionally compressed (.gz or
    /// .zst); - for standard input
    input: PathBuf,
    /// Output file: .csv, .tsv, .jsonl or .json, optionally with .gz; - for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Number of threads, 1 to 512; by default one per core. The output does not depend on it
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    jobs: Option<u16>,
    /// Show no progress, notes or summary
    #[arg(short, long)]
    quiet: bool,

    #[command(flatten)]
    table: TableArgs,

    /// Output format: csv, tsv, jsonl or json; by default from the file name
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    output_format: Option<Format>,
    /// Output delimiter; by default that of the input
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = "Output")]
    output_delimiter: Option<u8>,
    /// Columns to add, separated by commas; by default all: label, reason, confidence, p_pm,
    /// p_pmm, p_hybrid, p_unclear, pm_share, pm_share_low, pm_share_high, strength_pm,
    /// strength_pmm, strength_other, other_job, title_says, title_agrees, label_by_duties,
    /// confidence_by_duties, lens, model, duties_pm, duties_pmm, evidence, notes
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Output")]
    columns: Vec<Column>,
    /// Drop the input columns
    #[arg(long, help_heading = "Output")]
    only: bool,
    /// Keep only this input column; may be repeated
    #[arg(long, value_name = "COLUMN", help_heading = "Output")]
    id_column: Vec<String>,
    /// Start the output with a byte order mark, which Excel needs to read UTF-8
    #[arg(long, help_heading = "Output")]
    excel: bool,
    /// Overwrite existing files
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// File for rejected rows. By default it is the output with .rejects.jsonl added to its name; for
    /// standard output, the input with .rejects.jsonl added, and an existing file is replaced
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    rejects: Option<PathBuf>,
    /// Fail at the first row that would be rejected
    #[arg(long, help_heading = "Output")]
    strict: bool,

    /// Write a summary of the results as an HTML page
    #[arg(long, value_name = "FILE.html", value_parser = report_file, help_heading = "Report")]
    report: Option<PathBuf>,
    /// Write the figures of the report as data: JSON or CSV, by the file name. Shares are adjusted for
    /// the model's errors in the first 400 groups
    #[arg(long, value_name = "FILE", value_parser = stats_file, help_heading = "Report")]
    stats: Option<PathBuf>,
    /// Columns to group report and statistics by, separated by commas, such as company,country
    #[arg(long, value_name = "COLUMNS", help_heading = "Report")]
    group_by: Vec<String>,
    /// Group dates by month, quarter or year. The dates are those of the first --group-by column
    /// that has any, or else of the first such column of the table
    #[arg(long, value_name = "PERIOD", help_heading = "Report")]
    by: Option<Period>,

    /// Whose definition of the two roles to use
    #[arg(long, default_value = "consensus", value_parser = lens(), help_heading = "Classification")]
    lens: Lens,
    /// Report verdicts as unclear if their confidence is below P, from 0 to 1
    #[arg(long, default_value_t = 0.0, value_name = "P", value_parser = probability, help_heading = "Classification")]
    min_confidence: f64,
    /// Judge by the duties alone, without the titles
    #[arg(long, help_heading = "Classification")]
    ignore_title: bool,
    #[command(flatten, next_help_heading = "Classification")]
    model: ModelArgs,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let options = Options::default().lens(args.lens).title(!args.ignore_title).min_confidence(args.min_confidence);
    let mut batch = Batch::new(args.model.load(options)?);
    batch.table = args.table.options();
    batch.jobs = args.jobs.map_or(0, usize::from);
    let memory = batch.table.max_memory_bytes as u64 + memory_limit::THREAD * batch.threads() as u64;
    memory_limit::require(memory_limit::COMMAND + memory, "; lower --max-memory or --jobs")?;
    batch.output_format = args.output_format;
    if !args.columns.is_empty() {
        batch.columns.clone_from(&args.columns);
    }
    batch.output_delimiter = args.output_delimiter;
    batch.only = args.only || !args.id_column.is_empty();
    batch.id_columns.clone_from(&args.id_column);
    batch.excel = args.excel;
    batch.strict = args.strict;
    batch.report = args.report.is_some() || args.stats.is_some();
    if !batch.report && (!args.group_by.is_empty() || args.by.is_some()) {
        bail!("--group-by and --by need --report or --stats");
    }
    batch.period = args.by;
    batch.group_by.clone_from(&args.group_by);

    let mut files = Files::default();
    files.rejects.clone_from(&args.rejects);
    files.report.clone_from(&args.report);
    files.stats.clone_from(&args.stats);
    files.force = args.force;

    let stdin = args.input.as_os_str() == "-";
    require_input(&args.input)?;
    if stdin && io::stdin().is_terminal() {
        bail!("standard input is a terminal; name a file, or pipe rows in");
    }
    let length = if stdin { None } else { std::fs::metadata(&args.input).ok().map(|found| found.len()) };
    let mut terminal =
        Terminal { bar: Progress::new(length, args.quiet), quiet: args.quiet, stop: stop_at_interrupt()? };
    let source = if stdin { Source::Stream(Box::new(io::stdin())) } else { Source::File(args.input.clone()) };
    let started = Instant::now();
    for path in [&args.rejects, &args.report, &args.stats].into_iter().flatten().chain([&args.output]) {
        require_output(path)?;
    }
    // The library names the stream in its errors.
    let mut out = BufWriter::new(io::stdout().lock());
    let target =
        if args.output.as_os_str() == "-" { Target::Stream(&mut out) } else { Target::File(args.output.clone()) };
    let finished = batch.score_file(source, target, &files, &mut terminal);
    terminal.bar.clear();
    let finished = finished?;
    if !args.quiet {
        summary(&finished, started.elapsed());
    }
    if finished.input_changed {
        message(&format!("{}: changed while it was read; rows may be missing or mixed", args.input.display()));
    }
    let complete = finished.summary.rejects == 0 && !finished.input_changed;
    Ok(if complete { Outcome::Done } else { Outcome::Incomplete })
}

/// The ending of a file's name, in lower case.
fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// Parser of the file for statistics; its name gives the format.
fn stats_file(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    match &*ending(&path) {
        "json" | "csv" => Ok(path),
        _ => Err("must end in .json or .csv".to_owned()),
    }
}

/// Parser of the file for the report, which is a page whatever its name. Devices and pipes
/// need no ending.
fn report_file(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    match &*ending(&path) {
        "html" | "htm" => Ok(path),
        _ if name == "-" || output_file::is_stream(&path) => Ok(path),
        _ => Err("must end in .html or .htm".to_owned()),
    }
}

/// A flag that Ctrl-C sets. The run then stops after the current block and leaves no files.
fn stop_at_interrupt() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        // The second one ends the process at once, even while it waits for input.
        if set.swap(true, Ordering::Relaxed) {
            output_file::remove_unfinished();
            std::process::exit(130);
        }
    })
    .context("cannot handle Ctrl-C")?;
    Ok(stop)
}

/// Shows progress and notes on stderr.
struct Terminal {
    bar: Progress,
    quiet: bool,
    stop: Arc<AtomicBool>,
}

impl Observer for Terminal {
    fn note(&mut self, message: &str) {
        if !self.quiet {
            self.bar.message(message);
        }
    }

    fn progress(&mut self, progress: rolecall::batch::Progress) -> ControlFlow<()> {
        self.bar.update(progress.bytes, progress.rows);
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Writes a summary of the run to standard error.
fn summary(finished: &Finished, time: Duration) {
    let summary = &finished.summary;
    let labels: Vec<_> =
        Label::ALL.into_iter().map(|label| format!("{label} {}", grouped(summary.label(label)))).collect();
    let share = summary.mean_share.map_or_else(|| "none".to_owned(), |share| format!("{share:.3}"));
    let seconds = time.as_secs_f64();
    let rows = summary.rows + summary.rejects;
    let mut lines = vec![
        format!("rows: {} ({})", grouped(summary.rows), labels.join(", ")),
        format!("mean PM share, without unclear rows: {share}"),
    ];
    if summary.padded_rows > 0 {
        lines.push(format!("rows with missing fields, left empty: {}", grouped(summary.padded_rows)));
    }
    if summary.empty_lines > 0 {
        lines.push(format!("empty lines skipped: {}", grouped(summary.empty_lines)));
    }
    if summary.repeated_headers > 0 {
        lines.push(format!("repeated headers skipped: {}", grouped(summary.repeated_headers)));
    }
    let reasons: Vec<_> = summary
        .reject_reasons()
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| format!("{} {}", reason.as_str(), grouped(count)))
        .collect();
    match &finished.rejects {
        Some(path) => {
            let path = path.display();
            lines.push(format!("rejects: {} ({}), in {path}", grouped(summary.rejects), reasons.join(", ")));
        }
        None => lines.push("rejects: 0".to_owned()),
    }
    lines.push(format!("time: {seconds:.2} s, {} rows per second", grouped((rows as f64 / seconds.max(1e-9)) as u64)));
    let too_short = summary.reasons().find(|(reason, _)| *reason == Reason::TooShort);
    if too_short.is_some_and(|(_, count)| count > 0 && count == summary.rows) {
        lines.push(
            "every text is too short to judge; name the right column with --text-column, or use 'rolecall classify' \
             for a single posting"
                .to_owned(),
        );
    }
    for line in lines {
        message(&line);
    }
}
