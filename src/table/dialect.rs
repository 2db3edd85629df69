//! How the fields of a table are delimited, and its detection: delimiter, quotes, and lines before the
//! header.

use memchr::memchr_iter;

use super::records::{Next, RecordFormat};

/// How fields are delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// A byte of ASCII.
    pub delimiter: u8,
    /// Whether fields may be in quotes; otherwise quotes are text.
    pub quoting: bool,
    /// Escape character: a quote, delimiter or line end after it is text.
    pub escape: Option<u8>,
}

impl Dialect {
    /// Fields that may be in quotes, without an escape character.
    pub(crate) const fn new(delimiter: u8) -> Self {
        Self { delimiter, quoting: true, escape: None }
    }

    /// Whether fields may be in quotes and nothing is escaped, as every reader understands.
    pub(crate) const fn is_usual(self) -> bool {
        self.quoting && self.escape.is_none()
    }
}

/// Delimiters that are tried, the most common first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records from which the dialect is detected.
const RECORDS: usize = 50;

/// The first records of a table in some dialect.
struct Shape {
    /// For each record, the line on which it starts, from 1, and its number of fields.
    widths: Vec<(u64, usize)>,
    /// Records with text after a closing quote, or with a quote that stays open.
    broken: usize,
}

impl Shape {
    fn of(sample: &[u8], dialect: Dialect) -> Self {
        let format = RecordFormat::Delimited(dialect);
        let mut shape = Self { widths: Vec::new(), broken: 0 };
        let (mut at, mut line, mut ranges) = (0, 1, Vec::new());
        while shape.widths.len() < RECORDS {
            let (end, next) = match format.next(sample, at, false) {
                Next::Record { end, next } => (end, next),
                Next::Broken { next } => {
                    shape.broken += 1;
                    (next, next)
                }
                // A record that the sample cuts off is not counted, unless it is the only one.
                _ if at == 0 && !sample.is_empty() => (sample.len(), sample.len()),
                _ => break,
            };
            if end > at {
                shape.broken += usize::from(dialect.fields(&sample[at..end], &mut ranges).is_some());
                shape.widths.push((line, ranges.len()));
            }
            line += format.lines(&sample[at..next]);
            at = next;
        }
        shape
    }

    fn first_width(&self) -> usize {
        self.widths.first().map_or(0, |(_, width)| *width)
    }

    /// The fraction of records with this number of fields.
    fn agreement(&self, width: usize) -> f64 {
        let agreeing = self.widths.iter().filter(|(_, found)| *found == width).count();
        agreeing as f64 / self.widths.len().max(1) as f64
    }

    /// The most frequent number of fields, and the first line with it.
    fn mode(&self) -> (usize, u64) {
        let count = |width| self.widths.iter().filter(|(_, found)| *found == width).count();
        let best = self.widths.iter().map(|(_, width)| *width).max_by_key(|width| (count(*width), *width));
        let width = best.unwrap_or(0);
        (width, self.widths.iter().find(|(_, found)| *found == width).map_or(1, |(line, _)| *line))
    }
}

/// Detects the delimiter of `sample`:
///
/// 1. The first record has two fields or more, and as many records as possible have the same number.
/// 2. If no delimiter splits the first record, that may be a line before the header. Then as many
///    records as possible have the same number of fields, at least three.
/// 3. Otherwise it is a comma.
pub(crate) fn detect_delimiter(sample: &[u8]) -> u8 {
    let shapes: Vec<(u8, Shape)> = DELIMITERS
        .into_iter()
        .filter(|delimiter| memchr_iter(*delimiter, sample).next().is_some())
        .map(|delimiter| (delimiter, Shape::of(sample, Dialect::new(delimiter))))
        .collect();
    let best = |width_of: &dyn Fn(&Shape) -> usize, min_width: usize| {
        let mut best = (0.0, 0, None);
        for (delimiter, shape) in &shapes {
            let width = width_of(shape);
            let agreement = shape.agreement(width);
            if width >= min_width && (agreement, width) > (best.0, best.1) {
                best = (agreement, width, Some(*delimiter));
            }
        }
        best.2
    };
    best(&Shape::first_width, 2).or_else(|| best(&|shape| shape.mode().0, 3)).unwrap_or(b',')
}

/// The delimiter that a first line such as `sep=;` names; Excel reads and writes it.
pub(crate) fn separator_line(sample: &[u8]) -> Option<u8> {
    let end = memchr::memchr2(b'\n', b'\r', sample).unwrap_or(sample.len());
    let line = sample[..end].trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [s, e, p, b'=', delimiter] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => Some(*delimiter),
        // A tab at the end was trimmed.
        [s, e, p, b'='] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && sample.get(4) == Some(&b'\t') => Some(b'\t'),
        _ => None,
    }
}

/// Whether quotes in this table are text: with them as quotes rows are broken or joined,
/// without them every row has the same number of fields.
pub(crate) fn quotes_are_text(sample: &[u8], delimiter: u8) -> bool {
    let quoted = Shape::of(sample, Dialect::new(delimiter));
    let plain = Shape::of(sample, Dialect { delimiter, quoting: false, escape: None });
    let width = plain.first_width();
    let all = |shape: &Shape| shape.agreement(width) > 0.999;
    // A record of several lines, each of which is a whole row, is a row that was joined.
    let joined = quoted.widths.len() < plain.widths.len() || quoted.widths.last() != plain.widths.last();
    width > 1 && all(&plain) && (quoted.broken > 0 || joined || !all(&quoted))
}

/// What seems to be wrong in how a table is read, with the option that helps.
pub(crate) fn hint(sample: &[u8], dialect: Dialect) -> Option<String> {
    let shape = Shape::of(sample, dialect);
    let (width, line) = shape.mode();
    if dialect.is_usual() && shape.broken > 0 && memchr::memmem::find(sample, b"\\\"").is_some() {
        return Some("quotes seem to be escaped with a backslash: --escape '\\' reads them".to_owned());
    }
    if dialect.is_usual() && shape.broken > 0 && quotes_are_text(sample, dialect.delimiter) {
        return Some("quotes seem to be part of the texts: --no-quoting reads them so".to_owned());
    }
    if line > 1 && shape.first_width() < width && shape.agreement(width) >= 0.5 {
        let first = shape.first_width();
        let fields = if first == 1 { "1 field".to_owned() } else { format!("{first} fields") };
        let skip = line - 1;
        return Some(format!(
            "the first line has {fields}, most rows have {width}: if the header is line {line}, use --skip-lines {skip}"
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_detected() {
        for (text, expected) in [
            ("id,text\n1,\"a; b; c\"\n2,d\n", b','),
            ("id;text\n1;a, b, c\n2;d, e\n", b';'),
            ("id\ttext\n1\ta, b\n", b'\t'),
            ("id|text\n1|a, b\n", b'|'),
            ("text\nonly one column, with a comma\n", b','),
            ("text\none; two\nthree; four\n", b','),
            ("id;text", b';'),
            ("Export\n2026\n\nid;title;text\n1;a;b\n2;c;d, e\n", b';'),
            ("", b','),
        ] {
            assert_eq!(detect_delimiter(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn separator_lines() {
        for (text, found) in [
            ("sep=;\r\nid;text", Some(b';')),
            ("SEP=|\nid", Some(b'|')),
            ("\"sep=,\"\nid", Some(b',')),
            ("sep=\t\nid", Some(b'\t')),
            ("sep=;", Some(b';')),
            ("sep=ab\n", None),
            ("sep,text\n", None),
            ("", None),
        ] {
            assert_eq!(separator_line(text.as_bytes()), found, "{text:?}");
        }
    }

    #[test]
    fn quotes_in_texts_are_told_from_quotes_around_them() {
        for (text, plain) in [
            ("id\ttext\n1\t\"Own it\" is our motto\n2\t\"never closed\n3\tx\n", true),
            ("id\ttext\n1\t5\" screens\n2\tx\n", false),
            ("id\ttext\n1\t\"a\"\n2\t\"b\"\n", false),
            ("id\ttext\n1\t\"two\nlines\"\n2\t\"b\"\n", false),
            ("id\ttext\n1\t\"open\n2\tand closed\"\n3\tx\n", true),
        ] {
            assert_eq!(quotes_are_text(text.as_bytes(), b'\t'), plain, "{text:?}");
        }
    }

    #[test]
    fn the_option_that_helps_is_named() {
        for (text, option) in [
            ("Export\nof today\n\nid,title,text\n1,a,b\n2,c,d\n3,e,f\n4,g,h\n", "--skip-lines 3"),
            ("id,text\n1,\"we are \\\"forty\\\" people\"\n2,\"b\"\n", "--escape"),
            ("id,text\n1,\"Own it\" is ours\n2,\"b\"\n", "--no-quoting"),
            ("id,text\n1,\"a\"\n2,\"b\"\n", ""),
        ] {
            let found = hint(text.as_bytes(), Dialect::new(b',')).unwrap_or_default();
            assert!(if option.is_empty() { found.is_empty() } else { found.contains(option) }, "{text:?}: {found}");
        }
    }
}
