//! Words of a text, compared by their spelling.

use super::Token;
use super::verbs::Verb;

/// A text and a run of its tokens.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
}

impl<'a> Words<'a> {
    /// The word `at`, or an empty one beyond the last.
    pub(crate) fn word(self, at: usize) -> &'a str {
        let range = self.tokens.get(at).map(|token| token.start as usize..token.end as usize);
        range.and_then(|range| self.text.get(range)).unwrap_or_default()
    }

    /// Whether the word `at` is one of `words`, whatever its case. Inlined, because most lists are short
    /// and known to the compiler.
    #[inline(always)]
    pub(crate) fn is_any(self, at: usize, words: &[&str]) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        let word = self.text.as_bytes().get(token.start as usize..token.end as usize).unwrap_or_default();
        // Length and first letter rule out most words quickly.
        let Some(first) = word.first().map(u8::to_ascii_lowercase) else { return false };
        words
            .iter()
            .map(|known| known.as_bytes())
            .any(|known| known.len() == word.len() && known.first() == Some(&first) && known.eq_ignore_ascii_case(word))
    }

    /// The word `at` read as a verb.
    pub(crate) fn verb(self, at: usize) -> Option<Verb> {
        self.tokens.get(at).and_then(|token| Verb::of(token.flags))
    }

    /// The text between the word `at` and the one before it; none before the first.
    pub(crate) fn gap(self, at: usize) -> &'a str {
        let before = at.checked_sub(1).map(|before| self.tokens[before].end as usize);
        before.and_then(|before| self.text.get(before..self.tokens[at].start as usize)).unwrap_or_default()
    }
}
