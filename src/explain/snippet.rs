//! A phrase in the context of its line, and parts of a posting as plain text.

use crate::infer::{Evidence, Verdict};
use crate::text::Span;
use crate::text::clean::Cleaner;

/// A phrase with the text before and after it in its line. Joined, the three are the line, shortened if
/// it is long. Markup is removed and whitespace collapsed. Unsafe characters are kept (see
/// [`sanitize`](super::sanitize)).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snippet {
    /// The line up to the phrase; begins with `…` if shortened.
    pub before: String,
    /// The phrase.
    pub phrase: String,
    /// The line after the phrase; ends with `…` if shortened.
    pub after: String,
}

/// The line of a phrase, shortened to about `room` characters around the phrase.
#[must_use]
pub fn snippet(posting: &str, evidence: &Evidence, room: usize) -> Snippet {
    let before = Span::new(evidence.line.start, evidence.span.start).of(posting);
    let after = Span::new(evidence.span.end, evidence.line.end).of(posting);
    let spaced = (before.ends_with(char::is_whitespace), after.starts_with(char::is_whitespace));
    let (before, after) = (plain(before), plain(after));
    let length = |text: &str| text.chars().count();
    // A short side leaves room for the other.
    let half = room / 2;
    let left = if length(&after) < half { room - length(&after) } else { half };
    let right = if length(&before) < half { room - length(&before) } else { half };
    let (mut before, mut after) = (last_words(&before, left), first_words(&after, right));
    if spaced.0 && !before.is_empty() {
        before.push(' ');
    }
    if spaced.1 && !after.is_empty() {
        after.insert(0, ' ');
    }
    Snippet { before, phrase: evidence.phrase.clone(), after }
}

/// Part of a posting without markup, with whitespace collapsed.
pub(super) fn plain(part: &str) -> String {
    let mut cleaned = Cleaner::default();
    let (text, _) = cleaned.clean(part, &mut |_| false);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Part of a posting without markup; line breaks are kept.
#[must_use]
pub fn without_markup(part: &str) -> String {
    Cleaner::default().clean(part, &mut |_| false).0.to_owned()
}

/// Number of words in part of a posting, without markup.
pub(super) fn count_words(part: &str) -> usize {
    plain(part).split(' ').filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// The reasons why parts were ignored with the number of words of each, most words first.
/// In text with hardly any real words, the sum can exceed the number of words in the posting.
pub(super) fn ignored(posting: &str, verdict: &Verdict) -> Vec<(String, usize)> {
    let mut sums: Vec<(String, usize)> = Vec::new();
    for part in &verdict.ignored {
        let count = count_words(part.span.of(posting));
        match sums.iter_mut().find(|(reason, _)| *reason == part.reason) {
            Some((_, sum)) => *sum += count,
            None => sums.push((part.reason.clone(), count)),
        }
    }
    sums.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sums
}

/// Characters that are not words: the ellipsis, and the space between the words and the phrase.
const EXTRA: usize = 2;

/// The first of `words` that fit into `room` characters.
fn fitting<'a>(words: impl Iterator<Item = &'a str>, room: usize) -> Vec<&'a str> {
    let mut used = EXTRA;
    let fits = |word: &&str| {
        used += word.chars().count() + 1;
        used <= room
    };
    words.take_while(fits).collect()
}

fn first_words(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    fitting(text.split(' '), room).join(" ") + " \u{2026}"
}

fn last_words(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut kept = fitting(text.split(' ').rev(), room);
    kept.push("\u{2026}");
    kept.reverse();
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_shortened_between_words() {
        assert_eq!(first_words("one two three four", 16), "one two three \u{2026}");
        assert_eq!(first_words("one two three four", 15), "one two \u{2026}");
        assert_eq!(last_words("one two three four", 13), "\u{2026} three four");
        assert_eq!(last_words("one two three four", 12), "\u{2026} four");
        assert_eq!(first_words("unbreakable-and-long", 6), " \u{2026}");
        assert_eq!(first_words("short", 12), "short");
        assert_eq!(last_words("unbreakable-and-long", 6), "\u{2026}");
        assert_eq!(count_words("<p>R&amp;D &ndash; two <b>words</b></p>"), 3);
    }
}
