//! Whether a text is English, and prose at all.

use crate::text::shorten::prefix;
use crate::tokenize::Token;
use crate::tokenize::stopwords::GLUE;

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

/// Words that are looked at for glue.
const WORDS: usize = 600;

/// So many at a time.
const SOME: usize = 50;

/// Reads the language of `text`, whose words are `tokens`.
///
/// English is told by its glue words, which costs little; only a text that lacks
/// them is shown to the language detector.
pub(crate) fn language(text: &str, tokens: &[Token]) -> Language {
    let tokens = &tokens[..tokens.len().min(WORDS)];
    let total = tokens.len() as u32;
    let mut glue = 0;
    // Not one by one, but not to the end either: half of the words mostly say enough.
    for tokens in std::iter::once(&[][..]).chain(tokens.chunks(SOME)) {
        glue += tokens.iter().map(|token| u32::from(token.flags & GLUE)).sum::<u32>();
        if f64::from(glue) >= SUSPICIOUS * f64::from(total) {
            return Language::English;
        }
    }
    let sample = prefix(text, SAMPLE);
    let marks = sample.bytes().filter(|&byte| MARKS[usize::from(byte)]).count();
    let letters = sample.bytes().filter(u8::is_ascii_alphabetic).count();
    let wide = || sample.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
    if marks * 12 > letters && marks * 12 > letters + wide() {
        return Language::NotProse;
    }
    // A posting of bare noun phrases has little glue and is English all the same.
    if f64::from(glue) >= 0.10 * f64::from(total) {
        return Language::English;
    }
    match whichlang::detect_language(sample) {
        whichlang::Lang::Eng if f64::from(glue) < 0.03 * f64::from(total) => Language::NotProse,
        whichlang::Lang::Eng => Language::English,
        _ => Language::Foreign,
    }
}

/// By byte, whether it is a mark that code and tables are full of.
const MARKS: [bool; 256] = {
    let marks = b"{}()[];=<>/\\_|\"#$&+*`~^";
    let (mut are, mut at) = ([false; 256], 0);
    while at < marks.len() {
        are[marks[at] as usize] = true;
        at += 1;
    }
    are
};

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Language {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let flags = words.map(|word| crate::tokenize::stopwords::flags(&word.to_lowercase()));
        let tokens: Vec<_> = flags.map(|flags| Token { start: 0, end: 0, id: 0, clause: false, flags }).collect();
        language(text, &tokens)
    }

    #[test]
    fn languages() {
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
