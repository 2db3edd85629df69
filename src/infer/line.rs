//! A line or sentence of a posting with its scores.

use super::likelihood::Sums;
use crate::model::{ByKind, Kind, LANES, Role};

/// Lines of at least this many words count in full.
const FULL_LENGTH: f64 = 20.0;

/// A segment with its scores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScoredLine {
    /// Sums of weights by group, in [`UNITS`](crate::model::UNITS).
    pub sums: [i32; LANES],
    /// Number of features that the model knows.
    pub known: u32,
    /// Number of words.
    pub words: u32,
    /// Weight of the line, by its length and the section it is in.
    pub weight: f32,
    /// Posterior of each kind.
    pub kinds: ByKind<f64>,
    /// Probability that it is not filler, by its own words alone; [`ONE`](super::product::ONE)
    /// stands for 1.
    pub not_filler: u16,
}

impl ScoredLine {
    /// A line whose posterior is not known yet.
    #[inline]
    pub(super) fn new(words: usize, sums: Sums, weight: f32) -> Self {
        let Sums { by_group, known } = sums;
        Self { sums: by_group, known, words: words as u32, weight, kinds: ByKind::splat(0.0), not_filler: 0 }
    }

    /// Whether it has weight; a line that repeats another has none.
    pub(super) fn counts(&self) -> bool {
        self.weight > 0.0
    }

    /// What the line adds to the strength of a role.
    pub(crate) fn strength(&self, role: Role) -> f64 {
        self.points(role.kind())
    }

    /// The weight of the line times p² / (p² + (1 - p)²), where p is the probability that it is
    /// of `kind`. That is closer to 0 or 1 than p, so that a large number of unlikely lines does
    /// not add up to a strength.
    pub(super) fn points(&self, kind: Kind) -> f64 {
        let p = self.kinds[kind];
        let (yes, no) = (p * p, (1.0 - p) * (1.0 - p));
        f64::from(self.weight) * yes / (yes + no)
    }

    /// The most probable kind after each probability is multiplied by its `odds`.
    pub(crate) fn kind(&self, odds: &ByKind<f64>) -> Kind {
        ByKind::from_fn(|kind| self.kinds[kind] * odds[kind]).largest()
    }
}

/// Weight of a line of `words` words, 0 to 1. A short line tells less than a long one, but more
/// than in proportion to its length.
pub(super) fn length_weight(words: usize) -> f64 {
    (words as f64 / FULL_LENGTH).sqrt().min(1.0)
}

/// The probabilities `kinds`, each multiplied by its `odds`, and normalized.
pub(crate) fn reweighted(kinds: &ByKind<f64>, odds: &ByKind<f64>) -> ByKind<f64> {
    let kinds = ByKind::from_fn(|kind| kinds[kind] * odds[kind]);
    // At least one is above 0.
    let total: f64 = kinds.values().iter().sum();
    kinds.map(|kind| kind / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: a line of 5 words has a quarter of the length that counts in full.
    #[test]
    fn short_lines_count_by_the_root_of_their_length() {
        for (words, weight) in [(0, 0.0), (5, 0.5), (20, 1.0), (1000, 1.0)] {
            assert!((length_weight(words) - weight).abs() < 1e-12, "{words} words");
        }
    }

    /// By hand: p = 1/4 has odds of 1 to 3, whose squares are 1 to 9.
    #[test]
    fn points_are_probabilities_with_squared_odds() {
        let kinds = ByKind::from([0.25, 0.5, 0.0, 1.0, 0.75]);
        let line = ScoredLine { kinds, ..ScoredLine::new(8, Sums::of(&[], &[]), 0.5) };
        for (kind, points) in Kind::ALL.into_iter().zip([0.1, 0.5, 0.0, 1.0, 0.9]) {
            assert!((line.points(kind) - 0.5 * points).abs() < 1e-12, "{kind:?}");
        }
        assert_eq!(line.strength(Role::Pmm).to_bits(), line.points(Kind::Pmm).to_bits());
    }

    /// Products and quotients by hand.
    #[test]
    fn odds_decide_the_kind_of_a_line() {
        let kinds = ByKind::from([0.1, 0.0, 0.0, 0.3, 0.6]);
        let line = ScoredLine { kinds, ..ScoredLine::new(8, Sums::of(&[], &[]), 1.0) };
        for (odds, kind) in
            [([1.0; 5], Kind::Filler), ([1.0, 1.0, 1.0, 1.0, 0.4], Kind::Other), ([10.0, 1.0, 1.0, 1.0, 0.4], Kind::Pm)]
        {
            assert_eq!(line.kind(&odds.into()), kind, "{odds:?}");
        }
        let reweighted = reweighted(&kinds, &[10.0, 1.0, 1.0, 1.0, 0.5].into());
        for (found, expected) in reweighted.values().iter().zip([1.0, 0.0, 0.0, 0.3, 0.3]) {
            assert!((found - expected / 1.6).abs() < 1e-12, "{reweighted:?}");
        }
    }
}
