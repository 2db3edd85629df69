//! Tells English prose from other languages, code and tables.

use super::shorten::truncate;
use crate::tokenize::Token;
use crate::tokenize::stopwords::STOPWORD;

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// English prose.
    English,
    /// Prose of another language.
    Foreign,
    /// Code, tables, numbers.
    NotProse,
}

/// Share of stopwords, from 0 to 1, that suffices for English. English prose has about 0.4.
const ENGLISH: f64 = 0.20;

/// Share that suffices for English if the text is no code: a posting of bare noun phrases.
const NOUN_PHRASES: f64 = 0.10;

/// Share below which a text is not prose even if the language detector finds it English.
const WORD_LIST: f64 = 0.03;

/// Words that are counted, from the start of the text.
const MAX_WORDS: usize = 600;

/// Words between two checks whether the stopwords so far suffice.
const STEP: usize = 50;

/// Bytes from the start of the text in which marks are counted and the language is detected.
const SAMPLE: usize = 4000;

/// A text with fewer letters per mark than this is code or a table.
const LETTERS_PER_MARK: usize = 12;

/// Detects the language of `text`, whose words are `tokens`.
///
/// Counting stopwords is cheap; only texts with few of them go through the language
/// detector.
pub(crate) fn detect(text: &str, tokens: &[Token]) -> Language {
    let tokens = &tokens[..tokens.len().min(MAX_WORDS)];
    let total = tokens.len() as u32;
    let mut stopwords = 0;
    // Half of the words usually suffice. The empty first step is for a text without words.
    for tokens in std::iter::once(&[][..]).chain(tokens.chunks(STEP)) {
        stopwords += tokens.iter().filter(|token| token.flags & STOPWORD != 0).count() as u32;
        if f64::from(stopwords) >= ENGLISH * f64::from(total) {
            return Language::English;
        }
    }
    let sample = truncate(text, SAMPLE);
    let marks = LETTERS_PER_MARK * marks(sample);
    let letters = sample.bytes().filter(u8::is_ascii_alphabetic).count();
    let other_letters = || sample.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
    if marks > letters && marks > letters + other_letters() {
        return Language::NotProse;
    }
    if f64::from(stopwords) >= NOUN_PHRASES * f64::from(total) {
        return Language::English;
    }
    match whichlang::detect_language(sample) {
        whichlang::Lang::Eng if f64::from(stopwords) < WORD_LIST * f64::from(total) => Language::NotProse,
        whichlang::Lang::Eng => Language::English,
        _ => Language::Foreign,
    }
}

/// Number of marks that are frequent in code and tables. Marks that prose has too are not counted:
/// those of Markdown, separators of cells, and links.
fn marks(sample: &str) -> usize {
    let is_markdown_line = |line: &str| {
        let line = line.trim_start();
        let marks = line.bytes().take_while(|byte| matches!(byte, b'#' | b'-' | b'*' | b'+' | b'>')).count();
        line[marks..].starts_with(' ') || line.starts_with("**") || line.starts_with("| ")
    };
    let is_markdown = sample.lines().filter(|line| is_markdown_line(line)).count() > 1;
    let is_mark = |byte: &u8| match byte {
        b'#' | b'*' | b'_' | b'`' | b'|' | b'>' | b'~' | b'+' => !is_markdown,
        b'{' | b'}' | b'(' | b')' | b'[' | b']' | b';' | b'=' | b'<' | b'/' | b'\\' | b'"' | b'$' | b'&' | b'^' => true,
        _ => false,
    };
    let all = sample.bytes().filter(is_mark).count();
    let cells = if is_markdown { 0 } else { sample.matches(" | ").count() };
    let in_links: usize = sample
        .match_indices("](")
        .map(|(at, _)| {
            let address = sample[at + 2..].split([')', '\n']).next().unwrap_or_default();
            // The four brackets, and the marks in the address.
            4 + address.bytes().filter(is_mark).count()
        })
        .sum();
    all.saturating_sub(cells + in_links)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language_of(text: &str) -> Language {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let flags = words.map(|word| crate::tokenize::stopwords::flags(&word.to_lowercase()));
        let tokens: Vec<_> =
            flags.map(|flags| Token { start: 0, end: 0, id: 0, after_punctuation: false, flags }).collect();
        detect(text, &tokens)
    }

    /// `count` times "the" among `total` words.
    fn words(count: usize, total: usize) -> String {
        "the ".repeat(count) + &"roadmap ".repeat(total - count)
    }

    #[test]
    fn languages() {
        let table = [
            (
                "English",
                "You will own the roadmap of our product and work with engineers on what is next.".to_owned(),
                Language::English,
            ),
            (
                "German",
                "Wir suchen ab sofort eine erfahrene Person, die unser Team in Berlin verst\u{e4}rkt und \
                 Verantwortung f\u{fc}r die Weiterentwicklung unserer Anwendung \u{fc}bernimmt."
                    .to_owned(),
                Language::Foreign,
            ),
            (
                "French",
                "Nous recherchons une personne motiv\u{e9}e pour piloter la strat\u{e9}gie de nos produits et \
                 accompagner les \u{e9}quipes commerciales."
                    .to_owned(),
                Language::Foreign,
            ),
            (
                "code",
                "fn main() { let x = foo(1, 2); for i in 0..10 { println!(\"{}\", x[i]); } }".to_owned(),
                Language::NotProse,
            ),
            (
                "noun phrases",
                "Roadmap ownership\nBacklog prioritization\nSprint planning\nStakeholder management for the team"
                    .to_owned(),
                Language::English,
            ),
            ("nothing", String::new(), Language::English),
            (
                "Markdown",
                "## **Role**\n\n- **Roadmap:** ownership & planning\n- **Backlog:** [user stories](https://x.org/a?b=c&d_e)\n"
                    .to_owned(),
                Language::English,
            ),
            ("stopwords enough to ignore marks", words(20, 100) + &"{}".repeat(500), Language::English),
            ("too few to ignore marks", words(19, 100) + &"{}".repeat(500), Language::NotProse),
            ("stopwords enough for noun phrases", words(10, 100), Language::English),
            ("stopwords enough for prose", words(3, 100), Language::English),
            ("a list of words", words(2, 100), Language::NotProse),
            ("132 letters, 11 marks", words(2, 20) + &"#".repeat(11), Language::English),
            ("132 letters, 12 marks", words(2, 20) + &"#".repeat(12), Language::NotProse),
            ("enough for noun phrases, whatever the rest", words(10, 10) + &"die Br\u{fc}cke und ".repeat(30), Language::English),
            ("too few for noun phrases of another language", words(9, 9) + &"die Br\u{fc}cke und ".repeat(30), Language::Foreign),
            // The five marks of a link do not count, so that there are 134 letters and 11 or 12 marks.
            ("a link and 11 marks", "[](b/c)".to_owned() + &words(2, 20) + &"#".repeat(11), Language::English),
            ("a link and 12 marks", "[](b/c)".to_owned() + &words(2, 20) + &"#".repeat(12), Language::NotProse),
            ("letters outside ASCII count", "\u{43f}\u{43b}\u{430}\u{43d} ".repeat(10) + "(\u{44f})", Language::Foreign),
            (
                "144 letters, 12 marks",
                words(2, 20) + &"\u{e9}".repeat(12) + &"#".repeat(12),
                Language::English,
            ),
            // Marks at the start of two lines or more are Markdown, which does not count.
            ("bold lines", "**\n".repeat(20) + &words(3, 20), Language::English),
            ("rows of a table", "| \n".repeat(20) + &words(3, 20), Language::English),
            ("items", "+ \n".repeat(20) + &words(3, 20), Language::English),
            ("marks alone", "+\n".repeat(20) + &words(3, 20), Language::NotProse),
            ("one item", "+ ".to_owned() + &"#".repeat(20) + "\n" + &words(3, 20), Language::NotProse),
            ("stopwords after the first 600 words", words(0, 600) + &words(600, 600), Language::NotProse),
        ];
        for (name, text, expected) in table {
            assert_eq!(language_of(&text), expected, "{name}");
        }
    }
}
