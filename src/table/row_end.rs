//! Finds the end of a row that is too long to be held, piece by piece. The rules of quotes are those of
//! `records`; a property test compares the two.

use super::dialect::Dialect;
use super::records::RecordFormat;

/// Where in a row the pieces read so far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// At the start of a field.
    Start,
    /// In a field that is not in quotes, or after its quotes.
    Field,
    /// Between quotes.
    Quotes,
    /// After a quote between quotes: the closing one, or the first of two.
    Quote,
}

/// Looks for the end of one row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowEnd {
    format: RecordFormat,
    inside: Inside,
    escaped: bool,
}

impl RowEnd {
    pub(crate) fn new(format: RecordFormat) -> Self {
        Self { format, inside: Inside::Start, escaped: false }
    }

    /// Reads the next `piece` of the row. Returns where the row ends in it, after the line end; `None` if
    /// the row goes on.
    ///
    /// If the piece ends between `\r` and `\n`, the row ends with the piece. The `\n` is then read as an
    /// empty line, which is not a row.
    pub(crate) fn find(&mut self, piece: &[u8]) -> Option<usize> {
        let RecordFormat::Delimited(dialect) = self.format else {
            return memchr::memchr(b'\n', piece).map(|at| at + 1);
        };
        for (at, &byte) in piece.iter().enumerate() {
            if self.advance(byte, dialect) {
                let pair = byte == b'\r' && piece.get(at + 1) == Some(&b'\n');
                return Some(at + 1 + usize::from(pair));
            }
        }
        None
    }

    /// Reads the next byte, and returns whether it ends the row.
    fn advance(&mut self, byte: u8, dialect: Dialect) -> bool {
        if self.escaped {
            self.escaped = false;
            return false;
        }
        if Some(byte) == dialect.escape {
            self.escaped = true;
            // A field that begins with an escape is not quoted, and a quote before one was the closing one.
            self.inside = if self.inside == Inside::Quotes { Inside::Quotes } else { Inside::Field };
            return false;
        }
        self.inside = match (self.inside, byte) {
            (Inside::Quotes, b'"') => Inside::Quote,
            (Inside::Quotes, _) | (Inside::Quote, b'"') => Inside::Quotes,
            (_, b'\n' | b'\r') => return true,
            (Inside::Start, b'"') if dialect.quoting => Inside::Quotes,
            (_, byte) if byte == dialect.delimiter => Inside::Start,
            _ => Inside::Field,
        };
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::records::Next;
    use super::*;

    proptest! {
        #[test]
        fn the_end_is_that_of_the_record(
            row in "[ab,\"\\\\\n\r]{0,12}", size in 1usize..5, quoting in any::<bool>(),
            escape in proptest::option::of(Just(b'\\')),
        ) {
            let text = row + "\n";
            let bytes = text.as_bytes();
            let format = RecordFormat::Delimited(Dialect { delimiter: b',', quoting, escape });
            let Next::Record { end, .. } = format.next(bytes, 0, true) else { return Ok(()) };
            let (mut row_end, mut at) = (RowEnd::new(format), 0);
            let found = bytes.chunks(size).find_map(|piece| {
                at += piece.len();
                row_end.find(piece).map(|found| at - piece.len() + found)
            });
            // The line feed at the end may be escaped: the record then ends with the text.
            let Some(found) = found else {
                prop_assert_eq!(end, bytes.len());
                return Ok(());
            };
            prop_assert!(found == end + 1 || (found == end + 2 && bytes[end] == b'\r'), "{found} {end}");
        }
    }
}
