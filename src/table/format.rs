//! File format, compression and delimiter, from the name or the first bytes.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use memchr::memchr_iter;

use super::records::{Next, RecordFormat, fields};
use crate::error::{Error, ErrorKind};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Delimited fields with quotes; the delimiter may be any ASCII character.
    Csv,
    /// Fields delimited by tabs.
    Tsv,
    /// One JSON object per line.
    JsonLines,
}

impl Format {
    /// `csv`, `tsv` or `jsonl`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::JsonLines => "jsonl",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = Error;

    /// Parses a name, in any case; `ndjson` is `jsonl`.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.trim().to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "tsv" => Ok(Self::Tsv),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            _ => Err(Error::new(ErrorKind::Input, format!("unknown format '{text}'")).hint("csv, tsv or jsonl")),
        }
    }
}

/// The compression of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    Plain,
    Gzip,
    Zstd,
}

/// What the name of a file says about its contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileName {
    pub format: Option<Format>,
    pub compression: Compression,
    /// The delimiter of the extensions `.tsv` and `.psv`.
    pub delimiter: Option<u8>,
}

impl FileName {
    /// Reads the extensions of `path`; `.gz` and `.zst` come after that of the format.
    pub(crate) fn parse(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let (stem, compression) = if let Some(stem) = name.strip_suffix(".gz") {
            (stem, Compression::Gzip)
        } else if let Some(stem) = name.strip_suffix(".zst").or_else(|| name.strip_suffix(".zstd")) {
            (stem, Compression::Zstd)
        } else {
            (name.as_str(), Compression::Plain)
        };
        let (format, delimiter) = match stem.rsplit_once('.').map(|(_, extension)| extension) {
            Some("csv") => (Some(Format::Csv), None),
            Some("psv") => (Some(Format::Csv), Some(b'|')),
            Some("tsv" | "tab") => (Some(Format::Tsv), Some(b'\t')),
            Some("jsonl" | "ndjson") => (Some(Format::JsonLines), None),
            _ => (None, None),
        };
        Self { format, compression, delimiter }
    }
}

/// Detects the format of `sample`, the decoded beginning of the input.
pub(crate) fn detect_format(sample: &[u8]) -> Format {
    match sample.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Format::JsonLines,
        _ if detect_delimiter(sample) == b'\t' => Format::Tsv,
        _ => Format::Csv,
    }
}

/// Delimiters that are tried, the most common first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that are read to detect the delimiter.
const RECORDS: usize = 50;

/// Detects the delimiter of `sample`: the one with which the header has several fields
/// and most records have the same number. Comma if there is none.
pub(crate) fn detect_delimiter(sample: &[u8]) -> u8 {
    let mut best = (0.0, 0, b',');
    for delimiter in DELIMITERS {
        if memchr_iter(delimiter, sample).next().is_none() {
            continue;
        }
        let (agreement, width) = agreement(sample, delimiter);
        if width > 1 && (agreement, width) > (best.0, best.1) {
            best = (agreement, width, delimiter);
        }
    }
    best.2
}

/// The fraction of records with as many fields as the first, and that number.
fn agreement(sample: &[u8], delimiter: u8) -> (f64, usize) {
    let (mut at, mut ranges, mut width) = (0, Vec::new(), 0);
    let (mut records, mut agreeing) = (0usize, 0usize);
    while records < RECORDS {
        // A record that the sample cuts off is not counted.
        let Next::Record { end, next } = RecordFormat::Delimited(delimiter).next(sample, at, false) else { break };
        if end > at {
            fields(&sample[at..end], delimiter, &mut ranges);
            records += 1;
            if width == 0 {
                width = ranges.len();
            }
            agreeing += usize::from(ranges.len() == width);
        }
        at = next;
    }
    if records == 0 {
        fields(&sample[at..], delimiter, &mut ranges);
        return (1.0, ranges.len());
    }
    (agreeing as f64 / records as f64, width)
}

/// Parses a delimiter: one ASCII character, `\t`, or its name (`comma`, `semicolon`,
/// `tab`, `pipe`), in any case.
///
/// # Errors
/// [`ErrorKind::Input`] when it is longer, not ASCII, a quote or a line end.
pub fn delimiter(text: &str) -> Result<u8, Error> {
    match text.to_ascii_lowercase().as_str() {
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "tab" | "\\t" => Ok(b'\t'),
        "pipe" => Ok(b'|'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
            _ => Err(Error::new(ErrorKind::Input, format!("'{text}' cannot be a delimiter"))
                .hint("one ASCII character, or comma, semicolon, tab, pipe")),
        },
    }
}

/// The name of a delimiter in messages.
pub(crate) fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b',' => "comma".to_owned(),
        b';' => "semicolon".to_owned(),
        b'\t' => "tab".to_owned(),
        b'|' => "pipe".to_owned(),
        other => format!("'{}'", char::from(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let table = [
            ("a.csv", Some(Format::Csv), Compression::Plain, None),
            ("a.CSV.gz", Some(Format::Csv), Compression::Gzip, None),
            ("a.b.tsv.zst", Some(Format::Tsv), Compression::Zstd, Some(b'\t')),
            ("a.psv", Some(Format::Csv), Compression::Plain, Some(b'|')),
            ("a.ndjson", Some(Format::JsonLines), Compression::Plain, None),
            ("a.txt", None, Compression::Plain, None),
            ("csv", None, Compression::Plain, None),
        ];
        for (name, format, compression, delimiter) in table {
            assert_eq!(FileName::parse(Path::new(name)), FileName { format, compression, delimiter }, "{name}");
        }
    }

    #[test]
    fn delimiters_are_detected() {
        let table: [(&str, u8); 7] = [
            ("id,text\n1,\"a; b; c\"\n2,d\n", b','),
            ("id;text\n1;a, b, c\n2;d, e\n", b';'),
            ("id\ttext\n1\ta, b\n", b'\t'),
            ("id|text\n1|a, b\n", b'|'),
            ("text\nonly one column, with a comma\n", b','),
            ("id;text", b';'),
            ("", b','),
        ];
        for (text, expected) in table {
            assert_eq!(detect_delimiter(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(detect_format(b" \n{\"a\": 1}\n"), Format::JsonLines);
        assert_eq!(detect_format(b"a\tb\n1\t2\n"), Format::Tsv);
    }

    #[test]
    fn formats_by_name() {
        for format in [Format::Csv, Format::Tsv, Format::JsonLines] {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
            assert_eq!(format.as_str().to_uppercase().parse::<Format>().unwrap(), format);
        }
        assert!("xml".parse::<Format>().is_err());
    }

    #[test]
    fn delimiters_by_name() {
        assert_eq!(delimiter("Tab").unwrap(), b'\t');
        assert_eq!(delimiter("^").unwrap(), b'^');
        for bad in ["", "ab", "\"", "é", "\n"] {
            assert!(delimiter(bad).is_err(), "{bad:?}");
        }
    }
}
