//! Character encodings: names, detection, and the way back to the bytes of the input.
//!
//! UTF-8 and single-byte encodings extend ASCII, so records of a table are split as raw
//! bytes and decoded one by one. UTF-16 is decoded first, by [`Utf16`](super::utf16::Utf16).

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

use crate::error::{Error, ErrorKind};

/// First of the two bytes that stand for the last byte of a UTF-16 input of odd length;
/// no character of UTF-8 begins with it.
pub(super) const ODD_BYTE: u8 = 0xf8;

/// A character encoding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// Windows-1252 and other single-byte encodings.
    SingleByte(&'static Encoding),
    /// `Shift_JIS`, GBK and others whose characters have one byte or more.
    MultiByte(&'static Encoding),
}

impl Charset {
    pub(crate) fn name(self) -> &'static str {
        self.encoding().name()
    }

    /// The encoding that `label` names.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for an unknown name and for UTF-32.
    pub(crate) fn from_label(label: &str) -> Result<Self, Error> {
        let name = label.trim();
        if name.to_ascii_lowercase().replace(['-', '_'], "").starts_with("utf32") {
            return Err(Self::utf32());
        }
        Encoding::for_label(name.as_bytes()).map(Self::of).ok_or_else(|| {
            Error::new(ErrorKind::Input, format!("unknown encoding '{label}'"))
                .hint("use a name such as utf-8, utf-16 or windows-1252")
        })
    }

    fn of(encoding: &'static Encoding) -> Self {
        if encoding == encoding_rs::UTF_8 {
            Self::Utf8
        } else if encoding == encoding_rs::UTF_16LE {
            Self::Utf16Le
        } else if encoding == encoding_rs::UTF_16BE {
            Self::Utf16Be
        } else if encoding.is_single_byte() {
            Self::SingleByte(encoding)
        } else {
            Self::MultiByte(encoding)
        }
    }

    /// The encoding as `encoding_rs` has it.
    pub(crate) fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::SingleByte(encoding) | Self::MultiByte(encoding) => encoding,
        }
    }

    /// This encoding, if it is supported for tables: UTF-8, UTF-16 or a single-byte one. In others,
    /// rows cannot be split before they are decoded.
    pub(crate) fn for_table(self) -> Result<Self, Error> {
        match self {
            Self::MultiByte(encoding) => {
                let message = format!("the encoding {} is not supported for tables", encoding.name());
                let hint = "convert the file to UTF-8 first, for instance with iconv";
                Err(Error::new(ErrorKind::Input, message).hint(hint))
            }
            other => Ok(other),
        }
    }

    /// The error for UTF-32.
    fn utf32() -> Error {
        Error::new(ErrorKind::Input, "UTF-32 is not supported").hint("convert it first: iconv -f UTF-32 -t UTF-8")
    }

    /// Refuses `sample`, the beginning of an input, if it is UTF-32: it has a byte order mark,
    /// or three of every four bytes are zero.
    pub(crate) fn refuse_utf32(sample: &[u8]) -> Result<(), Error> {
        let marked = matches!(sample, [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..]);
        let units = sample.get(..sample.len().min(4096)).unwrap_or_default().chunks_exact(4);
        let little = |unit: &[u8]| unit[0] != 0 && unit[1..] == [0; 3];
        let big = |unit: &[u8]| unit[3] != 0 && unit[..3] == [0; 3];
        let nearly_all =
            |is: &dyn Fn(&[u8]) -> bool| 10 * units.clone().filter(|unit| is(unit)).count() > 8 * units.len();
        let wide = units.len() >= 4 && (nearly_all(&little) || nearly_all(&big));
        if marked || wide { Err(Self::utf32()) } else { Ok(()) }
    }

    /// The encoding and the length of the byte order mark at the start of `bytes`.
    pub(crate) fn from_bom(bytes: &[u8]) -> Option<(Self, usize)> {
        Encoding::for_bom(bytes).map(|(encoding, length)| (Self::of(encoding), length))
    }

    /// Detects the encoding of `sample`, the beginning of an input without a byte order mark.
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
        if broken > whole { detect_legacy(sample) } else { Self::Utf8 }
    }

    /// A record as text; invalid bytes are replaced.
    pub(crate) fn decode(self, record: &[u8]) -> String {
        match self {
            Self::SingleByte(encoding) => encoding.decode_without_bom_handling(record).0.into_owned(),
            _ => String::from_utf8_lossy(record).into_owned(),
        }
    }

    /// Whether it is UTF-16, which is decoded before it is split into records.
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

/// Detects UTF-16 without a byte order mark: in mostly Latin text, every second byte is zero.
fn detect_utf16(sample: &[u8]) -> Option<Charset> {
    let sample = &sample[..sample.len().min(4096) & !1];
    if sample.len() < 8 {
        return None;
    }
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    let mostly = |many: usize, few: usize| many * 10 > half * 4 && few * 20 < half;
    mostly(odd, even).then_some(Charset::Utf16Le).or(mostly(even, odd).then_some(Charset::Utf16Be))
}

/// A text with at most one byte in this many outside ASCII is in a Western language.
const WESTERN: usize = 32;

/// Detects the encoding of a text that is not UTF-8.
fn detect_legacy(sample: &[u8]) -> Charset {
    let high = sample.iter().filter(|byte| **byte >= 128).count();
    // Dashes, quotes and bullets, which have the same bytes in most Windows encodings, say
    // nothing about the language.
    let letters = sample.iter().filter(|byte| **byte >= 0xa0).count();
    if letters == 0 || WESTERN * high <= sample.len() {
        return Charset::SingleByte(encoding_rs::WINDOWS_1252);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    Charset::of(detector.guess(None, Utf8Detection::Deny))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn utf32_is_refused() {
        let wide = |text: &str, big: bool| -> Vec<u8> {
            text.chars().flat_map(|c| if big { (c as u32).to_be_bytes() } else { (c as u32).to_le_bytes() }).collect()
        };
        for big in [true, false] {
            for text in ["\u{feff}x", "\u{feff}roadmap", "Own the roadmap and caf\u{e9}"] {
                assert!(Charset::refuse_utf32(&wide(text, big)).is_err(), "{text} {big}");
            }
        }
        let utf16: Vec<u8> = "\u{feff}Own the roadmap".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for other in [&utf16[..], b"", b"plain text of a posting", &[0; 4096]] {
            assert!(Charset::refuse_utf32(other).is_ok());
        }
    }

    /// Encoded by Python's codecs.
    #[test]
    fn legacy_encodings_are_detected() {
        let table: [(&str, &[u8], &str); 4] = [
            ("quotes", b"Own the team\x92s roadmap \x96 all of it", "windows-1252"),
            ("accents", b"Work with caf\xe9s in M\xfcnchen and Z\xfcrich", "windows-1252"),
            ("Russian", b"\xcf\xf0\xee\xe4\xf3\xea\xf2\xee\xe2\xfb\xe9 \xec\xe5\xed\xe5\xe4\xe6\xe5\xf0, \xc2\xfb \xe1\xf3\xe4\xe5\xf2\xe5 \xee\xef\xf0\xe5\xe4\xe5\xeb\xff\xf2\xfc", "windows-1251"),
            ("Japanese", b"\x83v\x83\x8d\x83_\x83N\x83g\x83}\x83l\x81[\x83W\x83\x83\x81[\x82\xf0\x95\xe5\x8fW\x82\xb5\x82\xc4\x82\xa2\x82\xdc\x82\xb7", "Shift_JIS"),
        ];
        for (name, bytes, expected) in table {
            assert_eq!(Charset::detect(bytes).name(), expected, "{name}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(Charset::from_label("latin1").unwrap().name(), "windows-1252");
        assert_eq!(Charset::from_label("UTF-16").unwrap(), Charset::Utf16Le);
        assert!(Charset::from_label("klingon").unwrap_err().to_string().contains("unknown encoding"));
        let japanese = Charset::from_label("shift_jis").unwrap();
        assert_eq!(japanese.name(), "Shift_JIS");
        assert!(japanese.for_table().unwrap_err().to_string().contains("not supported"));
        assert!(Charset::from_label("UTF_32LE").unwrap_err().to_string().contains("UTF-32"));
    }
}
