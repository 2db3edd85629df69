//! Finds the title in a posting that comes without one.
//!
//! A wrong title is worse than none, so a title has to look like one: a line after a label ("Job
//! title: …"), a line that is only a title, or a sentence that says who is wanted ("Acme is
//! hiring a …").

use super::normalize::{Gap, tokens};
use super::sentence;
use super::words::Word;
use crate::text::shorten::truncate;

/// Maximum number of words of a line that is taken for a title.
const MAX_WORDS: usize = 14;

/// Maximum length of a line that is taken for a title, in bytes.
pub(crate) const MAX_LINE: usize = 120;

/// Lines in which a title is looked for: a page that was copied whole begins with its menu.
const TITLE_LINES: usize = 12;

/// A sentence with a title is looked for in this many bytes at the start of a posting.
const SENTENCE_BYTES: usize = 1500;

/// Labels of a title, in lower case; of two that start alike the longer comes first.
const LABELS: [&str; 19] = [
    "job title", "job posting", "job description", "job role", "job position", "job opening", "position title",
    "position", "role title", "role", "title", "vacancy", "opening", "now hiring", "we are hiring", "we're hiring",
    "we’re hiring", "hiring", "wanted",
];

/// The title that a posting names in its first lines, or in a sentence near its start.
pub(crate) fn find_title(text: &str) -> Option<&str> {
    in_lines(text).or_else(|| {
        let opening = truncate(text, SENTENCE_BYTES);
        sentence::title(opening, opening.len() < text.len())
    })
}

fn in_lines(text: &str) -> Option<&str> {
    let mut lines = text.lines().map(without_markup).filter(|line| !line.is_empty()).take(TITLE_LINES);
    while let Some(line) = lines.next() {
        if let Some(value) = after_label(line) {
            let value =
                if value.is_empty() { lines.next().filter(|line| is_bare(line)).unwrap_or_default() } else { value };
            if let Some(title) = as_title(value) {
                return Some(title);
            }
        } else if let Some(title) = bare_title(line) {
            return Some(title);
        }
    }
    None
}

/// Markdown's marks around a heading or words.
pub(crate) const MARKDOWN: [char; 5] = ['#', '*', '_', '>', '`'];

/// A line without Markdown's marks and whitespace around it.
fn without_markup(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || MARKDOWN.contains(&c))
}

/// What follows a label.
fn after_label(line: &str) -> Option<&str> {
    let label = LABELS.iter().find(|label| {
        line.get(..label.len()).is_some_and(|start| start.eq_ignore_ascii_case(label))
            && !line[label.len()..].starts_with(char::is_alphanumeric)
    })?;
    let rest = line[label.len()..].trim_start_matches(|c: char| c.is_whitespace() || c == '*' || c == '_');
    let value = rest.trim_start_matches([':', '-', '–', '—', '*', ' ']);
    (rest.starts_with([':', '-', '–', '—']) || rest.is_empty()).then_some(without_markup(value))
}

/// The line as a title, without the employer after "at", if it reads like one.
fn as_title(line: &str) -> Option<&str> {
    if line.len() > MAX_LINE || line.ends_with(['.', '!', '?', ':', ';', ',']) || !capitalized(line) {
        return None;
    }
    let end = [" at ", " @ "].iter().filter_map(|at| line.find(at)).min().unwrap_or(line.len());
    let title = line[..end].trim_end();
    let short = title.split_whitespace().nth(MAX_WORDS).is_none();
    (short && !is_sentence(title) && names_holder(title)).then_some(title)
}

/// A line without a label as a title.
fn bare_title(line: &str) -> Option<&str> {
    as_title(line).filter(|_| is_bare(line))
}

/// Whether a line is a title and nothing else.
pub(crate) fn is_title(line: &str) -> bool {
    bare_title(without_markup(line)).is_some()
}

/// Whether a line without a label can be a title: it is neither a labeled field ("Reports to: …")
/// nor a heading that only starts like one ("Executive Summary").
fn is_bare(line: &str) -> bool {
    let mut words = tokens(line).filter(|token| !matches!(token.word, Word::Neutral | Word::Staff | Word::Number));
    let first = words.next().map(|token| token.word);
    let second = words.next().filter(|token| token.gap < Gap::And).map(|token| token.word);
    let heading = matches!(first, Some(Word::Head(_) | Word::Heads(_)))
        && matches!(second, Some(Word::Unknown | Word::Line | Word::Near | Word::Heads(_)));
    !heading && ![": ", ":*", "**"].iter().any(|mark| line.contains(mark)) && !line.starts_with("About ")
}

/// Whether a line names somebody who holds a job.
pub(super) fn names_holder(line: &str) -> bool {
    tokens(line).any(|token| matches!(token.word, Word::Head(_) | Word::Heads(_) | Word::Whole(_)))
}

/// Whether a line has a word that titles do not have, or one that ends a sentence.
fn is_sentence(line: &str) -> bool {
    const WORDS: [&str; 13] =
        ["i'm", "the", "our", "your", "you", "we", "us", "is", "are", "will", "who", "this", "why"];
    // "Sr." and "Prod." are abbreviations.
    let ends = |word: &str| word.len() > 5 && word.ends_with(['.', '!', '?']);
    line.split_whitespace().any(|word| ends(word) || WORDS.iter().any(|other| other.eq_ignore_ascii_case(word)))
}

/// Maximum number of words of a title that need not be capitalized throughout: "Senior product
/// manager, payments".
const MAX_PLAIN_WORDS: usize = 4;

/// Whether a line is capitalized like a title: its first word is, and all longer words are unless
/// the line is short. Text in brackets does not count.
fn capitalized(line: &str) -> bool {
    let (mut words, mut all) = (0, true);
    for word in line.split_whitespace() {
        let bracket = if words > 0 { word.find(['(', '[']) } else { None };
        let mut letters = word[..bracket.unwrap_or(word.len())].chars().filter(|c| c.is_alphabetic());
        if let Some(first) = letters.next() {
            words += 1;
            all &= first.is_uppercase() || words > 1 && letters.nth(2).is_none();
            if !all && (words == 1 || words > MAX_PLAIN_WORDS) {
                return false;
            }
        }
        if bracket.is_some() {
            break;
        }
    }
    true
}
