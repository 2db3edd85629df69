//! Splits the input into blocks at the ends of records.
//!
//! Where a block ends depends on the bytes alone, not on how they arrive or on the number of
//! threads.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::dialect::Dialect;
use super::records::{Next, RecordFormat};
use super::row_end::RowEnd;
use super::source::{Bytes, read_error};
use crate::error::{Error, ErrorKind};
use crate::input_file::size;

/// Maximum length of a block in bytes, unless a single record is longer.
pub(crate) const BLOCK: usize = 512 << 10;

/// Number of lines after an open quote that show whether the quote is stray.
const STRAY_QUOTE_ROWS: usize = 200;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Content {
    /// Complete records.
    #[default]
    Records,
    /// One line of a row without an end: a quote in it is never closed.
    Unterminated,
    /// A piece of a row that is longer than the maximum.
    Oversized {
        /// Whether it is the row's first piece.
        first: bool,
    },
}

/// The first record of a table.
pub(crate) struct Header {
    pub record: Vec<u8>,
    /// All bytes up to the end of its line, empty lines before it included.
    pub bytes: Vec<u8>,
}

/// Reads blocks.
pub(crate) struct Reader<'a> {
    bytes: Bytes<'a>,
    format: RecordFormat,
    /// Maximum length of a row, in bytes.
    limit: usize,
    /// Bytes that were read; those from `start` on have not been returned.
    pending: Vec<u8>,
    start: usize,
    ended: bool,
    /// The row being read in pieces, because it is too long.
    oversized: Option<RowEnd>,
    /// Number of columns; 0 if unknown.
    width: usize,
    /// Maximum number of rows in a block.
    max_rows: usize,
    /// Rows in the last block.
    rows: usize,
    /// Set when the run has ended.
    stop: Option<Arc<AtomicBool>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: Bytes<'a>, format: RecordFormat, limit: usize) -> Self {
        Self {
            bytes,
            format,
            limit,
            pending: Vec::new(),
            start: 0,
            ended: false,
            oversized: None,
            width: 0,
            max_rows: usize::MAX,
            rows: 0,
            stop: None,
        }
    }

    /// Makes reading fail once `stop` is set.
    pub(crate) fn stop_when(&mut self, stop: Arc<AtomicBool>) {
        self.stop = Some(stop);
    }

    /// Reads until `length` bytes are pending, or the input ends.
    fn fill(&mut self, length: usize) -> Result<(), Error> {
        if self.ended || self.pending.len() - self.start >= length {
            return Ok(());
        }
        self.pending.drain(..self.start);
        self.start = 0;
        if self.pending.capacity() > 8 * BLOCK && length <= 2 * BLOCK {
            self.pending.shrink_to(length);
        }
        while !self.ended && self.pending.len() < length {
            if self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)) {
                return Err(Error::new(ErrorKind::Stopped, "stopped"));
            }
            let kept = self.pending.len();
            self.pending.resize(length, 0);
            let read = self.bytes.read(&mut self.pending[kept..]);
            self.pending.truncate(kept + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(read) => self.ended = read == 0,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(read_error(error)),
            }
        }
        Ok(())
    }

    /// The next bytes of the input: at least `length`, or all that are left.
    pub(crate) fn peek(&mut self, length: usize) -> Result<&[u8], Error> {
        self.fill(length)?;
        Ok(&self.pending[self.start..])
    }

    /// Reads the next line, with its line end.
    pub(crate) fn line(&mut self) -> Result<Vec<u8>, Error> {
        self.fill(BLOCK)?;
        let pending = &self.pending[self.start..];
        // Delimited text ends lines in every usual way; the delimiter does not matter.
        let end = RecordFormat::Delimited(Dialect::new(b',')).line_end(pending);
        let line = pending[..end].to_vec();
        self.start += end;
        Ok(line)
    }

    /// Takes the bytes that are left, and leaves none.
    pub(crate) fn take_rest(&mut self) -> Bytes<'a> {
        let pending = self.pending.split_off(self.start);
        let rest = std::mem::replace(&mut self.bytes, Box::new(io::empty()));
        Box::new(io::Cursor::new(pending).chain(rest))
    }

    /// Replaces the bytes that are left, such as by their conversion.
    pub(crate) fn replace_rest(&mut self, bytes: Bytes<'a>) {
        self.bytes = bytes;
        self.pending.clear();
        (self.start, self.ended) = (0, false);
    }

    pub(crate) fn set_format(&mut self, format: RecordFormat) {
        self.format = format;
    }

    pub(crate) fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    /// Limits the number of rows in a block, to limit the size of its output.
    pub(crate) fn set_max_rows(&mut self, rows: usize) {
        self.max_rows = rows.max(1);
    }

    /// The number of rows in the last block, empty lines included.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Reads the header: the first record that is not empty.
    pub(crate) fn header(&mut self) -> Result<Option<Header>, Error> {
        let (mut bytes, mut length) = (Vec::new(), BLOCK);
        loop {
            self.fill(length)?;
            let pending = &self.pending[self.start..];
            match self.format.next(pending, 0, self.ended) {
                Next::Record { end, next } => {
                    let record = pending[..end].to_vec();
                    bytes.extend_from_slice(&pending[..next]);
                    self.start += next;
                    if end > 0 {
                        return Ok(Some(Header { record, bytes }));
                    }
                }
                Next::End => return Ok(None),
                Next::More if length < self.limit => length *= 2,
                Next::More => {
                    let message = format!("the header does not end within {}", size(self.limit as u64));
                    return Err(Error::new(ErrorKind::Input, message));
                }
                Next::Unclosed | Next::Broken { .. } => {
                    return Err(Error::new(ErrorKind::Input, "the header has a quote that is never closed"));
                }
            }
        }
    }

    /// Fills `block` with the next block; `None` when nothing is left.
    pub(crate) fn block(&mut self, block: &mut Vec<u8>) -> Result<Option<Content>, Error> {
        block.clear();
        self.rows = 1;
        if let Some(end) = self.oversized {
            return self.piece(block, end, false);
        }
        let mut length = BLOCK;
        loop {
            // One byte more shows whether a carriage return at the end is a line end by itself.
            self.fill(length + 1)?;
            let pending = &self.pending[self.start..];
            let (mut cut, mut rest, mut rows) = (0, Next::End, 0);
            while cut < BLOCK && rows < self.max_rows {
                // Only the first row of a block may be longer than a block.
                let max_end = if cut == 0 { self.limit.max(BLOCK) } else { BLOCK };
                match self.format.next(pending, cut, self.ended) {
                    Next::Record { next, .. } | Next::Broken { next } if next <= max_end => {
                        cut = next;
                        rows += 1;
                    }
                    found => {
                        rest = found;
                        break;
                    }
                }
            }
            if cut > 0 {
                block.extend_from_slice(&pending[..cut]);
                self.start += cut;
                self.rows = rows;
                return Ok(Some(Content::Records));
            }
            match rest {
                Next::End => return Ok(None),
                Next::More if length < self.limit => length = (2 * length).min(self.limit),
                // Only the line with the quote is rejected, not the rest of the file.
                Next::Unclosed | Next::Broken { .. } => return Ok(Some(self.unterminated(block))),
                Next::More if self.is_stray_quote() => return Ok(Some(self.unterminated(block))),
                // The row does not end within the limit.
                Next::More | Next::Record { .. } => return self.piece(block, RowEnd::new(self.format), true),
            }
        }
    }

    /// Reads the first line of a row with a quote that is not closed.
    fn unterminated(&mut self, block: &mut Vec<u8>) -> Content {
        let pending = &self.pending[self.start..];
        let end = self.format.line_end(pending);
        block.extend_from_slice(&pending[..end]);
        self.start += end;
        Content::Unterminated
    }

    /// Whether a quote that is still open at the limit is stray and encloses no field: more than half of
    /// the lines after it are rows of the table.
    fn is_stray_quote(&self) -> bool {
        let RecordFormat::Delimited(dialect) = self.format else { return false };
        let pending = &self.pending[self.start..];
        let (mut at, mut ranges) = (self.format.line_end(pending), Vec::new());
        let (mut rows, mut others) = (0, 0);
        while rows + others < STRAY_QUOTE_ROWS
            && let Next::Record { end, next } = self.format.next(pending, at, false)
        {
            dialect.fields(&pending[at..end], &mut ranges);
            if ranges.len() == self.width {
                rows += 1;
            } else {
                others += usize::from(end > at);
            }
            at = next;
        }
        self.width > 1 && rows > others
    }

    /// Reads a piece of a row that is too long, up to its end.
    fn piece(&mut self, block: &mut Vec<u8>, mut row: RowEnd, first: bool) -> Result<Option<Content>, Error> {
        self.fill(BLOCK)?;
        let pending = &self.pending[self.start..];
        let pending = &pending[..pending.len().min(BLOCK)];
        let end = row.find(pending);
        self.oversized = if end.is_some() || pending.is_empty() { None } else { Some(row) };
        block.extend_from_slice(&pending[..end.unwrap_or(pending.len())]);
        self.start += block.len();
        if block.is_empty() { self.block(block) } else { Ok(Some(Content::Oversized { first })) }
    }
}
