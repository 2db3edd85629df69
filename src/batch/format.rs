//! File formats, compression, and what a name or the first bytes say about them.

use std::path::Path;
use std::str::FromStr;

use memchr::memchr_iter;

use super::scan::{Found, Shape, fields};
use crate::error::{Error, ErrorKind};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Delimited fields, quoted where they need it: comma, semicolon, pipe or another.
    Csv,
    /// The same with tabs.
    Tsv,
    /// One JSON object a line.
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

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_lowercase().as_str() {
            "csv" => Ok(Self::Csv),
            "tsv" => Ok(Self::Tsv),
            "jsonl" | "ndjson" => Ok(Self::JsonLines),
            _ => Err(Error::new(ErrorKind::Input, format!("unknown format '{text}'")).hint("csv, tsv or jsonl")),
        }
    }
}

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

/// What the name of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    pub format: Option<Format>,
    pub packing: Packing,
    /// The delimiter that an extension stands for: `.tsv`, `.psv`.
    pub delimiter: Option<u8>,
}

/// Reads the extensions of `path`, `.gz` and `.zst` taken off first.
pub(crate) fn of_name(path: &Path) -> Named {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let (stem, packing) = if let Some(stem) = name.strip_suffix(".gz") {
        (stem, Packing::Gzip)
    } else if let Some(stem) = name.strip_suffix(".zst").or_else(|| name.strip_suffix(".zstd")) {
        (stem, Packing::Zstd)
    } else {
        (name.as_str(), Packing::Plain)
    };
    let (format, delimiter) = match stem.rsplit_once('.').map(|(_, extension)| extension) {
        Some("csv") => (Some(Format::Csv), None),
        Some("psv") => (Some(Format::Csv), Some(b'|')),
        Some("tsv" | "tab") => (Some(Format::Tsv), Some(b'\t')),
        Some("jsonl" | "ndjson") => (Some(Format::JsonLines), None),
        _ => (None, None),
    };
    Named { format, packing, delimiter }
}

/// What the first bytes say about packing.
pub(crate) fn packing_of_magic(bytes: &[u8]) -> Packing {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        Packing::Gzip
    } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Packing::Zstd
    } else {
        Packing::Plain
    }
}

/// Guesses the format of `sample`, the decoded beginning of the input.
pub(crate) fn sniff_format(sample: &[u8]) -> Format {
    match sample.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Format::JsonLines,
        _ if sniff_delimiter(sample) == b'\t' => Format::Tsv,
        _ => Format::Csv,
    }
}

/// Delimiters that are tried, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records looked at.
const RECORDS: usize = 50;

/// Guesses the delimiter of `sample`: the one under which the header has several
/// fields and most records have as many. Comma where none does.
pub(crate) fn sniff_delimiter(sample: &[u8]) -> u8 {
    let mut best = (0.0, 0, b',');
    for delimiter in DELIMITERS {
        // One that does not occur at all need not be parsed for.
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

/// The part of records that are as wide as the first, and that width.
fn agreement(sample: &[u8], delimiter: u8) -> (f64, usize) {
    let (mut at, mut ranges, mut width) = (0, Vec::new(), 0);
    let (mut records, mut agreeing) = (0usize, 0usize);
    while records < RECORDS {
        // The sample may end within a record: that one is not counted.
        let Found::Record { end, next } = Shape::Delimited(delimiter).record(sample, at, false) else { break };
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

/// Reads a delimiter as people write it: one ASCII character, `\t`, or its name.
///
/// # Errors
/// [`ErrorKind::Input`] when it is none: longer, not ASCII, a quote or a line end.
pub fn delimiter(text: &str) -> Result<u8, Error> {
    match text {
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
            ("a.csv", Some(Format::Csv), Packing::Plain, None),
            ("a.CSV.gz", Some(Format::Csv), Packing::Gzip, None),
            ("a.b.tsv.zst", Some(Format::Tsv), Packing::Zstd, Some(b'\t')),
            ("a.psv", Some(Format::Csv), Packing::Plain, Some(b'|')),
            ("a.ndjson", Some(Format::JsonLines), Packing::Plain, None),
            ("a.txt", None, Packing::Plain, None),
            ("csv", None, Packing::Plain, None),
        ];
        for (name, format, packing, delimiter) in table {
            assert_eq!(of_name(Path::new(name)), Named { format, packing, delimiter }, "{name}");
        }
    }

    #[test]
    fn delimiters_are_sniffed() {
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
            assert_eq!(sniff_delimiter(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(sniff_format(b" \n{\"a\": 1}\n"), Format::JsonLines);
        assert_eq!(sniff_format(b"a\tb\n1\t2\n"), Format::Tsv);
    }

    #[test]
    fn delimiters_by_name() {
        assert_eq!(delimiter("tab").unwrap(), b'\t');
        assert_eq!(delimiter("^").unwrap(), b'^');
        for bad in ["", "ab", "\"", "é", "\n"] {
            assert!(delimiter(bad).is_err(), "{bad:?}");
        }
    }
}
