//! Normalizes letters: mathematical and full-width forms, ligatures, decomposed accents, and
//! zero-width characters in words.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::compose;

use super::layer::Layer;

/// Bytes that are tested for ASCII at once.
const BLOCK: usize = 64;

/// The index of the first byte from `at` on that is not ASCII, or the length of `bytes`.
fn next_non_ascii(bytes: &[u8], mut at: usize) -> usize {
    while let Some(block) = bytes.get(at..at + BLOCK).filter(|block| block.is_ascii()) {
        at += block.len();
    }
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        // The highest bit of each byte that is not ASCII.
        let high = u64::from_le_bytes(*word) & u64::from_le_bytes([0x80; 8]);
        if high != 0 {
            return at + high.trailing_zeros() as usize / 8;
        }
        at += word.len();
    }
    let ascii = bytes[at..].iter().take_while(|byte| byte.is_ascii()).count();
    at + ascii
}

/// Whether `text` has a character that [`normalize`] changes.
pub(super) fn has_odd_letters(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at = next_non_ascii(bytes, at);
        // Most characters outside ASCII are dashes, quotes and bullets: U+2010 to U+2027.
        if let [0xe2, 0x80, 0x90..=0xa7, ..] = bytes[at..] {
            at += 3;
            continue;
        }
        let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else { return false };
        if is_odd(c) {
            return true;
        }
        at += c.len_utf8();
    }
}

/// Writes `source` with normalized letters to `layer`.
pub(super) fn normalize(source: &str, layer: &mut Layer) {
    layer.start(source.len());
    let (mut at, mut copied) = (0, 0);
    let mut letters = String::new();
    loop {
        let other = next_non_ascii(source.as_bytes(), at);
        let Some(found) = source.get(other..).and_then(|rest| rest.chars().next()) else { break };
        // If `found` is a combining mark, its letter comes before it and may be ASCII.
        let letter = source[copied..other].chars().next_back().filter(|c| is_mark(found) && c.is_alphanumeric());
        let (start, c) = letter.map_or((other, found), |letter| (other - letter.len_utf8(), letter));
        let mut end = start + c.len_utf8();
        let mut marks = source[end..].chars().take_while(|c| is_mark(*c)).peekable();
        let before_mark = c.is_alphanumeric() && marks.peek().is_some();
        if !before_mark && !is_odd(c) {
            at = end;
            continue;
        }
        layer.copy(source, copied, start);
        if has_no_width(c) {
            // A soft hyphen at the end of a line becomes a hyphen, so that the word is joined later.
            if c == '\u{ad}' && source[end..].trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
                layer.replace(start, end, "-");
            }
        } else if !is_mark(c) {
            letters.clear();
            if is_other_form(c) {
                letters.extend(c.nfkc());
            } else {
                letters.push(c);
            }
            // Marks that no letter is composed with, such as strikethroughs and underlines, are dropped.
            for mark in marks {
                let letter = letters.pop();
                letters.extend(letter.map(|letter| compose(letter, mark).unwrap_or(letter)));
                end += mark.len_utf8();
            }
            layer.replace(start, end, &letters);
        }
        (at, copied) = (end, end);
    }
    layer.copy(source, copied, source.len());
}

fn is_odd(c: char) -> bool {
    has_no_width(c) || is_mark(c) || is_other_form(c)
}

/// Combining marks of Latin letters.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Invisible characters: soft hyphens, joiners, marks of direction.
fn has_no_width(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}'
    )
}

/// Letters and digits that are other forms of Latin ones, and full-width punctuation.
#[rustfmt::skip]
fn is_other_form(c: char) -> bool {
    match c {
        '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{17f}' | '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}'
        | '\u{2b0}'..='\u{2b8}' | '\u{2e0}'..='\u{2e4}' | '\u{1d2c}'..='\u{1d6a}' | '\u{2071}' | '\u{207f}'
        | '\u{2090}'..='\u{209c}' | '\u{2160}'..='\u{217f}' | '\u{24b6}'..='\u{24e9}' | '\u{fb00}'..='\u{fb06}'
        | '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d7ff}' | '\u{1f130}'..='\u{1f149}'
        | '\u{1fbf0}'..='\u{1fbf9}' => true,
        '\u{2100}'..='\u{214f}' => c.is_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn normalized(text: &str) -> String {
        let mut layer = Layer::default();
        normalize(text, &mut layer);
        assert_eq!(layer.text() != text, has_odd_letters(text), "{text}");
        layer.text().to_owned()
    }

    /// Expected forms by Python's `unicodedata.normalize("NFKC", …)`, except for characters
    /// without width and marks that compose to nothing.
    #[test]
    fn letters_are_normalized() {
        let table = [
            ("plain", "Own the roadmap", "Own the roadmap"),
            (
                "typography",
                "R\u{e9}sum\u{e9} \u{2013} team\u{2019}s \u{2022} \u{2122} 5 m\u{b2} \u{bd}",
                "R\u{e9}sum\u{e9} \u{2013} team\u{2019}s \u{2022} \u{2122} 5 m\u{b2} \u{bd}",
            ),
            ("bold", "\u{1d40e}\u{1d430}\u{1d427} \u{1d7d0}\u{1d7ce}", "Own 20"),
            ("full width", "\u{ff2f}\u{ff57}\u{ff4e}\u{ff0c} \u{ff12}", "Own, 2"),
            ("ligatures", "de\u{fb01}ne work\u{fb02}ows o\u{fb04}ine", "define workflows offline"),
            (
                "decomposed",
                "cafe\u{301} nai\u{308}ve fac\u{327}ade Vie\u{323}\u{302}t",
                "caf\u{e9} na\u{ef}ve fa\u{e7}ade Vi\u{1ec7}t",
            ),
            ("underlined", "r\u{332}o\u{332}a\u{332}d\u{332}map", "roadmap"),
            ("struck out", "o\u{336}wn", "own"),
            ("soft hyphens", "road\u{ad}map pri\u{ad}or\u{ad}i\u{ad}tize", "roadmap prioritize"),
            ("joiners", "road\u{200c}map back\u{2060}log plan\u{200d}ning \u{feff}x", "roadmap backlog planning x"),
            ("broken at a soft hyphen", "road\u{ad}\nmap", "road-\nmap"),
            ("circled", "\u{24c5}\u{24dc} \u{1f13f}", "Pm P"),
            ("Roman numerals", "Manager \u{2161}", "Manager II"),
            ("letters with accents of a form", "\u{ff25}\u{301}", "\u{c9}"),
            ("forms of letters with accents", "\u{212b}ngstr\u{f6}m \u{1c4}", "\u{c5}ngstr\u{f6}m D\u{17d}"),
            ("a ligature with an accent", "\u{fb01}\u{301}", "f\u{ed}"),
            ("marks without a letter", "- \u{345}\u{345} \u{301}", "-  "),
        ];
        for (name, text, expected) in table {
            assert_eq!(normalized(text), expected, "{name}");
        }
        let long = "x".repeat(1000) + "\u{fb01}";
        assert!(has_odd_letters(&long) && !has_odd_letters(&long[..1000]));
    }

    /// Titles are read with this in mind.
    #[test]
    fn nothing_odd_is_left() {
        let mut layer = Layer::default();
        for c in ('\u{80}'..=char::MAX).filter(|c| is_odd(*c)) {
            for text in [format!("a{c}"), format!("-{c}{c}"), format!("{c}\u{301}"), format!("\u{301}{c}")] {
                normalize(&text, &mut layer);
                // Letters without another form, such as a turned F, stay.
                let odd = |left: char| is_odd(left) && left.nfkc().ne([left]);
                let found = layer.text().chars().find(|left| odd(*left) || is_mark(*left));
                assert_eq!(found, None, "{text:?} is {:?}", layer.text());
            }
        }
    }

    #[test]
    fn spans_are_those_of_the_source() {
        let source = "the ba\u{fb01}ne\u{301} r\u{ad}oad\u{ad}map";
        let mut layer = Layer::default();
        normalize(source, &mut layer);
        let at = layer.text().find("roadmap").unwrap();
        assert_eq!(layer.to_source(Span::new(at, at + 7)).of(source), "r\u{ad}oad\u{ad}map");
        assert_eq!(layer.to_source(Span::new(4, 4 + 7)).of(source), "ba\u{fb01}ne\u{301}");
    }
}
