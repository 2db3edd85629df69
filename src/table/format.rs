//! File format, compression and delimiter, from the name or the first bytes.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

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
    /// One JSON document: an array of objects, or an object with such an array in it.
    Json,
}

impl Format {
    /// `csv`, `tsv`, `jsonl` or `json`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::JsonLines => "jsonl",
            Self::Json => "json",
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
            "json" => Ok(Self::Json),
            _ => Err(Error::new(ErrorKind::Input, format!("unknown format '{text}'")).hint("csv, tsv, jsonl or json")),
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

/// The format, compression and delimiter that the name of a file stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileName {
    pub format: Option<Format>,
    pub compression: Compression,
    /// The delimiter that `.tsv`, `.tab` or `.psv` stands for.
    pub delimiter: Option<u8>,
    /// The name in messages of a format that is never written.
    pub read_only: Option<&'static str>,
}

impl FileName {
    /// Reads the extensions of `path`: that of the format, then `.gz`, `.zst` or `.zstd`.
    pub(crate) fn parse(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let (stem, compression) = if let Some(stem) = name.strip_suffix(".gz") {
            (stem, Compression::Gzip)
        } else if let Some(stem) = name.strip_suffix(".zst").or_else(|| name.strip_suffix(".zstd")) {
            (stem, Compression::Zstd)
        } else {
            (name.as_str(), Compression::Plain)
        };
        let extension = stem.rsplit_once('.').map_or("", |(_, extension)| extension);
        let (format, delimiter) = match extension {
            "csv" => (Some(Format::Csv), None),
            "psv" => (Some(Format::Csv), Some(b'|')),
            "tsv" | "tab" => (Some(Format::Tsv), Some(b'\t')),
            "jsonl" | "ndjson" => (Some(Format::JsonLines), None),
            "json" => (Some(Format::Json), None),
            _ => (None, None),
        };
        let read_only = match extension {
            "xlsx" | "xls" | "xlsm" | "xlsb" | "ods" => Some("a workbook"),
            "parquet" => Some("Parquet"),
            "feather" | "arrow" | "avro" | "orc" => Some("this kind of file"),
            "html" | "htm" | "xml" | "pdf" | "docx" | "rtf" => Some("a document"),
            _ => None,
        };
        Self { format, compression, delimiter, read_only }
    }
}

/// Parses a delimiter: one ASCII character, `\t`, or its name (`comma`, `semicolon`,
/// `tab`, `pipe`), in any case.
///
/// # Errors
/// [`ErrorKind::Input`] when it is longer, not ASCII, a quote, a line end or NUL.
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
            ("a.json", Some(Format::Json), Compression::Plain, None),
            ("a.txt", None, Compression::Plain, None),
            ("csv", None, Compression::Plain, None),
        ];
        for (name, format, compression, delimiter) in table {
            assert_eq!(
                FileName::parse(Path::new(name)),
                FileName { format, compression, delimiter, read_only: None },
                "{name}"
            );
        }
    }

    #[test]
    fn formats_that_are_not_written_have_a_name() {
        for (name, found) in [("a.xlsx", Some("a workbook")), ("a.parquet", Some("Parquet")), ("a.csv.gz", None)] {
            assert_eq!(FileName::parse(Path::new(name)).read_only, found, "{name}");
        }
    }

    #[test]
    fn formats_by_name() {
        for format in [Format::Csv, Format::Tsv, Format::JsonLines, Format::Json] {
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
