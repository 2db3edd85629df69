//! The fewest lines whose removal changes the label.

use crate::infer::{Classifier, LineVerdict, Reason, Scratch, Verdict};
use crate::model::Label;
use crate::text::Span;

use super::split::Line;

/// Maximum number of bytes that the exhaustive search classifies, and then the greedy search: one or two
/// seconds in all.
const MAX_BYTES: usize = 40_000_000;

/// Maximum number of sets of three lines to search.
const MAX_TRIPLES: usize = 10_000;

/// Whether removing lines changes a label.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct WhatIf {
    /// The label of the whole posting.
    pub label: Label,
    /// Why that label is `unclear`.
    pub reason: Option<Reason>,
    /// The smallest change found; `None` if no removal changes the label or the posting is
    /// too long to search.
    pub change: Option<Change>,
    /// Lower bound of the number of lines whose removal changes the label: all smaller sets were tried.
    pub at_least: usize,
    /// Whether there is certainly no smaller change.
    pub exact: bool,
}

/// Lines whose removal changes the label: classifying the posting [`without`] them gives
/// the label below.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// The lines, in the order of the posting.
    pub lines: Vec<Line>,
    /// The label without them.
    pub label: Label,
    /// Why that label is `unclear`.
    pub reason: Option<Reason>,
    /// PM share without them; `None` if the label is `unclear`.
    pub pm_share: Option<f64>,
    /// The confidence without them.
    pub confidence: f64,
}

/// `posting` without `parts`, which are in order and do not overlap.
#[must_use]
pub fn without(posting: &str, parts: &[Span]) -> String {
    let mut rest = String::with_capacity(posting.len());
    let mut at = 0;
    for part in parts {
        rest.push_str(Span::new(at, part.start).of(posting));
        at = part.end.max(at);
    }
    rest.push_str(posting.get(at..).unwrap_or_default());
    rest
}

/// Searches for the fewest lines whose removal changes the label of `posting`.
///
/// All sets of one and two lines are tried, and all sets of three if there are few. If none
/// of them changes the label, the search is greedy: it removes the line that brings the
/// change nearest until the label changes, then restores the lines that were not needed.
/// Among sets of the same size, the one with the highest confidence is returned.
#[must_use]
pub fn what_if(classifier: &Classifier, scratch: &mut Scratch, title: Option<&str>, posting: &str) -> WhatIf {
    let plain = classifier.clone().with_options(classifier.options().phrases(0).interval(false));
    let lines = plain.lines(scratch, posting);
    let before = plain.classify_with(scratch, title, posting);
    let mut found = WhatIf { label: before.label, reason: before.reason, change: None, at_least: 1, exact: false };
    if before.reason == Some(Reason::TooShort) {
        // A shorter text is too short as well.
        found.exact = true;
        return found;
    }
    let budget = MAX_BYTES / posting.len().max(1);
    let mut search = Search { classifier: &plain, scratch, title, posting, lines: &lines, before: &before, budget };
    let n = lines.len();
    let pairs = n.saturating_mul(n.saturating_sub(1)) / 2;
    let sizes = [n, pairs, pairs.saturating_mul(n.saturating_sub(2)) / 3];
    for (size, sets) in (1..).zip(sizes) {
        if sets > search.budget || size == 3 && sets > MAX_TRIPLES {
            break;
        }
        if let Some(change) = search.all(size) {
            found.change = Some(change);
            found.exact = true;
            return found;
        }
        found.at_least = size + 1;
    }
    found.exact = n < found.at_least;
    search.budget = budget;
    found.change = search.greedy();
    found.exact |= found.change.as_ref().is_some_and(|change| change.lines.len() == found.at_least);
    found
}

struct Search<'a> {
    classifier: &'a Classifier,
    scratch: &'a mut Scratch,
    title: Option<&'a str>,
    posting: &'a str,
    lines: &'a [LineVerdict],
    before: &'a Verdict,
    /// Number of classifications that may still be made.
    budget: usize,
}

impl Search<'_> {
    fn judge(&mut self, set: &[usize]) -> Verdict {
        self.budget = self.budget.saturating_sub(1);
        let parts: Vec<Span> = set.iter().map(|&at| self.lines[at].span).collect();
        let rest = without(self.posting, &parts);
        self.classifier.classify_with(self.scratch, self.title, &rest)
    }

    fn change(&self, set: &[usize], verdict: &Verdict) -> Change {
        Change {
            lines: set.iter().map(|&at| Line::new(self.posting, self.lines[at].span)).collect(),
            label: verdict.label,
            reason: verdict.reason,
            pm_share: verdict.pm_share,
            confidence: verdict.confidence,
        }
    }

    /// The best of all sets of `size` lines, if any changes the label.
    fn all(&mut self, size: usize) -> Option<Change> {
        let mut best: Option<Change> = None;
        let mut set: Vec<usize> = (0..size).collect();
        while set.last().is_some_and(|&last| last < self.lines.len()) {
            let verdict = self.judge(&set);
            let better = best.as_ref().is_none_or(|best| verdict.confidence > best.confidence);
            if verdict.label != self.before.label && better {
                best = Some(self.change(&set, &verdict));
            }
            advance(&mut set, self.lines.len());
        }
        best
    }

    /// Removes lines one by one, then restores those that were not needed.
    fn greedy(&mut self) -> Option<Change> {
        let mut set: Vec<usize> = Vec::new();
        let mut last: Verdict;
        loop {
            let mut best: Option<(f64, usize, Verdict)> = None;
            for at in 0..self.lines.len() {
                let Err(place) = set.binary_search(&at) else { continue };
                if self.budget == 0 {
                    return None;
                }
                let mut more = set.clone();
                more.insert(place, at);
                let verdict = self.judge(&more);
                let margin = margin(self.before.label, &verdict);
                if best.as_ref().is_none_or(|(smallest, _, _)| margin < *smallest) {
                    best = Some((margin, at, verdict));
                }
            }
            let (_, at, verdict) = best?;
            let place = set.binary_search(&at).unwrap_or_else(|place| place);
            set.insert(place, at);
            last = verdict;
            if last.label != self.before.label {
                break;
            }
        }
        let mut at = 0;
        while at < set.len() && self.budget > 0 {
            let mut fewer = set.clone();
            fewer.remove(at);
            let verdict = self.judge(&fewer);
            if verdict.label == self.before.label {
                at += 1;
            } else {
                (set, last) = (fewer, verdict);
            }
        }
        Some(self.change(&set, &last))
    }
}

/// How far a verdict is from changing away from `label`; negative if it has changed.
fn margin(label: Label, verdict: &Verdict) -> f64 {
    if verdict.label != label {
        return -verdict.confidence;
    }
    let others = Label::ALL.into_iter().filter(|other| *other != label);
    verdict.probabilities.of(label) - others.map(|other| verdict.probabilities.of(other)).fold(0.0, f64::max)
}

/// Moves to the next combination of numbers below `n` in lexicographic order; after the
/// last one, the largest member is `n`.
fn advance(set: &mut [usize], n: usize) {
    let size = set.len();
    for at in (0..size).rev() {
        set[at] += 1;
        if set[at] + (size - at) <= n {
            for after in at + 1..size {
                set[after] = set[after - 1] + 1;
            }
            return;
        }
    }
    set[size - 1] = n;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_is_visited_once() {
        for (n, size, expected) in [(5, 1, 5), (5, 2, 10), (6, 3, 20), (3, 3, 1)] {
            let mut set: Vec<usize> = (0..size).collect();
            let mut seen = Vec::new();
            while set.last().is_some_and(|&last| last < n) {
                seen.push(set.clone());
                advance(&mut set, n);
            }
            assert_eq!(seen.len(), expected);
            assert!(seen.is_sorted() && seen.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    #[test]
    fn parts_are_removed() {
        let posting = "one two three";
        assert_eq!(without(posting, &[]), posting);
        assert_eq!(without(posting, &[Span::new(0, 4), Span::new(8, 13)]), "two ");
    }
}
