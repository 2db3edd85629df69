//! A title as a sequence of words and of what separates them.

use std::borrow::Cow;

use super::words::{Key, Word, class, key};
use crate::text::clean::clean_words;
use crate::text::shorten::truncate;

/// What separates a word from the one before; the stronger, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// A hyphen: "go-to-market".
    Hyphen,
    Space,
    /// "&", "+" or "and".
    And,
    /// "/" or "or".
    Or,
    /// A comma, a dash, a bracket, a colon.
    Break,
}

/// A word and what separates it from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TitleToken {
    pub gap: Gap,
    pub word: Word,
}

/// Maximum length of a title that is read, in bytes; the rest is ignored.
const MAX_TITLE_BYTES: usize = 400;

/// A title without HTML entities and odd letters, cut to the length that is read.
pub(super) fn decode(title: &str) -> Cow<'_, str> {
    clean_words(truncate(title, MAX_TITLE_BYTES))
}

/// The words of a decoded title.
pub(super) fn tokens(title: &str) -> Tokens<'_> {
    Tokens { rest: title, gap: Gap::Break, go_to: 0 }
}

/// Which characters of a word are digits.
enum Digits {
    None,
    Some,
    All,
}

pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// The strongest separator since the last word.
    gap: Gap,
    /// Words of "go to" that have just been read.
    go_to: u8,
}

impl Iterator for Tokens<'_> {
    type Item = TitleToken;

    fn next(&mut self) -> Option<TitleToken> {
        loop {
            self.skip_separators()?;
            let (key, digits) = self.word();
            let hyphen = first(self.rest).is_some_and(|(c, _)| c == '-');
            let word = self.contribution(key, digits, hyphen);
            let gap = self.gap;
            self.gap = Gap::Hyphen;
            match word {
                Word::And => self.gap = gap.max(Gap::And),
                Word::Or => self.gap = gap.max(Gap::Or),
                word => return Some(TitleToken { gap, word }),
            }
        }
    }
}

impl Tokens<'_> {
    /// Notes what separates the words, up to the next one; `None` at the end.
    fn skip_separators(&mut self) -> Option<()> {
        let mut after_space = false;
        loop {
            let (c, len) = first(self.rest)?;
            let after = &self.rest[len..];
            let gap = match c {
                'a'..='z' | '0'..='9' => return Some(()),
                ZERO_WIDTH_SPACE => self.gap,
                '-' if after_space || after.starts_with(char::is_whitespace) => Gap::Break,
                '-' => Gap::Hyphen,
                '&' | '+' => Gap::And,
                '/' | '\\' => Gap::Or,
                ',' | ':' | ';' | '|' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '~' | '\n' => Gap::Break,
                _ => Gap::Space,
            };
            after_space = c == ' ';
            self.gap = self.gap.max(gap);
            self.rest = after;
        }
    }

    /// The key of the current word, and which of its characters are digits.
    fn word(&mut self) -> (Key, Digits) {
        let (mut key, mut count, mut digits) = (0, 0, 0);
        let mut dotted = false;
        while let Some((c, len)) = first(self.rest) {
            match c {
                'a'..='z' | '0'..='9' => {
                    key = key << 8 | Key::from(c as u32 & 0xff);
                    count += 1;
                    digits += usize::from(c.is_ascii_digit());
                }
                '\'' | ZERO_WIDTH_SPACE => {}
                // "V.P.", "R&D": one word.
                '.' | '&' if (count == 1 || dotted) && starts_with_single_letter(&self.rest[len..]) => dotted = true,
                _ => break,
            }
            self.rest = &self.rest[len..];
        }
        let digits = match digits {
            0 => Digits::None,
            _ if digits == count => Digits::All,
            _ => Digits::Some,
        };
        (key, digits)
    }

    /// What a word contributes where it stands; `hyphen` says whether a hyphen follows.
    fn contribution(&mut self, word: Key, digits: Digits, hyphen: bool) -> Word {
        const GO: Key = key("go");
        const TO: Key = key("to");
        const MARKET: Key = key("market");
        const MARKETS: Key = key("markets");
        let go_to = std::mem::take(&mut self.go_to);
        match (word, go_to) {
            (GO, _) => self.go_to = 1,
            (TO, 1) => self.go_to = 2,
            (MARKET | MARKETS, 2) => return Word::GoToMarket,
            _ => {}
        }
        match (class(word), digits) {
            (_, Digits::All) => Word::Number,
            (Word::Unknown, Digits::Some) => Word::Neutral,
            _ if self.go_to > 0 => Word::Neutral,
            // In "in-house" and "at-home", these are not prepositions.
            (Word::Of | Word::At, _) if hyphen || self.gap == Gap::Hyphen => Word::Neutral,
            (word, _) => word,
        }
    }
}

/// The first character of `text`, [folded](fold), and its length in `text`, in bytes.
#[inline(always)]
fn first(text: &str) -> Option<(char, usize)> {
    let byte = *text.as_bytes().first()?;
    if byte.is_ascii() {
        return Some((char::from(byte.to_ascii_lowercase()), 1));
    }
    let c = text.chars().next()?;
    Some((fold(c), c.len_utf8()))
}

fn starts_with_single_letter(text: &str) -> bool {
    let letter = |at: &str| first(at).filter(|(c, _)| c.is_ascii_lowercase());
    letter(text).is_some_and(|(_, len)| letter(&text[len..]).is_none())
}

/// Skipped wherever it stands: "Product\u{200b} Manager".
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// Folds a character outside ASCII to lower-case ASCII if it has such a form. A letter of another
/// script becomes a comma, which ends the phrase, as no word of that script is in the tables.
fn fold(c: char) -> char {
    match c {
        '\u{2010}' | '\u{2011}' => '-',
        '\u{2012}'..='\u{2015}' | '\u{2212}' | '\u{2022}' | '\u{b7}' | '\u{2026}' | '\u{2028}' => ',',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
        ZERO_WIDTH_SPACE => ZERO_WIDTH_SPACE,
        '\u{2044}' | '\u{2215}' => '/',
        '\u{c0}'..='\u{c5}' | '\u{e0}'..='\u{e5}' => 'a',
        'Ç' | 'ç' => 'c',
        '\u{c8}'..='\u{cb}' | '\u{e8}'..='\u{eb}' => 'e',
        '\u{cc}'..='\u{cf}' | '\u{ec}'..='\u{ef}' => 'i',
        'Ñ' | 'ñ' => 'n',
        '\u{d2}'..='\u{d6}' | '\u{d8}' | '\u{f2}'..='\u{f6}' | '\u{f8}' => 'o',
        '\u{d9}'..='\u{dc}' | '\u{f9}'..='\u{fc}' => 'u',
        'ß' => 's',
        // Latin letters that no word of the tables has.
        '\u{100}'..='\u{24f}' => 'z',
        _ if c.is_alphabetic() => ',',
        _ => ' ',
    }
}
