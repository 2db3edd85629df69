//! Opens an input: decompression and encoding.

use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ruzstd::decoding::StreamingDecoder;

use super::encoding::{Charset, Utf16};
use super::format::Compression;
use crate::error::{Error, ErrorKind};

/// Bytes at the beginning from which encoding, format and columns are detected.
pub(crate) const SAMPLE: usize = 256 << 10;

/// A stream of bytes.
pub(crate) type Bytes<'a> = Box<dyn Read + Send + 'a>;

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
    let named = label.map(Charset::from_label).transpose()?;
    let read = Arc::new(AtomicU64::new(0));
    let mut bytes: Bytes<'a> = Box::new(CountingReader { inner: bytes, read: Arc::clone(&read) });
    let magic = beginning(&mut bytes, 4)?;
    let compression = Compression::from_magic(&magic);
    let bytes: Bytes<'a> = Box::new(Cursor::new(magic).chain(bytes));
    let mut bytes: Bytes<'a> = match compression {
        Compression::Plain => bytes,
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(64 << 10, bytes))),
        Compression::Zstd => Box::new(Zstd { source: Some(BufReader::with_capacity(64 << 10, bytes)), frame: None }),
    };
    let mut sample = beginning(&mut bytes, SAMPLE)?;
    let bom = Charset::from_bom(&sample);
    let charset = named.or(bom.map(|(charset, _)| charset)).unwrap_or_else(|| Charset::detect(&sample));
    // The mark of another encoding than the one given is ordinary text.
    let bom = bom.filter(|(of, _)| *of == charset || matches!(charset, Charset::SingleByte(_))).map_or(0, |m| m.1);
    sample.drain(..bom);
    let bytes: Bytes<'a> = Box::new(Cursor::new(sample).chain(bytes));
    let bytes = if charset.is_utf16() { Box::new(Utf16::new(bytes, charset)) } else { bytes };
    Ok(Input { bytes, charset, bom_length: bom as u64, bytes_read: read })
}

/// Reads up to `length` bytes.
fn beginning(bytes: &mut Bytes<'_>, length: usize) -> Result<Vec<u8>, Error> {
    let mut buffer = Vec::with_capacity(length);
    bytes.take(length as u64).read_to_end(&mut buffer).map_err(read_error)?;
    Ok(buffer)
}

/// The error of an input that cannot be read.
pub(crate) fn read_error(error: io::Error) -> Error {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "no such file",
        io::ErrorKind::IsADirectory => "is a directory",
        io::ErrorKind::UnexpectedEof => "ends too early: the compressed file is cut off",
        _ => return Error::new(ErrorKind::Io, format!("cannot be read: {error}")).cause(error),
    };
    Error::new(ErrorKind::Io, message)
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

/// All frames of a Zstandard file.
struct Zstd<R: Read> {
    /// The source between frames.
    source: Option<R>,
    frame: Option<Box<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>>,
}

impl<R: io::BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
            }
            if let Some(frame) = self.frame.take() {
                self.source = Some(frame.into_inner());
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            if source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            match StreamingDecoder::new(source) {
                Ok(frame) => self.frame = Some(Box::new(frame)),
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
            }
        }
    }
}
