//! Evidence: the phrases that carry a posting's points, linked to duties.
//!
//! Points are additive: the log-odds of a feature belong to its tokens, a phrase has the
//! points of the features that lie entirely within it, and the rest is other wording. All
//! of them add up to the strength.

use std::cmp::Reverse;

use super::duty_votes::Votes;
use super::line::ScoredLine;
use super::line_features::{LineFeature, inside};
use super::scratch::Scratch;
use crate::model::{ByKind, ByRole, Kind, Role, Row, UNITS};
use crate::tokenize::Segment;

/// A phrase found in a line, in tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Phrase {
    /// The role it favors.
    pub role: Role,
    /// Index of its line.
    pub line: usize,
    /// First token.
    pub first: usize,
    /// Last token, inclusive.
    pub last: usize,
    /// Its points.
    pub points: f64,
    /// Index of its duty.
    pub duty: Option<u8>,
}

/// Phrases with fewer points are not shown.
const MIN_POINTS: f64 = 0.02;

/// Finds the phrases of all lines, strongest first, at most `most` per role. `odds` are
/// those by which lines are assigned to kinds.
#[inline(never)]
pub(super) fn phrases(rows: &[Row], scratch: &mut Scratch, most: usize, odds: &ByKind<f64>) -> Vec<Phrase> {
    let Scratch { tokens, segments, lines, features, phrase_search, by_strength, .. } = scratch;
    // The strongest lines first: most of the others need not be searched then.
    by_strength.clear();
    by_strength.extend(lines.iter().enumerate().filter_map(|(index, line)| {
        let (role, points) = (line.leaning()?, line.points());
        // Positive numbers have the order of their bits.
        (points >= MIN_POINTS && line.kind(odds) != Kind::Filler).then_some((Reverse(points.to_bits()), index, role))
    }));
    by_strength.sort_unstable_by_key(|&(points, index, _)| (points, index));
    let mut found = Vec::with_capacity(4 * most.min(16));
    let mut strongest = Strongest::new(most);
    for &(_, index, role) in by_strength.iter() {
        let (segment, damping) = (segments[index], lines[index].damping);
        let own = &tokens[segment.first as usize..segment.last as usize];
        // No phrase has more points than all features that favor the role.
        let all = phrase_search.weigh(own.len(), features.of(rows, index), role.sign());
        if !strongest.may_hold(role, damping * f64::from(all) / UNITS) {
            continue;
        }
        let from = segment.first as usize;
        phrase_search.read(own);
        for (first, last) in phrase_search.windows() {
            let points = damping * f64::from(phrase_search.units(first, last)) / UNITS;
            if points < MIN_POINTS {
                continue;
            }
            strongest.add(role, points);
            found.push(Phrase { role, line: index, first: from + first, last: from + last, points, duty: None });
        }
    }
    found.sort_unstable_by(|a, b| b.points.total_cmp(&a.points).then(a.first.cmp(&b.first)));
    let mut left = ByRole::splat(most);
    found.retain(|phrase| {
        let left = &mut left[phrase.role];
        let keep = *left > 0;
        *left = left.saturating_sub(1);
        keep
    });
    found
}

/// Links phrases to the duties with the most votes: of their own words, else of their line's.
#[inline(never)]
pub(super) fn link_duties(votes: &Votes<'_>, scratch: &Scratch, found: &mut [Phrase]) {
    let Scratch { segments, features, .. } = scratch;
    for phrase in found {
        let from = segments[phrase.line].first as usize;
        // Votes do not depend on weights.
        let all = || features.of(&[], phrase.line);
        let within = inside(all(), phrase.first - from, phrase.last - from);
        phrase.duty = votes.duty(phrase.role, within).or_else(|| votes.duty(phrase.role, all()));
    }
}

/// The points of the strongest phrases so far: lines that cannot exceed them need not be
/// searched.
struct Strongest {
    most: usize,
    points: ByRole<Vec<f64>>,
}

impl Strongest {
    /// Above this, keeping them sorted costs more than it saves.
    const MANY: usize = 64;

    fn new(most: usize) -> Self {
        // One more is held for a moment.
        let room = if most > Self::MANY { 0 } else { most + 1 };
        Self { most, points: ByRole::from_fn(|_| Vec::with_capacity(room)) }
    }

    /// Whether a phrase of at most `points` may be among the strongest.
    fn may_hold(&self, role: Role, points: f64) -> bool {
        let held = &self.points[role];
        // The margin is larger than any rounding error.
        held.len() < self.most || held.last().is_none_or(|least| points * (1.0 + 1e-9) >= *least)
    }

    fn add(&mut self, role: Role, points: f64) {
        if self.most > Self::MANY {
            return;
        }
        let held = &mut self.points[role];
        let at = held.partition_point(|other| *other >= points);
        held.insert(at, points);
        held.truncate(self.most);
    }
}

/// Points of a line, for the role it leans to, outside the token ranges `listed`. They are
/// summed over features: a count of their own, not a difference.
pub(super) fn other_wording(
    features: impl Iterator<Item = LineFeature>,
    segment: &Segment,
    line: &ScoredLine,
    listed: &[(usize, usize)],
) -> f64 {
    let Some(role) = line.leaning() else { return 0.0 };
    if listed.is_empty() {
        return line.damping * f64::from(role.sign() * line.lead()) / UNITS;
    }
    let from = segment.first as usize;
    let within = |feature: &LineFeature| {
        let (first, last) = (from + feature.first as usize, from + feature.last as usize);
        listed.iter().any(|&(a, b)| a <= first && last <= b)
    };
    let units: i32 = features.filter(|feature| !within(feature)).map(|feature| role.sign() * feature.units).sum();
    line.damping * f64::from(units) / UNITS
}

#[cfg(test)]
mod tests {
    use super::super::likelihood::Sums;
    use super::*;
    use crate::model::PM;
    use crate::model::layout::Layout;
    use crate::tokenize::ngrams::Feature;
    use crate::tokenize::{Token, UNKNOWN};

    /// By hand: a word of 2 units, which are 1/16 each, has `2 / 16 * damping` points.
    #[test]
    fn phrases_with_few_points_are_left_out() {
        for (damping, points) in [(1.0, Some(0.125)), (0.2, Some(0.025)), (0.15, None), (0.0, None)] {
            let index = Layout::of(&[Feature::Unigram(0)], 1).index;
            let mut rows = vec![Row::default(); index.places()];
            rows[0][PM] = 2;
            let mut scratch = Scratch::default();
            scratch.tokens.push(Token { start: 0, end: 4, id: 0, after_punctuation: false, flags: 0 });
            scratch.segments.push(Segment { first: 0, last: 1, ..Segment::default() });
            scratch.features.find(&index, UNKNOWN, &scratch.tokens, &scratch.segments);
            let mut line = ScoredLine::new(1, Sums::of(&rows, scratch.features.places(0)), 1.0);
            line.damping = damping;
            scratch.lines.push(line);
            let found = phrases(&rows, &mut scratch, 6, &ByKind::splat(1.0));
            assert_eq!(found.first().map(|phrase| phrase.points), points, "damping {damping}");
        }
    }
}
