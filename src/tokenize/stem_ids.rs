//! From words as they stand in a text to what is known of them.

use super::stopwords::NAME;
use super::word_cache::{Found, Short};
use super::{MAX_WORD, NUMBER, StemId, UNKNOWN};

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

/// Whether words are made of `c`. Typographic marks, which are frequent, need not be
/// looked up.
pub(super) fn is_letter(c: char) -> bool {
    !matches!(c, '\u{2000}'..='\u{206f}') && c.is_alphanumeric()
}

/// What makes a letter small and leaves a digit as it is, in every byte.
const SMALL: u64 = 0x2020_2020_2020_2020;

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

/// The word of `len` letters and digits at `start` in lower case, where it is a short one,
/// no letter beyond ASCII follows, and the text does not end soon.
#[inline]
pub(super) fn short(bytes: &[u8], start: u32, len: u32) -> Option<Short> {
    let (start, len) = (start as usize, len as usize);
    let window: &[u8; 16] = bytes.get(start..start + 16)?.first_chunk()?;
    if len > Short::MAX || window[len] >= 128 && !is_typographic(window[len], window[len + 1]) {
        return None;
    }
    let packed = u128::from_le_bytes(*window);
    let (low, high) = KEEP[len];
    Some(Short { low: (packed as u64 | SMALL) & low, high: ((packed >> 64) as u64 | SMALL) & high })
}

/// Whether bytes begin a character from U+2000 to U+203F, where dashes, quotes and
/// bullets are: no letter is among them.
#[inline]
const fn is_typographic(first: u8, second: u8) -> bool {
    first == 0xe2 && second == 0x80
}

/// Whether the character at `at`, where letters and digits of ASCII end, is a letter all
/// the same.
pub(super) fn goes_on(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_letter)
}

/// A word that nothing is known of.
const NONE: Found = Found { id: UNKNOWN, flags: 0 };

/// What is known of a word of ASCII letters and digits.
pub(super) fn ascii_word(word: &[u8], ids: &mut impl StemIds) -> Found {
    let mut lower = [0; MAX_WORD];
    let Some(lower) = lower.get_mut(..word.len()) else { return NONE };
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    if let Some(short) = Short::new(lower) {
        return ids.short(short);
    }
    let Ok(word) = std::str::from_utf8(lower) else { return NONE };
    if is_number(word) { ids.number() } else { ids.word(word) }
}

/// The length of the word with a letter beyond ASCII that begins at `start`, and what is
/// known of it.
#[cold]
#[inline(never)]
pub(super) fn wide_word(text: &str, start: usize, ids: &mut impl StemIds) -> (usize, Found) {
    let len = text[start..].find(|c: char| !is_letter(c)).unwrap_or(text.len() - start);
    let word = &text[start..start + len];
    if len > MAX_WORD {
        return (len, NONE);
    }
    let found = wide(word, ids);
    (len, Found { flags: found.flags & NAME, ..found })
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
