//! From a reader to a writer.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::fields::PHRASES;
use super::format::Named;
use super::input::{Opened, open};
use super::pipeline;
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

/// What is known after a block: all that is needed to go on from there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct State {
    pub position: Position,
    /// Bytes that records were cut from; those of the input, unless it is UTF-16.
    pub taken: u64,
    /// Bytes written, and bytes of rejects written.
    pub written: u64,
    pub rejected: u64,
    pub tally: Tally,
}

/// What one block adds to the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub position: Position,
    pub taken: u64,
    pub written: u64,
    pub rejected: u64,
    pub tally: Tally,
}

impl State {
    /// The state before the first row.
    pub(crate) fn start(plan: &Plan, mark: u64) -> Self {
        let taken = &plan.taken;
        Self {
            position: Position {
                rows: 0,
                lines: plan.shape.lines(taken),
                bytes: mark + plan.charset.source_length(taken),
            },
            taken: taken.len() as u64,
            ..Self::default()
        }
    }

    /// Adds a block.
    pub(crate) fn add(&mut self, step: &Step) {
        self.tally.add(&step.tally, self.position.rows);
        self.position = step.position;
        self.taken = step.taken;
        self.written = step.written;
        self.rejected = step.rejected;
    }
}

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
        let mut run = Run {
            batch: self,
            plan: &plan,
            read,
            state: State::start(&plan, mark),
            output: writer,
            rejects,
            journal: &mut |_| Ok(()),
        };
        run.header()?;
        run.go(reader, watch)?;
        Ok(Summary::of(run.state.tally, run.state.written))
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

/// A run under way.
pub(crate) struct Run<'a, W, J> {
    pub batch: &'a Batch,
    pub plan: &'a Plan,
    pub read: Arc<AtomicU64>,
    pub state: State,
    pub output: W,
    pub rejects: J,
    /// Told of every block, once it is written.
    pub journal: &'a mut dyn FnMut(&Step) -> Result<(), Error>,
}

impl<W: Write, J: Write> Run<'_, W, J> {
    /// Writes what stands before the first row.
    pub(crate) fn header(&mut self) -> Result<(), Error> {
        let mut packed = Vec::new();
        let header = if self.plan.gzip {
            pipeline::pack(&self.plan.header, &mut packed);
            &packed
        } else {
            &self.plan.header
        };
        self.output.write_all(header).map_err(|error| writing(&error))?;
        self.state.written = header.len() as u64;
        Ok(())
    }

    /// Scores all that is left in `reader`.
    pub(crate) fn go(&mut self, reader: Reader<'_>, watch: &mut dyn Watch) -> Result<(), Error> {
        let classifier = self.batch.judge();
        let model = classifier.model_id();
        let judge = |scratch: &mut crate::Scratch, title: Option<&str>, text: &str| {
            classifier.classify_titled(scratch, title, text)
        };
        let Self { batch, plan, read, state, output, rejects, journal } = self;
        let mut lines = Vec::new();
        pipeline::run(reader, (plan, &model, &judge), batch.threads(), &mut |block| {
            let scored = &block.scored;
            // Nothing is lost, or the run ends here.
            if scored.tally.scored() + scored.tally.rejected() != scored.rows {
                return Err(Error::new(ErrorKind::Input, "rows were miscounted: a defect of this program")
                    .row(state.position.rows + 1));
            }
            lines.clear();
            for reject in &scored.rejects {
                if batch.strict {
                    let place = reject.place(state.position);
                    return Err(Error::new(
                        ErrorKind::Input,
                        format!("{}: {}", reject.reason.as_str(), reject.message),
                    )
                    .line(place.lines)
                    .row(place.rows)
                    .byte(place.bytes));
                }
                reject.write(&mut lines, state.position, plan.charset);
            }
            rejects.write_all(&lines).map_err(|error| writing(&error))?;
            output.write_all(&block.out).map_err(|error| writing(&error))?;
            let Position { rows, lines: line, bytes } = state.position;
            let step = Step {
                position: Position {
                    rows: rows + scored.rows,
                    lines: line + scored.lines,
                    bytes: bytes + scored.bytes,
                },
                taken: state.taken + block.raw.len() as u64,
                written: state.written + block.out.len() as u64,
                rejected: state.rejected + lines.len() as u64,
                tally: scored.tally.clone(),
            };
            state.add(&step);
            journal(&step)?;
            let progress = Progress { bytes: read.load(Ordering::Relaxed), rows: state.position.rows };
            match watch.progress(progress) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(Error::new(ErrorKind::Stopped, "stopped")),
            }
        })?;
        output.flush().and_then(|()| rejects.flush()).map_err(|error| writing(&error))
    }
}

/// The error of an output that cannot be written.
pub(crate) fn writing(error: &io::Error) -> Error {
    let kind = if error.kind() == io::ErrorKind::BrokenPipe { ErrorKind::Closed } else { ErrorKind::Io };
    Error::new(kind, format!("cannot be written: {error}"))
}
