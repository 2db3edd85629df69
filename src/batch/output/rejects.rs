//! Rejected rows.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::output_file::is_stream;
use crate::read::charset::Charset;
use crate::table::json::write_string;
use crate::table::row::RejectReason;

/// A rejected row.
#[derive(Debug)]
pub(crate) struct Reject {
    pub reason: RejectReason,
    /// A message of one line.
    pub message: String,
    /// What is before it in its block.
    pub offset: Offset,
    /// Its bytes with the line end, in the encoding of the input; UTF-16 is converted to UTF-8.
    pub raw: Vec<u8>,
    /// Whether it is a further piece of the row before, which is too long.
    pub continued: bool,
}

/// The numbers of rows, lines and bytes of the input before a row or a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Offset {
    pub rows: u64,
    pub lines: u64,
    pub bytes: u64,
}

/// Where a row begins in the input: row and line from 1, byte from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub row: u64,
    pub line: u64,
    pub byte: u64,
}

impl Reject {
    /// Its position in the input, given the offset of its block.
    pub(crate) fn position(&self, block: Offset) -> Position {
        Position {
            row: block.rows + self.offset.rows + 1,
            line: block.lines + self.offset.lines + 1,
            byte: block.bytes + self.offset.bytes,
        }
    }

    /// Writes it as a line of JSON: `raw` is the row if it is UTF-8, otherwise `raw_base64` has
    /// the bytes of the input. For an input that was `converted`, the line and byte are left out.
    pub(crate) fn write(&self, out: &mut Vec<u8>, block: Offset, charset: Charset, converted: bool) {
        let Position { row, line, byte } = self.position(block);
        out.extend_from_slice(format!(r#"{{"row":{row},"#).as_bytes());
        if !converted {
            out.extend_from_slice(format!(r#""line":{line},"byte":{byte},"#).as_bytes());
        }
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

/// Whether `path` is a regular file that a run may have written: it holds rejects, or nothing.
pub(crate) fn is_rejects_file(path: &Path) -> bool {
    const START: &[u8] = br#"{"row":"#;
    let mut start = Vec::new();
    // Opening a pipe would wait for its writer.
    if is_stream(path) {
        return false;
    }
    let read = File::open(path).and_then(|file| file.take(START.len() as u64).read_to_end(&mut start));
    read.is_ok() && (start == START || start.is_empty())
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
    fn base64_is_that_of_rfc_4648() {
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
            offset: Offset { rows: 2, lines: 3, bytes: 40 },
            raw: b"a,\xff\n".to_vec(),
            continued: false,
        };
        let mut out = Vec::new();
        reject.write(&mut out, Offset { rows: 10, lines: 20, bytes: 500 }, Charset::Utf8, false);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "{\"row\":13,\"line\":24,\"byte\":540,\"reason\":\"not_text\",\"message\":\"not UTF-8\",\"raw_base64\":\"YSz/Cg==\"}\n"
        );
    }
}
