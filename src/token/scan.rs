//! Words and segments of a text, in one pass over its bytes.

use super::{Segment, StemId, Token};

/// Gives a lower-case word its stem id. `None` of the callers keeps the word.
pub(crate) trait StemIds {
    /// The id of `word`'s stem, or [`super::UNKNOWN`].
    fn stem_id(&mut self, word: &str) -> StemId;
}

/// Longer words are no words: they get no stem.
const MAX_WORD: usize = 40;

/// A segment is cut when it reaches so many words: text without any punctuation
/// would otherwise be judged as one line.
const MAX_SEGMENT: u32 = 56;

/// What a byte is to the scanner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Space,
    Newline,
    /// `.`, `!`, `?`
    Stop,
    Semicolon,
    Colon,
    /// Comma, brackets, dashes, slashes and other marks.
    Mark,
    Star,
    /// First byte of a character beyond ASCII.
    Wide,
}

const CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Mark; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t' => Class::Space,
            b'\n' | b'\r' | 0x0b | 0x0c => Class::Newline,
            b'.' | b'!' | b'?' => Class::Stop,
            b';' => Class::Semicolon,
            b':' => Class::Colon,
            b'*' => Class::Star,
            128..=255 => Class::Wide,
            _ => Class::Mark,
        };
        byte += 1;
    }
    table
}

/// What stood between two words.
#[derive(Clone, Copy, Default)]
struct Gap {
    space: bool,
    newline: bool,
    stop: bool,
    semicolon: bool,
    colon: bool,
    mark: bool,
    bullet: bool,
}

/// Finds the words of `text` and the segments they form, appending to both lists.
pub(crate) fn scan(text: &str, ids: &mut impl StemIds, tokens: &mut Vec<Token>, segments: &mut Vec<Segment>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut gap = Gap::default();
    let mut line = 0u32;
    let mut lower = [0u8; MAX_WORD];
    let mut open: Option<Segment> = None;
    while at < bytes.len() {
        match CLASSES[bytes[at] as usize] {
            Class::Lower | Class::Upper | Class::Digit => {}
            Class::Space => {
                gap.space = true;
                at += 1;
                continue;
            }
            Class::Newline => {
                gap.newline = true;
                line += u32::from(bytes[at] == b'\n');
                at += 1;
                continue;
            }
            Class::Stop => {
                gap.stop = true;
                // Blanks before the stop do not part it from the next sentence.
                gap.space = false;
                at += 1;
                continue;
            }
            Class::Semicolon => {
                gap.semicolon = true;
                at += 1;
                continue;
            }
            Class::Colon => {
                if bytes[at..].starts_with(b"://") {
                    drop_scheme(at, tokens, &mut open);
                    at = end_of_address(bytes, at);
                    continue;
                }
                gap.colon = true;
                gap.space = false;
                at += 1;
                continue;
            }
            Class::Star => {
                gap.mark = true;
                gap.bullet |= matches!(bytes.get(at + 1), Some(b' ' | b'\t')) && (at == 0 || gap.space || gap.newline);
                at += 1;
                continue;
            }
            Class::Mark => {
                gap.mark = true;
                at += 1;
                continue;
            }
            Class::Wide => {
                let Some(c) = text[at..].chars().next() else { break };
                if !c.is_alphanumeric() {
                    wide_gap(c, &mut gap);
                    at += c.len_utf8();
                    continue;
                }
            }
        }
        let start = at;
        let ascii = ascii_word(bytes, &mut at, &mut lower);
        let id = if ascii {
            word_id(&lower, at - start, ids)
        } else {
            at = wide_word(text, start);
            wide_id(&text[start..at], ids)
        };
        let first = bytes[start];
        if boundary(gap, tokens.last(), open, first, bytes) {
            segments.extend(open.take());
        }
        let index = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
        let segment = open.get_or_insert(Segment { first: index, last: index, line });
        segment.last = index.saturating_add(1);
        tokens.push(Token {
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(at).unwrap_or(u32::MAX),
            id,
            clause: gap.mark || gap.colon || gap.stop,
        });
        gap = Gap::default();
    }
    segments.extend(open);
}

/// Marks that are not ASCII: bullets part segments, Unicode blanks are blanks.
fn wide_gap(c: char, gap: &mut Gap) {
    match c {
        '\u{2022}' | '\u{b7}' | '\u{25cf}' | '\u{25e6}' | '\u{25aa}' | '\u{25ab}' | '\u{25a0}' | '\u{25a1}'
        | '\u{27a2}' | '\u{2713}' | '\u{2714}' | '\u{2705}' | '\u{2043}' | '\u{2219}' | '\u{25ba}' | '\u{f0b7}'
        | '\u{27a4}' => {
            gap.bullet = true;
        }
        '\u{85}' | '\u{2028}' | '\u{2029}' => gap.newline = true,
        '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' => {}
        '\u{2026}' | '\u{3002}' => gap.stop = true,
        _ if c.is_whitespace() => gap.space = true,
        _ => gap.mark = true,
    }
}

/// Whether the word that begins now opens a new segment.
fn boundary(gap: Gap, last: Option<&Token>, open: Option<Segment>, first: u8, bytes: &[u8]) -> bool {
    let Some(open) = open else { return false };
    if gap.newline || gap.bullet || gap.semicolon || open.last - open.first >= MAX_SEGMENT {
        return true;
    }
    if !(gap.stop || gap.colon) {
        return false;
    }
    let Some(last) = last else { return false };
    let previous = &bytes[last.start as usize..last.end as usize];
    let capital = first.is_ascii_uppercase() || first >= 128;
    if gap.stop && gap.space {
        return (capital || first.is_ascii_digit()) && !abbreviation(previous);
    }
    // "capabilities.Self-motivated", "the following:Ability": the breaks were lost.
    capital && !gap.space && previous.len() > 1 && previous.last().is_some_and(|b| !b.is_ascii_uppercase())
}

/// Words after which a full stop seldom ends a sentence.
fn abbreviation(word: &[u8]) -> bool {
    const KNOWN: [&[u8]; 12] =
        [b"approx", b"dept", b"dr", b"est", b"jr", b"mr", b"mrs", b"ms", b"no", b"sr", b"st", b"vs"];
    word.len() == 1 && word[0].is_ascii_alphabetic()
        || word.len() <= 6 && KNOWN.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Takes the scheme of a web address back out: "https" is no word of the posting.
fn drop_scheme(colon: usize, tokens: &mut Vec<Token>, open: &mut Option<Segment>) {
    if tokens.last().is_none_or(|last| last.end as usize != colon) {
        return;
    }
    let Some(segment) = open else { return };
    tokens.pop();
    segment.last -= 1;
    if segment.last == segment.first {
        *open = None;
    }
}

/// Reads an ASCII word, lower-cased into `lower`. False when it holds a character
/// beyond ASCII, which [`wide_word`] then reads.
fn ascii_word(bytes: &[u8], at: &mut usize, lower: &mut [u8; MAX_WORD]) -> bool {
    let start = *at;
    while let Some(&byte) = bytes.get(*at) {
        match CLASSES[byte as usize] {
            Class::Lower | Class::Upper | Class::Digit => {
                if let Some(slot) = lower.get_mut(*at - start) {
                    *slot = byte | (u8::from(byte.is_ascii_uppercase()) << 5);
                }
                *at += 1;
            }
            Class::Wide => return false,
            _ => return true,
        }
    }
    true
}

fn word_id(lower: &[u8; MAX_WORD], len: usize, ids: &mut impl StemIds) -> StemId {
    let Some(word) = lower.get(..len) else { return super::UNKNOWN };
    if word.iter().all(u8::is_ascii_digit) {
        return ids.stem_id(super::NUMBER);
    }
    std::str::from_utf8(word).map_or(super::UNKNOWN, |word| ids.stem_id(word))
}

/// The end of a word that holds characters beyond ASCII.
fn wide_word(text: &str, start: usize) -> usize {
    text[start..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |len| start + len)
}

fn wide_id(word: &str, ids: &mut impl StemIds) -> StemId {
    if word.len() > MAX_WORD {
        return super::UNKNOWN;
    }
    ids.stem_id(&word.to_lowercase())
}

/// The end of a web address: nothing in it is a word.
fn end_of_address(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b')' | b']' | b'>' | b'"'))
        .map_or(bytes.len(), |len| from + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zero;
    impl StemIds for Zero {
        fn stem_id(&mut self, _: &str) -> StemId {
            0
        }
    }

    fn segments(text: &str) -> Vec<String> {
        let (mut tokens, mut found) = (Vec::new(), Vec::new());
        scan(text, &mut Zero, &mut tokens, &mut found);
        found
            .iter()
            .map(|s| {
                let (a, b) = (tokens[s.first as usize], tokens[s.last as usize - 1]);
                text[a.start as usize..b.end as usize].to_owned()
            })
            .collect()
    }

    #[test]
    fn where_segments_end() {
        let table: [(&str, &[&str]); 12] = [
            ("", &[]),
            ("Own the roadmap.\nShip it", &["Own the roadmap", "Ship it"]),
            ("Own it. Ship it! Why? Because.", &["Own it", "Ship it", "Why", "Because"]),
            ("You work with e.g. Figma and Dr. Who", &["You work with e.g. Figma and Dr. Who"]),
            ("Own pricing; set goals", &["Own pricing", "set goals"]),
            ("\u{2022} One thing \u{2022} another", &["One thing", "another"]),
            ("* One thing * another", &["One thing", "another"]),
            ("lost its breaks.Own the roadmap", &["lost its breaks", "Own the roadmap"]),
            ("the following:Ability to plan", &["the following", "Ability to plan"]),
            ("Discovery: run interviews", &["Discovery: run interviews"]),
            ("version 2.5 of node.js", &["version 2.5 of node.js"]),
            ("caf\u{e9} na\u{ef}ve", &["caf\u{e9} na\u{ef}ve"]),
        ];
        for (text, expected) in table {
            assert_eq!(segments(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_hold_no_words() {
        assert_eq!(
            segments("see https://example.org/product/roadmap for more"),
            ["see https://example.org/product/roadmap for more"]
        );
        assert!(segments("https://example.org/product").is_empty());
    }

    #[test]
    fn a_text_without_punctuation_is_cut() {
        let text = "word ".repeat(200);
        assert!(segments(&text).len() >= 3);
    }
}
