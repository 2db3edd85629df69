//! Cuts the input into blocks at the ends of records.
//!
//! Where a block ends depends on the bytes alone, not on how they arrive nor on the
//! number of jobs.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::input::{Bytes, reading};
use super::scan::{Found, Shape};
use crate::error::{Error, ErrorKind};

/// Bytes a block holds at most, unless one record alone is longer.
pub(crate) const BLOCK: usize = 512 << 10;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Whole records.
    Records,
    /// One line whose row has no end: a quote in it is never closed.
    Endless,
    /// A piece of a row that is longer than rows may be.
    Oversized {
        /// Whether it is the row's first piece.
        first: bool,
    },
}

/// The first record of a table.
pub(crate) struct Header {
    pub record: Vec<u8>,
    /// All bytes that were taken: blank lines before it, the record, its line end.
    pub taken: Vec<u8>,
}

/// Reads blocks.
pub(crate) struct Reader<'a> {
    bytes: Bytes<'a>,
    shape: Shape,
    /// Longest row, in bytes.
    limit: usize,
    /// What has been read and not yet given out, from `start`.
    pending: Vec<u8>,
    start: usize,
    ended: bool,
    /// Within a row that is too long.
    oversized: bool,
    /// Set when nobody waits for more.
    stop: Option<Arc<AtomicBool>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: Bytes<'a>, shape: Shape, limit: usize) -> Self {
        Self { bytes, shape, limit, pending: Vec::new(), start: 0, ended: false, oversized: false, stop: None }
    }

    /// Makes reading end once `stop` is set.
    pub(crate) fn stop_when(&mut self, stop: Arc<AtomicBool>) {
        self.stop = Some(stop);
    }

    /// Reads on until `length` bytes are pending, or the input ends.
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
                Err(error) => return Err(reading(&error)),
            }
        }
        Ok(())
    }

    /// The beginning of the input, at least `length` bytes where there are so many.
    pub(crate) fn peek(&mut self, length: usize) -> Result<&[u8], Error> {
        self.fill(length)?;
        Ok(&self.pending[self.start..])
    }

    pub(crate) fn set_shape(&mut self, shape: Shape) {
        self.shape = shape;
    }

    /// Takes the first record and its line end, blank ones passed over: the header.
    pub(crate) fn header(&mut self) -> Result<Option<Header>, Error> {
        let (mut taken, mut length) = (Vec::new(), BLOCK);
        loop {
            self.fill(length)?;
            let pending = &self.pending[self.start..];
            match self.shape.record(pending, 0, self.ended) {
                Found::Record { end, next } => {
                    let record = pending[..end].to_vec();
                    taken.extend_from_slice(&pending[..next]);
                    self.start += next;
                    if end > 0 {
                        return Ok(Some(Header { record, taken }));
                    }
                }
                Found::End => return Ok(None),
                Found::More if length < self.limit => length *= 2,
                Found::More | Found::Unclosed => {
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
            // One byte more, so that a block can end with a carriage return.
            self.fill(length + 1)?;
            let pending = &self.pending[self.start..];
            let (mut cut, mut rest) = (0, Found::End);
            while cut < BLOCK {
                match self.shape.record(pending, cut, self.ended) {
                    Found::Record { next, .. } if next <= if cut == 0 { self.limit.max(BLOCK) } else { BLOCK } => {
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
                Found::End => return Ok(None),
                Found::More if length < self.limit => length = (2 * length).min(self.limit),
                // The row has no end within reach. A quote that is never closed would take
                // the rest of the file with it: its line is set aside, and reading goes on
                // with the next.
                Found::Unclosed | Found::More | Found::Record { .. } => {
                    let end = self.shape.line_end(pending);
                    if end < pending.len() || self.ended {
                        block.extend_from_slice(&pending[..end]);
                        self.start += end;
                        return Ok(Some(Content::Endless));
                    }
                    return self.piece(block, true);
                }
            }
        }
    }

    /// A piece of a row that is too long, up to its line end.
    fn piece(&mut self, block: &mut Vec<u8>, first: bool) -> Result<Option<Content>, Error> {
        self.fill(BLOCK + 1)?;
        let pending = &self.pending[self.start..];
        let end = self.shape.line_end(pending).min(if self.ended { pending.len() } else { BLOCK });
        block.extend_from_slice(&pending[..end]);
        self.oversized = end > 0 && !matches!(block.last(), Some(b'\n' | b'\r'));
        self.start += end;
        if end == 0 { self.block(block) } else { Ok(Some(Content::Oversized { first })) }
    }
}
