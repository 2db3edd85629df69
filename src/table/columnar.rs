//! Reads a Parquet file as JSON Lines.

use std::fs::File;
use std::io::{self, Read};

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::reader::RowIter;

use crate::error::{Error, ErrorKind};

/// The rows of a Parquet file as lines of JSON, a row group at a time.
pub(crate) struct Rows {
    file: SerializedFileReader<File>,
    next_group: usize,
    lines: Vec<u8>,
    written: usize,
}

/// Opens a Parquet file. It is read from its end, so a stream is first copied to a
/// temporary file.
///
/// # Errors [`ErrorKind::Input`] for a file that is not a Parquet file.
pub(crate) fn open(mut bytes: impl Read) -> Result<Rows, Error> {
    let mut copy = tempfile::tempfile().map_err(super::source::read_error)?;
    io::copy(&mut bytes, &mut copy).map_err(super::source::read_error)?;
    let file = SerializedFileReader::new(copy).map_err(|error| {
        Error::new(ErrorKind::Input, format!("is not a readable Parquet file: {error}")).cause(error)
    })?;
    Ok(Rows { file, next_group: 0, lines: Vec::new(), written: 0 })
}

impl Rows {
    fn read_group(&mut self) -> Result<(), parquet::errors::ParquetError> {
        let group = self.file.get_row_group(self.next_group)?;
        self.next_group += 1;
        for row in RowIter::from_row_group(None, &*group)? {
            self.lines.extend_from_slice(row?.to_json_value().to_string().as_bytes());
            self.lines.push(b'\n');
        }
        Ok(())
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.written == self.lines.len() {
            self.lines.clear();
            self.written = 0;
            if self.next_group == self.file.num_row_groups() {
                return Ok(0);
            }
            self.read_group().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        }
        let length = buffer.len().min(self.lines.len() - self.written);
        buffer[..length].copy_from_slice(&self.lines[self.written..self.written + length]);
        self.written += length;
        Ok(length)
    }
}
