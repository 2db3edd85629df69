//! `rolecall batch`: a file of postings.

use std::io::{self, IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rolecall::batch::{Batch, Column, Files, Finished, Format, Progress, Source, Target, Watch, delimiter};
use rolecall::explain::words::grouped;
use rolecall::{Classifier, Label, Lens, Options, Reason};

use super::Outcome;
use super::classify::probability;
use super::output::{complain, stdout};
use super::progress::Bar;

/// Score a file of postings.
#[derive(clap::Args)]
#[command(after_help = "Nothing is lost: rows in the input are rows in the output plus rows in the rejects file.\n\
                        A row with more fields than the header, without its text, or with bytes that are no text is \
                        set aside; a shorter row is filled up with empty fields; an empty text is scored (unclear).\n\
                        Exit codes: 0 done, 1 done but rows were set aside, 2 not done.")]
pub(super) struct Args {
    /// CSV, TSV or JSON Lines, plain, .gz or .zst; - for standard input
    input: PathBuf,
    /// File to write: .csv, .tsv or .jsonl, also with .gz; - for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Column with the posting: its name or its number from 1; several with commas are
    /// joined. Found by itself otherwise
    #[arg(long, value_name = "COLUMN")]
    text_column: Vec<String>,
    /// Column with the job's title; found by its name otherwise
    #[arg(long, value_name = "COLUMN")]
    title_column: Option<String>,

    /// Format of the input: csv, tsv or jsonl
    #[arg(long, value_name = "FORMAT", help_heading = "Input")]
    input_format: Option<Format>,
    /// Delimiter of the input: one character, or comma, semicolon, tab, pipe
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = "Input")]
    delimiter: Option<u8>,
    /// Encoding of the input: utf-8, utf-16, windows-1252 and other single-byte ones
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    encoding: Option<String>,
    /// The first row is data: columns go by number
    #[arg(long, help_heading = "Input")]
    no_headers: bool,
    /// Set rows longer than this aside, in megabytes
    #[arg(long, value_name = "MB", default_value_t = 64, help_heading = "Input",
          value_parser = clap::value_parser!(u64).range(1..=4096))]
    max_row: u64,

    /// Format of the output: csv, tsv or jsonl
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    output_format: Option<Format>,
    /// Columns to add, with commas: label, confidence, `pm_share` … All by default
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Output")]
    columns: Vec<Column>,
    /// Leave the input's columns out
    #[arg(long, help_heading = "Output")]
    only: bool,
    /// Input column to keep with --only
    #[arg(long, value_name = "COLUMN", requires = "only", help_heading = "Output")]
    id_column: Vec<String>,
    /// Write a byte order mark, so that Excel reads UTF-8
    #[arg(long, help_heading = "Output")]
    excel: bool,
    /// Write over files that are there already
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Where rows that cannot be read or scored go; FILE.rejects.jsonl by default
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    rejects: Option<PathBuf>,
    /// Stop at the first row that cannot be read or scored
    #[arg(long, help_heading = "Output")]
    strict: bool,
    /// Go on with an interrupted run
    #[arg(long, help_heading = "Output")]
    resume: bool,

    /// Write a page about the result
    #[arg(long, value_name = "FILE.html", help_heading = "Report")]
    report: Option<PathBuf>,
    /// Column by whose values the report counts: company, month, country …
    #[arg(long, value_name = "COLUMN", requires = "report", help_heading = "Report")]
    group_by: Option<String>,

    /// Whose definition of the roles counts: consensus, guide, overlap, lists, thread, aipmm or wikipedia
    #[arg(long, default_value = "consensus", help_heading = "Judging")]
    lens: Lens,
    /// Call a verdict less probable than this unclear: 0 to 1
    #[arg(long, default_value_t = 0.0, value_name = "P", value_parser = probability, help_heading = "Judging")]
    min_confidence: f64,
    /// Model file; the one inside the program by default
    #[arg(long, value_name = "FILE", help_heading = "Judging")]
    model: Option<PathBuf>,

    /// Threads that score; one a core by default. The output is the same for any number
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=512))]
    jobs: Option<u16>,
    /// No progress, no notes, no summary
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let mut batch = Batch::new(match &args.model {
        Some(path) => Classifier::from_file(path)?,
        None => Classifier::builtin()?,
    });
    let options = Options::default().lens(args.lens).min_confidence(args.min_confidence);
    batch.classifier = batch.classifier.with_options(options);
    batch.input_format = args.input_format;
    batch.delimiter = args.delimiter;
    batch.encoding.clone_from(&args.encoding);
    batch.headers = !args.no_headers;
    batch.text_columns.clone_from(&args.text_column);
    batch.title_column.clone_from(&args.title_column);
    batch.output_format = args.output_format;
    if !args.columns.is_empty() {
        batch.columns.clone_from(&args.columns);
    }
    batch.only = args.only;
    batch.id_columns.clone_from(&args.id_column);
    batch.excel = args.excel;
    batch.strict = args.strict;
    batch.report = args.report.is_some();
    batch.group_by.clone_from(&args.group_by);
    batch.jobs = args.jobs.map_or(0, usize::from);
    batch.max_row_bytes = (args.max_row as usize) << 20;

    let mut files = Files::default();
    files.rejects.clone_from(&args.rejects);
    files.report.clone_from(&args.report);
    files.force = args.force;
    files.resume = args.resume;

    let stdin = args.input.as_os_str() == "-";
    if stdin && io::stdin().is_terminal() {
        bail!("standard input is a terminal: give a file, or pipe rows in");
    }
    let length = if stdin { None } else { std::fs::metadata(&args.input).ok().map(|found| found.len()) };
    let mut watch = Terminal { bar: Bar::new(length, args.quiet), quiet: args.quiet, stop: stop_at_interrupt()? };
    let source = if stdin { Source::Stream(Box::new(io::stdin())) } else { Source::File(args.input.clone()) };
    let started = Instant::now();
    let mut out = stdout();
    let target =
        if args.output.as_os_str() == "-" { Target::Stream(&mut out) } else { Target::File(args.output.clone()) };
    let finished = batch.score_file(source, target, &files, &mut watch);
    watch.end();
    let finished = finished?;
    out.flush()?;
    if !args.quiet {
        summary(&finished, started.elapsed());
    }
    Ok(if finished.summary.rejects > 0 { Outcome::Incomplete } else { Outcome::Done })
}

/// A flag that Ctrl-C sets: the run then ends after its block, and can be gone on with.
fn stop_at_interrupt() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        // Asked twice, it ends at once; the journal is good at any moment.
        if set.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .context("Ctrl-C cannot be listened to")?;
    Ok(stop)
}

/// Shows progress and notes on stderr.
struct Terminal {
    bar: Option<Bar>,
    quiet: bool,
    stop: Arc<AtomicBool>,
}

impl Terminal {
    fn end(&mut self) {
        if let Some(bar) = &mut self.bar {
            bar.clear();
        }
    }
}

impl Watch for Terminal {
    fn note(&mut self, message: &str) {
        if !self.quiet {
            self.end();
            complain(message);
        }
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        if let Some(bar) = &mut self.bar {
            bar.draw(progress.bytes, progress.rows);
        }
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// What the run comes to, on stderr.
fn summary(finished: &Finished, time: Duration) {
    let summary = &finished.summary;
    let labels: Vec<_> =
        Label::ALL.into_iter().map(|label| format!("{label} {}", grouped(summary.label(label)))).collect();
    let share = summary.mean_share.map_or_else(|| "none".to_owned(), |share| format!("{share:.3}"));
    let seconds = time.as_secs_f64();
    let own = summary.rows + summary.rejects - finished.resumed;
    let mut lines = vec![
        format!("rows: {} ({})", grouped(summary.rows), labels.join(", ")),
        format!("mean PM share of those that are not unclear: {share}"),
    ];
    if finished.resumed > 0 {
        lines.push(format!("taken up after row {}", grouped(finished.resumed)));
    }
    if summary.short > 0 {
        lines.push(format!("rows filled up with empty fields: {}", grouped(summary.short)));
    }
    if summary.blank > 0 {
        lines.push(format!("blank lines passed over: {}", grouped(summary.blank)));
    }
    let reasons: Vec<_> = summary
        .reject_reasons()
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| format!("{} {}", reason.as_str(), grouped(count)))
        .collect();
    match &finished.rejects {
        Some(path) => {
            let place = path.display();
            lines.push(format!("rejects: {} ({}), in {place}", grouped(summary.rejects), reasons.join(", ")));
        }
        None => lines.push("rejects: 0".to_owned()),
    }
    lines.push(format!("seconds: {seconds:.2}, rows a second: {}", grouped((own as f64 / seconds.max(1e-9)) as u64)));
    let too_short = summary.reasons().find(|(reason, _)| *reason == Reason::TooShort);
    if too_short.is_some_and(|(_, count)| count > 0 && count == summary.rows) {
        lines.push(
            "no row is long enough to judge; --text-column names the column of the postings, and a single posting \
             is read by 'rolecall classify'"
                .to_owned(),
        );
    }
    for line in lines {
        complain(&line);
    }
}
