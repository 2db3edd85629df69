//! The stretches of a segment that speak most for a role.

use std::hint::select_unpredictable;

use super::line_features::Part;
use crate::tokenize::stopwords::EDGE;
use crate::tokenize::{ROLE, Token};

/// Longest phrase, in words.
const MAX_WORDS: usize = 12;
/// Shortest phrase, in words, unless its clause is shorter.
const MIN_WORDS: usize = 2;
/// Words a phrase may be widened by on each side to end where its clause ends.
const WIDEN: usize = 3;

/// A segment as phrases are searched in it.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// By token, the units for the role of the features that end with it: of that token
    /// alone, with the one before, with the two before.
    ends: Vec<[i32; 4]>,
    /// The tokens, and what is behind the last.
    spots: Vec<Spot>,
}

/// A token as phrases are searched among.
#[derive(Debug, Default, Clone, Copy)]
struct Spot {
    /// The units for the role of the features it is part of, in sixths: a feature of two
    /// or three words gives each an equal share without rounding.
    value: i32,
    /// What speaks for the role in all tokens before it.
    before: i32,
    /// Bits of [`Line`].
    marks: u8,
}

impl Line {
    /// No phrase begins or ends with it.
    const EDGE: u8 = 1;
    /// Part of a role's name: no phrase holds it.
    const ROLE: u8 = 2;
    /// No phrase reaches from before to behind the mark before it.
    const BREAK: u8 = 4;
    /// A mark stands before it.
    const CLAUSE: u8 = 8;
    /// Part of one word with what stands before, as in "first-time-fix".
    const JOINED: u8 = 16;

    /// Reads the features of a segment of so many tokens, and gives what those that speak
    /// for the role come to.
    pub(super) fn weigh(&mut self, tokens: usize, parts: impl Iterator<Item = Part>, sign: i32) -> i32 {
        self.ends.clear();
        // Behind the last stand two that nothing ends with.
        self.ends.resize(tokens + 2, [0; 4]);
        let mut speaking = 0;
        for part in parts {
            let units = sign * part.units;
            speaking += units.max(0);
            if let Some(end) = self.ends.get_mut(part.last as usize) {
                end[(part.last - part.first) as usize % 4] += units;
            }
        }
        speaking
    }

    /// Reads the tokens of a segment whose features were read.
    pub(super) fn read(&mut self, tokens: &[Token]) {
        // The first has nothing before it to be joined with or parted from.
        let mut end = tokens.first().map_or(0, |first| first.start.wrapping_sub(2));
        let mut before = 0;
        self.spots.clear();
        self.spots.extend(tokens.iter().zip(self.ends.windows(3)).map(|(token, ends)| {
            let value = 6 * ends[0][0] + 3 * (ends[0][1] + ends[1][1]) + 2 * (ends[0][2] + ends[1][2] + ends[2][2]);
            let gap = token.start.wrapping_sub(end);
            let marks = (u8::from(token.flags & EDGE != 0) * Self::EDGE)
                | (u8::from(token.id == ROLE) * Self::ROLE)
                | (u8::from(token.clause) * Self::of_gap(gap));
            let spot = Spot { value, before, marks };
            (before, end) = (before + value.max(0), token.end);
            spot
        }));
        self.spots.push(Spot { before, ..Spot::default() });
    }

    /// What a mark before a token says, by the bytes that part it from the one before: at
    /// most one joins them, as a hyphen does; more than two end a sentence or open a
    /// bracket, and no phrase reaches across. Commas it may cross, as lists do.
    fn of_gap(gap: u32) -> u8 {
        select_unpredictable(gap <= 1, Self::JOINED, Self::CLAUSE) | (u8::from(gap > 2) * Self::BREAK)
    }

    /// The units for the role of the features wholly within the tokens `first..=last`.
    pub(super) fn units(&self, first: usize, last: usize) -> i32 {
        let ends = self.ends.get(first..=last).unwrap_or_default();
        ends.iter()
            .enumerate()
            .map(|(at, &[one, two, three, _])| match at {
                0 => one,
                1 => one + two,
                _ => one + two + three,
            })
            .sum()
    }

    fn is(&self, at: usize, marks: u8) -> bool {
        self.spots[at].marks & marks != 0
    }

    /// The best phrase and, where the segment is long, the best of what is left.
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

    /// The stretch of `from..to` with the most points: no role name inside, no function
    /// word at its edges, widened to its clause where that is near.
    fn window(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        // A phrase that takes points away is none.
        let (mut most, mut best) = (0, None);
        let shortest = if to - from >= MIN_WORDS { MIN_WORDS } else { 1 };
        for first in from..to {
            let spots = &self.spots[first..=to.min(first + MAX_WORDS)];
            let [start, .., end] = spots else { continue };
            // Most beginnings need no closer look. Which ones do is as good as random.
            let (reach, barred) = (end.before - start.before, start.marks & (Self::EDGE | Self::ROLE) != 0);
            if (reach <= most) | barred {
                continue;
            }
            let (mut sum, mut found) = (0, 0);
            for (words, spot) in (1..).zip(&spots[..spots.len() - 1]) {
                // Where even all that speaks for the role is no more, nothing has to be tried.
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
        // To the ends of the clause, if they are near: whole duties read better.
        if !self.is(first, Self::CLAUSE) && first > from {
            let mut reach =
                (from.max(first.saturating_sub(WIDEN))..first).rev().take_while(|&at| !self.is(at, Self::ROLE));
            if let Some(at) = reach.find(|&at| self.is(at, Self::CLAUSE) || at == from)
                && last - at < MAX_WORDS + WIDEN
            {
                first = (at..=first).find(|&at| !self.is(at, Self::EDGE)).unwrap_or(first);
            }
        }
        let end = (last + 1..to.min(last + 1 + WIDEN)).find(|&at| self.is(at, Self::CLAUSE | Self::ROLE));
        let end = end.or((to - last - 1 <= WIDEN).then_some(to));
        if let Some(end) = end {
            last = (last..end).rev().find(|&at| !self.is(at, Self::EDGE)).unwrap_or(last);
        }
        // Words of two parts are not cut.
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
    fn features_count_where_they_lie_wholly() {
        let part = |first, last, units| Part { first, last, units, place: 0 };
        let parts = [part(0, 0, 5), part(0, 1, -2), part(1, 1, 1), part(0, 2, 7), part(2, 2, 3), part(1, 2, 11)];
        let token = Token { start: 0, end: 0, id: 0, clause: false, flags: 0 };
        let mut line = Line::default();
        for sign in [1, -1] {
            let speaking: i32 = parts.iter().map(|part| (sign * part.units).max(0)).sum();
            assert_eq!(line.weigh(3, parts.into_iter(), sign), speaking);
            line.read(&[token; 3]);
            let values = line.spots.iter().map(|spot| spot.value);
            assert!(values.eq([38, 47, 65, 0].map(|sixths| sign * sixths)));
            for (first, last) in [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)] {
                let units = inside(parts.into_iter(), first, last).map(|part| part.units).sum::<i32>();
                assert_eq!(line.units(first, last), sign * units, "{first} to {last}");
            }
        }
    }
}
