//! Words and segments of a text.
//!
//! [`Edges`] tells where words of ASCII letters and digits are; what is usual between two
//! of them is known at one look ([`separators::known`]), and so is a short word. Everything else
//! is read byte by byte.

use super::hard_wrap::wrapped;
use super::separators::{self, CLASSES, Gap, SPECIAL};
use super::stem_ids::{StemIds, ascii_word, goes_on, is_letter, short, wide_word};
use super::stopwords::NAME;
use super::word_boundaries::Edges;
use super::word_cache::Found;
use super::{Segment, Token};

/// A segment is cut when it reaches so many words: text without any punctuation
/// would otherwise be judged as one line.
const MAX_SEGMENT: usize = 56;

/// Finds the words of `text` and the segments they form, appending to both lists.
#[inline(never)]
pub(crate) fn scan(text: &str, ids: &mut impl StemIds, tokens: &mut Vec<Token>, segments: &mut Vec<Segment>) {
    let bytes = text.as_bytes();
    let open = Open { first: tokens.len(), line: 0, flags: 0 };
    // A text begins as behind a line end.
    let mut reader = Reader { text, tokens, segments, open, at: 0, line: 0, gap: Gap(Gap::NEWLINE) };
    let mut edges = Edges::new(bytes);
    // Where the last word ends.
    let mut end = NOWHERE;
    while let words @ [_, ..] = edges.words() {
        for &[start, behind] in words {
            let len = behind.wrapping_sub(start);
            if let Some(known) = separators::known(bytes, end, start)
                && let Some(word) = short(bytes, start, len)
            {
                let found = ids.short(word);
                reader.push((start, behind), (known.gap, known.lines), found);
                end = behind;
            } else {
                end = reader.read_to((end, start, behind), ids);
            }
        }
    }
    let last = index(bytes.len());
    reader.read_to((end, last, last), ids);
    reader.open.close(reader.tokens, reader.segments);
}

/// No place in a text: something else than a word comes before the next.
const NOWHERE: u32 = u32::MAX;

/// What is read of a text.
struct Reader<'a> {
    text: &'a str,
    tokens: &'a mut Vec<Token>,
    segments: &'a mut Vec<Segment>,
    open: Open,
    /// Where it goes on behind `gap`, where no word ends.
    at: usize,
    gap: Gap,
    /// The line it is on.
    line: u32,
}

impl Reader<'_> {
    /// Adds the word from `start` to `end`, behind a gap with so many line ends that are
    /// not counted yet.
    #[inline]
    fn push(&mut self, (start, end): (u32, u32), (gap, lines): (Gap, u8), found: Found) {
        let Self { tokens, segments, open, line, text, .. } = self;
        if gap.has(Gap::PARTING) || tokens.len() >= open.first + MAX_SEGMENT {
            *line += u32::from(lines);
            if boundary(gap, &tokens[open.first..], start as usize, text.as_bytes()) {
                open.close(tokens, segments);
            }
            if tokens.len() == open.first {
                open.line = *line;
            }
        }
        open.flags |= found.flags;
        let clause = gap.has(Gap::MARK | Gap::COLON | Gap::STOP);
        tokens.push(Token { start, end, id: found.id, clause, flags: found.flags });
    }

    /// Reads byte by byte, from the word that ends at `end` to the end of the letters and
    /// digits from `start` to `behind`. With [`NOWHERE`] for `end` it goes on from where it
    /// came the last time. Gives where the last word ends, [`NOWHERE`] when something was
    /// read behind it: words with letters beyond ASCII and addresses may have gone further
    /// than `behind`.
    #[inline(never)]
    fn read_to(&mut self, (end, start, behind): (u32, u32, u32), ids: &mut impl StemIds) -> u32 {
        let (text, bytes, start) = (self.text, self.text.as_bytes(), start as usize);
        if end != NOWHERE {
            (self.at, self.gap) = (end as usize, Gap(0));
        }
        loop {
            self.pass(start);
            let at = self.at;
            if at > start || at >= bytes.len() {
                break;
            }
            let whole = bytes.get(start..behind as usize).filter(|_| at == start && !goes_on(text, behind as usize));
            let (len, found) = match whole {
                Some(word) => (word.len(), ascii_word(word, ids)),
                None => wide_word(text, at, ids),
            };
            self.push((index(at), index(at + len)), (self.gap, 0), found);
            (self.at, self.gap) = (at + len, Gap(0));
            if at == start {
                break;
            }
        }
        if self.gap == Gap(0) { index(self.at) } else { NOWHERE }
    }

    /// Reads what is no word up to `end`, or less where a letter beyond ASCII comes first,
    /// or more where an address goes on.
    fn pass(&mut self, end: usize) {
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
                self.gap = self.gap.with(class);
                self.line += u32::from(byte == b'\n');
            }
            self.at += len;
        }
    }

    /// Reads the colon, star or wide character here: how many bytes to go on by, 0 when it
    /// is a letter.
    fn special(&mut self) -> usize {
        let (bytes, at) = (self.text.as_bytes(), self.at);
        match bytes[at] {
            b':' if bytes[at..].starts_with(b"://") => {
                drop_scheme(at, self.tokens, self.open.first);
                return end_of_address(bytes, at) - at;
            }
            b':' => self.gap = self.gap.with_colon(),
            b'*' => self.gap = self.gap.with_star(bytes.get(at + 1).copied()),
            _ => match self.text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(c) if is_letter(c) => return 0,
                Some(c) => {
                    self.gap = self.gap.with_wide(c);
                    return c.len_utf8();
                }
                None => {}
            },
        }
        1
    }
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

/// Offsets are kept in 32 bits; longer texts are cut before they come here.
fn index(at: usize) -> u32 {
    at as u32
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

/// The end of a web address: nothing in it is a word.
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

    /// Gives different words different ids, nearly always.
    struct Hashed;
    impl StemIds for Hashed {
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
                // The first word of a text is always read byte by byte.
                scan(&format!("in {word}{behind}"), &mut words, &mut tokens, &mut found);
                let glued = if behind == "\u{e9}" { behind } else { "" };
                assert_eq!(tokens[1].end as usize, 3 + len + glued.len());
                let whole = format!("{}{glued}", word.to_lowercase());
                assert_eq!(words.0.get(1) == Some(&whole), whole.len() <= MAX_WORD, "{word}{behind}");
            }
        }
        let mut words = Words(Vec::new());
        scan("in 2024, 12345678901234567890 a1", &mut words, &mut Vec::new(), &mut Vec::new());
        assert_eq!(words.0, ["in", "#", "#", "a1"]);
    }

    /// As [`scan`], but with nothing known at one look.
    fn scan_by_byte(text: &str) -> (Vec<Token>, Vec<Segment>) {
        let (mut tokens, mut segments) = (Vec::new(), Vec::new());
        let open = Open { first: 0, line: 0, flags: 0 };
        let (at, line, gap) = (0, 0, Gap(Gap::NEWLINE));
        let mut reader = Reader { text, tokens: &mut tokens, segments: &mut segments, open, at, line, gap };
        let mut end = NOWHERE;
        let (bytes, mut from) = (text.as_bytes(), 0);
        while from < bytes.len() {
            let is = |byte: &u8| byte.is_ascii_alphanumeric();
            let start = bytes[from..].iter().position(is).map_or(bytes.len(), |len| from + len);
            let behind = bytes[start..].iter().position(|byte| !is(byte)).map_or(bytes.len(), |len| start + len);
            if start < behind {
                end = reader.read_to((end, index(start), index(behind)), &mut Hashed);
            }
            from = behind;
        }
        let last = index(bytes.len());
        reader.read_to((end, last, last), &mut Hashed);
        reader.open.close(reader.tokens, reader.segments);
        (tokens, segments)
    }

    #[test]
    fn what_is_known_at_one_look_is_what_bytes_say() {
        let words =
            ["a", "word", "Word", "WordsOfLengtH", "thirteenormore", "ABCDEFGH9", "2024", "na\u{ef}ve", "\u{e9}"];
        let ends = ["", " and more text behind it", "\u{2019}s and more text", "\u{e9}", ": \u{2022}"];
        let gaps = separators::FREQUENT.into_iter().chain([
            "://",
            ".\u{a0}",
            "\n\n\n\n\n\n\n\n\n",
            "\n \u{b7}\t",
            " ://x ",
            "\0",
        ]);
        for gap in gaps {
            for first in words {
                for second in words {
                    for end in ends {
                        for text in
                            [format!("{first}{gap}{second}{end}"), format!("{gap}{first}{end}{gap}{second}{gap}")]
                        {
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
    fn a_text_without_punctuation_is_cut() {
        let text = "word ".repeat(200);
        assert!(segments(&text).len() >= 3);
    }
}
