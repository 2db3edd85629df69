//! Decodes a whole file and maps offsets in the text back to the file.

use super::charset::Charset;
use crate::text::Span;

/// A run of characters that all have the same length in the text, and in the file.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    /// First byte in the text.
    text: usize,
    /// First byte in the file.
    file: usize,
    /// Length of each character in the text.
    text_length: usize,
    /// Length of each character in the file.
    file_length: usize,
}

/// Maps ranges of a decoded text to ranges of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FileMap {
    /// Empty if the text is the file without its byte order mark.
    runs: Vec<Run>,
    /// Length of the byte order mark.
    mark: usize,
}

impl FileMap {
    /// Whether offsets in the text equal those in the file.
    pub(super) fn is_identity(&self) -> bool {
        self.runs.is_empty() && self.mark == 0
    }

    /// The range of the file that `span` comes from.
    pub(super) fn to_file(&self, span: Span) -> Span {
        Span::new(self.offset(span.start), self.offset(span.end))
    }

    fn offset(&self, text: usize) -> usize {
        let after = self.runs.partition_point(|run| run.text <= text);
        match after.checked_sub(1).and_then(|at| self.runs.get(at)) {
            None => text + self.mark,
            Some(run) => run.file + (text - run.text).div_ceil(run.text_length.max(1)) * run.file_length,
        }
    }

    /// Adds a character at the end of the map: its offset and length in the text, and those in the
    /// file.
    fn push(&mut self, (text, text_length): (usize, usize), (file, file_length): (usize, usize)) {
        let same = |last: &Run| {
            let count = (text - last.text) / last.text_length.max(1);
            (last.text_length, last.file_length) == (text_length, file_length)
                && file == last.file + count * last.file_length
        };
        if !self.runs.last().is_some_and(same) {
            self.runs.push(Run { text, file, text_length, file_length });
        }
    }
}

/// A decoded file.
#[derive(Debug, PartialEq)]
pub(super) struct Decoded {
    pub text: String,
    pub map: FileMap,
    pub charset: Charset,
    /// First byte of the file that is invalid in its encoding, and was replaced.
    pub invalid: Option<usize>,
}

/// Decodes `bytes` as `named`, or else by their byte order mark or content.
pub(super) fn decode(bytes: Vec<u8>, named: Option<Charset>) -> Decoded {
    let bom = Charset::from_bom(&bytes).filter(|(of, _)| named.is_none_or(|named| named == *of));
    let charset = bom.map(|(charset, _)| charset).or(named).unwrap_or_else(|| Charset::detect(&bytes));
    let mark = bom.map_or(0, |(_, length)| length);
    if charset == Charset::Utf8 && std::str::from_utf8(&bytes).is_ok() {
        let mut text = String::from_utf8(bytes).unwrap_or_default();
        text.drain(..mark);
        return Decoded { text, map: FileMap { runs: Vec::new(), mark }, charset, invalid: None };
    }
    step_by_step(&bytes, mark, charset)
}

/// Decodes one byte at a time, which shows where each character comes from.
fn step_by_step(bytes: &[u8], mark: usize, charset: Charset) -> Decoded {
    let mut decoder = charset.encoding().new_decoder_without_bom_handling();
    let mut decoded = Decoded {
        text: String::with_capacity(bytes.len()),
        map: FileMap { runs: Vec::new(), mark },
        charset,
        invalid: None,
    };
    // Room for all characters that one more byte can complete.
    let mut buffer = [0; 32];
    let mut from = mark;
    for at in mark..=bytes.len() {
        let (next, last) = (bytes.get(at..=at).unwrap_or_default(), at == bytes.len());
        let (_, _, written, invalid) = decoder.decode_to_utf8(next, &mut buffer, last);
        let found = std::str::from_utf8(&buffer[..written]).unwrap_or_default();
        let end = (at + 1).min(bytes.len());
        let count = found.chars().count();
        for (n, c) in found.chars().enumerate() {
            // If a byte ends several characters, the last one is this byte, and the others are the bytes before
            // it, which were incomplete until then.
            let to = if n + 1 == count { end } else { (end - 1).max(from) };
            decoded.map.push((decoded.text.len(), c.len_utf8()), (from, to - from));
            decoded.text.push(c);
            if invalid && c == char::REPLACEMENT_CHARACTER {
                decoded.invalid.get_or_insert(from);
            }
            from = to;
        }
    }
    // The end of the text maps to the end of the file, also if no character comes from the last bytes.
    decoded.map.push((decoded.text.len(), 1), (bytes.len(), 0));
    decoded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn offsets_are_those_of_the_file() {
        let text = "Own the caf\u{e9} \u{1f680} roadmap";
        let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode("Own \u{30d7}\u{30ed} roadmap");
        let table = [
            ("UTF-8", text.into(), None, b"roadmap".to_vec()),
            ("UTF-8 with a mark", format!("\u{feff}{text}").into(), None, b"roadmap".to_vec()),
            ("Windows-1252", b"Own the caf\xe9 \x96 roadmap".to_vec(), None, b"roadmap".to_vec()),
            ("UTF-16 with a mark", utf16(&format!("\u{feff}{text}")), None, utf16("roadmap")),
            ("UTF-16", utf16(text), None, utf16("roadmap")),
            (
                "invalid UTF-8",
                b"\xc3\xa9\xc3\xa9\xc3\xa9 \xff \xf0\x9f roadmap \xc3".to_vec(),
                None,
                b"roadmap".to_vec(),
            ),
            ("Shift_JIS", shift_jis.to_vec(), Some("sjis"), b"roadmap".to_vec()),
            ("another mark than named", b"\xff\xfe roadmap".to_vec(), Some("latin1"), b"roadmap".to_vec()),
        ];
        for (name, bytes, label, word) in table {
            let named = label.map(|label| Charset::from_label(label).unwrap());
            let decoded = decode(bytes.clone(), named);
            let at = decoded.text.find("roadmap").unwrap();
            let span = decoded.map.to_file(Span::new(at, at + 7));
            assert_eq!(&bytes[span.start..span.end], word, "{name}: {decoded:?}");
            let whole = decoded.map.to_file(Span::new(0, decoded.text.len()));
            assert_eq!(whole.end, bytes.len(), "{name}");
        }
    }

    proptest! {
        /// Every character comes from bytes that decode to it alone.
        #[test]
        fn characters_come_from_their_bytes(text in "[a-zé\u{20ac}\u{1f680} ]{0,40}", big in any::<bool>()) {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect();
            let charset = if big { Charset::Utf16Be } else { Charset::Utf16Le };
            let decoded = decode(bytes.clone(), Some(charset));
            prop_assert_eq!(&decoded.text, &text);
            for (at, c) in text.char_indices() {
                let span = decoded.map.to_file(Span::new(at, at + c.len_utf8()));
                let own = decode(bytes[span.start..span.end].to_vec(), Some(charset));
                prop_assert_eq!(own.text, c.to_string());
            }
        }

        #[test]
        fn any_bytes_are_covered_once(bytes in prop::collection::vec(any::<u8>(), 0..60), label in 0..5usize) {
            let label = ["utf-8", "utf-16le", "windows-1252", "shift_jis", "gbk"][label];
            let decoded = decode(bytes.clone(), Some(Charset::from_label(label).unwrap()));
            let mut end = decoded.map.offset(0);
            for (at, c) in decoded.text.char_indices() {
                let span = decoded.map.to_file(Span::new(at, at + c.len_utf8()));
                prop_assert_eq!(span.start, end);
                prop_assert!(span.end >= span.start);
                end = span.end;
            }
            prop_assert_eq!(end, bytes.len());
        }
    }
}
