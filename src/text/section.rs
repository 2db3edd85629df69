//! Headings, and the part of a posting they open.

use super::cues;

/// The part of a posting a line stands in, as the last heading before it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Section {
    /// No heading yet, or one that says nothing.
    #[default]
    Unknown,
    /// "What you'll do", "Responsibilities".
    Duties,
    /// "Requirements", "Who you are".
    Requirements,
    /// "Benefits", "What we offer".
    Benefits,
    /// "About us", "Our mission".
    Company,
    /// "How to apply", "Equal opportunity", "Privacy".
    Legal,
}

/// Longest heading, in bytes, marks at its ends not counted.
const MAX_BYTES: usize = 70;

impl Section {
    /// A heading has at most so many words.
    pub(crate) const MAX_WORDS: usize = 9;

    /// A line of at most so many words is a heading without looking like one.
    pub(crate) const FEW_WORDS: usize = 4;

    /// The section that the line around `range` opens when it is a heading; `range` is
    /// its first to its last word in the cleaned `text`. The line is taken from the
    /// blank before to the blank behind: a mark may stand on either side.
    pub(crate) fn opened(text: &str, range: std::ops::Range<usize>) -> Option<Self> {
        if range.len() > MAX_BYTES {
            return None;
        }
        let start = blank_before(text, range.start)?;
        let end = blank_behind(text, range.end)?;
        Self::of_heading(text.get(start..end)?)
    }

    /// The section that `line` opens when it is a heading, from its cleaned text.
    ///
    /// A heading is short, ends in no full stop and holds a known cue.
    fn of_heading(line: &str) -> Option<Self> {
        let ended = line.trim_end();
        if ended.ends_with(['.', ';', ',']) {
            return None;
        }
        let trimmed = line.trim_matches(|c: char| !c.is_alphanumeric());
        if trimmed.is_empty() || trimmed.len() > MAX_BYTES {
            return None;
        }
        let mut heading = Lowered::default();
        heading.read(trimmed);
        // A heading is marked as one, or so short that it can hardly be a duty.
        let marked = heading.words <= Self::FEW_WORDS
            || heading.words <= Self::MAX_WORDS
                && (ended.ends_with([':', '?', '*'])
                    || line.trim_start().starts_with(['#', '*', '_'])
                    || !heading.small);
        if !marked {
            return None;
        }
        cues::first(heading.bytes())
    }
}

/// Where the line of a heading begins, whose first word begins at `first`: behind the
/// last blank. `None` when more stands there than a heading holds, so that text
/// without blanks is not searched to its beginning from every word.
fn blank_before(text: &str, first: usize) -> Option<usize> {
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

/// Where the line of a heading ends, whose last word ends at `last`: at the next blank.
fn blank_behind(text: &str, last: usize) -> Option<usize> {
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

/// A short line in lower case, typographic apostrophes made plain.
struct Lowered {
    bytes: [u8; 4 * MAX_BYTES],
    len: usize,
    /// Words, parted by blanks.
    words: usize,
    /// Whether a small letter was met.
    small: bool,
}

impl Default for Lowered {
    fn default() -> Self {
        Self { bytes: [0; 4 * MAX_BYTES], len: 0, words: 0, small: false }
    }
}

impl Lowered {
    /// Reads a line of at most [`MAX_BYTES`] bytes.
    fn read(&mut self, line: &str) {
        if line.is_ascii() {
            let Some(bytes) = self.bytes.get_mut(..line.len()) else { return };
            bytes.copy_from_slice(line.as_bytes());
            // Written so that the compiler takes 16 bytes at once.
            self.small = bytes.iter().fold(false, |small, byte| small | byte.is_ascii_lowercase());
            let space = |byte: u8| matches!(byte, b' ' | b'\t'..=b'\r');
            let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
            let behind = pairs.fold(0, |words: u8, (a, b)| words + (u8::from(space(*a)) & !u8::from(space(*b))));
            self.words = usize::from(bytes.first().is_some_and(|byte| !space(*byte))) + usize::from(behind);
            bytes.make_ascii_lowercase();
            self.len = line.len();
            return;
        }
        let mut blank = true;
        for c in line.chars() {
            let space = c.is_whitespace();
            self.words += usize::from(blank && !space);
            blank = space;
            if c.is_ascii() {
                self.small |= c.is_ascii_lowercase();
                self.push(c.to_ascii_lowercase() as u8);
            } else if c == '\u{2019}' {
                self.push(b'\'');
            } else {
                self.small |= c.is_lowercase();
                // No cue holds a letter beyond ASCII: what such a letter becomes in
                // lower case matters only where that is ASCII.
                for c in c.to_lowercase() {
                    self.push(u8::try_from(c).unwrap_or(0xff));
                }
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
    fn the_line_around_a_heading() {
        let dashes = "-".repeat(500);
        let glued = "word".repeat(50);
        let table = [
            ("\nAbout us:\n".to_owned(), "About us", Some(Section::Company)),
            (format!("\n{dashes}About us{dashes}\n"), "About us", Some(Section::Company)),
            (format!("\n{glued}.About us\n"), "About us", None),
            (format!("\nAbout us/{glued}\n"), "About us", None),
            ("**Perks**".to_owned(), "Perks", Some(Section::Benefits)),
        ];
        for (text, words, expected) in table {
            let start = text.find(words).unwrap();
            assert_eq!(Section::opened(&text, start..start + words.len()), expected, "{text}");
        }
    }

    #[test]
    fn headings() {
        let table = [
            ("What you\u{2019}ll do", Some(Section::Duties)),
            ("**Key Responsibilities:**", Some(Section::Duties)),
            ("Minimum qualifications:", Some(Section::Requirements)),
            ("PERKS", Some(Section::Benefits)),
            ("What we offer", Some(Section::Benefits)),
            ("About us", Some(Section::Company)),
            ("How to apply", Some(Section::Legal)),
            ("Own the roadmap for the role editor and its salary module", None),
            ("Strong knowledge of pricing.", None),
            ("", None),
            ("###", None),
        ];
        for (line, expected) in table {
            assert_eq!(Section::of_heading(line), expected, "{line}");
        }
    }
}
