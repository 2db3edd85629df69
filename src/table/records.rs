//! Splits raw bytes into records and records into fields.
//!
//! The rules are those of the `csv` crate and of Python's `csv`: a quote opens a field
//! only where the field begins, `""` within quotes is a quote, what follows a closing
//! quote is kept unchanged, and `\n`, `\r\n` and `\r` end a record. Bytes are not copied,
//! so a record can be written exactly as it was read.

use memchr::{memchr, memchr2, memchr3};

/// How records are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordFormat {
    /// Delimited fields with quotes; the delimiter is a byte of ASCII.
    Delimited(u8),
    /// One record per line.
    Lines,
}

/// The next record of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// A record up to `end`, exclusive; the next one starts at `next`.
    Record {
        /// End of its content.
        end: usize,
        /// Start of what follows the line end.
        next: usize,
    },
    /// The buffer ends within the record.
    More,
    /// The input ends within quotes.
    Unclosed,
    /// Nothing is left.
    End,
}

impl RecordFormat {
    /// The record that starts at `from`. `last` says that no more bytes follow `bytes`.
    pub(crate) fn next(self, bytes: &[u8], from: usize, last: bool) -> Next {
        if from >= bytes.len() {
            return if last { Next::End } else { Next::More };
        }
        match self {
            Self::Delimited(delimiter) => delimited(bytes, from, delimiter, last),
            Self::Lines => line(bytes, from, last),
        }
    }
}

/// The line that starts at `from`, whatever quotes it holds.
fn line(bytes: &[u8], from: usize, last: bool) -> Next {
    match memchr(b'\n', &bytes[from..]) {
        Some(at) => {
            let end = from + at;
            let content = if end > from && bytes[end - 1] == b'\r' { end - 1 } else { end };
            Next::Record { end: content, next: end + 1 }
        }
        None if last => Next::Record { end: bytes.len(), next: bytes.len() },
        None => Next::More,
    }
}

fn delimited(bytes: &[u8], from: usize, delimiter: u8, last: bool) -> Next {
    let mut at = from;
    loop {
        let Some(found) = memchr3(b'"', b'\n', b'\r', &bytes[at..]) else {
            return if last { Next::Record { end: bytes.len(), next: bytes.len() } } else { Next::More };
        };
        at += found;
        match bytes[at] {
            b'"' if at == from || bytes[at - 1] == delimiter => match closing(bytes, at + 1, last) {
                Quoted::Closed(after) => at = after,
                Quoted::More => return Next::More,
                Quoted::Unclosed => return Next::Unclosed,
            },
            b'"' => at += 1,
            b'\n' => return Next::Record { end: at, next: at + 1 },
            _ if at + 1 == bytes.len() && !last => return Next::More,
            _ => {
                let next = if bytes.get(at + 1) == Some(&b'\n') { at + 2 } else { at + 1 };
                return Next::Record { end: at, next };
            }
        }
    }
}

enum Quoted {
    /// The place after the closing quote.
    Closed(usize),
    More,
    Unclosed,
}

/// The end of a quoted field whose content starts at `from`.
fn closing(bytes: &[u8], from: usize, last: bool) -> Quoted {
    let mut at = from;
    loop {
        let Some(found) = memchr(b'"', &bytes[at..]) else {
            return if last { Quoted::Unclosed } else { Quoted::More };
        };
        at += found + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            Some(_) => return Quoted::Closed(at),
            None if last => return Quoted::Closed(at),
            None => return Quoted::More,
        }
    }
}

/// Splits a record into the ranges of its fields, quotes included.
pub(crate) fn fields(record: &[u8], delimiter: u8, ranges: &mut Vec<(usize, usize)>) {
    ranges.clear();
    let mut start = 0;
    loop {
        let mut at = start;
        if record.get(at) == Some(&b'"') {
            at = match closing(record, at + 1, true) {
                Quoted::Closed(after) => after,
                Quoted::More | Quoted::Unclosed => record.len(),
            };
        }
        let Some(found) = memchr(delimiter, &record[at..]) else {
            ranges.push((start, record.len()));
            return;
        };
        ranges.push((start, at + found));
        start = at + found + 1;
    }
}

/// The value of a field, without its quotes and with `""` as `"`. `buffer` holds the
/// value if it differs from the field.
pub(crate) fn unquote<'a>(field: &'a str, buffer: &'a mut String) -> &'a str {
    let Some(inner) = field.strip_prefix('"') else { return field };
    if let Some(inner) = inner.strip_suffix('"')
        && memchr(b'"', inner.as_bytes()).is_none()
    {
        return inner;
    }
    buffer.clear();
    let mut rest = inner;
    while let Some(at) = memchr(b'"', rest.as_bytes()) {
        buffer.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                buffer.push('"');
                rest = after;
            }
            // The quote is closed; the rest is kept unchanged.
            None => break,
        }
    }
    buffer.push_str(rest);
    buffer
}

/// Writes a value as a field, in quotes if it needs them.
pub(crate) fn write_field(out: &mut Vec<u8>, value: &str, delimiter: u8) {
    let bytes = value.as_bytes();
    if memchr3(b'"', b'\n', b'\r', bytes).is_none() && memchr(delimiter, bytes).is_none() {
        out.extend_from_slice(bytes);
        return;
    }
    out.push(b'"');
    let mut rest = bytes;
    while let Some(at) = memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

impl RecordFormat {
    /// The number of line ends in `bytes`: `\n`, and in delimited text a lone `\r`.
    pub(crate) fn lines(self, bytes: &[u8]) -> u64 {
        // A count that fits a byte compiles to vector instructions.
        let count = |chunk: &[u8]| chunk.iter().fold(0, |count, byte| count + u8::from(*byte == b'\n'));
        let newlines: usize = bytes.chunks(240).map(|chunk| usize::from(count(chunk))).sum();
        let alone = match self {
            Self::Delimited(_) => {
                memchr::memchr_iter(b'\r', bytes).filter(|&at| bytes.get(at + 1) != Some(&b'\n')).count()
            }
            Self::Lines => 0,
        };
        (newlines + alone) as u64
    }

    /// The end of the first line of `bytes`, whatever quotes it holds.
    pub(crate) fn line_end(self, bytes: &[u8]) -> usize {
        let found = match self {
            Self::Delimited(_) => memchr2(b'\n', b'\r', bytes),
            Self::Lines => memchr(b'\n', bytes),
        };
        match found {
            None => bytes.len(),
            Some(at) if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') => at + 2,
            Some(at) => at + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All records of `bytes`, unquoted; like the `csv` crate, without empty lines.
    fn read(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
        let (mut at, mut rows, mut ranges) = (0, Vec::new(), Vec::new());
        loop {
            let (end, next) = match RecordFormat::Delimited(delimiter).next(bytes, at, true) {
                Next::Record { end, next } => (end, next),
                Next::Unclosed => (bytes.len(), bytes.len()),
                Next::End => return rows,
                Next::More => unreachable!("the buffer is the last"),
            };
            if end > at {
                let record = &bytes[at..end];
                fields(record, delimiter, &mut ranges);
                let field = |&(from, to): &(usize, usize)| {
                    unquote(std::str::from_utf8(&record[from..to]).unwrap(), &mut String::new()).to_owned()
                };
                rows.push(ranges.iter().map(field).collect());
            }
            at = next;
        }
    }

    fn reference(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn unusual_records_are_read_as_the_csv_crate_reads_them() {
        for text in [
            "a,b\n1,2\n",
            "a,b\r\n1,2",
            "a,b\r1,2\r",
            "\"x\ny\",2\n\n\n3,4",
            "\"\"\"q\"\"\",\"\"\n",
            "a\"b,c\"d\n",
            "\"abc\"def,2\n\"a\"b\"c\",d",
            " \"a\",b\n",
            ",\n,,\n",
            "\"a,b\",\"c\r\nd\"\r\n",
            "\"never closed, \nnever",
        ] {
            assert_eq!(read(text.as_bytes(), b','), reference(text.as_bytes(), b','), "{text:?}");
        }
    }

    #[test]
    fn a_buffer_that_ends_within_a_record_asks_for_more() {
        let text = b"\"a\"\"b\",\"c\nd\"\r\nx";
        for cut in 0..text.len() - 2 {
            assert_eq!(RecordFormat::Delimited(b',').next(&text[..cut], 0, false), Next::More, "{cut}");
        }
        assert_eq!(RecordFormat::Delimited(b',').next(text, 0, false), Next::Record { end: 12, next: 14 });
    }

    proptest! {
        #[test]
        fn records_and_fields_are_those_of_the_csv_crate(text in "[ab\",;\n\r é]{0,60}") {
            prop_assert_eq!(read(text.as_bytes(), b','), reference(text.as_bytes(), b','));
            prop_assert_eq!(read(text.as_bytes(), b';'), reference(text.as_bytes(), b';'));
        }

        #[test]
        fn a_written_field_reads_back(values in prop::collection::vec("[ab\",\n\r é]{0,12}", 2..5)) {
            let mut out = Vec::new();
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_field(&mut out, value, b',');
            }
            prop_assert_eq!(read(&out, b','), vec![values]);
        }

        #[test]
        fn line_ends_are_counted_in_pieces(text in "[a\n\r]{0,30}") {
            for shape in [RecordFormat::Delimited(b','), RecordFormat::Lines] {
                let (mut rest, mut count) = (text.as_bytes(), 0);
                while !rest.is_empty() {
                    let (line, after) = rest.split_at(shape.line_end(rest));
                    let ended = line.ends_with(b"\n") || line.ends_with(b"\r") && shape != RecordFormat::Lines;
                    count += u64::from(ended);
                    rest = after;
                }
                prop_assert_eq!(count, shape.lines(text.as_bytes()));
            }
        }
    }
}
