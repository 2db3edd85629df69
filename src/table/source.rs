//! Opens an input: decompression and encoding.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;
use crate::read::charset::Charset;
use crate::read::kind::FileKind;
use crate::read::unpack::{Unpacked, beginning, unpack};
use crate::read::utf16::Utf16;

pub(crate) use crate::read::unpack::{Bytes, SAMPLE, read_error};

/// An opened input, decompressed, and decoded if it is UTF-16.
pub(crate) struct Input<'a> {
    /// The bytes after the byte order mark.
    pub bytes: Bytes<'a>,
    pub charset: Charset,
    /// Length of the byte order mark, in bytes of the input.
    pub bom_length: u64,
    /// Bytes read so far, before decompression.
    pub bytes_read: Arc<AtomicU64>,
}

/// Decompresses `bytes` and detects the encoding, unless `label` names it.
pub(crate) fn open<'a>(bytes: impl Read + Send + 'a, label: Option<&str>) -> Result<Input<'a>, Error> {
    let named = label.map(|label| Charset::from_label(label)?.of_table()).transpose()?;
    let read = Arc::new(AtomicU64::new(0));
    let Unpacked { mut bytes, sample, kind, .. } = unpack(CountingReader { inner: bytes, read: Arc::clone(&read) })?;
    if !matches!(kind, FileKind::Text | FileKind::Html | FileKind::Mail) && named.is_none() {
        return Err(kind.refusal());
    }
    if named.is_none() {
        Charset::refuse_utf32(&sample)?;
    }
    let bom = Charset::from_bom(&sample);
    let charset = named.or(bom.map(|(charset, _)| charset)).unwrap_or_else(|| Charset::detect(&sample)).of_table()?;
    // The mark of another encoding than the one given is ordinary text.
    let bom = bom.filter(|(of, _)| *of == charset || matches!(charset, Charset::SingleByte(_))).map_or(0, |m| m.1);
    beginning(&mut bytes, bom)?;
    let bytes = if charset.is_utf16() { Box::new(Utf16::new(bytes, charset)) } else { bytes };
    Ok(Input { bytes, charset, bom_length: bom as u64, bytes_read: read })
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
