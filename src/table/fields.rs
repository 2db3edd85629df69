//! Splits a record into fields, and writes values as fields. The rules of quotes are those of `records`.

use memchr::{memchr, memchr2, memchr3};

use super::dialect::Dialect;
use super::records::{Quoted, closing};

impl Dialect {
    /// Splits a record into the ranges of its fields, quotes included. Returns the number, from 1,
    /// of the first field with text after its closing quote.
    pub(crate) fn fields(self, record: &[u8], ranges: &mut Vec<(usize, usize)>) -> Option<usize> {
        ranges.clear();
        let (mut start, mut stray) = (0, None);
        loop {
            let mut at = start;
            if self.quoting && record.get(at) == Some(&b'"') {
                at = match self.closing(record, at + 1) {
                    Quoted::Closed(after) => after,
                    Quoted::More | Quoted::Unclosed => record.len(),
                };
                if record.get(at).is_some_and(|&byte| byte != self.delimiter) {
                    stray = stray.or(Some(ranges.len() + 1));
                }
            }
            let Some(end) = self.delimiter_from(record, at) else {
                ranges.push((start, record.len()));
                return stray;
            };
            ranges.push((start, end));
            start = end + 1;
        }
    }

    /// The end of a quoted field in a complete record.
    fn closing(self, record: &[u8], from: usize) -> Quoted {
        let Some(escape) = self.escape else { return closing(record, from, true) };
        let mut at = from;
        while let Some(found) = record.get(at..).and_then(|rest| memchr2(b'"', escape, rest)) {
            at += found;
            if record[at] == escape || record.get(at + 1) == Some(&b'"') {
                at += 2;
            } else {
                return Quoted::Closed(at + 1);
            }
        }
        Quoted::Unclosed
    }

    /// The next delimiter from `from` on that is not escaped.
    fn delimiter_from(self, record: &[u8], from: usize) -> Option<usize> {
        let Some(escape) = self.escape else { return memchr(self.delimiter, &record[from..]).map(|at| from + at) };
        let mut at = from;
        while let Some(found) = record.get(at..).and_then(|rest| memchr2(self.delimiter, escape, rest)) {
            at += found;
            if record[at] == self.delimiter {
                return Some(at);
            }
            at += 2;
        }
        None
    }

    /// The value of a field: without its quotes and escapes, and with `""` as `"`. `buffer` holds
    /// the value if it is not a part of the field.
    pub(crate) fn value<'a>(self, field: &'a str, buffer: &'a mut String) -> &'a str {
        let quoted = self.quoting && field.starts_with('"');
        match self.escape {
            Some(escape) if memchr(escape, field.as_bytes()).is_some() => {
                self.unescape(field, char::from(escape), quoted, buffer);
                buffer
            }
            _ if quoted => unquote(field, buffer),
            _ => field,
        }
    }

    /// Removes escape characters before what needs them: the backslash of a literal `\n` stays.
    fn unescape(self, field: &str, escape: char, quoted: bool, buffer: &mut String) {
        buffer.clear();
        let inner = if quoted { &field[1..] } else { field };
        let mut rest = inner.chars().peekable();
        while let Some(c) = rest.next() {
            if c == escape {
                match rest.peek() {
                    Some(&next) if next == escape || matches!(next, '"' | '\n' | '\r') => {}
                    Some(&next) if next == char::from(self.delimiter) => {}
                    _ => {
                        buffer.push(c);
                        continue;
                    }
                }
                buffer.extend(rest.next());
            } else if c == '"' && quoted {
                // The first of two, or the closing one.
                buffer.extend(rest.next_if_eq(&'"'));
            } else {
                buffer.push(c);
            }
        }
    }
}

/// The value of a field that starts with a quote.
fn unquote<'a>(field: &'a str, buffer: &'a mut String) -> &'a str {
    let inner = &field[1..];
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
            // The closing quote; text after it is kept unchanged.
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
