//! Removes escapes that other formats left in a text: backslashes of JSON and programming
//! languages, percent-encoding, quoted-printable.

use super::layer::Layer;

/// Bytes at the beginning that are searched for percent-encoding.
const BEGINNING: usize = 200;

/// A way of escaping characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// All of JSON's: `\n`, `\"`, `\u2022`.
    Json,
    /// Only `\u2022`: a backslash before another letter is text.
    Unicode,
    /// `%20`
    Percent,
    /// `=20`, and `=` at line ends.
    QuotedPrintable,
}

impl Escapes {
    /// The escapes that `text` has.
    pub(super) fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let beginning = &bytes[..bytes.len().min(BEGINNING)];
        if memchr::memchr2(b'\\', b'=', bytes).is_none() && beginning.contains(&b' ') {
            return None;
        }
        let (mut unicode, mut lines) = (false, 0usize);
        for at in memchr::memchr_iter(b'\\', bytes) {
            let escape = &bytes[at + 1..];
            match escape.first() {
                Some(b'u') => unicode |= code_unit(escape.get(1..5).unwrap_or_default()).is_some(),
                Some(b'n' | b'r') => lines += 1,
                _ => {}
            }
        }
        // A single one may be part of a path: "C:\new".
        if lines > 1 && lines > memchr::memchr_iter(b'\n', bytes).count() {
            return Some(Self::Json);
        }
        if unicode {
            return Some(Self::Unicode);
        }
        let has = |beginning: &[u8], mark: u8, least: usize| {
            let escape = |&at: &usize| hex(beginning.get(at + 1..at + 3).unwrap_or_default()).is_some();
            memchr::memchr_iter(mark, beginning).filter(escape).count() >= least
        };
        if has(beginning, b'%', 2) && !beginning.contains(&b' ') {
            return Some(Self::Percent);
        }
        if memchr::memchr(b'=', bytes).is_some() {
            let ends_line = |&at: &usize| {
                let mut after = bytes[at + 1..].iter().skip_while(|byte| byte.is_ascii_whitespace() && **byte != b'\n');
                after.next().is_none_or(|byte| *byte == b'\n')
            };
            let soft = memchr::memchr_iter(b'=', bytes).filter(ends_line).count();
            if soft > 2 || soft > 0 && has(bytes, b'=', 2) {
                return Some(Self::QuotedPrintable);
            }
        }
        None
    }

    /// Writes `source` without its escapes to `layer`.
    pub(super) fn remove(self, source: &str, layer: &mut Layer) {
        layer.start(source.len());
        let bytes = source.as_bytes();
        let mark = match self {
            Self::Json | Self::Unicode => b'\\',
            Self::Percent => b'%',
            Self::QuotedPrintable => b'=',
        };
        let plus_is_space = self == Self::Percent && !source.contains("%20");
        let (mut at, mut copied) = (0, 0);
        let next = |at: usize| {
            if plus_is_space { memchr::memchr2(mark, b'+', &bytes[at..]) } else { memchr::memchr(mark, &bytes[at..]) }
        };
        while let Some(found) = next(at) {
            let from = at + found;
            let read = match self {
                _ if bytes[from] == b'+' => Some((from + 1, Some(' '))),
                Self::Json => json(bytes, from),
                Self::Unicode => unicode(bytes, from),
                Self::Percent => encoded(bytes, from, mark),
                Self::QuotedPrintable => soft_break(bytes, from).or_else(|| encoded(bytes, from, mark)),
            };
            let Some((end, c)) = read else {
                at = from + 1;
                continue;
            };
            layer.copy(source, copied, from);
            if let Some(c) = c {
                layer.replace_char(from, end, c);
            }
            (at, copied) = (end, end);
        }
        layer.copy(source, copied, bytes.len());
    }
}

/// Where an escape ends, and the character that it stands for, if any; `None` for text.
type Read = Option<(usize, Option<char>)>;

fn json(bytes: &[u8], from: usize) -> Read {
    let c = match *bytes.get(from + 1)? {
        b'r' if bytes.get(from + 2..from + 4) == Some(b"\\n") => return Some((from + 4, Some('\n'))),
        b'n' | b'r' => '\n',
        b't' => '\t',
        b'b' | b'f' => ' ',
        byte @ (b'"' | b'\\' | b'/' | b'\'') => char::from(byte),
        _ => return unicode(bytes, from),
    };
    Some((from + 2, Some(c)))
}

fn unicode(bytes: &[u8], from: usize) -> Read {
    let unit = |at: usize| {
        let escape = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        code_unit(escape)
    };
    let first = unit(from)?;
    if let Some(c) = char::from_u32(first) {
        return Some((from + 6, Some(c)));
    }
    let second = unit(from + 6)?;
    let c = char::decode_utf16([first as u16, second as u16]).next()?.ok()?;
    Some((from + 12, Some(c)))
}

/// A soft line break: `=` at the end of a line, with whitespace after it.
fn soft_break(bytes: &[u8], from: usize) -> Read {
    let whitespace = bytes[from + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    let end = from + 1 + whitespace;
    match bytes.get(end) {
        Some(b'\n') => Some((end + 1, None)),
        None => Some((end, None)),
        Some(_) => None,
    }
}

/// A character whose UTF-8 bytes are each written as `mark` and two hexadecimal digits; a byte that
/// is ASCII or not UTF-8 is read as Windows-1252.
fn encoded(bytes: &[u8], from: usize, mark: u8) -> Read {
    let byte = |n: usize| {
        let escape = bytes.get(from + 3 * n..from + 3 * n + 3)?.strip_prefix(&[mark])?;
        hex(escape)
    };
    let first = byte(0)?;
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 0,
    };
    let mut character = [0; 4];
    for (n, slot) in character.iter_mut().enumerate().take(length) {
        *slot = byte(n).unwrap_or_default();
    }
    match std::str::from_utf8(&character[..length]).ok().and_then(|text| text.chars().next()) {
        Some(c) => Some((from + 3 * length, Some(c))),
        None => Some((from + 3, Some(windows_1252(first)))),
    }
}

/// A byte read as Windows-1252 for the punctuation that postings use, otherwise as Latin-1.
fn windows_1252(byte: u8) -> char {
    match byte {
        0x80 => '\u{20ac}',
        0x85 => '\u{2026}',
        0x91 => '\u{2018}',
        0x92 => '\u{2019}',
        0x93 => '\u{201c}',
        0x94 => '\u{201d}',
        0x95 => '\u{2022}',
        0x96 => '\u{2013}',
        0x97 => '\u{2014}',
        0x99 => '\u{2122}',
        other => char::from(other),
    }
}

fn hex(digits: &[u8]) -> Option<u8> {
    let [high, low] = *digits else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}

fn code_unit(digits: &[u8]) -> Option<u32> {
    let (high, low) = digits.split_at_checked(2)?;
    Some(u32::from(hex(high)?) << 8 | u32::from(hex(low)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn escapes_are_removed() {
        let table = [
            ("lines", r"Own it\n\n- Ship\r\n- Plan", Some(Escapes::Json), "Own it\n\n- Ship\n- Plan"),
            ("a carriage return", r"Own it\n\n- Ship\r- Plan", Some(Escapes::Json), "Own it\n\n- Ship\n- Plan"),
            (
                "all of JSON",
                r#"Own\tit\n\"Ship\"\n\bor\fplan \\ \d"#,
                Some(Escapes::Json),
                "Own\tit\n\"Ship\"\n or plan \\ \\d",
            ),
            ("a path", r"in C:\new and D:\text", None, ""),
            ("as many paths as lines", "C:\\new\nD:\\new\n", None, ""),
            ("several paths", "C:\\new\nD:\\new\nE:\\x\n", None, ""),
            (
                "Unicode",
                r"\u003cp\u003eOwn \ud83d\ude80 \u00e9 \d",
                Some(Escapes::Unicode),
                "<p>Own \u{1f680} \u{e9} \\d",
            ),
            ("half a pair", r"a \ud83d b", Some(Escapes::Unicode), r"a \ud83d b"),
            ("percent", "Own%20the%20caf%C3%A9%2C", Some(Escapes::Percent), "Own the caf\u{e9},"),
            ("four bytes", "Own%20it%F0%9F%9A%80", Some(Escapes::Percent), "Own it\u{1f680}"),
            ("plus", "Own+the%2Croadmap%21", Some(Escapes::Percent), "Own the,roadmap!"),
            ("percentages", "20% of 50%25", None, ""),
            (
                "soft breaks",
                "Own the road=\nmap =E2=80=93 caf=E9 =3D",
                Some(Escapes::QuotedPrintable),
                "Own the roadmap \u{2013} caf\u{e9} =",
            ),
            (
                "spaces after a soft break",
                "Own the road= \t \nmap =E2=80=93 caf=E9 =3D",
                Some(Escapes::QuotedPrintable),
                "Own the roadmap \u{2013} caf\u{e9} =",
            ),
            ("equations", "a = b\nc =\nd", None, ""),
        ];
        for (name, text, escapes, expected) in table {
            assert_eq!(Escapes::of(text), escapes, "{name}");
            let mut layer = Layer::default();
            if let Some(escapes) = escapes {
                escapes.remove(text, &mut layer);
                assert_eq!(layer.text(), expected, "{name}");
            }
        }
    }

    #[test]
    fn spans_are_those_of_the_escapes() {
        let source = r"Own \u2022 the \u0072oadmap";
        let mut layer = Layer::default();
        Escapes::Unicode.remove(source, &mut layer);
        let at = layer.text().find("roadmap").unwrap();
        assert_eq!(layer.to_source(Span::new(at, at + 7)).of(source), r"\u0072oadmap");
    }
}
