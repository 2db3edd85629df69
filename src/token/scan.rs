//! Words and segments of a text, in one pass over its bytes.

use super::memo::{Found, Short};
use super::window::{SMALL, Window};
use super::word::NAME;
use super::wrap::wrapped;
use super::{MAX_WORD, NUMBER, Segment, StemId, Token, UNKNOWN};

/// Gives a lower-case word its stem id.
pub(crate) trait StemIds {
    /// The id of `word`'s stem, or [`super::UNKNOWN`].
    fn stem_id(&mut self, word: &str) -> StemId;

    /// What is known of a word of at most [`Short::MAX`] bytes. All numbers are one word.
    fn short(&mut self, word: Short) -> Found {
        word.with(|word| if is_number(word) { self.number() } else { self.word(word) })
    }

    /// The id of a word that is its own stem.
    fn own_stem_id(&mut self, word: &str) -> StemId {
        self.stem_id(word)
    }

    /// What is known of a number.
    fn number(&mut self) -> Found {
        Found { id: self.own_stem_id(NUMBER), flags: 0 }
    }

    /// What is known of a word. Where nothing is, it may begin a role's name.
    fn word(&mut self, word: &str) -> Found {
        Found { id: self.stem_id(word), flags: NAME }
    }
}

/// A segment is cut when it reaches so many words: text without any punctuation
/// would otherwise be judged as one line.
const MAX_SEGMENT: usize = 56;

/// What stood between two words: a set of the bits below.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Gap(u8);

impl Gap {
    const SPACE: u8 = 1;
    /// Comma, brackets, dashes, slashes and other marks.
    const MARK: u8 = 2;
    /// `.`, `!`, `?`
    const STOP: u8 = 4;
    const COLON: u8 = 8;
    const NEWLINE: u8 = 16;
    const SEMICOLON: u8 = 32;
    const BULLET: u8 = 64;
    /// What may part segments.
    const PARTING: u8 = Self::STOP | Self::COLON | Self::NEWLINE | Self::SEMICOLON | Self::BULLET;

    /// With `bits` added. Blanks before a stop do not part it from the next sentence.
    const fn with(self, bits: u8) -> Self {
        // A stop's own bit, moved to where the blank's is, takes that out.
        Self(self.0 & !((bits / Self::STOP) & Self::SPACE) | bits)
    }

    const fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }
}

/// A byte that has to be looked at more closely; one of [`Gap`]'s bits is all there is
/// to know of the others, and none stands for a letter or digit.
const SPECIAL: u8 = 128;

const CLASSES: [u8; 256] = {
    let mut table = [Gap::MARK; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => 0,
            b' ' | b'\t' => Gap::SPACE,
            b'\n' | b'\r' | 0x0b | 0x0c => Gap::NEWLINE,
            b';' => Gap::SEMICOLON,
            b'.' | b'!' | b'?' => Gap::STOP,
            b':' | b'*' | 128..=255 => SPECIAL,
            _ => Gap::MARK,
        };
        byte += 1;
    }
    table
};

/// Finds the words of `text` and the segments they form, appending to both lists.
#[inline(never)]
pub(crate) fn scan(text: &str, ids: &mut impl StemIds, tokens: &mut Vec<Token>, segments: &mut Vec<Segment>) {
    let bytes = text.as_bytes();
    let mut words = Window::new(bytes);
    // A text begins as behind a line end.
    let (mut at, mut line, mut gap) = (0, 0u32, Gap(Gap::NEWLINE));
    let mut open = Open { first: tokens.len(), line: 0, flags: 0 };
    while at < bytes.len() {
        let len = words.word(at);
        if len == 0 {
            let byte = bytes[at];
            let class = CLASSES[byte as usize];
            if class != SPECIAL {
                gap = gap.with(class);
                line += u32::from(byte == b'\n');
                at += 1;
                continue;
            }
            let (len, wider) = special(text, at, gap, tokens, &open);
            if len > 0 {
                (at, gap) = (at + len, wider);
                continue;
            }
        }
        let (len, blank, found) = read_word(text, at, len, ids);
        if gap.has(Gap::PARTING) || tokens.len() >= open.first + MAX_SEGMENT {
            if boundary(gap, &tokens[open.first..], at, bytes) {
                open.close(tokens, segments);
            }
            if tokens.len() == open.first {
                open.line = line;
            }
        }
        open.flags |= found.flags;
        tokens.push(Token {
            start: index(at),
            end: index(at + len),
            id: found.id,
            clause: gap.has(Gap::MARK | Gap::COLON | Gap::STOP),
            flags: found.flags,
        });
        // One blank is what mostly follows.
        at += len + blank;
        gap = Gap(blank as u8 * Gap::SPACE);
    }
    open.close(tokens, segments);
}

/// The segment that is open: empty where `first` is the number of tokens.
struct Open {
    first: usize,
    line: u32,
    /// The flags of all its words.
    flags: u8,
}

impl Open {
    /// Ends the segment, if it holds a word, behind the last token.
    fn close(&mut self, tokens: &[Token], segments: &mut Vec<Segment>) {
        if tokens.len() > self.first {
            let (first, last) = (index(self.first), index(tokens.len()));
            segments.push(Segment { first, last, line: self.line, names: self.flags & NAME != 0 });
            (self.first, self.flags) = (tokens.len(), 0);
        }
    }
}

/// How many bytes to go on by from the colon, star or wide character at `at`, and the
/// gap behind it; 0 when it is a letter.
#[inline(never)]
fn special(text: &str, at: usize, gap: Gap, tokens: &mut Vec<Token>, open: &Open) -> (usize, Gap) {
    let bytes = text.as_bytes();
    match bytes[at] {
        b':' if bytes[at..].starts_with(b"://") => {
            drop_scheme(at, tokens, open.first);
            (end_of_address(bytes, at) - at, gap)
        }
        b':' => (1, Gap(gap.0 & !Gap::SPACE | Gap::COLON)),
        b'*' => {
            let parts = at == 0 || gap.has(Gap::SPACE | Gap::NEWLINE);
            let bullet = parts && matches!(bytes.get(at + 1), Some(b' ' | b'\t'));
            (1, gap.with(Gap::MARK | (u8::from(bullet) * Gap::BULLET)))
        }
        _ => match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(c) if is_letter(c) => (0, gap),
            Some(c) => (c.len_utf8(), Gap(gap.0 | wide_gap(c))),
            None => (1, gap),
        },
    }
}

/// Whether words are made of `c`. Typographic marks, which are frequent, need not be
/// looked up.
fn is_letter(c: char) -> bool {
    !matches!(c, '\u{2000}'..='\u{206f}') && c.is_alphanumeric()
}

/// Offsets are kept in 32 bits; longer texts are cut before they come here.
fn index(at: usize) -> u32 {
    at as u32
}

/// Marks that are not ASCII: bullets part segments, Unicode blanks are blanks.
fn wide_gap(c: char) -> u8 {
    match c {
        '\u{2022}' | '\u{b7}' | '\u{25cf}' | '\u{25e6}' | '\u{25aa}' | '\u{25ab}' | '\u{25a0}' | '\u{25a1}'
        | '\u{27a2}' | '\u{2713}' | '\u{2714}' | '\u{2705}' | '\u{2043}' | '\u{2219}' | '\u{25ba}' | '\u{f0b7}'
        | '\u{27a4}' => Gap::BULLET,
        '\u{85}' | '\u{2028}' | '\u{2029}' => Gap::NEWLINE,
        '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' => 0,
        '\u{2026}' | '\u{3002}' => Gap::STOP,
        _ if c.is_whitespace() => Gap::SPACE,
        _ => Gap::MARK,
    }
}

/// Whether the word that begins at `at` opens a new segment, behind the segment `open`.
#[inline(never)]
fn boundary(gap: Gap, open: &[Token], at: usize, bytes: &[u8]) -> bool {
    let Some(last) = open.last() else { return false };
    if gap.has(Gap::BULLET | Gap::SEMICOLON) || open.len() >= MAX_SEGMENT {
        return true;
    }
    if gap.has(Gap::NEWLINE) {
        return !wrapped(bytes, at);
    }
    let first = bytes.get(at).copied().unwrap_or_default();
    if !gap.has(Gap::STOP | Gap::COLON) {
        return false;
    }
    let previous = &bytes[last.start as usize..last.end as usize];
    let capital = first.is_ascii_uppercase() || first >= 128;
    if gap.has(Gap::STOP) && gap.has(Gap::SPACE) {
        return (capital || first.is_ascii_digit()) && !abbreviation(previous);
    }
    // "capabilities.Self-motivated", "the following:Ability": the breaks were lost.
    capital && !gap.has(Gap::SPACE) && previous.len() > 1 && previous.last().is_some_and(|b| !b.is_ascii_uppercase())
}

/// Words after which a full stop seldom ends a sentence.
fn abbreviation(word: &[u8]) -> bool {
    const KNOWN: [&[u8]; 12] =
        [b"approx", b"dept", b"dr", b"est", b"jr", b"mr", b"mrs", b"ms", b"no", b"sr", b"st", b"vs"];
    word.len() == 1 && word[0].is_ascii_alphabetic()
        || word.len() <= 6 && KNOWN.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Takes the scheme of a web address back out: "https" is no word of the posting.
fn drop_scheme(colon: usize, tokens: &mut Vec<Token>, first: usize) {
    if tokens.len() > first && tokens.last().is_some_and(|last| last.end as usize == colon) {
        tokens.pop();
    }
}

/// By the length of a word, the bits that belong to it.
const KEEP: [(u64, u64); Short::MAX + 1] = {
    let mut keep = [(0, 0); Short::MAX + 1];
    let mut len = 1;
    while len <= Short::MAX {
        let bits = u128::MAX >> (128 - 8 * len);
        keep[len] = (bits as u64, (bits >> 64) as u64);
        len += 1;
    }
    keep
};

/// Reads the word that begins at `start` with `len` letters and digits: its length, 1
/// where it is a short one and a blank follows, else 0, and what is known of it.
#[inline]
fn read_word(text: &str, start: usize, len: usize, ids: &mut impl StemIds) -> (usize, usize, Found) {
    let window = text.as_bytes().get(start..start + 16);
    match window.and_then(<[u8]>::first_chunk::<16>) {
        Some(window) if len.wrapping_sub(1) < Short::MAX && window[len].is_ascii() => {
            (len, usize::from(window[len] == b' '), ids.short(short(*window, len)))
        }
        _ => {
            let (len, found) = other_word(text, start, len, ids);
            (len as usize, 0, found)
        }
    }
}

/// The first `len` bytes of a window in lower case.
#[inline]
fn short(window: [u8; 16], len: usize) -> Short {
    let packed = u128::from_le_bytes(window);
    let (low, high) = KEEP[len];
    Short { low: (packed as u64 | SMALL) & low, high: ((packed >> 64) as u64 | SMALL) & high }
}

/// A word that begins with `len` letters and digits and is long, or has something beyond
/// ASCII behind them, or stands near the text's end.
#[inline(never)]
fn other_word(text: &str, start: usize, len: usize, ids: &mut impl StemIds) -> (u32, Found) {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let wide = rest.get(len).is_some_and(|byte| !byte.is_ascii());
    if len.wrapping_sub(1) >= Short::MAX || wide && goes_on(text, start + len) {
        return long_word(text, start, ids);
    }
    let mut window = [0; 16];
    let most = rest.len().min(window.len());
    window[..most].copy_from_slice(&rest[..most]);
    (index(len), ids.short(short(window, len)))
}

/// Whether the character beyond ASCII at `at` is a letter, and no quote, dash or bullet.
#[inline(never)]
fn goes_on(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_letter)
}

/// A word that nothing is known of.
const NONE: Found = Found { id: UNKNOWN, flags: 0 };

/// A word of more than 13 bytes, or one with a letter beyond ASCII.
#[cold]
#[inline(never)]
fn long_word(text: &str, start: usize, ids: &mut impl StemIds) -> (u32, Found) {
    let bytes = &text.as_bytes()[start..];
    let ascii = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len());
    let mut lower = [0; MAX_WORD];
    if bytes.get(ascii).is_none_or(u8::is_ascii) {
        let Some(lower) = lower.get_mut(..ascii) else { return (index(ascii), NONE) };
        lower.copy_from_slice(&bytes[..ascii]);
        lower.make_ascii_lowercase();
        let Ok(word) = std::str::from_utf8(lower) else { return (index(ascii), NONE) };
        return (index(ascii), if is_number(word) { ids.number() } else { ids.word(word) });
    }
    let len = text[start..].find(|c: char| !is_letter(c)).unwrap_or(text.len() - start);
    let word = &text[start..start + len];
    if len > MAX_WORD {
        return (index(len), NONE);
    }
    if len == ascii {
        let lower = &mut lower[..len];
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        let Ok(word) = std::str::from_utf8(lower) else { return (index(len), NONE) };
        return (index(len), if is_number(word) { ids.number() } else { ids.word(word) });
    }
    let found = wide(word, ids);
    (index(len), Found { flags: found.flags & NAME, ..found })
}

/// Whether a word holds nothing but digits.
pub(crate) fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is known of a word with characters beyond ASCII.
fn wide(word: &str, ids: &mut impl StemIds) -> Found {
    // Lower case takes at most three bytes for one; a final sigma looks around itself.
    let mut lower = [0; 3 * MAX_WORD];
    let mut len = 0;
    for c in word.chars().flat_map(char::to_lowercase) {
        let Some(slot) = lower.get_mut(len..len + c.len_utf8()).filter(|_| c != '\u{3c3}') else {
            return ids.word(&word.to_lowercase());
        };
        len += c.encode_utf8(slot).len();
    }
    std::str::from_utf8(&lower[..len]).map_or(NONE, |word| ids.word(word))
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
        let table: [(&str, &[&str]); 18] = [
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
            (
                "You will own the roadmap of our tools for small\nbusinesses and talk to them",
                &["You will own the roadmap of our tools for small\nbusinesses and talk to them"],
            ),
            (
                "You will own the roadmap of our tools for small, \r\n  growing shops",
                &["You will own the roadmap of our tools for small, \r\n  growing shops"],
            ),
            ("own the roadmap\nship it", &["own the roadmap", "ship it"]),
            (
                "You will own the roadmap of our tools for small shops\n\nand ship it",
                &["You will own the roadmap of our tools for small shops", "and ship it"],
            ),
            (
                "You will own the roadmap of our tools for small shops\n- ship it",
                &["You will own the roadmap of our tools for small shops", "ship it"],
            ),
            (
                "You will own the roadmap of our tools for small shops\nShip it",
                &["You will own the roadmap of our tools for small shops", "Ship it"],
            ),
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
    fn words_of_every_length_are_read_whole() {
        struct Words(Vec<String>);
        impl StemIds for Words {
            fn stem_id(&mut self, word: &str) -> StemId {
                self.0.push(word.to_owned());
                0
            }
        }
        for behind in ["", " ", ".", "\u{2019}s", "\u{e9}", " and more words behind it"] {
            for len in 1..50 {
                let word: String = "aBcDeFgHiJ".chars().cycle().take(len).collect();
                let mut words = Words(Vec::new());
                let (mut tokens, mut found) = (Vec::new(), Vec::new());
                scan(&format!("{word}{behind}"), &mut words, &mut tokens, &mut found);
                let glued = if behind == "\u{e9}" { behind } else { "" };
                assert_eq!(tokens[0].end as usize, len + glued.len());
                let whole = format!("{}{glued}", word.to_lowercase());
                assert_eq!(words.0.first() == Some(&whole), whole.len() <= MAX_WORD, "{word}{behind}");
            }
        }
        let mut words = Words(Vec::new());
        scan("in 2024, 12345678901234567890 a1", &mut words, &mut Vec::new(), &mut Vec::new());
        assert_eq!(words.0, ["in", "#", "#", "a1"]);
    }

    #[test]
    fn a_text_without_punctuation_is_cut() {
        let text = "word ".repeat(200);
        assert!(segments(&text).len() >= 3);
    }
}
