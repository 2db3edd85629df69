//! Splits raw bytes into records.
//!
//! The rules are those of the `csv` crate and of Python's `csv`: a quote opens a field
//! only where the field begins, `""` within quotes is a quote, and `\n`, `\r\n` and `\r`
//! end a record. Bytes are not copied, so a record can be written exactly as it was read.
//! Unlike theirs, text after a closing quote is reported: it is the sign of a quote that
//! is missing or not doubled, and a reader that accepts it joins rows.
//!
//! Three scanners follow these rules and must agree: this one, that of `fields`, and that of
//! `row_end` for rows too long to be held. Property tests compare them:
//! `each_field_is_a_record_by_itself` here and `the_end_is_that_of_the_record` in `row_end`.

use memchr::{memchr, memchr2, memchr3};

use super::dialect::Dialect;

/// How records are separated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordFormat {
    /// Delimited fields.
    Delimited(Dialect),
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
    /// A record with a quote that is not closed before the next row, which starts at `next`.
    Broken {
        /// Start of the next row.
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
            Self::Delimited(Dialect { delimiter, quoting: true, escape: None }) => {
                delimited(bytes, from, delimiter, last)
            }
            Self::Delimited(dialect) => dialect.escaped(bytes, from, last),
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
                Quoted::Closed(after) => {
                    if let Some(next) = row_within(bytes, from, (at, after), delimiter) {
                        return Next::Broken { next };
                    }
                    at = after;
                }
                Quoted::More => return Next::More,
                Quoted::Unclosed => return Next::Unclosed,
            },
            b'"' => at += 1,
            _ => return record_end(bytes, at, last),
        }
    }
}

/// The record that ends with the line end at `at`.
fn record_end(bytes: &[u8], at: usize, last: bool) -> Next {
    match bytes.get(at + 1) {
        Some(b'\n') if bytes[at] == b'\r' => Next::Record { end: at, next: at + 2 },
        None if bytes[at] == b'\r' && !last => Next::More,
        _ => Next::Record { end: at, next: at + 1 },
    }
}

/// Detects a quote that is never closed, and returns the start of the row that it runs into.
///
/// The quote at `open` seems to be closed by the one before `after`. But if that one stands where a
/// field begins and text follows it, it opens a field of a later row.
fn row_within(bytes: &[u8], from: usize, (open, after): (usize, usize), delimiter: u8) -> Option<usize> {
    if is_field_end(bytes.get(after), delimiter) || after < open + 2 {
        return None;
    }
    let quote = after - 1;
    if !matches!(bytes[quote - 1], b'\n' | b'\r') && bytes[quote - 1] != delimiter {
        return None;
    }
    let line = memchr::memrchr2(b'\n', b'\r', &bytes[open..quote])? + open + 1;
    (line > from).then_some(line)
}

/// Whether a field may end before this byte.
fn is_field_end(byte: Option<&u8>, delimiter: u8) -> bool {
    byte.is_none_or(|&byte| byte == delimiter || matches!(byte, b'\n' | b'\r'))
}

/// The end of a quoted field.
pub(super) enum Quoted {
    /// The place after the closing quote.
    Closed(usize),
    More,
    Unclosed,
}

/// The end of a quoted field whose content starts at `from`.
pub(super) fn closing(bytes: &[u8], from: usize, last: bool) -> Quoted {
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

impl Dialect {
    /// The record that starts at `from`, byte by byte: for escapes, or without quotes.
    fn escaped(self, bytes: &[u8], from: usize, last: bool) -> Next {
        // `starts`: whether a field starts at `at`. After an escaped delimiter none does.
        let (mut at, mut quoted, mut starts) = (from, false, true);
        while at < bytes.len() {
            let byte = bytes[at];
            let is_first = std::mem::take(&mut starts);
            if Some(byte) == self.escape {
                at += 1;
            } else if quoted && byte == b'"' {
                match bytes.get(at + 1) {
                    Some(b'"') => at += 1,
                    None if !last => return Next::More,
                    _ => quoted = false,
                }
            } else if byte == b'"' && self.quoting && is_first {
                quoted = true;
            } else if !quoted && matches!(byte, b'\n' | b'\r') {
                return record_end(bytes, at, last);
            } else {
                starts = !quoted && byte == self.delimiter;
            }
            at += 1;
        }
        match (last, quoted) {
            (false, _) => Next::More,
            (true, true) => Next::Unclosed,
            (true, false) => Next::Record { end: bytes.len(), next: bytes.len() },
        }
    }
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

    use super::super::fields::write_field;
    use super::*;

    const COMMA: RecordFormat = RecordFormat::Delimited(Dialect::new(b','));

    /// All records of `bytes`, unquoted; like the `csv` crate, without empty lines. `None`
    /// if one has text after a closing quote.
    fn read_as(bytes: &[u8], dialect: Dialect) -> Option<Vec<Vec<String>>> {
        let (mut at, mut rows, mut ranges) = (0, Vec::new(), Vec::new());
        loop {
            let (end, next) = match RecordFormat::Delimited(dialect).next(bytes, at, true) {
                Next::Record { end, next } => (end, next),
                Next::Unclosed => (bytes.len(), bytes.len()),
                Next::End => return Some(rows),
                Next::Broken { .. } => return None,
                Next::More => unreachable!("the buffer is the last"),
            };
            if end > at {
                let record = &bytes[at..end];
                if dialect.fields(record, &mut ranges).is_some() {
                    return None;
                }
                let field = |&(from, to): &(usize, usize)| {
                    dialect.value(std::str::from_utf8(&record[from..to]).unwrap(), &mut String::new()).to_owned()
                };
                rows.push(ranges.iter().map(field).collect());
            }
            at = next;
        }
    }

    fn read(bytes: &[u8], delimiter: u8) -> Option<Vec<Vec<String>>> {
        read_as(bytes, Dialect::new(delimiter))
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
            " \"a\",b\n",
            ",\n,,\n",
            "\"a,b\",\"c\r\nd\"\r\n",
            "\"never closed, \nnever",
        ] {
            assert_eq!(read(text.as_bytes(), b','), Some(reference(text.as_bytes(), b',')), "{text:?}");
        }
    }

    #[test]
    fn a_buffer_that_ends_within_a_record_asks_for_more() {
        let text = b"\"a\"\"b\",\"c\nd\"\r\nx";
        for cut in 0..text.len() - 2 {
            assert_eq!(COMMA.next(&text[..cut], 0, false), Next::More, "{cut}");
        }
        assert_eq!(COMMA.next(text, 0, false), Next::Record { end: 12, next: 14 });
    }

    #[test]
    fn a_quote_left_open_does_not_join_rows() {
        for (text, broken) in [
            ("1,\"open\n2,\"closed\"\n", Some(8)),
            ("\"1\",\"open\n\"2\",\"closed\"\n", Some(10)),
            ("1,\"a\nb\nopen\n2,x,\"closed\"\n", Some(12)),
            ("1,\"open\r\n2,\"closed\"\r\n", Some(9)),
            // Text after a closing quote in the middle of a line.
            ("1,\"a\"b\n2,\"c\"\n", None),
            ("1,\"a\nb\"\n2,\"c\"\n", None),
            ("1,\"a,\"\n2,\"c\"\n", None),
        ] {
            let next = COMMA.next(text.as_bytes(), 0, true);
            match broken {
                Some(next_row) => assert_eq!(next, Next::Broken { next: next_row }, "{text:?}"),
                None => assert!(matches!(next, Next::Record { .. }), "{text:?}: {next:?}"),
            }
        }
        let mut ranges = Vec::new();
        assert_eq!(Dialect::new(b',').fields(b"1,\"a\"b,\"c\"", &mut ranges), Some(2));
        assert_eq!(ranges.len(), 3);
    }

    #[test]
    fn escapes_have_a_meaning_only_where_one_is_needed() {
        let dialect = Dialect { delimiter: b',', quoting: true, escape: Some(b'\\') };
        for (text, fields) in [
            (r#"1,"a \"b\", c""#, vec!["1", "a \"b\", c"]),
            (r"1,a\,b", vec!["1", "a,b"]),
            (r#""C:\\dir","a\nb""#, vec![r"C:\dir", r"a\nb"]),
            (r#""a ""b"" c",d"#, vec!["a \"b\" c", "d"]),
            // As Python's `csv` reads it: a field that begins with an escape has no quotes.
            (r#"\,",b"#, vec![",\"", "b"]),
        ] {
            let fields: Vec<_> = fields.into_iter().map(str::to_owned).collect();
            assert_eq!(read_as(text.as_bytes(), dialect), Some(vec![fields]), "{text}");
        }
    }

    proptest! {
        #[test]
        fn records_and_fields_are_those_of_the_csv_crate(text in "[ab\",;\n\r é]{0,60}") {
            for delimiter in [b',', b';'] {
                if let Some(rows) = read(text.as_bytes(), delimiter) {
                    prop_assert_eq!(rows, reference(text.as_bytes(), delimiter));
                }
            }
        }

        /// If `fields` closed a quote at another place, a field would have a line end outside of quotes.
        #[test]
        fn each_field_is_a_record_by_itself(
            text in "[ab,\"\\\\\n\r]{0,30}", quoting in any::<bool>(), escape in proptest::option::of(Just(b'\\')),
        ) {
            let dialect = Dialect { delimiter: b',', quoting, escape };
            let (format, mut ranges) = (RecordFormat::Delimited(dialect), Vec::new());
            let Next::Record { end, .. } = format.next(text.as_bytes(), 0, true) else { return Ok(()) };
            prop_assume!(dialect.fields(&text.as_bytes()[..end], &mut ranges).is_none());
            for (from, to) in ranges.into_iter().filter(|(from, to)| from < to) {
                let field = &text.as_bytes()[from..to];
                prop_assert_eq!(format.next(field, 0, true), Next::Record { end: field.len(), next: field.len() });
            }
        }

        #[test]
        fn without_quoting_records_are_those_of_the_csv_crate(text in "[ab\",\n]{0,40}") {
            let plain = Dialect { delimiter: b',', quoting: false, escape: None };
            let rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).quoting(false)
                .from_reader(text.as_bytes()).into_records()
                .map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read_as(text.as_bytes(), plain), Some(rows));
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
            prop_assert_eq!(read(&out, b','), Some(vec![values]));
        }

        #[test]
        fn line_ends_are_counted_in_pieces(text in "[a\n\r]{0,30}") {
            for shape in [COMMA, RecordFormat::Lines] {
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
