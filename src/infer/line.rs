//! A line or sentence of a posting with its scores.

use super::likelihood::Sums;
use crate::model::{ByKind, Kind, LANES, PM, PMM, Role};

/// A segment with its scores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScoredLine {
    /// Sums of weights by group, in units.
    pub sums: [i32; LANES],
    /// Number of features that the model knows.
    pub known: u32,
    /// Number of words.
    pub words: u32,
    /// Weight of the line, by the section it is in.
    pub weight: f32,
    /// Posterior of each kind.
    pub kinds: ByKind<f64>,
    /// Probability that it is not filler, by its own words alone, in parts of
    /// [`ONE`](super::product::ONE).
    pub gate: u16,
}

impl ScoredLine {
    /// A line whose posterior is not known yet.
    #[inline]
    pub(super) fn new(words: usize, sums: Sums, weight: f32) -> Self {
        let Sums { by_group, known } = sums;
        Self { sums: by_group, known, words: words as u32, weight, kinds: ByKind::splat(0.0), gate: 0 }
    }

    /// What the line adds to the strength of a role: the probability that it is a duty of
    /// that role, by the weight of its section.
    pub(crate) fn strength(&self, role: Role) -> f64 {
        f64::from(self.weight) * self.kinds[role.kind()]
    }

    /// The better of the two roles' sums, in units.
    pub(crate) fn best_role(&self) -> i32 {
        self.sums[PM].max(self.sums[PMM])
    }

    /// The most probable kind after each probability is multiplied by its `odds`.
    pub(crate) fn kind(&self, odds: &ByKind<f64>) -> Kind {
        ByKind::from_fn(|kind| self.kinds[kind] * odds[kind]).largest()
    }
}

/// Probabilities of the kinds, each multiplied by its `odds` and normalized.
pub(crate) fn favored(kinds: &ByKind<f64>, odds: &ByKind<f64>) -> ByKind<f64> {
    let kinds = ByKind::from_fn(|kind| kinds[kind] * odds[kind]);
    // At least one of them is above 0.
    let total: f64 = kinds.values().iter().sum();
    kinds.map(|kind| kind / total)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let favored = favored(&kinds, &[10.0, 1.0, 1.0, 1.0, 0.5].into());
        for (found, expected) in favored.values().iter().zip([1.0, 0.0, 0.0, 0.3, 0.3]) {
            assert!((found - expected / 1.6).abs() < 1e-12, "{favored:?}");
        }
    }
}
