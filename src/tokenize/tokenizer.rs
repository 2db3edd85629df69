//! Finds the words of a text and the segments they form.
//!
//! [`WordBoundaries`] lists where words of ASCII letters and digits start and end. Short
//! words after [common separators](separators::common) are handled without reading single
//! bytes; everything else is read byte by byte.

use super::hard_wrap::wrapped;
use super::normalize::{NONE, WordLookup, ascii_word, is_letter, letter_at, short, unicode_word};
use super::separators::{self, CLASSES, SPECIAL, Separator};
use super::stopwords::{DENIAL, ROLE_NAME};
use super::word_boundaries::WordBoundaries;
use super::word_cache::WordInfo;
use super::{Segment, Token, UNKNOWN};

/// Maximum number of words of a segment, as text may have no punctuation.
const MAX_SEGMENT: usize = 56;

/// Maximum number of words of a text, so that its memory is limited. The rest is ignored.
pub(crate) const MAX_WORDS: usize = 50_000;

/// Appends the words of `text` to `tokens` and the segments they form to `segments`. Returns whether
/// there were more than [`MAX_WORDS`].
#[inline(never)]
pub(crate) fn scan(
    text: &str,
    lookup: &mut impl WordLookup,
    tokens: &mut Vec<Token>,
    segments: &mut Vec<Segment>,
) -> bool {
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
                if found.id == UNKNOWN && run_together(&bytes[start as usize..end as usize]).is_some() {
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
    reader.truncated
}

/// In place of the end of the last word: [`Reader`] has already read a part of the separator after
/// it.
const NOWHERE: u32 = u32::MAX;

/// The state of a scan.
struct Reader<'a> {
    text: &'a str,
    tokens: &'a mut Vec<Token>,
    segments: &'a mut Vec<Segment>,
    open: OpenSegment,
    /// Where reading byte by byte continues, and the separator read so far before it.
    at: usize,
    separator: Separator,
    /// The current line, from 0.
    line: u32,
    /// Whether the text has no capital letter, so that sentences begin with lowercase letters.
    no_capitals: bool,
    /// Whether a word was left out.
    truncated: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, tokens: &'a mut Vec<Token>, segments: &'a mut Vec<Segment>) -> Self {
        let open = OpenSegment { first: tokens.len(), line: 0, flags: 0 };
        // The start of a text counts as the start of a line.
        let separator = Separator(Separator::NEWLINE);
        let no_capitals = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        Self { text, tokens, segments, open, at: 0, line: 0, separator, no_capitals, truncated: false }
    }

    /// Adds the word from `start` to `end`, after a separator whose `lines` line ends are not
    /// counted yet.
    #[inline]
    fn push(&mut self, (start, end): (u32, u32), (separator, lines): (Separator, u8), found: WordInfo) {
        let Self { tokens, segments, open, line, text, no_capitals, .. } = self;
        if tokens.len() >= MAX_WORDS {
            self.truncated = true;
            return;
        }
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

    /// Reads from `last_end`, the end of the last word, up to a word that is a bullet and skips it.
    #[cold]
    fn bullet(&mut self, last_end: u32, (start, end): (u32, u32)) {
        (self.at, self.separator) = (last_end as usize, Separator(0));
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
                // It is the word at `start`: those before it begin with a letter outside ASCII.
                self.separator = self.separator.with(Separator::BULLET);
                self.at = at + len;
                return NOWHERE;
            }
            let unknown = ascii.filter(|_| found.id == UNKNOWN);
            if unknown.is_none_or(|word| !self.push_parts(word, at, lookup)) {
                self.push((index(at), index(at + len)), (self.separator, 0), found);
            }
            (self.at, self.separator) = (at + len, Separator(0));
            if at == start {
                break;
            }
        }
        if self.separator == Separator(0) { index(self.at) } else { NOWHERE }
    }

    /// Splits the run-together `word` at `at` and adds its parts, if all are known.
    #[cold]
    fn push_parts(&mut self, word: &[u8], at: usize, lookup: &mut impl WordLookup) -> bool {
        let (mut parts, mut count, mut rest) = ([(0, 0, NONE); MAX_PARTS], 0, 0);
        while rest < word.len() {
            let end = run_together(&word[rest..]).map_or(word.len(), |split| rest + split);
            let found = ascii_word(&word[rest..end], lookup);
            let Some(slot) = parts.get_mut(count).filter(|_| found.id != UNKNOWN) else { return false };
            *slot = (index(at + rest), index(at + end), found);
            (count, rest) = (count + 1, end);
        }
        if count < 2 {
            return false;
        }
        let mut separator = self.separator;
        for &(start, end, found) in &parts[..count] {
            self.push((start, end), (separator, 0), found);
            separator = Separator(Separator::BULLET);
        }
        true
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
                drop_scheme(at, self.tokens);
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

/// Whether a word of one or two bytes, from `at` to the end of `until`, is a bullet: an "o"
/// between whitespace before a capital letter, which is Word's hollow bullet, or the number of
/// an item.
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
    let spaces = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    before.is_none_or(u8::is_ascii_whitespace) && after.get(spaces).is_some_and(u8::is_ascii_uppercase)
}

/// Whether a word is a number at the start of a line, before `. ` or `) `.
#[cold]
fn is_item_number(until: &[u8], at: usize, bytes: &[u8]) -> bool {
    let before = bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    until[at..].iter().all(u8::is_ascii_digit)
        && matches!(bytes[until.len()..], [b'.' | b')', b' ' | b'\t', ..])
        && before.is_none_or(|&byte| byte == b'\n')
}

/// Maximum number of parts of a run-together word.
const MAX_PARTS: usize = 4;

/// Minimum number of letters of a part that begins with a capital letter, unless it is the last.
const MIN_CAPITALIZED: usize = 8;

/// Where the first part of a run-together word ends: "interviewsPrioritize" and
/// "weekRequirementsKnowledge" lost their line breaks. Names are not split: "JavaScript" begins
/// with a capital letter and a short word, "iPhone" with fewer than three lowercase letters.
fn run_together(word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let left = 1 + word[1..].iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let least = if first.is_ascii_lowercase() { 3 } else { MIN_CAPITALIZED };
    let next = word.get(left..)?;
    (first.is_ascii_alphabetic() && left >= least && next.len() > 2 && next[0].is_ascii_uppercase()).then_some(left)
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

/// An offset in 32 bits; longer texts are truncated before they are scanned.
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
    // A period after a space begins a name: "TypeScript, .NET".
    if matches!(bytes[..at], [.., b' ', b'.']) {
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
pub(crate) fn abbreviation(word: &[u8]) -> bool {
    const KNOWN: [&[u8]; 15] = [
        b"approx", b"dept", b"dr", b"e.g", b"est", b"i.e", b"incl", b"jr", b"mr", b"mrs", b"ms", b"no", b"sr", b"st",
        b"vs",
    ];
    word.len() == 1 && word[0].is_ascii_alphabetic()
        || word.len() <= 6 && KNOWN.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Removes the scheme of a web address, such as "https", if its token ends at `colon`.
fn drop_scheme(colon: usize, tokens: &mut Vec<Token>) {
    if tokens.last().is_some_and(|last| last.end as usize == colon) {
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
mod tests;
