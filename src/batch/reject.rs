//! Rows that are set aside.

use super::encoding::Charset;
use super::json::write_string;

/// Why a row was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RejectReason {
    /// It holds bytes that are not of the input's encoding.
    NotText,
    /// It has more fields than the header.
    TooManyFields,
    /// It has fewer fields than the header, and the posting's is among the missing.
    TooFewFields,
    /// A quote in it is never closed, or not before the longest row there may be ends.
    UnclosedQuote,
    /// It is longer than rows may be.
    TooLong,
    /// It is not one JSON object.
    NotJson,
    /// The object lacks the column of the posting, or holds something else than text
    /// there.
    NoText,
    /// The object has a field that the header of the table does not have.
    UnexpectedField,
    /// The object has a field of ours already, or one field twice.
    DuplicateField,
    /// Scoring it failed: a defect of this program.
    Defect,
}

impl RejectReason {
    /// All reasons.
    pub const ALL: [Self; 10] = [
        Self::NotText,
        Self::TooManyFields,
        Self::TooFewFields,
        Self::UnclosedQuote,
        Self::TooLong,
        Self::NotJson,
        Self::NoText,
        Self::UnexpectedField,
        Self::DuplicateField,
        Self::Defect,
    ];

    /// Its name in the rejects file: `not_text`, `too_many_fields` …
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotText => "not_text",
            Self::TooManyFields => "too_many_fields",
            Self::TooFewFields => "too_few_fields",
            Self::UnclosedQuote => "unclosed_quote",
            Self::TooLong => "too_long",
            Self::NotJson => "not_json",
            Self::NoText => "no_text",
            Self::UnexpectedField => "unexpected_field",
            Self::DuplicateField => "duplicate_field",
            Self::Defect => "defect",
        }
    }
}

/// A row set aside, with its place counted from the start of its block.
#[derive(Debug)]
pub(crate) struct Reject {
    pub reason: RejectReason,
    /// One line for people.
    pub message: String,
    /// Rows, lines and bytes of the input before it, in its block.
    pub rows: u64,
    pub lines: u64,
    pub bytes: u64,
    /// Its bytes, line end included, as records are cut from them.
    pub raw: Vec<u8>,
    /// Whether it goes on the row before: a piece of one too long.
    pub continued: bool,
}

/// Where a block starts: rows, lines and bytes of the input before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    pub rows: u64,
    pub lines: u64,
    pub bytes: u64,
}

impl Reject {
    /// Where it stands in the input: row and line from 1, byte from 0.
    pub(crate) fn place(&self, block: Position) -> Position {
        Position {
            rows: block.rows + self.rows + 1,
            lines: block.lines + self.lines + 1,
            bytes: block.bytes + self.bytes,
        }
    }

    /// Writes it as a line of JSON. `raw` holds the row where it is UTF-8, `raw_base64`
    /// the bytes of the input where it is not.
    pub(crate) fn write(&self, out: &mut Vec<u8>, block: Position, charset: Charset) {
        let place = self.place(block);
        out.extend_from_slice(
            format!(r#"{{"row":{},"line":{},"byte":{},"#, place.rows, place.lines, place.bytes).as_bytes(),
        );
        if self.continued {
            out.extend_from_slice(br#""continued":true,"#);
        }
        out.extend_from_slice(br#""reason":"#);
        write_string(out, self.reason.as_str());
        out.extend_from_slice(br#","message":"#);
        write_string(out, &self.message);
        if let Ok(text) = std::str::from_utf8(&self.raw) {
            out.extend_from_slice(br#","raw":"#);
            write_string(out, text);
        } else {
            out.extend_from_slice(br#","raw_base64":""#);
            base64(out, &charset.to_source(&self.raw));
            out.push(b'"');
        }
        out.extend_from_slice(b"}\n");
    }
}

/// Base64 with padding (RFC 4648).
fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for chunk in bytes.chunks(3) {
        let at = |i: usize| chunk.get(i).map_or(0, |&byte| u32::from(byte));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { letter } else { b'=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_the_rfc() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            let mut out = Vec::new();
            base64(&mut out, plain.as_bytes());
            assert_eq!(String::from_utf8(out).unwrap(), coded);
        }
    }

    #[test]
    fn a_line_of_json() {
        let reject = Reject {
            reason: RejectReason::NotText,
            message: "not UTF-8".to_owned(),
            rows: 2,
            lines: 3,
            bytes: 40,
            raw: b"a,\xff\n".to_vec(),
            continued: false,
        };
        let mut out = Vec::new();
        reject.write(&mut out, Position { rows: 10, lines: 20, bytes: 500 }, Charset::Utf8);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"row\":13,\"line\":24,\"byte\":540,\"reason\":\"not_text\",\"message\":\"not UTF-8\",\"raw_base64\":\"YSz/Cg==\"}\n"
        );
    }
}
