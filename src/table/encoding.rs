//! Character encodings: detection and decoding to UTF-8.
//!
//! UTF-8 and single-byte encodings extend ASCII, so records are split as raw bytes and
//! decoded one by one. UTF-16 is decoded first, unit by unit. A lone surrogate becomes
//! three bytes (as in WTF-8), so that nothing is lost and its record can be rejected.

use std::io::{self, Read};

use encoding_rs::Encoding;

use crate::error::{Error, ErrorKind};

/// First of the two bytes that stand for the last byte of a UTF-16 input of odd length;
/// no character of UTF-8 begins with it.
const ODD_BYTE: u8 = 0xf8;

/// A character encoding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// Windows-1252 and other single-byte encodings.
    SingleByte(&'static Encoding),
}

impl Charset {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::SingleByte(encoding) => encoding.name(),
        }
    }

    /// The encoding named `label`.
    pub(crate) fn from_label(label: &str) -> Result<Self, Error> {
        let encoding = Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            Error::new(ErrorKind::Input, format!("unknown encoding '{label}'")).hint("utf-8, utf-16, windows-1252 …")
        })?;
        if encoding == encoding_rs::UTF_8 {
            Ok(Self::Utf8)
        } else if encoding == encoding_rs::UTF_16LE {
            Ok(Self::Utf16Le)
        } else if encoding == encoding_rs::UTF_16BE {
            Ok(Self::Utf16Be)
        } else if encoding.is_single_byte() {
            Ok(Self::SingleByte(encoding))
        } else {
            Err(Error::new(ErrorKind::Input, format!("the encoding {} is not supported", encoding.name()))
                .hint("convert the file to UTF-8 first, for instance with iconv"))
        }
    }

    /// The encoding and the length of the byte order mark at the start of `bytes`.
    pub(crate) fn from_bom(bytes: &[u8]) -> Option<(Self, usize)> {
        match bytes {
            [0xef, 0xbb, 0xbf, ..] => Some((Self::Utf8, 3)),
            [0xff, 0xfe, ..] => Some((Self::Utf16Le, 2)),
            [0xfe, 0xff, ..] => Some((Self::Utf16Be, 2)),
            _ => None,
        }
    }

    /// Detects the encoding of `sample`, a beginning without a byte order mark.
    pub(crate) fn detect(sample: &[u8]) -> Self {
        if let Some(wide) = detect_utf16(sample) {
            return wide;
        }
        let (mut rest, mut broken, mut whole) = (sample, 0usize, 0usize);
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    whole += non_ascii(text);
                    break;
                }
                Err(error) => {
                    let (good, after) = rest.split_at(error.valid_up_to());
                    whole += std::str::from_utf8(good).map_or(0, non_ascii);
                    let Some(length) = error.error_len() else { break };
                    broken += 1;
                    rest = &after[length..];
                }
            }
        }
        // A few invalid characters among many valid ones are damage, not another encoding.
        if broken > whole { Self::SingleByte(encoding_rs::WINDOWS_1252) } else { Self::Utf8 }
    }

    /// A record as text; invalid bytes are replaced.
    pub(crate) fn decode(self, record: &[u8]) -> String {
        match self {
            Self::SingleByte(encoding) => encoding.decode_without_bom_handling(record).0.into_owned(),
            _ => String::from_utf8_lossy(record).into_owned(),
        }
    }

    /// Whether the stream is decoded before it is split into records.
    pub(crate) fn is_utf16(self) -> bool {
        matches!(self, Self::Utf16Le | Self::Utf16Be)
    }

    /// The number of bytes of the input that `decoded` comes from.
    pub(crate) fn source_length(self, decoded: &[u8]) -> u64 {
        if !self.is_utf16() {
            return decoded.len() as u64;
        }
        let length = |&byte: &u8| match byte {
            0x80..=0xbf => 0,
            ODD_BYTE.. => 1,
            0xf0.. => 4,
            _ => 2,
        };
        decoded.iter().map(length).sum()
    }

    /// The bytes of the input that `decoded` comes from.
    pub(crate) fn to_source(self, decoded: &[u8]) -> Vec<u8> {
        if !self.is_utf16() {
            return decoded.to_vec();
        }
        let unit = |unit: u16| if self == Self::Utf16Le { unit.to_le_bytes() } else { unit.to_be_bytes() };
        let mut out = Vec::with_capacity(2 * decoded.len());
        let mut rest = decoded;
        while let Some((&lead, _)) = rest.split_first() {
            let length = match lead {
                ODD_BYTE.. => 2,
                0xf0.. => 4,
                0xe0.. => 3,
                0xc0.. => 2,
                _ => 1,
            };
            let (character, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            match (std::str::from_utf8(character), character) {
                (Ok(text), _) => text.encode_utf16().for_each(|u| out.extend_from_slice(&unit(u))),
                // A lone surrogate.
                (Err(_), &[a, b, c]) => {
                    let u = u16::from(a & 0x0f) << 12 | u16::from(b & 0x3f) << 6 | u16::from(c & 0x3f);
                    out.extend_from_slice(&unit(u));
                }
                (Err(_), &[a, b]) => out.push((a - ODD_BYTE) << 6 | b & 0x3f),
                (Err(_), other) => out.extend_from_slice(other),
            }
        }
        out
    }
}

fn non_ascii(text: &str) -> usize {
    if text.is_ascii() { 0 } else { text.chars().filter(|c| !c.is_ascii()).count() }
}

/// Detects UTF-16 without a byte order mark: every second byte of mostly Latin text is
/// zero.
fn detect_utf16(sample: &[u8]) -> Option<Charset> {
    let sample = &sample[..sample.len().min(4096) & !1];
    if sample.len() < 8 {
        return None;
    }
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, add_mismatch, half) = (zeros(0), zeros(1), sample.len() / 2);
    let mostly = |many: usize, few: usize| many * 10 > half * 4 && few * 20 < half;
    if mostly(add_mismatch, even) {
        Some(Charset::Utf16Le)
    } else if mostly(even, add_mismatch) {
        Some(Charset::Utf16Be)
    } else {
        None
    }
}

/// Decodes UTF-16 into UTF-8 as it is read.
pub(crate) struct Utf16<R> {
    inner: R,
    big_endian: bool,
    raw: Vec<u8>,
    decoded: Vec<u8>,
    at: usize,
    /// A high surrogate that waits for a low one.
    high: Option<u16>,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    pub(crate) fn new(inner: R, charset: Charset) -> Self {
        let big_endian = charset == Charset::Utf16Be;
        Self { inner, big_endian, raw: Vec::new(), decoded: Vec::new(), at: 0, high: None, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.decoded.clear();
        self.at = 0;
        let kept = self.raw.len();
        self.raw.resize(kept + (64 << 10), 0);
        let read = loop {
            match self.inner.read(&mut self.raw[kept..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.raw.truncate(kept + read);
        self.ended = read == 0;
        let whole = self.raw.len() & !1;
        for at in (0..whole).step_by(2) {
            let pair = [self.raw[at], self.raw[at + 1]];
            let unit = if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
            push_unit(&mut self.decoded, &mut self.high, unit);
        }
        self.raw.drain(..whole);
        if self.ended {
            if let Some(high) = self.high.take() {
                push_surrogate(&mut self.decoded, high);
            }
            for byte in self.raw.drain(..) {
                self.decoded.extend_from_slice(&[ODD_BYTE | byte >> 6, 0x80 | byte & 0x3f]);
            }
        }
        Ok(())
    }
}

fn push_unit(out: &mut Vec<u8>, high: &mut Option<u16>, unit: u16) {
    if let Some(first) = high.take() {
        if (0xdc00..0xe000).contains(&unit) {
            let code = 0x1_0000 + (u32::from(first - 0xd800) << 10) + u32::from(unit - 0xdc00);
            push_char(out, code);
            return;
        }
        push_surrogate(out, first);
    }
    match unit {
        0xd800..0xdc00 => *high = Some(unit),
        0xdc00..0xe000 => push_surrogate(out, unit),
        _ => push_char(out, u32::from(unit)),
    }
}

fn push_char(out: &mut Vec<u8>, code: u32) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn push_surrogate(out: &mut Vec<u8>, unit: u16) {
    out.extend_from_slice(&[0xe0 | (unit >> 12) as u8, 0x80 | (unit >> 6 & 0x3f) as u8, 0x80 | (unit & 0x3f) as u8]);
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.decoded.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let length = buffer.len().min(self.decoded.len() - self.at);
        buffer[..length].copy_from_slice(&self.decoded[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8], charset: Charset) -> Vec<u8> {
        let mut out = Vec::new();
        Utf16::new(bytes, charset).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn encodings_are_detected() {
        assert_eq!(Charset::detect(b"plain"), Charset::Utf8);
        assert_eq!(Charset::detect("naïve café".as_bytes()), Charset::Utf8);
        assert_eq!(Charset::detect(b"na\xefve caf\xe9"), Charset::SingleByte(encoding_rs::WINDOWS_1252));
        assert_eq!(Charset::detect("é é é é \u{fffd}".as_bytes()), Charset::Utf8);
        assert_eq!(Charset::detect(b"\xc3\xa9\xc3\xa9\xc3\xa9 one broken \xff byte"), Charset::Utf8);
        assert_eq!(Charset::detect(b"cut within \xc3"), Charset::Utf8);
        assert_eq!(Charset::detect(b"a\0b\0,\0c\0\n\0"), Charset::Utf16Le);
        assert_eq!(Charset::detect(b"\0a\0b\0,\0c\0\n"), Charset::Utf16Be);
        assert_eq!(Charset::detect(b"id,te\0xt\n1,\0\0\n"), Charset::Utf8);
    }

    #[test]
    fn names() {
        assert_eq!(Charset::from_label("latin1").unwrap().name(), "windows-1252");
        assert_eq!(Charset::from_label("UTF-16").unwrap(), Charset::Utf16Le);
        assert!(Charset::from_label("klingon").unwrap_err().to_string().contains("unknown encoding"));
        assert!(Charset::from_label("shift_jis").unwrap_err().to_string().contains("not supported"));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(
            units in prop::collection::vec(any::<u16>(), 0..40),
            add_mismatch in prop::option::of(any::<u8>()),
            big in any::<bool>(),
        ) {
            let charset = if big { Charset::Utf16Be } else { Charset::Utf16Le };
            let mut bytes: Vec<u8> =
                units.iter().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect();
            bytes.extend(add_mismatch);
            let decoded = decode(&bytes, charset);
            prop_assert_eq!(charset.source_length(&decoded), bytes.len() as u64);
            prop_assert_eq!(charset.to_source(&decoded), bytes);
            if let (Ok(text), None) = (String::from_utf16(&units), add_mismatch) {
                prop_assert_eq!(decoded, text.into_bytes());
            }
        }
    }
}
