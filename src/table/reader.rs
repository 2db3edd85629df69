//! Splits the input into blocks at the ends of records.
//!
//! Where a block ends depends on the bytes alone, not on how they arrive nor on the
//! number of jobs.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::records::{Dialect, Next, RecordFormat};
use super::source::{Bytes, read_error};
use crate::error::{Error, ErrorKind};

/// Maximum length of a block in bytes, unless a single record is longer.
pub(crate) const BLOCK: usize = 512 << 10;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Complete records.
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
    /// All bytes up to and with its line end.
    pub bytes: Vec<u8>,
}

/// Reads blocks.
pub(crate) struct Reader<'a> {
    bytes: Bytes<'a>,
    format: RecordFormat,
    /// Maximum length of a row, in bytes.
    limit: usize,
    /// What has been read; from `start` on, not yet returned.
    pending: Vec<u8>,
    start: usize,
    ended: bool,
    /// Whether a row that is too long is being read.
    oversized: bool,
    /// Set when the run has ended.
    stop: Option<Arc<AtomicBool>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: Bytes<'a>, format: RecordFormat, limit: usize) -> Self {
        Self { bytes, format, limit, pending: Vec::new(), start: 0, ended: false, oversized: false, stop: None }
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
        let end = RecordFormat::Delimited(Dialect::new(b',')).line_end(pending);
        let line = pending[..end].to_vec();
        self.start += end;
        Ok(line)
    }

    /// Puts a conversion in the place of the bytes that are left.
    pub(crate) fn convert(&mut self, convert: impl FnOnce(Bytes<'a>) -> Bytes<'a>) {
        let pending = self.pending.split_off(self.start);
        let rest = std::mem::replace(&mut self.bytes, Box::new(io::empty()));
        self.bytes = convert(Box::new(io::Cursor::new(pending).chain(rest)));
        self.pending.clear();
        (self.start, self.ended) = (0, false);
    }

    pub(crate) fn set_format(&mut self, format: RecordFormat) {
        self.format = format;
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
                Next::More | Next::Unclosed | Next::Broken { .. } => {
                    return Err(Error::new(ErrorKind::Input, "the header has a quote that is never closed"));
                }
            }
        }
    }

    /// Fills `block` with the next block; `None` when nothing is left.
    pub(crate) fn block(&mut self, block: &mut Vec<u8>) -> Result<Option<Content>, Error> {
        block.clear();
        if self.oversized {
            return self.piece(block, false);
        }
        let mut length = BLOCK;
        loop {
            // One byte more shows whether a carriage return at the end is a line end by itself.
            self.fill(length + 1)?;
            let pending = &self.pending[self.start..];
            let (mut cut, mut rest) = (0, Next::End);
            while cut < BLOCK {
                match self.format.next(pending, cut, self.ended) {
                    Next::Record { next, .. } | Next::Broken { next }
                        if next <= if cut == 0 { self.limit.max(BLOCK) } else { BLOCK } =>
                    {
                        cut = next;
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
                return Ok(Some(Content::Records));
            }
            match rest {
                Next::End => return Ok(None),
                Next::More if length < self.limit => length = (2 * length).min(self.limit),
                // The row does not end within the limit. So that a quote that is never closed
                // does not consume the rest of the file, only its line is rejected.
                Next::Unclosed | Next::More | Next::Record { .. } | Next::Broken { .. } => {
                    let end = self.format.line_end(pending);
                    if end < pending.len() || self.ended {
                        block.extend_from_slice(&pending[..end]);
                        self.start += end;
                        return Ok(Some(Content::Unterminated));
                    }
                    return self.piece(block, true);
                }
            }
        }
    }

    /// Reads a piece of a row that is too long, up to its line end.
    fn piece(&mut self, block: &mut Vec<u8>, first: bool) -> Result<Option<Content>, Error> {
        self.fill(BLOCK + 1)?;
        let pending = &self.pending[self.start..];
        let end = self.format.line_end(pending).min(if self.ended { pending.len() } else { BLOCK });
        block.extend_from_slice(&pending[..end]);
        self.oversized = end > 0 && !matches!(block.last(), Some(b'\n' | b'\r'));
        self.start += end;
        if end == 0 { self.block(block) } else { Ok(Some(Content::Oversized { first })) }
    }
}
