//! From a reader to a writer.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::fields::PHRASES;
use super::format::Named;
use super::input::{Opened, open};
use super::paths::EXISTS;
use super::pipeline::{self, Block};
use super::plan::Plan;
use super::reader::Reader;
use super::reject::Position;
use super::scan::Shape;
use super::summary::Summary;
use super::tally::Tally;
use super::{Batch, Column};
use crate::error::{Error, ErrorKind};
use crate::infer::Classifier;

/// Phrases a role that a report counts duties over.
const REPORT_PHRASES: usize = 6;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes of the input read, as they lie in the file, compressed or not.
    pub bytes: u64,
    /// Rows written or set aside.
    pub rows: u64,
}

/// Is told what a run does. `()` listens to nothing.
pub trait Watch {
    /// Something that was found out rather than given: an encoding, a column.
    fn note(&mut self, message: &str) {
        let _ = message;
    }

    /// A block was written. [`ControlFlow::Break`] stops the run before the next one
    /// with [`ErrorKind::Stopped`].
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let _ = progress;
        ControlFlow::Continue(())
    }
}

impl Watch for () {}

impl Batch {
    /// Scores what `reader` gives. Rows go to `writer` in the order they came, rows
    /// that cannot be read or scored to `rejects` as lines of JSON with `row` and
    /// `line` (from 1), `byte` (from 0, after decompression), `reason`, `message` and
    /// `raw` (the row, line end included) or, where it is not UTF-8, `raw_base64`.
    ///
    /// The input may be packed with gzip or Zstandard. What was written before an error
    /// stays written; [`Batch::score_file`] writes a file whole or not at all.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] when the input has no header, a column is not there, or,
    /// with [`Batch::strict`], a row cannot be read; [`ErrorKind::Io`] when reading or
    /// writing fails; [`ErrorKind::Closed`] when whoever reads the output has gone;
    /// [`ErrorKind::Stopped`] when `watch` says stop.
    pub fn score<R, W, J>(&self, reader: R, writer: W, rejects: J, watch: &mut dyn Watch) -> Result<Summary, Error>
    where
        R: Read + Send,
        W: Write,
        J: Write,
    {
        let opened = open(reader, self.encoding.as_deref())?;
        let (plan, reader, read, mark) = self.prepare(opened, None, None, watch)?;
        let mut run = Run::new(self, &plan, read, mark, writer, rejects);
        run.write_header()?;
        run.score_all(reader, watch)?;
        Ok(Summary::of(run.stats, run.bytes_written))
    }

    /// Makes the plan for an opened input.
    pub(crate) fn prepare<'a>(
        &self,
        opened: Opened<'a>,
        named: Option<Named>,
        target: Option<Named>,
        watch: &mut dyn Watch,
    ) -> Result<(Plan, Reader<'a>, Arc<AtomicU64>, u64), Error> {
        let mut reader = Reader::new(opened.bytes, Shape::Lines, self.max_row_bytes);
        let plan = Plan::make(self, &mut reader, opened.charset, named, target)?;
        for note in &plan.notes {
            watch.note(note);
        }
        Ok((plan, reader, opened.read, opened.mark))
    }

    /// The classifier, told to compute no more than is written.
    fn judge(&self) -> Classifier {
        let mut options = self.classifier.options();
        // A report counts duties over more phrases than a cell holds; the strongest are
        // the same ones either way.
        options = options.phrases(match (self.report, self.columns.iter().any(|column| column.needs_evidence())) {
            (true, _) => options.phrases.max(REPORT_PHRASES),
            (false, true) => PHRASES,
            (false, false) => 0,
        });
        // No column tells of duties, and neither column nor report of what stands beside
        // the phrases.
        options = options
            .duties(self.report)
            .context(false)
            .interval(self.columns.iter().any(|column: &Column| column.needs_interval()));
        self.classifier.clone().with_options(options)
    }

    fn threads(&self) -> usize {
        match self.jobs {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            jobs => jobs,
        }
    }
}

/// A run in progress.
pub(crate) struct Run<'a, W, J> {
    batch: &'a Batch,
    plan: &'a Plan,
    bytes_read: Arc<AtomicU64>,
    /// Where the next block starts.
    position: Position,
    pub bytes_written: u64,
    pub stats: Tally,
    pub output: W,
    pub rejects: J,
    /// The files that errors name.
    pub output_path: Option<&'a Path>,
    pub rejects_path: Option<&'a Path>,
}

impl<'a, W: Write, J: Write> Run<'a, W, J> {
    /// A run before its first row, in an input that starts with `mark` bytes of a byte
    /// order mark.
    pub(crate) fn new(
        batch: &'a Batch,
        plan: &'a Plan,
        bytes_read: Arc<AtomicU64>,
        mark: u64,
        output: W,
        rejects: J,
    ) -> Self {
        let position = Position {
            rows: 0,
            lines: plan.shape.lines(&plan.taken),
            bytes: mark + plan.charset.source_length(&plan.taken),
        };
        Self {
            batch,
            plan,
            bytes_read,
            position,
            bytes_written: 0,
            stats: Tally::default(),
            output,
            rejects,
            output_path: None,
            rejects_path: None,
        }
    }

    /// Writes the header of a table.
    pub(crate) fn write_header(&mut self) -> Result<(), Error> {
        let mut packed = Vec::new();
        let header = if self.plan.gzip {
            pipeline::pack(&self.plan.header, &mut packed);
            &packed
        } else {
            &self.plan.header
        };
        self.output.write_all(header).map_err(|error| about(&error, self.output_path))?;
        self.bytes_written = header.len() as u64;
        Ok(())
    }

    /// Scores all rows of `reader`.
    pub(crate) fn score_all(&mut self, reader: Reader<'_>, watch: &mut dyn Watch) -> Result<(), Error> {
        let classifier = self.batch.judge();
        let model = classifier.model_id();
        let judge = |scratch: &mut crate::Scratch, title: Option<&str>, text: &str| {
            classifier.classify_titled(scratch, title, text)
        };
        let (plan, jobs) = (self.plan, self.batch.threads());
        let mut lines = Vec::new();
        pipeline::run(reader, (plan, &model, &judge), jobs, &mut |block| {
            self.write_block(block, &mut lines)?;
            self.report_progress(watch)
        })?;
        // Asked once more: an interrupt that also ended the input must not pass for a whole run.
        self.report_progress(watch)?;
        self.output.flush().map_err(|error| about(&error, self.output_path))?;
        self.rejects.flush().map_err(|error| about(&error, self.rejects_path))
    }

    fn report_progress(&self, watch: &mut dyn Watch) -> Result<(), Error> {
        let rows = self.position.rows;
        match watch.progress(Progress { bytes: self.bytes_read.load(Ordering::Relaxed), rows }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::new(ErrorKind::Stopped, format!("stopped after row {rows}"))),
        }
    }

    fn write_block(&mut self, block: &Block, lines: &mut Vec<u8>) -> Result<(), Error> {
        let scored = &block.scored;
        if scored.tally.scored() + scored.tally.rejected() != scored.rows {
            return Err(Error::new(ErrorKind::Input, "rows were miscounted: a defect of this program")
                .row(self.position.rows + 1));
        }
        lines.clear();
        for reject in &scored.rejects {
            if self.batch.strict {
                let place = reject.place(self.position);
                let message = format!("{}: {}", reject.reason.as_str(), reject.message);
                return Err(Error::new(ErrorKind::Input, message).line(place.lines).row(place.rows).byte(place.bytes));
            }
            reject.write(lines, self.position, self.plan.charset);
        }
        self.rejects.write_all(lines).map_err(|error| about(&error, self.rejects_path))?;
        self.output.write_all(&block.out).map_err(|error| about(&error, self.output_path))?;
        self.bytes_written += block.out.len() as u64;
        self.stats.add(&scored.tally, self.position.rows);
        self.position.rows += scored.rows;
        self.position.lines += scored.lines;
        self.position.bytes += scored.bytes;
        Ok(())
    }
}

/// The error of an output that cannot be written.
pub(crate) fn about(error: &io::Error, path: Option<&Path>) -> Error {
    let (kind, message) = match error.kind() {
        io::ErrorKind::BrokenPipe => (ErrorKind::Closed, format!("cannot be written: {error}")),
        io::ErrorKind::AlreadyExists => (ErrorKind::Io, EXISTS.to_owned()),
        _ => (ErrorKind::Io, format!("cannot be written: {error}")),
    };
    match path {
        Some(path) => Error::new(kind, message).file(path.display()),
        None => Error::new(kind, message),
    }
}
