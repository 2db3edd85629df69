//! Opens an input: decompression, conversion and encoding.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::TableOptions;
use super::format::Format;
use crate::error::{Error, ErrorKind};
use crate::input_file::up_to;
use crate::read::charset::Charset;
use crate::read::kind::FileKind;
use crate::read::unpack::{Unpacked, take_beginning, unpack};
use crate::read::utf16::Utf16;

pub(crate) use crate::input_file::read_error;
pub(crate) use crate::read::unpack::{Bytes, SAMPLE};

/// An opened input, decompressed, and decoded if it is UTF-16.
pub(crate) struct Input<'a> {
    /// The bytes after the byte order mark.
    pub bytes: Bytes<'a>,
    pub charset: Charset,
    /// Length of the byte order mark, in bytes of the input.
    pub bom_length: u64,
    /// Bytes read so far, before decompression.
    pub bytes_read: Arc<AtomicU64>,
    /// The format that a workbook or Parquet file was converted to.
    pub converted: Option<Format>,
    /// Messages on what was detected.
    pub notes: Vec<String>,
}

/// Decompresses `bytes`, converts workbooks and Parquet files, and detects the encoding,
/// unless the options name it.
pub(crate) fn open<'a>(bytes: impl Read + Send + 'a, options: &TableOptions) -> Result<Input<'a>, Error> {
    let named = options.encoding.as_deref().map(|label| Charset::from_label(label)?.for_table()).transpose()?;
    let bytes_read = Arc::new(AtomicU64::new(0));
    let bytes = CountingReader { inner: bytes, read: Arc::clone(&bytes_read) };
    let Unpacked { mut bytes, sample, kind, .. } = unpack(bytes)?;
    if let Some(sheet) = options.sheet.as_ref().filter(|_| !matches!(kind, FileKind::Xlsx | FileKind::Ods)) {
        return Err(Error::new(ErrorKind::Input, format!("is no workbook, so it has no sheet '{sheet}'"))
            .hint("only .xlsx and .ods files have sheets"));
    }
    if named.is_none() && !matches!(kind, FileKind::Text | FileKind::Html | FileKind::Mail) {
        #[cfg(not(any(feature = "excel", feature = "parquet")))]
        return Err(kind.refusal());
        #[cfg(any(feature = "excel", feature = "parquet"))]
        return super::convert::convert(bytes, kind, options, &bytes_read).map(|(bytes, format, note)| {
            let (charset, notes) = (Charset::Utf8, note.into_iter().collect());
            Input { bytes, charset, bom_length: 0, bytes_read, converted: Some(format), notes }
        });
    }
    if named.is_none() {
        Charset::refuse_utf32(&sample)?;
    }
    let bom = Charset::from_bom(&sample);
    let charset = named.or(bom.map(|(charset, _)| charset)).unwrap_or_else(|| Charset::detect(&sample)).for_table()?;
    // The mark of another encoding than the one given is text. A single-byte encoding has no mark, so any is
    // skipped: it would become part of the first column's name.
    let bom = bom.filter(|(of, _)| *of == charset || matches!(charset, Charset::SingleByte(_))).map_or(0, |m| m.1);
    take_beginning(&mut bytes, bom)?;
    let bytes = if charset.is_utf16() { Box::new(Utf16::new(bytes, charset)) } else { bytes };
    let mut notes = Vec::new();
    if named.is_none() && charset != Charset::Utf8 {
        notes.push(format!("encoding: {}", charset.name()));
    }
    Ok(Input { bytes, charset, bom_length: bom as u64, bytes_read, converted: None, notes })
}

/// Reads an input of at most `max` bytes whole.
pub(crate) fn read_whole(bytes: impl Read, max: usize) -> Result<Vec<u8>, Error> {
    up_to(bytes, max as u64)?.ok_or_else(|| super::too_large(max))
}

struct CountingReader<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
