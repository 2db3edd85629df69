//! Evidence: the phrases that carry a posting's points, tied to duties.
//!
//! Points are additive: every feature's log-odds belongs to the tokens it is made
//! of, a phrase has the points of the features wholly inside it, and what is in no
//! listed phrase is other wording. The three add up to the strength.

use std::cmp::Reverse;

use super::aggregate::leaning;
use super::duty_votes::Votes;
use super::line_features::{Part, inside};
use super::pipeline::ScoredLine;
use super::scratch::Scratch;
use crate::model::{ByKind, ByRole, Kind, PM, PMM, Role, Row, UNITS};
use crate::tokenize::Segment;

/// A phrase found in a segment, in tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Phrase {
    /// The role it speaks for.
    pub role: Role,
    /// Index of its segment.
    pub segment: usize,
    /// First token.
    pub first: usize,
    /// Last token, inclusive.
    pub last: usize,
    /// Its points.
    pub points: f64,
    /// Index of its duty.
    pub duty: Option<u8>,
}

/// Fewer points say too little to be shown.
const MIN_POINTS: f64 = 0.02;

/// Finds the phrases of every segment, strongest first; at most `most` a role. `odds` are
/// those by which lines are called by their kinds.
#[inline(never)]
pub(crate) fn phrases(rows: &[Row], scratch: &mut Scratch, most: usize, odds: &ByKind<f64>) -> Vec<Phrase> {
    let Scratch { tokens, segments, judged, parts, line, by_strength, .. } = scratch;
    // The strongest lines first: most others need not be searched then.
    by_strength.clear();
    by_strength.extend(judged.iter().enumerate().filter_map(|(index, scored)| {
        let (role, points) = (leaning(scored)?, scored.damping * scored.log_odds(PM, PMM).abs());
        // The bits of numbers above 0 are in the order of the numbers.
        (points >= MIN_POINTS && scored.kind(odds) != Kind::Filler).then_some((Reverse(points.to_bits()), index, role))
    }));
    by_strength.sort_unstable_by_key(|&(points, index, _)| (points, index));
    let mut found = Vec::with_capacity(4 * most.min(16));
    let mut strongest = Strongest::new(most);
    for &(_, index, role) in by_strength.iter() {
        let (segment, damping) = (segments[index], judged[index].damping);
        let own = &tokens[segment.first as usize..segment.last as usize];
        // No phrase has more points than all features that speak for the role.
        let all = line.weigh(own.len(), parts.of(rows, index), role.sign());
        if !strongest.reached(role, damping * f64::from(all) / UNITS) {
            continue;
        }
        let from = segment.first as usize;
        line.read(own);
        for (first, last) in line.windows() {
            let points = damping * f64::from(line.units(first, last)) / UNITS;
            if points < MIN_POINTS {
                continue;
            }
            strongest.add(role, points);
            found.push(Phrase { role, segment: index, first: from + first, last: from + last, points, duty: None });
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

/// Ties phrases to the duties they speak of most: by their own words, else by their
/// line's.
#[inline(never)]
pub(crate) fn tie(votes: &Votes<'_>, scratch: &Scratch, found: &mut [Phrase]) {
    let Scratch { segments, parts, .. } = scratch;
    for phrase in found {
        let from = segments[phrase.segment].first as usize;
        // Whom a feature speaks for plays no part.
        let all = || parts.of(&[], phrase.segment);
        let within = inside(all(), phrase.first - from, phrase.last - from);
        phrase.duty = votes.duty(phrase.role, within).or_else(|| votes.duty(phrase.role, all()));
    }
}

/// The points of the strongest phrases so far: lines that cannot reach them need not
/// be searched.
struct Strongest {
    most: usize,
    points: ByRole<Vec<f64>>,
}

impl Strongest {
    /// So many that keeping them in order costs more than it saves.
    const MANY: usize = 64;

    fn new(most: usize) -> Self {
        // One more is held for a moment.
        let room = if most > Self::MANY { 0 } else { most + 1 };
        Self { most, points: ByRole::from_fn(|_| Vec::with_capacity(room)) }
    }

    /// Whether a phrase of at most `points` may be among the strongest.
    fn reached(&self, role: Role, points: f64) -> bool {
        let held = &self.points[role];
        // A little more than rounding could take away.
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

/// Points of a segment that are not inside any of `listed`: summed over features, so
/// that they are a second count and not a difference.
pub(crate) fn other_wording(
    parts: impl Iterator<Item = Part>,
    segment: &Segment,
    scored: &ScoredLine,
    listed: &[(usize, usize)],
) -> f64 {
    let Some(role) = leaning(scored) else { return 0.0 };
    let sign = role.sign();
    if listed.is_empty() {
        return scored.damping * f64::from(sign * (scored.sums[PM] - scored.sums[PMM])) / UNITS;
    }
    let from = segment.first as usize;
    let within = |part: &Part| {
        let (first, last) = (from + part.first as usize, from + part.last as usize);
        listed.iter().any(|&(a, b)| a <= first && last <= b)
    };
    let units: i32 = parts.filter(|part| !within(part)).map(|part| sign * part.units).sum();
    scored.damping * f64::from(units) / UNITS
}
