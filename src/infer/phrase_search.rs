//! Search for the runs of words of a line that favor a role most.

use std::hint::select_unpredictable;

use super::line_features::LineFeature;
use crate::tokenize::stopwords::NOT_AT_EDGE;
use crate::tokenize::{MASKED, Token};

/// Longest phrase, in words.
const MAX_WORDS: usize = 12;
/// Shortest phrase, in words, unless its clause is shorter.
const MIN_WORDS: usize = 2;
/// Most words by which a phrase is extended on either side to the end of its clause.
const MAX_EXTENSION: usize = 3;

/// The line in which phrases are searched.
#[derive(Debug, Default)]
pub(super) struct PhraseSearch {
    /// By token, the units for the role of the features that end with it: of that token
    /// alone, and of that with the one before.
    ends: Vec<[i32; 2]>,
    /// The tokens, and one more for the end.
    spots: Vec<Spot>,
}

/// A token of the line.
#[derive(Debug, Default, Clone, Copy)]
struct Spot {
    /// Twice its units for the role: a feature of two tokens gives half of its units to
    /// each.
    value: i32,
    /// Sum of the positive values of all tokens before it.
    before: i32,
    /// Bits of [`PhraseSearch`].
    marks: u8,
}

impl PhraseSearch {
    /// No phrase may begin or end with it.
    const EDGE: u8 = 1;
    /// Part of a role name, which no phrase may contain.
    const ROLE: u8 = 2;
    /// No phrase may cross the mark before it.
    const BREAK: u8 = 4;
    /// A punctuation mark comes before it.
    const CLAUSE: u8 = 8;
    /// Part of one compound with the token before it, as in "first-time-fix".
    const JOINED: u8 = 16;

    /// Reads the features of a line of `tokens` tokens. Returns the sum of the units that
    /// favor the role.
    pub(super) fn weigh(&mut self, tokens: usize, features: impl Iterator<Item = LineFeature>, sign: i32) -> i32 {
        self.ends.clear();
        // One more than tokens, which no feature ends with.
        self.ends.resize(tokens + 1, [0; 2]);
        let mut favoring = 0;
        for feature in features {
            let units = sign * feature.units;
            favoring += units.max(0);
            if let Some(end) = self.ends.get_mut(feature.last as usize) {
                end[(feature.last - feature.first) as usize % 2] += units;
            }
        }
        favoring
    }

    /// Reads the tokens of the line whose features were read.
    pub(super) fn read(&mut self, tokens: &[Token]) {
        // No mark counts before the first token.
        let mut end = tokens.first().map_or(0, |first| first.start.wrapping_sub(2));
        let mut before = 0;
        self.spots.clear();
        self.spots.extend(tokens.iter().zip(self.ends.windows(2)).map(|(token, ends)| {
            let value = 2 * ends[0][0] + ends[0][1] + ends[1][1];
            let gap = token.start.wrapping_sub(end);
            let marks = (u8::from(token.flags & NOT_AT_EDGE != 0) * Self::EDGE)
                | (u8::from(token.id == MASKED) * Self::ROLE)
                | (u8::from(token.after_punctuation) * Self::of_gap(gap));
            let spot = Spot { value, before, marks };
            (before, end) = (before + value.max(0), token.end);
            spot
        }));
        self.spots.push(Spot { before, ..Spot::default() });
    }

    /// The meaning of the mark before a token, by the bytes between it and the one before.
    /// A single byte, as a hyphen, joins them. More than two end a sentence or open a
    /// bracket. A comma takes two: phrases may cross it, as lists do.
    fn of_gap(gap: u32) -> u8 {
        select_unpredictable(gap <= 1, Self::JOINED, Self::CLAUSE) | (u8::from(gap > 2) * Self::BREAK)
    }

    /// The units for the role of the features entirely within the tokens `first..=last`.
    pub(super) fn units(&self, first: usize, last: usize) -> i32 {
        let ends = self.ends.get(first..=last).unwrap_or_default();
        ends.iter().enumerate().map(|(at, &[one, two])| if at == 0 { one } else { one + two }).sum()
    }

    fn is(&self, at: usize, marks: u8) -> bool {
        self.spots[at].marks & marks != 0
    }

    /// The best phrase and, if it has at least half as many points, the best phrase beside it.
    pub(super) fn windows(&self) -> impl Iterator<Item = (usize, usize)> {
        let end = self.spots.len().saturating_sub(1);
        let best = self.window(0, end);
        let second = best.and_then(|best| {
            let sides = [(0, best.0), (best.1 + 1, end)];
            let least = self.total(best);
            let second = sides
                .into_iter()
                .filter(|&(from, to)| to - from >= 4 && 2 * (self.spots[to].before - self.spots[from].before) >= least)
                .filter_map(|(from, to)| self.window(from, to))
                .max_by_key(|found| self.total(*found))?;
            (2 * self.total(second) >= least).then_some(second)
        });
        best.into_iter().chain(second)
    }

    fn total(&self, (first, last): (usize, usize)) -> i32 {
        self.spots[first..=last].iter().map(|spot| spot.value).sum()
    }

    /// The run of words in `from..to` with the most points that contains no role name and
    /// has no function word at either end, extended to the end of its clause if that is near.
    fn window(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        // A phrase has a positive number of points.
        let (mut most, mut best) = (0, None);
        let shortest = if to - from >= MIN_WORDS { MIN_WORDS } else { 1 };
        for first in from..to {
            let spots = &self.spots[first..=to.min(first + MAX_WORDS)];
            let [start, .., end] = spots else { continue };
            // Skip starts that cannot beat the best phrase. Both tests at once: either alone
            // is unpredictable for the processor.
            let (reach, barred) = (end.before - start.before, start.marks & (Self::EDGE | Self::ROLE) != 0);
            if (reach <= most) | barred {
                continue;
            }
            let (mut sum, mut found) = (0, 0);
            for (words, spot) in (1..).zip(&spots[..spots.len() - 1]) {
                // Stop if even all positive values left would not beat the best phrase.
                let barrier = select_unpredictable(words > 2, Self::ROLE | Self::BREAK, Self::ROLE);
                let barred = spot.marks & barrier != 0;
                if (sum + end.before - spot.before <= most) | barred {
                    break;
                }
                sum += spot.value;
                let (long, more) = (words >= shortest, sum > most);
                let more = (spot.marks & Self::EDGE == 0) & long & more;
                most = select_unpredictable(more, sum, most);
                found = select_unpredictable(more, words, found);
            }
            best = if found > 0 { Some((first, first + found - 1)) } else { best };
        }
        let (mut first, mut last) = best?;
        // Extend to the ends of the clause, if they are near: whole duties read better.
        if !self.is(first, Self::CLAUSE) && first > from {
            let mut reach =
                (from.max(first.saturating_sub(MAX_EXTENSION))..first).rev().take_while(|&at| !self.is(at, Self::ROLE));
            if let Some(at) = reach.find(|&at| self.is(at, Self::CLAUSE) || at == from)
                && last - at < MAX_WORDS + MAX_EXTENSION
            {
                first = (at..=first).find(|&at| !self.is(at, Self::EDGE)).unwrap_or(first);
            }
        }
        let end = (last + 1..to.min(last + 1 + MAX_EXTENSION)).find(|&at| self.is(at, Self::CLAUSE | Self::ROLE));
        let end = end.or((to - last - 1 <= MAX_EXTENSION).then_some(to));
        if let Some(end) = end {
            last = (last..end).rev().find(|&at| !self.is(at, Self::EDGE)).unwrap_or(last);
        }
        // Do not cut compounds.
        while first > from && self.is(first, Self::JOINED) && !self.is(first - 1, Self::ROLE) {
            first -= 1;
        }
        while last + 1 < to && self.is(last + 1, Self::JOINED) && !self.is(last + 1, Self::ROLE) {
            last += 1;
        }
        Some((first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::super::line_features::inside;
    use super::*;

    #[test]
    fn a_feature_counts_within_all_of_its_tokens() {
        let feature = |first, last, units| LineFeature { first, last, units, place: 0 };
        let features = [feature(0, 0, 5), feature(0, 1, -2), feature(1, 1, 1), feature(2, 2, 3), feature(1, 2, 11)];
        let token = Token { start: 0, end: 0, id: 0, after_punctuation: false, flags: 0 };
        let mut line = PhraseSearch::default();
        for sign in [1, -1] {
            let favoring: i32 = features.iter().map(|feature| (sign * feature.units).max(0)).sum();
            assert_eq!(line.weigh(3, features.into_iter(), sign), favoring);
            line.read(&[token; 3]);
            let values = line.spots.iter().map(|spot| spot.value);
            assert!(values.eq([8, 11, 17, 0].map(|halves| sign * halves)));
            for (first, last) in [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)] {
                let units = inside(features.into_iter(), first, last).map(|feature| feature.units).sum::<i32>();
                assert_eq!(line.units(first, last), sign * units, "{first} to {last}");
            }
        }
    }

    /// By hand: words 1 and 2 are strong, the others count against the role.
    #[test]
    fn phrases_extend_to_the_end_of_a_near_clause() {
        let token = |at: u32, clause: bool| Token {
            start: 8 * at,
            end: 8 * at + 6,
            id: 0,
            after_punctuation: clause,
            flags: 0,
        };
        // Clauses start at these tokens, in a line of 12.
        for (clauses, expected) in [
            // Back to the start of the line, and on to the clause at 4.
            (vec![4], (0, 3)),
            // The clause at 6 is too far.
            (vec![6], (0, 2)),
            (vec![1, 3], (1, 2)),
        ] {
            let mut search = PhraseSearch::default();
            let units = |at| if at == 1 || at == 2 { 50 } else { -1 };
            let words = (0..12).map(|at| LineFeature { first: at, last: at, units: units(at), place: 0 });
            search.weigh(12, words, 1);
            let tokens: Vec<_> = (0..12).map(|at| token(at, clauses.contains(&at))).collect();
            search.read(&tokens);
            assert_eq!(search.windows().next(), Some(expected), "{clauses:?}");
        }
    }
}
