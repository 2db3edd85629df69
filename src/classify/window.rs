//! The stretches of a segment that speak most for a role.

use super::parts::Part;
use crate::token::word::EDGE;
use crate::token::{ROLE, Token};

/// Longest phrase, in words.
const MAX_WORDS: usize = 12;
/// Shortest phrase, in words, unless its clause is shorter.
const MIN_WORDS: usize = 2;
/// Words a phrase may be widened by on each side to end where its clause ends.
const WIDEN: usize = 3;

/// A segment as phrases are searched in it.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// By token, the units for the role of the features it is part of, in sixths: a
    /// feature of two or three words gives each an equal share without rounding.
    values: Vec<i32>,
    /// What speaks for the role in all tokens before each, and in all.
    before: Vec<i32>,
    /// By token, the bits below.
    marks: Vec<u8>,
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

    /// Reads the tokens of a segment and their features.
    pub(super) fn read(&mut self, tokens: &[Token], parts: &[Part], sign: i32) {
        self.values.clear();
        self.values.resize(tokens.len(), 0);
        for part in parts {
            let share = sign
                * part.units
                * match part.last - part.first {
                    0 => 6,
                    1 => 3,
                    _ => 2,
                };
            for value in self.values.get_mut(part.first as usize..=part.last as usize).unwrap_or_default() {
                *value += share;
            }
        }
        self.before.clear();
        self.before.push(0);
        let mut sum = 0;
        self.before.extend(self.values.iter().map(|&value| {
            sum += value.max(0);
            sum
        }));
        self.marks.clear();
        self.marks.extend(tokens.iter().enumerate().map(|(at, token)| {
            (u8::from(token.flags & EDGE != 0) * Self::EDGE)
                | (u8::from(token.id == ROLE) * Self::ROLE)
                | (u8::from(token.clause && sentence_break(tokens, at)) * Self::BREAK)
                | (u8::from(token.clause) * if joined(tokens, at) { Self::JOINED } else { Self::CLAUSE })
        }));
    }

    fn is(&self, at: usize, marks: u8) -> bool {
        self.marks[at] & marks != 0
    }

    /// The best phrase and, where the segment is long, the best of what is left.
    pub(super) fn windows(&self) -> impl Iterator<Item = (usize, usize)> {
        let best = self.window(0, self.marks.len());
        let second = best.and_then(|best| {
            let sides = [(0, best.0), (best.1 + 1, self.marks.len())];
            let least = self.total(best);
            let second = sides
                .into_iter()
                .filter(|&(from, to)| to - from >= 4 && 2 * (self.before[to] - self.before[from]) >= least)
                .filter_map(|(from, to)| self.window(from, to))
                .max_by_key(|found| self.total(*found))?;
            (2 * self.total(second) >= least).then_some(second)
        });
        best.into_iter().chain(second)
    }

    fn total(&self, (first, last): (usize, usize)) -> i32 {
        self.values[first..=last].iter().sum()
    }

    /// The stretch of `from..to` with the most points: no role name inside, no function
    /// word at its edges, widened to its clause where that is near.
    fn window(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        // A phrase that takes points away is none.
        let (mut most, mut best) = (0, None);
        let shortest = if to - from >= MIN_WORDS { MIN_WORDS } else { 1 };
        for first in from..to {
            let end = to.min(first + MAX_WORDS);
            if self.is(first, Self::EDGE | Self::ROLE) {
                continue;
            }
            let (marks, values, before) = (&self.marks[first..end], &self.values[first..end], &self.before[first..end]);
            let (mut sum, mut found) = (0, None);
            for (at, ((&mark, &value), &before)) in marks.iter().zip(values).zip(before).enumerate() {
                // Where even all that speaks for the role is no more, nothing has to be tried.
                let reached = sum + self.before[end] - before > most;
                if !reached || mark & Self::ROLE != 0 || at >= 2 && mark & Self::BREAK != 0 {
                    break;
                }
                sum += value;
                if mark & Self::EDGE == 0 && at + 1 >= shortest && sum > most {
                    (most, found) = (sum, Some(first + at));
                }
            }
            best = found.map_or(best, |last| Some((first, last)));
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

/// Whether no more than one mark joins a token to the one before, as a hyphen does.
fn joined(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at].start <= tokens[at - 1].end + 1
}

/// Whether the mark before a token ends a sentence or opens a bracket: a phrase does
/// not reach across. Commas it may cross, as lists do.
fn sentence_break(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at].start > tokens[at - 1].end + 2
}
