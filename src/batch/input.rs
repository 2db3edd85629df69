//! Opening the input: unpacked, decoded where it must be, its beginning looked at.

use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ruzstd::decoding::StreamingDecoder;

use super::encoding::{Charset, Utf16};
use super::format::{Packing, packing_of_magic};
use crate::error::{Error, ErrorKind};

/// How much of the beginning is looked at to find out encoding, format and columns.
pub(crate) const SAMPLE: usize = 256 << 10;

/// A stream of bytes, wherever it comes from.
pub(crate) type Bytes<'a> = Box<dyn Read + Send + 'a>;

/// An input that has been opened, unpacked, and decoded when it is UTF-16.
pub(crate) struct Opened<'a> {
    /// The bytes that records are cut from, byte order mark taken off.
    pub bytes: Bytes<'a>,
    pub charset: Charset,
    /// Length of the byte order mark, in bytes of the input.
    pub mark: u64,
    /// Bytes read so far, as they lie in the file: what progress is told by.
    pub read: Arc<AtomicU64>,
}

/// Unpacks `bytes` and finds out its encoding, unless `label` gives it.
pub(crate) fn open<'a>(bytes: impl Read + Send + 'a, label: Option<&str>) -> Result<Opened<'a>, Error> {
    let named = label.map(Charset::named).transpose()?;
    let read = Arc::new(AtomicU64::new(0));
    let mut bytes: Bytes<'a> = Box::new(Counted { inner: bytes, read: Arc::clone(&read) });
    let magic = beginning(&mut bytes, 4)?;
    let packing = packing_of_magic(&magic);
    let bytes: Bytes<'a> = Box::new(Cursor::new(magic).chain(bytes));
    let mut bytes: Bytes<'a> = match packing {
        Packing::Plain => bytes,
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(64 << 10, bytes))),
        Packing::Zstd => Box::new(Zstd { source: Some(BufReader::with_capacity(64 << 10, bytes)), frame: None }),
    };
    let mut sample = beginning(&mut bytes, SAMPLE)?;
    let mark = Charset::of_mark(&sample);
    let charset = named.or(mark.map(|(charset, _)| charset)).unwrap_or_else(|| Charset::guess(&sample));
    // A mark of another encoding than the one asked for is text like any other.
    let mark = mark.filter(|(of, _)| *of == charset || matches!(charset, Charset::SingleByte(_))).map_or(0, |m| m.1);
    sample.drain(..mark);
    let bytes: Bytes<'a> = Box::new(Cursor::new(sample).chain(bytes));
    let bytes = if charset.is_wide() { Box::new(Utf16::new(bytes, charset)) } else { bytes };
    Ok(Opened { bytes, charset, mark: mark as u64, read })
}

/// Reads `length` bytes, or all there are.
fn beginning(bytes: &mut Bytes<'_>, length: usize) -> Result<Vec<u8>, Error> {
    let mut buffer = Vec::with_capacity(length);
    bytes.take(length as u64).read_to_end(&mut buffer).map_err(|error| reading(&error))?;
    Ok(buffer)
}

/// The error of an input that cannot be read.
pub(crate) fn reading(error: &io::Error) -> Error {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        io::ErrorKind::UnexpectedEof => "ends too early: the compressed file is cut off".to_owned(),
        _ => format!("cannot be read: {error}"),
    };
    Error::new(ErrorKind::Io, message)
}

struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// All frames of a Zstandard file, one after the other.
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
