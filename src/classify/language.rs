//! Whether a text is English, and prose at all.

/// Words that hold English sentences together. About two words in five of any
/// English prose are among them; of other languages' prose, few.
const GLUE: [&str; 62] = [
    "a", "about", "across", "all", "also", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "for",
    "from", "has", "have", "how", "if", "in", "into", "is", "it", "its", "more", "not", "of", "on", "or", "other",
    "our", "out", "over", "such", "than", "that", "the", "their", "them", "they", "this", "through", "to", "up", "us",
    "was", "we", "well", "what", "when", "which", "while", "who", "will", "with", "within", "work", "would", "you",
    "your",
];

/// Share of glue words below which a text is looked at more closely.
const SUSPICIOUS: f64 = 0.20;

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// English prose.
    English,
    /// Prose of another language.
    Foreign,
    /// Code, tables, numbers.
    NotProse,
}

/// Bytes of a suspicious text that the detector reads.
const SAMPLE: usize = 4000;

/// Reads the language of `text`, whose words are given by their spans.
///
/// English is told by its glue words, which costs little; only a text that lacks
/// them is shown to the language detector.
pub(crate) fn language<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Language {
    let (mut total, mut glue) = (0u32, 0u32);
    for word in words.take(600) {
        total += 1;
        glue += u32::from(is_glue(word));
    }
    if f64::from(glue) >= SUSPICIOUS * f64::from(total) {
        return Language::English;
    }
    let end = (0..=text.len().min(SAMPLE)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    let sample = &text[..end];
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    let marks = sample.chars().filter(|c| "{}()[];=<>/\\_|\"#$&+*`~^".contains(*c)).count();
    if marks * 12 > letters {
        return Language::NotProse;
    }
    let foreign = whichlang::detect_language(sample) != whichlang::Lang::Eng;
    // A posting of bare noun phrases has little glue and is English all the same.
    match (foreign, f64::from(glue) < 0.10 * f64::from(total)) {
        (true, true) => Language::Foreign,
        (false, true) if f64::from(glue) < 0.03 * f64::from(total) => Language::NotProse,
        _ => Language::English,
    }
}

fn is_glue(word: &str) -> bool {
    let mut buffer = [0u8; 8];
    let bytes = word.as_bytes();
    let Some(lower) = buffer.get_mut(..bytes.len()) else { return false };
    lower.copy_from_slice(bytes);
    lower.make_ascii_lowercase();
    let lower: &[u8] = lower;
    GLUE.binary_search_by(|glue| glue.as_bytes().cmp(lower)).is_ok()
}

/// Words that a phrase neither begins nor ends with.
pub(crate) fn is_edge_word(word: &str) -> bool {
    is_glue(word) && !word.eq_ignore_ascii_case("work")
        || word.len() == 1
        || ["would", "may", "you", "ll", "re", "ve", "including", "etc", "per"]
            .iter()
            .any(|w| word.eq_ignore_ascii_case(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Language {
        language(text, text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()))
    }

    #[test]
    fn languages() {
        assert!(GLUE.is_sorted());
        let table = [
            ("You will own the roadmap of our product and work with engineers on what is next.", Language::English),
            (
                "Wir suchen ab sofort eine erfahrene Person, die unser Team in Berlin verst\u{e4}rkt und Verantwortung \
              f\u{fc}r die Weiterentwicklung unserer Anwendung \u{fc}bernimmt.",
                Language::Foreign,
            ),
            (
                "Nous recherchons une personne motiv\u{e9}e pour piloter la strat\u{e9}gie de nos produits et \
              accompagner les \u{e9}quipes commerciales.",
                Language::Foreign,
            ),
            ("fn main() { let x = foo(1, 2); for i in 0..10 { println!(\"{}\", x[i]); } }", Language::NotProse),
            (
                "Roadmap ownership\nBacklog prioritization\nSprint planning\nStakeholder management for the team",
                Language::English,
            ),
        ];
        for (text, expected) in table {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
