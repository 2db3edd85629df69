//! One run: takes blocks from the pipeline and writes their rows in order.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Batch;
use super::output::paths::write_error;
use super::output::rejects::{Offset, Position};
use super::pipeline::{self, Block};
use super::plan::Plan;
use super::report::stats::Stats;
use crate::error::{Error, ErrorKind};
use crate::table::reader::Reader;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes read from the input, before decompression.
    pub bytes: u64,
    /// Rows written or rejected.
    pub rows: u64,
}

/// Receives notes and progress of a run. `()` ignores both.
pub trait Observer {
    /// Something that was detected, not set: an encoding, a column.
    fn note(&mut self, message: &str) {
        let _ = message;
    }

    /// Called after each block and at the end. [`ControlFlow::Break`] stops the run with
    /// [`ErrorKind::Stopped`].
    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let _ = progress;
        ControlFlow::Continue(())
    }
}

impl Observer for () {}

/// The state of the input before the first row is read.
pub(crate) struct Start {
    /// Bytes read from the source, before decompression. The reader keeps counting.
    pub bytes_read: Arc<AtomicU64>,
    /// What is before the first row.
    pub offset: Offset,
}

/// A run in progress.
pub(crate) struct Run<'a, W, J> {
    batch: &'a Batch,
    plan: &'a Plan,
    bytes_read: Arc<AtomicU64>,
    /// What is before the next block.
    offset: Offset,
    pub bytes_written: u64,
    /// Whether the output is an array that has an item already, so that the next one needs a comma.
    has_items: bool,
    pub stats: Stats,
    pub output: W,
    pub rejects: J,
    /// The names of the output and of the rejects in errors.
    pub output_path: Option<&'a Path>,
    pub rejects_path: Option<&'a Path>,
}

impl<'a, W: Write, J: Write> Run<'a, W, J> {
    pub(crate) fn new(batch: &'a Batch, plan: &'a Plan, start: Start, output: W, rejects: J) -> Self {
        let Start { bytes_read, offset } = start;
        Self {
            batch,
            plan,
            bytes_read,
            offset,
            bytes_written: 0,
            has_items: false,
            stats: Stats::default(),
            output,
            rejects,
            output_path: None,
            rejects_path: None,
        }
    }

    /// Writes the header of a table, or the beginning of an array.
    pub(crate) fn write_header(&mut self) -> Result<(), Error> {
        self.compress_and_write(&self.plan.header)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.output.write_all(bytes).map_err(|error| write_error(error, self.output_path))?;
        self.bytes_written += bytes.len() as u64;
        Ok(())
    }

    fn compress_and_write(&mut self, plain: &[u8]) -> Result<(), Error> {
        if !self.plan.gzip {
            return self.write(plain);
        }
        let mut compressed = Vec::new();
        pipeline::gzip_member(plain, &mut compressed);
        self.write(&compressed)
    }

    /// Writes rows, an object per line, as items of an array.
    fn write_items(&mut self, rows: &[u8]) -> Result<(), Error> {
        let mut items = Vec::with_capacity(rows.len() + 64);
        for row in rows.split(|&byte| byte == b'\n').filter(|row| !row.is_empty()) {
            items.extend_from_slice(if self.has_items { b",\n" } else { b"\n" });
            items.extend_from_slice(row);
            self.has_items = true;
        }
        self.compress_and_write(&items)
    }

    /// Classifies and writes all rows of `reader`.
    pub(crate) fn classify_rows(&mut self, reader: Reader<'_>, observer: &mut dyn Observer) -> Result<(), Error> {
        let classifier = self.batch.row_classifier();
        let model = classifier.model_id();
        let classify = |scratch: &mut crate::Scratch, title: Option<&str>, text: &str| {
            classifier.classify_with(scratch, title, text)
        };
        let (plan, limits) = (self.plan, (self.batch.threads(), self.plan.max_memory));
        let mut rejects = Vec::new();
        pipeline::run(reader, (plan, model, &classify), limits, &mut |block| {
            self.write_block(block, &mut rejects)?;
            self.report_progress(observer)
        })?;
        // An interrupt also ends a program that pipes the input, which then looks complete.
        self.report_progress(observer)?;
        if self.plan.array {
            self.compress_and_write(b"\n]\n")?;
        }
        self.output.flush().map_err(|error| write_error(error, self.output_path))?;
        self.rejects.flush().map_err(|error| write_error(error, self.rejects_path))
    }

    fn report_progress(&self, observer: &mut dyn Observer) -> Result<(), Error> {
        let rows = self.offset.rows;
        match observer.progress(Progress { bytes: self.bytes_read.load(Ordering::Relaxed), rows }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::new(ErrorKind::Stopped, format!("stopped after row {rows}"))),
        }
    }

    fn write_block(&mut self, block: &Block, rejects: &mut Vec<u8>) -> Result<(), Error> {
        let result = &block.result;
        if result.stats.rows() + result.stats.rejects() != result.rows {
            let error = Error::new(ErrorKind::Input, "rows were miscounted; please report this bug");
            return Err(error.row(self.offset.rows + 1));
        }
        rejects.clear();
        for reject in &result.rejects {
            if self.batch.strict {
                let Position { row, line, byte } = reject.position(self.offset);
                let message = format!("{}: {}", reject.reason.as_str(), reject.message);
                let error = Error::new(ErrorKind::Input, message).row(row);
                return Err(if self.plan.converted { error } else { error.line(line).byte(byte) });
            }
            reject.write(rejects, self.offset, self.plan.charset, self.plan.converted);
        }
        self.rejects.write_all(rejects).map_err(|error| write_error(error, self.rejects_path))?;
        if self.plan.array {
            self.write_items(&block.output)?;
        } else {
            self.write(&block.output)?;
        }
        self.stats.merge(&result.stats, self.offset.rows);
        self.offset.rows += result.rows;
        self.offset.lines += result.lines;
        self.offset.bytes += result.bytes;
        Ok(())
    }
}
