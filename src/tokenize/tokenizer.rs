//! Finds the words of a text and the segments they form.
//!
//! [`WordBoundaries`] lists where words of ASCII letters and digits start and end. Short
//! words after [common separators](separators::common) are handled without reading single
//! bytes; everything else is read byte by byte.

use super::hard_wrap::wrapped;
use super::normalize::{WordLookup, ascii_word, is_letter, letter_at, short, unicode_word};
use super::separators::{self, CLASSES, SPECIAL, Separator};
use super::stopwords::{DENIAL, ROLE_NAME};
use super::word_boundaries::WordBoundaries;
use super::word_cache::WordInfo;
use super::{Segment, Token, UNKNOWN};

/// Most words of a segment: text without punctuation would otherwise be one line.
const MAX_SEGMENT: usize = 56;

/// Appends the words of `text` to `tokens` and the segments they form to `segments`.
#[inline(never)]
pub(crate) fn scan(text: &str, lookup: &mut impl WordLookup, tokens: &mut Vec<Token>, segments: &mut Vec<Segment>) {
    let bytes = text.as_bytes();
    let mut reader = Reader::new(text, tokens, segments);
    let mut boundaries = WordBoundaries::new(bytes);
    // The end of the last word.
    let mut last_end = NOWHERE;
    while let words @ [_, ..] = boundaries.words() {
        for &[start, end] in words {
            if let Some(common) = separators::common(bytes, last_end, start)
                && let Some(word) = short(bytes, start, end.wrapping_sub(start))
            {
                if end - start <= 2 && is_bullet(&bytes[..end as usize], start as usize, bytes) {
                    reader.bullet(last_end, (start, end));
                    last_end = NOWHERE;
                    continue;
                }
                let found = lookup.short(word);
                if found.id == UNKNOWN && glued(&bytes[start as usize..end as usize]).is_some() {
                    last_end = reader.read_to((last_end, start, end), lookup);
                    continue;
                }
                reader.push((start, end), (common.separator, common.lines), found);
                last_end = end;
            } else {
                last_end = reader.read_to((last_end, start, end), lookup);
            }
        }
    }
    let end = index(bytes.len());
    reader.read_to((last_end, end, end), lookup);
    reader.open.close(reader.tokens, reader.segments);
}

/// Stands for the end of the last word where more than the word has been read.
const NOWHERE: u32 = u32::MAX;

/// The state of a scan.
struct Reader<'a> {
    text: &'a str,
    tokens: &'a mut Vec<Token>,
    segments: &'a mut Vec<Segment>,
    open: OpenSegment,
    /// Where reading byte by byte continues, after `separator`, if no word ends there.
    at: usize,
    separator: Separator,
    /// The current line, from 0.
    line: u32,
    /// Whether the text has no capital letter, so that sentences begin with small ones.
    no_capitals: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, tokens: &'a mut Vec<Token>, segments: &'a mut Vec<Segment>) -> Self {
        let open = OpenSegment { first: tokens.len(), line: 0, flags: 0 };
        // The start of a text counts as the start of a line.
        let separator = Separator(Separator::NEWLINE);
        let no_capitals = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        Self { text, tokens, segments, open, at: 0, line: 0, separator, no_capitals }
    }

    /// Adds the word from `start` to `end`, after a separator whose `lines` line ends are not
    /// counted yet.
    #[inline]
    fn push(&mut self, (start, end): (u32, u32), (separator, lines): (Separator, u8), found: WordInfo) {
        let Self { tokens, segments, open, line, text, no_capitals, .. } = self;
        if separator.has(Separator::BREAK) || tokens.len() >= open.first + MAX_SEGMENT {
            *line += u32::from(lines);
            if starts_segment(separator, &tokens[open.first..], start as usize, (text.as_bytes(), *no_capitals)) {
                open.close(tokens, segments);
            }
            if tokens.len() == open.first {
                open.line = *line;
            }
        }
        open.flags |= found.flags;
        let after_punctuation = separator.has(Separator::MARK | Separator::COLON | Separator::STOP);
        tokens.push(Token { start, end, id: found.id, after_punctuation, flags: found.flags });
    }

    /// Reads up to a word that is a bullet and skips it.
    #[cold]
    fn bullet(&mut self, last_end: u32, (start, end): (u32, u32)) {
        if last_end != NOWHERE {
            (self.at, self.separator) = (last_end as usize, Separator(0));
        }
        self.skip_to(start as usize);
        self.separator = self.separator.with(Separator::BULLET);
        self.at = end as usize;
    }

    /// Reads byte by byte from `last_end`, the end of the last word, to the end of the ASCII
    /// word from `start` to `end`. If `last_end` is [`NOWHERE`], continues where the last
    /// call stopped.
    ///
    /// Returns the end of the last word, or [`NOWHERE`] if something after it was read.
    /// Words with letters outside ASCII and addresses may extend beyond `end`.
    #[inline(never)]
    fn read_to(&mut self, (last_end, start, end): (u32, u32, u32), lookup: &mut impl WordLookup) -> u32 {
        let (text, bytes, start) = (self.text, self.text.as_bytes(), start as usize);
        if last_end != NOWHERE {
            (self.at, self.separator) = (last_end as usize, Separator(0));
        }
        loop {
            self.skip_to(start);
            let at = self.at;
            if at > start || at >= bytes.len() {
                break;
            }
            let ascii = bytes.get(start..end as usize).filter(|_| at == start && !letter_at(text, end as usize));
            let (len, found) = match ascii {
                Some(word) => (word.len(), ascii_word(word, lookup)),
                None => unicode_word(text, at, lookup),
            };
            if len <= 2 && is_bullet(&bytes[..at + len], at, bytes) {
                // A word before `start` begins with a letter outside ASCII, and is no bullet.
                self.separator = self.separator.with(Separator::BULLET);
                self.at = at + len;
                return NOWHERE;
            }
            let unknown = ascii.filter(|_| found.id == UNKNOWN);
            let parts = unknown.and_then(glued).and_then(|split| {
                let [left, right] =
                    [&bytes[at..at + split], &bytes[at + split..at + len]].map(|word| ascii_word(word, lookup));
                (left.id != UNKNOWN && right.id != UNKNOWN).then_some((index(at + split), left, right))
            });
            if let Some((split, left, right)) = parts {
                self.push((index(at), split), (self.separator, 0), left);
                self.push((split, index(at + len)), (Separator(Separator::BULLET), 0), right);
            } else {
                self.push((index(at), index(at + len)), (self.separator, 0), found);
            }
            (self.at, self.separator) = (at + len, Separator(0));
            if at == start {
                break;
            }
        }
        if self.separator == Separator(0) { index(self.at) } else { NOWHERE }
    }

    /// Reads separators up to `end`. Stops before a letter outside ASCII; an address may
    /// extend beyond `end`.
    fn skip_to(&mut self, end: usize) {
        let bytes = self.text.as_bytes();
        while self.at < end {
            let byte = bytes[self.at];
            let class = CLASSES[byte as usize];
            let mut len = 1;
            if class == SPECIAL {
                len = self.special();
                if len == 0 {
                    return;
                }
            } else {
                self.separator = self.separator.with(class);
                self.line += u32::from(byte == b'\n');
            }
            self.at += len;
        }
    }

    /// Reads a colon, a star or a character outside ASCII: its length in bytes, or 0 for a
    /// letter.
    fn special(&mut self) -> usize {
        let (bytes, at) = (self.text.as_bytes(), self.at);
        match bytes[at] {
            b':' if bytes[at..].starts_with(b"://") => {
                drop_scheme(at, self.tokens, self.open.first);
                return end_of_address(bytes, at) - at;
            }
            b':' => self.separator = self.separator.with_colon(),
            b'*' => self.separator = self.separator.with_star(bytes.get(at + 1).copied()),
            _ => match self.text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(c) if is_letter(c) => return 0,
                Some(c) => {
                    self.separator = self.separator.with_unicode(c);
                    return c.len_utf8();
                }
                None => {}
            },
        }
        1
    }
}

/// Whether a word of one or two bytes from `at` to the end of `until` is a bullet: the hollow
/// one of Word, an "o" between whitespace before a capital letter, or the number of an item.
#[inline]
fn is_bullet(until: &[u8], at: usize, bytes: &[u8]) -> bool {
    match until[at] {
        b'o' => until.len() == at + 1 && is_hollow_bullet(bytes, at),
        b'0'..=b'9' => is_item_number(until, at, bytes),
        _ => false,
    }
}

#[cold]
fn is_hollow_bullet(bytes: &[u8], at: usize) -> bool {
    let (before, after) = (bytes[..at].last(), &bytes[at + 1..]);
    let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    before.is_none_or(u8::is_ascii_whitespace) && blanks > 0 && after.get(blanks).is_some_and(u8::is_ascii_uppercase)
}

/// Whether a number is at the start of a line and before `. ` or `) `.
#[cold]
fn is_item_number(until: &[u8], at: usize, bytes: &[u8]) -> bool {
    let before = bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    until[at..].iter().all(u8::is_ascii_digit)
        && matches!(bytes[until.len()..], [b'.' | b')', b' ' | b'\t', ..])
        && before.is_none_or(|&byte| byte == b'\n')
}

/// Where two words are glued: "interviewsPrioritize" lost its line break. Names such as
/// "JavaScript" begin with a capital letter, and "iPhone" with fewer small ones.
fn glued(word: &[u8]) -> Option<usize> {
    let left = word.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let right = word.get(left + 1..)?;
    let is_word =
        left > 2 && word[left].is_ascii_uppercase() && right.len() > 1 && right.iter().all(u8::is_ascii_lowercase);
    is_word.then_some(left)
}

/// The segment that new words go to.
struct OpenSegment {
    /// Index of its first token; the number of tokens while it is empty.
    first: usize,
    line: u32,
    /// The flags of all its words.
    flags: u8,
}

impl OpenSegment {
    /// Ends the segment after the last token, unless it is empty.
    fn close(&mut self, tokens: &[Token], segments: &mut Vec<Segment>) {
        if tokens.len() > self.first {
            let (first, last) = (index(self.first), index(tokens.len()));
            segments.push(Segment {
                first,
                last,
                line: self.line,
                has_role_word: self.flags & ROLE_NAME != 0,
                may_deny: self.flags & DENIAL != 0,
            });
            (self.first, self.flags) = (tokens.len(), 0);
        }
    }
}

/// Offsets take 32 bits; longer texts are truncated before they are scanned.
fn index(at: usize) -> u32 {
    at as u32
}

/// Whether the word at `at`, after `separator`, starts a new segment; `open` are the tokens
/// of the open one.
#[inline(never)]
fn starts_segment(separator: Separator, open: &[Token], at: usize, (bytes, no_capitals): (&[u8], bool)) -> bool {
    let Some(last) = open.last() else { return false };
    if separator.has(Separator::BULLET | Separator::SEMICOLON) || open.len() >= MAX_SEGMENT {
        return true;
    }
    if separator.has(Separator::NEWLINE) {
        return !wrapped(bytes, at);
    }
    let first = bytes.get(at).copied().unwrap_or_default();
    if separator.has(Separator::EMOJI) && separator.has(Separator::SPACE) && first.is_ascii_uppercase() {
        return true;
    }
    if !separator.has(Separator::STOP | Separator::COLON) {
        return false;
    }
    let previous = &bytes[last.start as usize..last.end as usize];
    let capital = first.is_ascii_uppercase() || first >= 128;
    if separator.has(Separator::STOP) && separator.has(Separator::SPACE) {
        return (capital || no_capitals || first.is_ascii_digit()) && !abbreviation(previous);
    }
    // "capabilities.Self-motivated", "the following:Ability": a line break was lost.
    capital
        && !separator.has(Separator::SPACE)
        && previous.len() > 1
        && previous.last().is_some_and(|b| !b.is_ascii_uppercase())
}

/// Whether a period after `word` seldom ends a sentence.
fn abbreviation(word: &[u8]) -> bool {
    const KNOWN: [&[u8]; 12] =
        [b"approx", b"dept", b"dr", b"est", b"jr", b"mr", b"mrs", b"ms", b"no", b"sr", b"st", b"vs"];
    word.len() == 1 && word[0].is_ascii_alphabetic()
        || word.len() <= 6 && KNOWN.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Removes the token of the scheme of a web address, "https", that ends at `colon`.
fn drop_scheme(colon: usize, tokens: &mut Vec<Token>, first: usize) {
    if tokens.len() > first && tokens.last().is_some_and(|last| last.end as usize == colon) {
        tokens.pop();
    }
}

/// The end of a web address, which is skipped.
fn end_of_address(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b')' | b']' | b'>' | b'"'))
        .map_or(bytes.len(), |len| from + len)
}

#[cfg(test)]
mod tests {
    use super::super::{MAX_WORD, StemId};
    use super::*;

    /// Hashes words to ids, with few collisions.
    struct Hashed;
    impl WordLookup for Hashed {
        fn stem_id(&mut self, word: &str) -> StemId {
            let hash =
                word.bytes().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
            (hash ^ hash >> 16) as StemId
        }
    }

    fn segments(text: &str) -> Vec<String> {
        let (mut tokens, mut found) = (Vec::new(), Vec::new());
        scan(text, &mut Hashed, &mut tokens, &mut found);
        found
            .iter()
            .map(|s| {
                let (a, b) = (tokens[s.first as usize], tokens[s.last as usize - 1]);
                text[a.start as usize..b.end as usize].to_owned()
            })
            .collect()
    }

    #[test]
    fn segments_of_texts() {
        let table: [(&str, &[&str]); 25] = [
            ("", &[]),
            (
                "\u{1f680} Own the roadmap \u{2705}\u{fe0f} Ship it \u{2615} and rest",
                &["Own the roadmap", "Ship it \u{2615} and rest"],
            ),
            ("o Own the roadmap o Ship it\n  o  Act as one", &["Own the roadmap", "Ship it", "Act as one"]),
            (
                "1. Own the roadmap\n 12) Ship it\n3 of 4.\n5.2 million",
                &["Own the roadmap", "Ship it", "3 of 4", "5.2 million"],
            ),
            ("vitamin o and Patrick O Connor", &["vitamin o and Patrick O Connor"]),
            ("iPhone, JavaScript, openAPI", &["iPhone, JavaScript, openAPI"]),
            ("Own the roadmap.\nShip it", &["Own the roadmap", "Ship it"]),
            ("Own it. Ship it! Why? Because.", &["Own it", "Ship it", "Why", "Because"]),
            ("You work with e.g. Figma and Dr. Who", &["You work with e.g. Figma and Dr. Who"]),
            ("Own pricing; set goals", &["Own pricing", "set goals"]),
            ("own pricing. set goals, no. 1", &["own pricing", "set goals, no. 1"]),
            ("I own pricing. set goals", &["I own pricing. set goals"]),
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
    fn glued_words_are_parted() {
        struct Some;
        impl WordLookup for Some {
            fn stem_id(&mut self, word: &str) -> StemId {
                if matches!(word, "run" | "interviews" | "prioritize" | "own" | "data" | "ship") { 7 } else { UNKNOWN }
            }
        }
        for (text, words, parts) in [
            ("Run interviewsPrioritize it and more", 6, 2),
            ("Run dataShip it and more of it all", 9, 2),
            ("Run interviewsUnknown it and more of it", 7, 1),
        ] {
            let (mut tokens, mut found) = (Vec::new(), Vec::new());
            scan(text, &mut Some, &mut tokens, &mut found);
            assert_eq!((tokens.len(), found.len()), (words, parts), "{text}");
        }
    }

    #[test]
    fn addresses_are_skipped() {
        assert_eq!(
            segments("see https://example.org/product/roadmap for more"),
            ["see https://example.org/product/roadmap for more"]
        );
        assert!(segments("https://example.org/product").is_empty());
    }

    #[test]
    fn words_of_every_length_are_looked_up_whole() {
        struct Words(Vec<String>);
        impl WordLookup for Words {
            fn stem_id(&mut self, word: &str) -> StemId {
                self.0.push(word.to_owned());
                0
            }
        }
        for suffix in ["", " ", ".", "\u{2019}s", "\u{e9}", " and more words after it"] {
            for len in 1..50 {
                let word: String = "aBcDeFgHiJ".chars().cycle().take(len).collect();
                let mut words = Words(Vec::new());
                let (mut tokens, mut found) = (Vec::new(), Vec::new());
                // The first word of a text is read byte by byte, the second is not.
                scan(&format!("in {word}{suffix}"), &mut words, &mut tokens, &mut found);
                let glued = if suffix == "\u{e9}" { suffix } else { "" };
                assert_eq!(tokens[1].end as usize, 3 + len + glued.len());
                let whole = format!("{}{glued}", word.to_lowercase());
                assert_eq!(words.0.get(1) == Some(&whole), whole.len() <= MAX_WORD, "{word}{suffix}");
            }
        }
        let mut words = Words(Vec::new());
        scan("in 2024, 12345678901234567890 a1", &mut words, &mut Vec::new(), &mut Vec::new());
        assert_eq!(words.0, ["in", "#", "#", "a1"]);
    }

    /// Like [`scan`], but reads every byte.
    fn scan_by_byte(text: &str) -> (Vec<Token>, Vec<Segment>) {
        let (mut tokens, mut segments) = (Vec::new(), Vec::new());
        let mut reader = Reader::new(text, &mut tokens, &mut segments);
        let mut last_end = NOWHERE;
        let (bytes, mut from) = (text.as_bytes(), 0);
        while from < bytes.len() {
            let is = |byte: &u8| byte.is_ascii_alphanumeric();
            let start = bytes[from..].iter().position(is).map_or(bytes.len(), |len| from + len);
            let end = bytes[start..].iter().position(|byte| !is(byte)).map_or(bytes.len(), |len| start + len);
            if start < end {
                last_end = reader.read_to((last_end, index(start), index(end)), &mut Hashed);
            }
            from = end;
        }
        let last = index(bytes.len());
        reader.read_to((last_end, last, last), &mut Hashed);
        reader.open.close(reader.tokens, reader.segments);
        (tokens, segments)
    }

    #[test]
    fn shortcuts_agree_with_reading_every_byte() {
        let words =
            ["a", "word", "Word", "WordsOfLengtH", "thirteenormore", "ABCDEFGH9", "2024", "na\u{ef}ve", "\u{e9}"];
        let ends = ["", " and more text after it", "\u{2019}s and more text", "\u{e9}", ": \u{2022}"];
        let separators = separators::COMMON.into_iter().chain([
            "://",
            ".\u{a0}",
            "\n\n\n\n\n\n\n\n\n",
            "\n \u{b7}\t",
            " ://x ",
            "\0",
        ]);
        for separator in separators {
            for first in words {
                for second in words {
                    for end in ends {
                        for text in [
                            format!("{first}{separator}{second}{end}"),
                            format!("{separator}{first}{end}{separator}{second}{separator}"),
                        ] {
                            let (mut tokens, mut segments) = (Vec::new(), Vec::new());
                            scan(&text, &mut Hashed, &mut tokens, &mut segments);
                            assert_eq!((tokens, segments), scan_by_byte(&text), "{text:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn segments_have_at_most_56_words() {
        let words = segments(&"word ".repeat(113)).iter().map(|segment| segment.split(' ').count()).collect::<Vec<_>>();
        assert_eq!(words, [56, 56, 1]);
    }
}
