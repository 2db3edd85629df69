//! Recognizes the headings of a posting.

use std::ops::Range;

use super::heading_cues::{Section, section_of};

/// Maximum length of a heading, in bytes, without punctuation at its ends.
const MAX_BYTES: usize = 70;

/// Maximum number of words of a heading that is not marked as one by punctuation or capitals.
const FEW_WORDS: usize = 4;

impl Section {
    /// Maximum number of words of a heading.
    pub(crate) const MAX_WORDS: usize = 9;

    /// The section that a line opens, if the line is a heading. `range` covers the first to
    /// the last word of the line in the cleaned `text`.
    ///
    /// Punctuation may precede and follow the words, so the line is taken from the
    /// whitespace before `range` to the whitespace after it.
    pub(crate) fn opened(text: &str, range: Range<usize>) -> Option<Self> {
        if range.len() > MAX_BYTES {
            return None;
        }
        let start = after_whitespace(text, range.start)?;
        let end = before_whitespace(text, range.end)?;
        Self::of_heading(text.get(start..end)?)
    }

    /// The section that `line` opens. A heading is short, does not end like a sentence or a
    /// list item, and contains a known cue.
    fn of_heading(line: &str) -> Option<Self> {
        let line = line.trim_end();
        if line.ends_with(['.', ';', ',']) {
            return None;
        }
        let heading = line.trim_matches(|c: char| !c.is_alphanumeric());
        if heading.is_empty() || heading.len() > MAX_BYTES {
            return None;
        }
        let lowered = Lowered::of(heading);
        let marked =
            line.ends_with([':', '?', '*']) || line.trim_start().starts_with(['#', '*', '_']) || !lowered.has_lowercase;
        // Few duties are as short as `FEW_WORDS`.
        let most = if marked { Self::MAX_WORDS } else { FEW_WORDS };
        if lowered.words > most {
            return None;
        }
        section_of(lowered.bytes())
    }
}

/// The index after the last space or line end before `first`.
///
/// `None` when more than a heading's length of text precedes: otherwise, in text without
/// whitespace, every word would cause a search back to the beginning.
fn after_whitespace(text: &str, first: usize) -> Option<usize> {
    for (at, c) in text.get(..first)?.char_indices().rev() {
        if c == ' ' || c == '\n' {
            return Some(at + 1);
        }
        if first - at > MAX_BYTES && c.is_alphanumeric() {
            return None;
        }
    }
    Some(0)
}

/// The index of the first whitespace from `last` on; `None` as for [`after_whitespace`].
fn before_whitespace(text: &str, last: usize) -> Option<usize> {
    for (at, c) in text.get(last..)?.char_indices() {
        if c.is_whitespace() {
            return Some(last + at);
        }
        if at > MAX_BYTES && c.is_alphanumeric() {
            return None;
        }
    }
    Some(text.len())
}

/// A line of at most [`MAX_BYTES`] bytes in lower case, with ASCII apostrophes.
struct Lowered {
    /// One byte a character; lowercasing gives at most three characters for one.
    bytes: [u8; 3 * MAX_BYTES],
    len: usize,
    /// Number of words separated by whitespace.
    words: usize,
    /// Whether the line has a lowercase letter.
    has_lowercase: bool,
}

impl Lowered {
    fn of(line: &str) -> Self {
        let mut lowered = Self { bytes: [0; 3 * MAX_BYTES], len: 0, words: 0, has_lowercase: false };
        if line.is_ascii() {
            lowered.fill_ascii(line);
        } else {
            lowered.fill(line);
        }
        lowered
    }

    /// Branch-free, so that the compiler can vectorize it.
    fn fill_ascii(&mut self, line: &str) {
        let Some(bytes) = self.bytes.get_mut(..line.len()) else { return };
        bytes.copy_from_slice(line.as_bytes());
        self.has_lowercase = bytes.iter().fold(false, |found, byte| found | byte.is_ascii_lowercase());
        let space = |byte: u8| matches!(byte, b' ' | b'\t'..=b'\r');
        let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
        let after_space = pairs.fold(0, |words: u8, (a, b)| words + (u8::from(space(*a)) & !u8::from(space(*b))));
        self.words = usize::from(bytes.first().is_some_and(|byte| !space(*byte))) + usize::from(after_space);
        bytes.make_ascii_lowercase();
        self.len = line.len();
    }

    fn fill(&mut self, line: &str) {
        self.words = line.split_whitespace().count();
        self.has_lowercase = line.chars().any(char::is_lowercase);
        for c in line.chars() {
            if c == '\u{2019}' {
                self.push(b'\'');
            } else {
                // No cue has letters outside ASCII: 0xff stands for all of them.
                c.to_lowercase().for_each(|c| self.push(if c.is_ascii() { c as u8 } else { 0xff }));
            }
        }
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_that_lines_open() {
        let longest = format!("Benefits {}", "x".repeat(61));
        let too_long = format!("{longest}x");
        let table = [
            ("70 bytes", longest.as_str(), Some(Section::Benefits)),
            ("71 bytes", &too_long, None),
            ("typographic apostrophe", "What you\u{2019}ll do", Some(Section::Duties)),
            ("bold with a colon", "**Key Responsibilities:**", Some(Section::Duties)),
            ("colon", "Minimum qualifications:", Some(Section::Requirements)),
            ("capitals", "PERKS", Some(Section::Benefits)),
            ("two cues, benefits first", "What we offer and what we do", None),
            ("two cues, marked", "What we offer and what we do?", Some(Section::Benefits)),
            ("company", "About us", Some(Section::Company)),
            ("legal", "How to apply", Some(Section::Legal)),
            ("letter outside ASCII", "R\u{e9}sum\u{e9} and skills", Some(Section::Requirements)),
            ("no cue", "Product strategy", None),
            ("sentence", "Strong knowledge of pricing.", None),
            ("list item", "Salary reviews,", None),
            ("empty", "", None),
            ("punctuation only", "###", None),
            // At most four words without a mark, nine with one.
            ("four words", "one two three salary", Some(Section::Benefits)),
            ("five words", "one two three four salary", None),
            ("five words, outside ASCII", "one two three f\u{f6}ur salary", None),
            ("five words in capitals", "ONE TWO THREE FOUR SALARY", Some(Section::Benefits)),
            ("five words after a hash", "# one two three four salary", Some(Section::Benefits)),
            ("nine words with a colon", "a b c d e f g h salary:", Some(Section::Benefits)),
            ("ten words with a colon", "a b c d e f g h i salary:", None),
            ("too long", "Benefits of a-word-of-more-than-seventy-bytes-which-no-one-writes-in-headings", None),
        ];
        for (name, line, expected) in table {
            assert_eq!(Section::of_heading(line), expected, "{name}");
        }
    }

    #[test]
    fn a_heading_includes_the_punctuation_around_it() {
        let dashes = "-".repeat(500);
        let glued = "word".repeat(50);
        let table = [
            ("line of its own", "\nAbout us:\n".to_owned(), "About us", Some(Section::Company)),
            ("long rules", format!("\n{dashes}About us{dashes}\n"), "About us", Some(Section::Company)),
            ("text glued before", format!("\n{glued}.About us\n"), "About us", None),
            ("text glued after", format!("\nAbout us/{glued}\n"), "About us", None),
            ("number before", "\n3.About us\n".to_owned(), "About us", Some(Section::Company)),
            ("number before, far below", format!("{glued}\n3.About us\n"), "About us", Some(Section::Company)),
            ("whole text", "**Perks**".to_owned(), "Perks", Some(Section::Benefits)),
        ];
        for (name, text, words, expected) in table {
            let start = text.find(words).unwrap();
            assert_eq!(Section::opened(&text, start..start + words.len()), expected, "{name}");
        }
    }
}
