//! A phrase in the line it stands in, and parts of a posting as plain words.

use crate::infer::{Evidence, Verdict};
use crate::text::Span;
use crate::text::html::Cleaned;

/// A phrase with what stands before and after it in its line: the three in a row are
/// the line. Markup is out, blanks are folded; active characters are still in (see
/// [`super::sanitize`]).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snippet {
    /// The line up to the phrase; begins with `…` where it was shortened.
    pub before: String,
    /// The phrase.
    pub phrase: String,
    /// The line after the phrase; ends with `…` where it was shortened.
    pub after: String,
}

/// The line of a phrase, shortened around it to at most `room` characters beside the
/// phrase itself.
#[must_use]
pub fn snippet(posting: &str, evidence: &Evidence, room: usize) -> Snippet {
    let before = Span::new(evidence.line.start, evidence.span.start).of(posting);
    let after = Span::new(evidence.span.end, evidence.line.end).of(posting);
    let apart = (before.ends_with(char::is_whitespace), after.starts_with(char::is_whitespace));
    let (before, after) = (plain(before), plain(after));
    let length = |text: &str| text.chars().count();
    // A short side leaves its room to the other.
    let half = room / 2;
    let left = if length(&after) < half { room - length(&after) } else { half };
    let right = if length(&before) < half { room - length(&before) } else { half };
    let (mut before, mut after) = (last_words(&before, left), first_words(&after, right));
    if apart.0 && !before.is_empty() {
        before.push(' ');
    }
    if apart.1 && !after.is_empty() {
        after.insert(0, ' ');
    }
    Snippet { before, phrase: evidence.phrase.clone(), after }
}

/// A part of a posting without markup, blanks folded.
#[must_use]
pub fn plain(part: &str) -> String {
    let mut cleaned = Cleaned::default();
    let (text, _) = cleaned.clean(part);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A part of a posting without markup, its line breaks kept.
#[must_use]
pub fn without_markup(part: &str) -> String {
    Cleaned::default().clean(part).0.to_owned()
}

/// Words of a part of a posting, markup not counted.
#[must_use]
pub fn count_words(part: &str) -> usize {
    plain(part).split(' ').filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// What was ignored, by reason, with words of each; most words first. Their sum may be
/// more than the words of the whole, where that breaks into words otherwise, as noise does.
#[must_use]
pub fn ignored(posting: &str, verdict: &Verdict) -> Vec<(String, usize)> {
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

fn first_words(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for word in text.split(' ') {
        if kept.chars().count() + word.chars().count() + 2 > room {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    kept + " \u{2026}"
}

fn last_words(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut used = 2;
    for word in text.split(' ').rev() {
        used += word.chars().count() + 1;
        if used > room {
            break;
        }
        kept.push(word);
    }
    kept.push("\u{2026}");
    kept.reverse();
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_at_words() {
        assert_eq!(first_words("one two three four", 12), "one two \u{2026}");
        assert_eq!(last_words("one two three four", 12), "\u{2026} four");
        assert_eq!(first_words("unbreakable-and-long", 6), " \u{2026}");
        assert_eq!(first_words("short", 12), "short");
        assert_eq!(last_words("unbreakable-and-long", 6), "\u{2026}");
        assert_eq!(count_words("<p>R&amp;D &ndash; two <b>words</b></p>"), 3);
    }
}
