//! Perturbations: changes to the form of a text that leave its meaning, such as letter case, line
//! breaks, markup and encodings.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;

use crate::error::Error;
use crate::read::Document;

/// A change to a text that should not change the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Perturbation {
    LowerCase,
    UpperCase,
    NoLineBreaks,
    Wrapped,
    NoBreakSpaces,
    Twice,
    Boilerplate,
    Html,
    Markdown,
    Utf16,
    Decomposed,
    FullWidth,
}

/// Width of wrapped text, in characters.
const WIDTH: usize = 72;

/// One word in this many is written in full width.
const FULL_WIDTH_EVERY: usize = 10;

/// A paragraph as many employers append to every posting, written for this project.
const BOILERPLATE: &str = "We are an equal opportunity employer. We welcome applications from people of every \
    background, age, faith, gender, orientation and ability, and we decide on skills alone. If you need an adjustment \
    during our hiring process, tell us and we will arrange it. By applying you agree that we keep your data for six \
    months.";

impl Perturbation {
    pub(super) const ALL: [(Self, &str); 12] = [
        (Self::LowerCase, "lower case"),
        (Self::UpperCase, "upper case"),
        (Self::NoLineBreaks, "line breaks lost"),
        (Self::Wrapped, "wrapped at 72"),
        (Self::NoBreakSpaces, "no-break spaces"),
        (Self::Twice, "pasted twice"),
        (Self::Boilerplate, "a paragraph of boilerplate"),
        (Self::Html, "HTML"),
        (Self::Markdown, "Markdown"),
        (Self::Utf16, "UTF-16"),
        (Self::Decomposed, "decomposed accents (NFD)"),
        (Self::FullWidth, "a tenth of the words in full width"),
    ];

    /// The changed text.
    ///
    /// # Errors
    /// When an encoded text cannot be read back.
    pub(super) fn apply(self, text: &str) -> Result<String, Error> {
        Ok(match self {
            Self::LowerCase => text.to_lowercase(),
            Self::UpperCase => text.to_uppercase(),
            Self::NoLineBreaks => lines(text).collect::<Vec<_>>().join(" "),
            Self::Wrapped => text.lines().map(wrapped).collect::<Vec<_>>().join("\n"),
            Self::NoBreakSpaces => text.replace(' ', "\u{a0}"),
            Self::Twice => format!("{text}\n\n{text}"),
            Self::Boilerplate => format!("{text}\n\n{BOILERPLATE}\n"),
            Self::Html => html(text),
            Self::Markdown => markdown(text),
            Self::Utf16 => {
                let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let marked = [&[0xff, 0xfe], &bytes[..]].concat();
                Document::read(&marked[..], None)?.text().to_owned()
            }
            Self::Decomposed => text.nfd().collect(),
            Self::FullWidth => full_width(text),
        })
    }
}

/// The lines with text, without whitespace around them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// A line broken at spaces so that no part has more than [`WIDTH`] characters.
fn wrapped(line: &str) -> String {
    let (mut out, mut width) = (String::with_capacity(line.len()), 0);
    for word in line.split(' ') {
        let own = word.chars().count();
        if !out.is_empty() {
            let fits = width + 1 + own <= WIDTH;
            out.push(if fits { ' ' } else { '\n' });
            width = if fits { width + 1 } else { 0 };
        }
        out += word;
        width += own;
    }
    out
}

/// The text of a list item, if the line has a bullet.
fn item(line: &str) -> Option<&str> {
    line.strip_prefix(['-', '*', '•', '·']).map(str::trim_start).filter(|item| !item.is_empty())
}

fn html(text: &str) -> String {
    let mut out = String::from("<html><body>\n");
    let mut list = false;
    for line in lines(text) {
        let own = item(line);
        if list != own.is_some() {
            out += if list { "</ul>\n" } else { "<ul>\n" };
            list = own.is_some();
        }
        let (content, tag) = (htmlize::escape_text(own.unwrap_or(line)), if list { "li" } else { "p" });
        // Writing to a string cannot fail.
        let _ = writeln!(out, "<{tag}>{content}</{tag}>");
    }
    if list {
        out += "</ul>\n";
    }
    out + "</body></html>\n"
}

/// Items with `*`, other lines as paragraphs. Short ones are bold, as headings are in many postings.
fn markdown(text: &str) -> String {
    let mut out = String::new();
    for line in lines(text) {
        // Writing to a string cannot fail.
        let _ = match item(line) {
            Some(item) => writeln!(out, "* {item}"),
            None if line.split(' ').count() <= 4 => writeln!(out, "\n**{line}**\n"),
            None => writeln!(out, "\n{line}\n"),
        };
    }
    out
}

fn full_width(text: &str) -> String {
    let mut words = 0;
    let mut inside = false;
    let wide = |c: char| {
        if c.is_alphanumeric() != inside {
            inside = !inside;
            words += usize::from(inside);
        }
        // The full-width forms of U+0021 to U+007E are U+FF01 to U+FF5E.
        let chosen = inside && words % FULL_WIDTH_EVERY == 0 && c.is_ascii_alphanumeric();
        if chosen { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c }
    };
    text.chars().map(wide).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "Your role\n- Own R&D plans\n- Wir prüfen\nJoin us when you can, because this line is a long one";

    #[test]
    fn perturbations_change_the_text_and_nothing_else() {
        let table = [
            (Perturbation::Html, "<html><body>\n<p>Your role</p>\n<ul>\n<li>Own R&amp;D plans</li>\n"),
            (Perturbation::Markdown, "\n**Your role**\n\n* Own R&D plans\n* Wir prüfen\n\nJoin us"),
            (Perturbation::NoLineBreaks, "Your role - Own R&D plans - Wir"),
            (Perturbation::UpperCase, "YOUR ROLE\n- OWN R&D PLANS\n- WIR PRÜFEN\n"),
            (Perturbation::Decomposed, "Your role\n- Own R&D plans\n- Wir pru\u{308}fen\n"),
            (Perturbation::Utf16, TEXT),
            (Perturbation::Twice, TEXT),
        ];
        for (perturbation, start) in table {
            let found = perturbation.apply(TEXT).unwrap();
            assert!(found.starts_with(start), "{perturbation:?}: {found}");
        }
    }

    #[test]
    fn lines_are_wrapped_at_spaces() {
        let line = "word ".repeat(40);
        let found = wrapped(line.trim_end());
        assert!(found.lines().all(|line| line.chars().count() <= WIDTH), "{found}");
        assert_eq!(found.replace('\n', " "), line.trim_end());
        assert_eq!(wrapped(&"x".repeat(100)), "x".repeat(100));
        // A line as wide as allowed, one that would be a character wider, and the width of the next.
        let part = |width: usize| "x".repeat(width);
        for (words, expected) in [([WIDTH - 3, 2, 1], ' '), ([WIDTH - 2, 2, 1], '\n'), ([WIDTH, WIDTH - 3, 2], '\n')] {
            let found = wrapped(&words.map(part).join(" "));
            let gaps: Vec<_> = found.chars().filter(|c| *c != 'x').collect();
            let last = if expected == ' ' { '\n' } else { ' ' };
            assert_eq!(gaps, [expected, last], "{words:?}");
        }
    }

    #[test]
    fn every_tenth_word_is_in_full_width() {
        assert_eq!(full_width("a b c d e f g h i No1, k"), "a b c d e f g h i Ｎｏ１, k");
    }
}
