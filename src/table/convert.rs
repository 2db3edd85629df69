//! Converts tables in binary formats, workbooks and Parquet files, to text.
//!
//! The crates that read them unpack parts of a file whole, whatever those unpack to, and may overflow the
//! stack or never end over a damaged one. So the program lets a process of its own read them, within limits
//! that the system enforces.
#![cfg_attr(
    not(all(feature = "excel", feature = "parquet")),
    allow(unused_mut, unused_variables, reason = "for the other kind")
)]

use std::fs::File;
use std::io::{self, Cursor, Read as _, Seek as _, Write};
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::process::{Arguments, COMMAND, EXPECTED};
use super::TableOptions;
use super::format::Format;
use super::source::{Bytes, read_error};
use crate::error::{Error, ErrorKind};
use crate::read::kind::FileKind;

mod process;

/// A table that is converted as it is read.
enum Source {
    #[cfg(feature = "excel")]
    Workbook(super::workbook::Workbook),
    #[cfg(feature = "parquet")]
    Parquet(Box<super::columnar::Rows>),
}

impl Source {
    fn open(file: File, kind: FileKind, sheet: Option<&str>, max: usize) -> Result<Self, Error> {
        match kind {
            #[cfg(feature = "excel")]
            FileKind::Xlsx | FileKind::Ods => super::workbook::open(file, kind, sheet, max).map(Self::Workbook),
            #[cfg(feature = "parquet")]
            FileKind::Parquet => super::columnar::open(file, max).map(|rows| Self::Parquet(Box::new(rows))),
            _ => Err(kind.refusal()),
        }
    }

    /// What is to be said about it, or nothing.
    fn note(&self) -> String {
        match self {
            #[cfg(feature = "excel")]
            Self::Workbook(workbook) => format!("sheet: '{}'", workbook.name),
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => String::new(),
        }
    }

    fn write(&mut self, out: &mut dyn Write) -> Result<(), Error> {
        match self {
            #[cfg(feature = "excel")]
            Self::Workbook(workbook) => workbook.write(out),
            #[cfg(feature = "parquet")]
            Self::Parquet(rows) => io::copy(rows, out).map(drop).map_err(read_error),
        }
    }

    /// The table, of at most `max` bytes if it is not read as needed.
    fn into_bytes(mut self, max: usize) -> Result<Bytes<'static>, Error> {
        match self {
            #[cfg(feature = "parquet")]
            Self::Parquet(rows) => Ok(rows),
            #[cfg(feature = "excel")]
            Self::Workbook(_) => {
                let mut text = Text { bytes: Vec::new(), max, is_full: false };
                match self.write(&mut text) {
                    Err(_) if text.is_full => Err(super::too_large(max)),
                    result => result.map(|()| Box::new(Cursor::new(text.bytes)) as Bytes<'static>),
                }
            }
        }
    }
}

/// A text of at most `max` bytes; writing more is an error.
struct Text {
    bytes: Vec<u8>,
    max: usize,
    is_full: bool,
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_full |= bytes.len() > self.max - self.bytes.len();
        if self.is_full {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Processor time in seconds that the process may take, and one for each megabyte of the file.
const SECONDS: u64 = 20;

/// A copy in a temporary file, as both kinds are read from their end; `None` if there are more than `most`
/// bytes.
fn copy(bytes: &mut Bytes<'_>, most: u64) -> Result<Option<File>, Error> {
    let failed = |error: io::Error| {
        let folder = std::env::temp_dir();
        let message = format!("cannot be copied to the temporary folder '{}': {error}", folder.display());
        Error::new(ErrorKind::Io, message).cause(error)
    };
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut buffer = vec![0; 64 << 10];
    let mut left = most;
    loop {
        let read = match bytes.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(read_error)?,
        };
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        let Some(rest) = left.checked_sub(read as u64) else { return Ok(None) };
        left = rest;
        file.write_all(part).map_err(failed)?;
    }
    file.rewind().map_err(failed)?;
    Ok(Some(file))
}

/// The table as text, with its new format and, if there is one, a note. `bytes_read` is the length of the
/// input that was read, before decompression.
///
/// # Errors
/// The format is not read, or its feature is not enabled; the file is damaged or too large.
pub(super) fn convert(
    mut bytes: Bytes<'_>,
    kind: FileKind,
    options: &TableOptions,
    bytes_read: &AtomicU64,
) -> Result<(Bytes<'static>, Format, Option<String>), Error> {
    let max = options.max_memory_bytes / 2;
    let format = match kind {
        FileKind::Xlsx | FileKind::Ods if cfg!(feature = "excel") => Format::Csv,
        FileKind::Parquet if cfg!(feature = "parquet") => Format::JsonLines,
        _ => return Err(kind.refusal()),
    };
    // An unpacked workbook has a maximum, so a packed one has it, too. A Parquet file may have any length.
    let most = if kind == FileKind::Parquet { u64::MAX } else { max as u64 };
    let file = copy(&mut bytes, most)?.ok_or_else(|| super::too_large(max))?;
    let (bytes, note) = if let Some(program) = &options.converter {
        // A compressed file could unpack to any length, so the time is by what was given.
        let seconds = SECONDS + (bytes_read.load(Ordering::Relaxed) >> 20);
        process::start(program, file, &Arguments { kind, max_memory: max, seconds, sheet: options.sheet.clone() })?
    } else {
        let source = Source::open(file, kind, options.sheet.as_deref(), max)?;
        let note = source.note();
        (source.into_bytes(max)?, note)
    };
    Ok((bytes, format, Some(note).filter(|note| !note.is_empty())))
}

/// What the process does: opens `file` and writes a line with the note, as JSON, and then the table.
///
/// # Errors
/// The file cannot be read, or `out` not written.
pub fn run(arguments: &Arguments, file: File, out: &mut dyn Write) -> Result<(), Error> {
    let mut source = Source::open(file, arguments.kind, arguments.sheet.as_deref(), arguments.max_memory)?;
    let line = serde_json::Value::from(source.note());
    writeln!(out, "{line}").map_err(read_error)?;
    source.write(out)?;
    out.flush().map_err(read_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_a_maximum() {
        let mut text = Text { bytes: Vec::new(), max: 5, is_full: false };
        assert!(text.write_all(b"abc").is_ok() && text.write_all(b"de").is_ok() && !text.is_full);
        assert!(text.write_all(b"f").is_err() && text.is_full);
        assert_eq!(text.bytes, b"abcde");
    }
}
