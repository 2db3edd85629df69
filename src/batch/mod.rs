//! Classifies many postings on all cores: files of any size, streams and iterators.
//!
//! [`Batch`] holds the settings. [`Batch::score`] reads a table, such as CSV, from a
//! stream and writes to a stream; [`Batch::score_file`] does so with files, whole or not
//! at all; [`Batch::verdicts`] takes an iterator of [`Posting`]s and returns one of
//! verdicts. Rows keep their order, and the result does not depend on the number of
//! threads.
//!
//! ```
//! use rolecall::{Classifier, batch::Batch};
//!
//! let input = "id,description\n7,\"You own the product roadmap, prioritize the backlog with engineers \
//!              and designers, write user stories, run discovery interviews with users and measure \
//!              adoption of every feature you ship to them.\"\n";
//! let (mut output, mut rejects) = (Vec::new(), Vec::new());
//! let batch = Batch::new(Classifier::builtin()?);
//! let summary = batch.score(input.as_bytes(), &mut output, &mut rejects, &mut ())?;
//! assert_eq!((summary.rows, summary.rejects), (1, 0));
//! assert!(String::from_utf8_lossy(&output).starts_with("id,description,rolecall_label,"));
//! # Ok::<(), rolecall::Error>(())
//! ```
//!
//! Memory does not grow with the input, but each row is held whole; rows may be up to
//! [`TableOptions::max_row_bytes`] long.

mod grouping;
mod output;
mod period;
mod pipeline;
mod plan;
mod report;
mod row_writer;
mod run;
mod table_columns;
mod verdicts;
mod worker;

use std::io::{Read, Write};
use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::explain::sanitize::for_terminal;
use crate::infer::Classifier;
use crate::table::format::FileName;
use crate::table::reader::Reader;
use crate::table::source::Bytes;
use crate::table::{Table, TableOptions};
use grouping::Grouping;
use output::files::{Reports, RunPaths};
use plan::Plan;
use report::page::{Context, page};
use report::stats::REPORT_PHRASES;
use run::{Run, Start};

pub use crate::table::{Format, RejectReason, delimiter};
pub use grouping::{GroupCounts, GroupShare};
pub use output::column::Column;
pub use output::files::{Files, Finished, Source, Target};
pub use period::Period;
pub use report::summary::Summary;
pub use run::{Observer, Progress};
pub use table_columns::TableColumns;
pub use verdicts::{Posting, Verdicts};

/// Settings of a run. Made by [`Batch::new`], then changed field by field.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Batch {
    /// The classifier; its options (lens, minimum confidence) hold for every row.
    pub classifier: Classifier,
    /// How the input is read.
    pub table: TableOptions,
    /// Format of the output. Default: from the file name, else that of the input.
    pub output_format: Option<Format>,
    /// Delimiter of the output, an ASCII character. Default: from the file name, else that
    /// of the input.
    pub output_delimiter: Option<u8>,
    /// Columns to add, in this order. Default: all.
    pub columns: Vec<Column>,
    /// Whether input columns are dropped, except for [`id_columns`](Self::id_columns).
    /// Default: false.
    pub only: bool,
    /// Input columns that are kept with [`only`](Self::only).
    pub id_columns: Vec<String>,
    /// Whether the output starts with a byte order mark, which Excel needs to read UTF-8.
    /// Default: false.
    pub excel: bool,
    /// Whether the first row that would be rejected is an error. Default: false.
    pub strict: bool,
    /// Whether the counts of the report are collected too. Default: false.
    pub report: bool,
    /// Columns whose values the report groups by.
    pub group_by: Vec<String>,
    /// Period by which the report groups dates. They are taken from the first column of
    /// [`group_by`](Self::group_by) that has dates or, if none has, from the first such column of the
    /// table. Default: none.
    pub period: Option<Period>,
    /// Number of threads that classify; 0 is one per core. Default: 0.
    pub jobs: usize,
}

impl Batch {
    /// The default settings.
    #[must_use]
    pub fn new(classifier: Classifier) -> Self {
        Self {
            classifier,
            table: TableOptions::default(),
            output_format: None,
            output_delimiter: None,
            columns: Column::ALL.to_vec(),
            only: false,
            id_columns: Vec::new(),
            excel: false,
            strict: false,
            report: false,
            group_by: Vec::new(),
            period: None,
            jobs: 0,
        }
    }

    /// Classifies the rows of `reader` and writes them to `writer`, in their order. The
    /// input may be compressed with gzip or Zstandard.
    ///
    /// Rows that cannot be read or classified go to `rejects`, as JSON Lines with `row` and `line`
    /// (from 1), `byte` (from 0, after decompression), `reason`, `message` and `raw` (the row with
    /// its line end) or, if it is not UTF-8, `raw_base64`. For an input that is converted, such as
    /// a workbook, `line` and `byte` are left out.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] when the input has no header, a column is missing or, with
    /// [`Batch::strict`], a row would be rejected; [`ErrorKind::Io`] when reading or
    /// writing fails; [`ErrorKind::Closed`] when the reader of the output is gone;
    /// [`ErrorKind::Stopped`] when `observer` stops the run. What was written before
    /// stays written.
    pub fn score<R, W, J>(
        &self,
        reader: R,
        writer: W,
        rejects: J,
        observer: &mut dyn Observer,
    ) -> Result<Summary, Error>
    where
        R: Read + Send,
        W: Write,
        J: Write,
    {
        let PlannedInput { reader, plan, start } = self.open(Box::new(reader), (None, None), observer)?;
        let mut run = Run::new(self, &plan, start, writer, rejects);
        run.write_header()?;
        run.classify_rows(reader, observer)?;
        Ok(Summary::new(run.stats, run.bytes_written))
    }

    /// Classifies the rows of a file into another, as [`Batch::score`] does with streams.
    ///
    /// Output, rejects and report are written to temporary files in the folders of their
    /// targets and renamed at the end, so a run that fails or is stopped leaves nothing.
    /// A target that is a device or a pipe is written into. A symbolic link is followed:
    /// the file it points to is created or replaced. A replaced file passes its
    /// permissions on.
    ///
    /// # Errors
    /// As [`Batch::score`], and [`ErrorKind::Io`] when an output exists and
    /// [`Files::force`] is not set, is the input itself, or cannot be created.
    pub fn score_file(
        &self,
        source: Source<'_>,
        target: Target<'_>,
        files: &Files,
        observer: &mut dyn Observer,
    ) -> Result<Finished, Error> {
        let (paths, bytes, stream) = RunPaths::open(source, target, files)?;
        let PlannedInput { reader, plan, start } =
            self.open(bytes, paths.names(), observer).map_err(|error| paths.name_input(error))?;
        let (output, rejects) = paths.create(stream)?;
        let mut run = Run::new(self, &plan, start, output, rejects);
        (run.output_path, run.rejects_path) = (Some(paths.output_name()), Some(paths.rejects_path()));
        run.write_header()?;
        run.classify_rows(reader, observer).map_err(|error| match error.kind() {
            ErrorKind::Stopped if paths.is_atomic() => error.hint("no file was written"),
            ErrorKind::Stopped => error.hint("the rows up to it were written"),
            _ => paths.name_input(error),
        })?;
        let Run { output, rejects, stats, bytes_written, .. } = run;
        let summary = Summary::new(stats, bytes_written);
        let input_changed = paths.input_changed();
        paths.commit(output, rejects, self.reports(files, (&plan, &summary), &paths))?;
        let rejects = (summary.rejects > 0).then(|| paths.rejects_path().to_owned());
        Ok(Finished { summary, rejects, input_changed })
    }

    /// Classifies postings and returns their verdicts in order. Of the settings, only
    /// [`classifier`](Self::classifier) and [`jobs`](Self::jobs) are used.
    ///
    /// Postings are taken from the iterator as verdicts are asked for, a bounded number
    /// ahead, so memory does not grow with their number. Dropping the returned iterator
    /// ends the threads.
    ///
    /// # Panics
    /// The iterator panics if classifying a posting does, which is a bug.
    ///
    /// ```
    /// use rolecall::batch::{Batch, Posting};
    /// use rolecall::{Classifier, Label};
    ///
    /// let rows = [
    ///     ("Product Marketing Manager", "Write positioning and messaging, plan launches, train the sales team with battlecards, \
    ///       build case studies, brief analysts and create campaigns that bring demand for our platform in every market of North America."),
    ///     ("Nurse", "Help."),
    /// ];
    /// let batch = Batch::new(Classifier::builtin()?);
    /// let postings = rows.map(|(title, text)| Posting::new(text).with_title(title));
    /// let labels: Vec<_> = batch.verdicts(postings).map(|verdict| verdict.label).collect();
    /// assert_eq!(labels, [Label::Pmm, Label::Unclear]);
    /// # Ok::<(), rolecall::Error>(())
    /// ```
    pub fn verdicts<I>(&self, postings: I) -> Verdicts<I::IntoIter>
    where
        I: IntoIterator,
        I::Item: Into<Posting>,
    {
        Verdicts::new(&self.classifier, postings.into_iter(), self.threads())
    }

    /// Opens an input and makes the plan for it.
    fn open<'a>(
        &self,
        bytes: Bytes<'a>,
        (input_name, output_name): (Option<FileName>, Option<FileName>),
        observer: &mut dyn Observer,
    ) -> Result<PlannedInput<'a>, Error> {
        let table = Table::open(bytes, input_name, &self.table)?;
        let plan = Plan::new(self, &table, output_name)?;
        for note in &plan.notes {
            observer.note(note);
        }
        let start = Start { bytes_read: table.bytes_read, offset: plan.start };
        Ok(PlannedInput { reader: table.reader, plan, start })
    }

    /// The classifier, with the options that leave out what no column needs.
    fn row_classifier(&self) -> Classifier {
        let any = |needs: fn(Column) -> bool| self.columns.iter().any(|column| needs(*column));
        let mut options = self.classifier.options();
        // The clearest phrases are the same ones, however many are listed.
        let mut phrases = if any(Column::needs_evidence) { options.phrases } else { 0 };
        if any(Column::needs_duties) {
            phrases = usize::MAX;
        } else if self.report {
            phrases = phrases.max(REPORT_PHRASES);
        }
        options = options.phrases(phrases).duties(phrases > 0).context(false).interval(any(Column::needs_interval));
        self.classifier.clone().with_options(options)
    }

    /// Number of threads that classify: [`jobs`](Self::jobs), or one per core.
    #[must_use]
    pub fn threads(&self) -> usize {
        match self.jobs {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            jobs => jobs,
        }
    }

    /// The report of a run as HTML, and its figures as JSON or CSV.
    fn reports(&self, files: &Files, (plan, summary): (&Plan, &Summary), paths: &RunPaths) -> Reports {
        let options = self.classifier.options();
        let model = self.classifier.model_id();
        let name = |path: &Path| for_terminal(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned();
        let group = plan.group.as_ref().map(|group| for_terminal(&group.name));
        let rejects = name(paths.rejects_path());
        let duties: Vec<_> = self.classifier.duties().cloned().collect();
        let context = Context {
            input: &paths.input_path().map_or_else(|| "standard input".to_owned(), name),
            rejects: (summary.rejects > 0).then_some(&*rejects),
            group_by: group.as_deref(),
            period_at: plan.group.as_ref().and_then(Grouping::period_at),
            model,
            lens: options.lens.as_str(),
            min_confidence: options.min_confidence,
            uses_titles: options.title,
            evaluation: &report::evaluation::of(&self.classifier),
            duties: &duties,
        };
        let is_csv = |path: &Path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let figures = |path: &Path| {
            let write = if is_csv(path) { report::figures::to_csv } else { report::figures::to_json };
            write(&context, summary)
        };
        Reports {
            page: files.report.as_ref().map(|_| page(&context, summary)),
            stats: files.stats.as_deref().map(figures),
        }
    }
}

/// An input whose beginning has been read.
struct PlannedInput<'a> {
    reader: Reader<'a>,
    plan: Plan,
    start: Start,
}
