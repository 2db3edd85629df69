//! Decompresses a stream.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::kind::FileKind;
use crate::error::Error;
use crate::input_file::read_error;

/// Bytes at the beginning by which the kind and the encoding of a file are detected.
pub(crate) const SAMPLE: usize = 256 << 10;

/// A stream of bytes.
pub(crate) type Bytes<'a> = Box<dyn Read + Send + 'a>;

/// An opened file, decompressed.
pub(crate) struct Unpacked<'a> {
    /// All bytes, those of [`Self::sample`] included.
    pub bytes: Bytes<'a>,
    /// The first [`SAMPLE`] bytes, or all.
    pub sample: Vec<u8>,
    /// What the sample shows.
    pub kind: FileKind,
    /// The compression that was removed.
    pub packing: Option<FileKind>,
}

/// Decompresses `bytes` if they are gzip or Zstandard, and detects the kind of the content.
pub(crate) fn unpack<'a>(bytes: impl Read + Send + 'a) -> Result<Unpacked<'a>, Error> {
    let mut bytes: Bytes<'a> = Box::new(bytes);
    let magic = take_beginning(&mut bytes, 8)?;
    let packing = Some(FileKind::detect(&magic)).filter(|kind| matches!(kind, FileKind::Gzip | FileKind::Zstd));
    let bytes: Bytes<'a> = Box::new(Cursor::new(magic).chain(bytes));
    let source = |bytes| BufReader::with_capacity(64 << 10, bytes);
    let mut bytes: Bytes<'a> = match packing {
        Some(FileKind::Gzip) => Box::new(Gzip { source: Some(source(bytes)), member: None }),
        Some(_) => Box::new(Zstd::new(source(bytes))),
        None => bytes,
    };
    let sample = take_beginning(&mut bytes, SAMPLE)?;
    let bytes: Bytes<'a> = Box::new(Cursor::new(sample.clone()).chain(bytes));
    Ok(Unpacked { bytes, kind: FileKind::detect(&sample), sample, packing })
}

/// Takes up to `length` bytes from the stream, which then continues after them.
pub(crate) fn take_beginning(bytes: &mut Bytes<'_>, length: usize) -> Result<Vec<u8>, Error> {
    let mut buffer = Vec::new();
    bytes.take(length as u64).read_to_end(&mut buffer).map_err(read_error)?;
    Ok(buffer)
}

fn damaged(message: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the compressed file is damaged: {message}"))
}

fn truncated() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the compressed file is truncated")
}

/// The first byte of a gzip member.
const GZIP_MAGIC: u8 = 0x1f;

/// Decompresses all members of a gzip file. Zeros after a member, as tapes and some disks add, are
/// ignored.
struct Gzip<R> {
    /// The source, while no member is open.
    source: Option<R>,
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(member) = &mut self.member {
                let read = member.read(buffer).map_err(|error| match error.kind() {
                    io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => damaged(error),
                    io::ErrorKind::UnexpectedEof => truncated(),
                    _ => error,
                })?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
            }
            let first = self.member.is_none();
            if let Some(member) = self.member.take() {
                self.source = Some(member.into_inner());
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            if !first && !skip_zeros(&mut source)? {
                return Ok(0);
            }
            if !first && source.fill_buf()?.first() != Some(&GZIP_MAGIC) {
                return Err(damaged("other data follows the compressed data"));
            }
            self.member = Some(GzDecoder::new(source));
        }
    }
}

/// Skips zeros and returns whether anything follows.
fn skip_zeros(source: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = source.fill_buf()?;
        if bytes.is_empty() {
            return Ok(false);
        }
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let more = zeros < bytes.len();
        source.consume(zeros);
        if more {
            return Ok(true);
        }
    }
}

/// Decompresses all frames of a Zstandard file, and verifies their checksums and lengths.
struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    /// Bytes decompressed from the open frame; `None` between frames.
    frame: Option<u64>,
}

impl<R: BufRead> Zstd<R> {
    fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), frame: None }
    }

    /// Opens the next frame that is not skippable, and returns whether there is one.
    fn open(&mut self) -> io::Result<bool> {
        loop {
            if !skip_zeros(&mut self.source)? {
                return Ok(false);
            }
            match self.decoder.init(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let skipped = io::copy(&mut self.source.by_ref().take(length.into()), &mut io::sink())?;
                    if skipped < length.into() {
                        return Err(truncated());
                    }
                }
                Err(FrameDecoderError::WindowSizeTooBig { requested, max }) => {
                    let message = format!(
                        "the compressed file needs a window of {} MB, and at most {} MB are supported; compress it without --long",
                        requested >> 20,
                        max >> 20
                    );
                    return Err(io::Error::new(io::ErrorKind::Unsupported, message));
                }
                Err(error) => return Err(damaged(error)),
            }
        }
    }

    /// Verifies a frame that was read to its end and had `length` bytes.
    fn check(&self, length: u64) -> io::Result<()> {
        let stored = self.decoder.get_checksum_from_data();
        if stored.is_some() && stored != self.decoder.get_calculated_checksum() {
            return Err(damaged("its checksum is wrong"));
        }
        let expected = self.decoder.content_size();
        if expected > 0 && expected != length { Err(damaged("its length is wrong")) } else { Ok(()) }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(length) = self.frame else {
                if !self.open()? {
                    return Ok(0);
                }
                self.frame = Some(0);
                continue;
            };
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                if let Err(error) = self.decoder.decode_blocks(&mut self.source, one) {
                    let cut = self.source.fill_buf()?.is_empty();
                    return Err(if cut { truncated() } else { damaged(error) });
                }
            }
            let read = self.decoder.read(buffer)?;
            self.frame = Some(length + read as u64);
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.check(length)?;
            self.frame = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    const TEXT: &[u8] = b"id,text\n1,Own the roadmap and the backlog of our app and own it well\n";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        unpack(Cursor::new(bytes.to_vec()))?.bytes.read_to_end(&mut out).map_err(read_error)?;
        Ok(out)
    }

    #[test]
    fn what_is_not_supported_or_follows_the_end_is_said() {
        // A window of 2^31 bytes.
        let window = b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00";
        for (bytes, message) in [
            (window.to_vec(), "needs a window of 2048 MB, and at most 128 MB are supported"),
            ([&gzip(TEXT)[..], b"garbage"].concat(), "is damaged: other data follows the compressed data"),
        ] {
            let error = read(&bytes).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn members_frames_padding_and_skippable_frames() {
        let skippable = b"\x53\x2a\x4d\x18\x05\0\0\0hello";
        let (gz, zst) = (gzip(TEXT), zstd(TEXT));
        let table: [(&str, Vec<u8>, usize); 9] = [
            ("plain", TEXT.to_vec(), 1),
            ("gzip", gz.clone(), 1),
            ("two members", [&gz[..], &gz].concat(), 2),
            ("zeros after gzip", [&gz[..], &[0; 700]].concat(), 1),
            ("zeros between members", [&gz[..], &[0; 9], &gz].concat(), 2),
            ("zstd", zst.clone(), 1),
            ("two frames", [&zst[..], &zst].concat(), 2),
            ("skippable frames", [&skippable[..], &zst, skippable, &zst, skippable].concat(), 2),
            ("zeros after zstd", [&zst[..], &vec![0; 70_000]].concat(), 1),
        ];
        for (name, bytes, times) in table {
            assert_eq!(read(&bytes).unwrap(), TEXT.repeat(times), "{name}");
        }
    }

    #[test]
    fn damage_is_found() {
        let (gz, zst) = (gzip(TEXT), zstd(TEXT));
        for (name, bytes) in [("gzip", &gz), ("zstd", &zst)] {
            for length in 12..bytes.len() {
                assert!(read(&bytes[..length]).is_err(), "{name} cut at {length}");
            }
        }
        assert!(read(&[&gz[..], b"garbage"].concat()).is_err());
        assert!(read(&[&zst[..], b"garbage"].concat()).is_err());
        // Every bit of the content and of the checksum.
        for bit in 8 * 8..8 * zst.len() {
            let mut bytes = zst.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&bytes).is_err(), "bit {bit}");
        }
    }
}
