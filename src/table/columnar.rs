//! Reads a Parquet file as JSON Lines.

use std::io::{self, Cursor, Read};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::reader::RowIter;

use crate::error::{Error, ErrorKind};

/// The rows of a Parquet file as lines of JSON, one at a time.
pub(crate) struct Rows {
    rows: RowIter<'static>,
    line: Cursor<String>,
}

/// Memory in bytes that an open column takes, measured.
const PER_COLUMN: usize = 48 << 10;

/// Opens a Parquet file whose columns take at most `max_memory` bytes. It is read from its end, so
/// a stream is first copied to a temporary file.
///
/// # Errors
/// [`ErrorKind::Input`] for a file that is not a Parquet file, or has too many columns.
pub(crate) fn open(mut bytes: impl Read, max_memory: usize) -> Result<Rows, Error> {
    let mut copy = tempfile::tempfile().map_err(super::source::read_error)?;
    io::copy(&mut bytes, &mut copy).map_err(super::source::read_error)?;
    let file = SerializedFileReader::new(copy).map_err(|error| {
        Error::new(ErrorKind::Input, format!("is not a readable Parquet file: {error}")).cause(error)
    })?;
    let columns = file.metadata().file_metadata().schema_descr().num_columns();
    if columns.saturating_mul(PER_COLUMN) > max_memory {
        return Err(Error::new(ErrorKind::Input, format!("has {columns} columns, too many for the memory"))
            .hint("--max-memory raises the limit"));
    }
    Ok(Rows { rows: file.into_iter(), line: Cursor::default() })
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.line.position() == self.line.get_ref().len() as u64 {
            let Some(row) = self.rows.next() else { return Ok(0) };
            let damaged =
                |error| io::Error::new(io::ErrorKind::InvalidData, format!("the Parquet file is damaged: {error}"));
            self.line = Cursor::new(format!("{}\n", row.map_err(damaged)?.to_json_value()));
        }
        self.line.read(buffer)
    }
}
