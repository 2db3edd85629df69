//! Marks between words: brackets, and marks that end a clause.

use super::Clause;
use crate::tokenize::tokenizer::abbreviation;
use crate::tokenize::words::Words;

/// Number of brackets that are open after `text`, where `before` are open at its start. The first
/// half of `brackets`, which are ASCII, are opening brackets, the second half closing ones.
pub(super) fn nesting(before: usize, text: &str, brackets: &[u8]) -> usize {
    let (open, close) = brackets.split_at(brackets.len() / 2);
    text.bytes().fold(before, |depth, c| {
        if open.contains(&c) { depth + 1 } else { depth.saturating_sub(usize::from(close.contains(&c))) }
    })
}

/// Whether the text before a token ends a clause: it has a full stop, a bullet or the like. After a
/// closing bracket only the text after the last one counts: marks before it may be within brackets.
pub(super) fn border(words: Words<'_>, at: usize) -> bool {
    let gap = words.gap(at);
    let gap = gap.rsplit_once(')').map_or(gap, |(_, after)| after);
    let stop = gap.contains(". ") && !abbreviation(words.word(at - 1).as_bytes());
    gap.contains([';', '|', '\u{2022}', '\u{b7}', '!', '?', '\u{2014}']) || stop
}

/// Whether a bracket that was opened earlier in the line is closed within a clause.
pub(super) fn ends_bracket(words: Words<'_>, line: usize, clause: Clause) -> bool {
    let depths = |from: usize, to: usize, before: usize| {
        (from + 1..=to).scan(before, |depth, at| {
            *depth = nesting(*depth, words.gap(at), b"()");
            Some(*depth)
        })
    };
    let before = depths(line, clause.first, 0).last().unwrap_or(0);
    depths(clause.first, clause.last, before).any(|depth| depth < before)
}
