//! Lower-cases the words of a text and looks them up.

use super::stopwords::{DENIAL, ROLE_NAME};
use super::word_cache::{ShortWord, WordInfo};
use super::{MAX_WORD, NUMBER, StemId, UNKNOWN};

/// Finds the stems of words in lower case.
pub(crate) trait WordLookup {
    /// The id of the stem of `word`, or [`UNKNOWN`].
    fn stem_id(&mut self, word: &str) -> StemId;

    /// Looks up a short word or number.
    fn short(&mut self, word: ShortWord) -> WordInfo {
        word.with(|word| if is_number(word) { self.number() } else { self.word(word) })
    }

    /// Looks up a number: all have the same stem.
    fn number(&mut self) -> WordInfo {
        WordInfo { id: self.stem_id(NUMBER), flags: 0 }
    }

    /// Looks up a word of any length. Without a model every word may start a role name or a denial.
    fn word(&mut self, word: &str) -> WordInfo {
        WordInfo { id: self.stem_id(word), flags: ROLE_NAME | DENIAL }
    }
}

/// Whether `c` is a letter or digit. Typographic punctuation is tested first because it is
/// frequent.
pub(super) fn is_letter(c: char) -> bool {
    !matches!(c, '\u{2000}'..='\u{206f}') && c.is_alphanumeric()
}

/// The bit that lower-cases an ASCII letter and leaves a digit unchanged, in every byte.
const LOWER_CASE: u64 = 0x2020_2020_2020_2020;

/// By length of a word, a mask of its bytes in the two halves of a [`ShortWord`].
const WORD_MASKS: [(u64, u64); ShortWord::MAX + 1] = {
    let mut masks = [(0, 0); ShortWord::MAX + 1];
    let mut len = 1;
    while len <= ShortWord::MAX {
        let bits = u128::MAX >> (128 - 8 * len);
        masks[len] = (bits as u64, (bits >> 64) as u64);
        len += 1;
    }
    masks
};

/// Lower-cases the `len` ASCII letters and digits at `start` without a branch for each.
///
/// `None` if they are too long for a [`ShortWord`], if a letter outside ASCII may follow, or
/// if fewer than 16 bytes of text are left.
#[inline]
pub(super) fn short(bytes: &[u8], start: u32, len: u32) -> Option<ShortWord> {
    let (start, len) = (start as usize, len as usize);
    let window: &[u8; 16] = bytes.get(start..start + 16)?.first_chunk()?;
    if len > ShortWord::MAX || window[len] >= 128 && !is_typographic(window[len], window[len + 1]) {
        return None;
    }
    let packed = u128::from_le_bytes(*window);
    let (low, high) = WORD_MASKS[len];
    Some(ShortWord { low: (packed as u64 | LOWER_CASE) & low, high: ((packed >> 64) as u64 | LOWER_CASE) & high })
}

/// Whether two bytes start a character from U+2000 to U+203F: dashes, quotes and bullets, but
/// no letters.
#[inline]
const fn is_typographic(first: u8, second: u8) -> bool {
    first == 0xe2 && second == 0x80
}

/// Whether the character at `at` is a letter or digit.
pub(super) fn letter_at(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(is_letter)
}

/// A word without a stem.
pub(super) const NONE: WordInfo = WordInfo { id: UNKNOWN, flags: 0 };

/// Looks up a word of ASCII letters and digits, in any case.
pub(super) fn ascii_word(word: &[u8], lookup: &mut impl WordLookup) -> WordInfo {
    let mut lower = [0; MAX_WORD];
    let Some(lower) = lower.get_mut(..word.len()) else { return NONE };
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    if let Some(short) = ShortWord::new(lower) {
        return lookup.short(short);
    }
    let Ok(word) = std::str::from_utf8(lower) else { return NONE };
    if is_number(word) { lookup.number() } else { lookup.word(word) }
}

/// The length of the word at `start`, which has a letter outside ASCII, and its lookup.
#[cold]
#[inline(never)]
pub(super) fn unicode_word(text: &str, start: usize, lookup: &mut impl WordLookup) -> (usize, WordInfo) {
    let len = text[start..].find(|c: char| !is_letter(c)).unwrap_or(text.len() - start);
    let word = &text[start..start + len];
    if len > MAX_WORD {
        return (len, NONE);
    }
    let found = lower_unicode(word, lookup);
    (len, WordInfo { flags: found.flags & ROLE_NAME, ..found })
}

/// Whether a word has only digits.
pub(super) fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn lower_unicode(word: &str, lookup: &mut impl WordLookup) -> WordInfo {
    // Lowercasing turns one byte into at most three. Only the case of a sigma depends on its
    // neighbors.
    let mut lower = [0; 3 * MAX_WORD];
    let mut len = 0;
    for c in word.chars().flat_map(char::to_lowercase) {
        let Some(slot) = lower.get_mut(len..len + c.len_utf8()).filter(|_| c != '\u{3c3}') else {
            return lookup.word(&word.to_lowercase());
        };
        len += c.encode_utf8(slot).len();
    }
    std::str::from_utf8(&lower[..len]).map_or(NONE, |word| lookup.word(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Remembers the words that are looked up.
    struct Words(Vec<String>);

    impl WordLookup for Words {
        fn stem_id(&mut self, word: &str) -> StemId {
            self.0.push(word.to_owned());
            0
        }
    }

    #[test]
    fn words_are_lower_cased() {
        let long = format!("\u{e9}{}", "a".repeat(38));
        let too_long = format!("{long}a");
        let table = [
            ("ASCII", "Roadmap, and", 7, Some("roadmap")),
            ("accent", "R\u{c9}SUM\u{c9} and", 8, Some("r\u{e9}sum\u{e9}")),
            ("final sigma", "\u{39f}\u{394}\u{39f}\u{3a3}.", 8, Some("\u{3bf}\u{3b4}\u{3bf}\u{3c2}")),
            ("two letters of one", "\u{130}x", 3, Some("i\u{307}x")),
            ("40 bytes", &long, 40, Some(&long)),
            ("41 bytes", &too_long, 41, None),
        ];
        for (name, text, len, word) in table {
            let mut words = Words(Vec::new());
            let info = word.map_or(NONE, |_| WordInfo { id: 0, flags: ROLE_NAME });
            assert_eq!(unicode_word(text, 0, &mut words), (len, info), "{name}");
            assert_eq!(words.0, Vec::from_iter(word), "{name}");
        }
    }

    #[test]
    fn short_words_are_lower_cased_as_a_whole() {
        let table = [
            ("plain", "Roadmap and its items", 7, Some("roadmap")),
            ("13 bytes", "ABCDEFGHIJ123 and its items", 13, Some("abcdefghij123")),
            ("14 bytes", "ABCDEFGHIJ1234 and its items", 14, None),
            ("apostrophe", "Team\u{2019}s roadmap and items", 4, Some("team")),
            ("circled digit follows", "Part\u{2460} of the whole city", 4, None),
            ("capital with an accent follows", "Caf\u{c0} in the whole city", 3, None),
            ("accent follows", "Caf\u{e9}s in the whole city", 3, None),
            ("near the end", "Roadmap and item", 7, Some("roadmap")),
            ("too near the end", "Roadmap and its", 7, None),
        ];
        for (name, text, len, expected) in table {
            let found = short(text.as_bytes(), 0, len);
            assert_eq!(found, expected.and_then(|word| ShortWord::new(word.as_bytes())), "{name}");
        }
    }
}
