//! Fitting `kind_odds`: the class weights by which a single line is assigned to a kind.
//!
//! Most lines of postings are filler and few are another job's, so the most probable kind would rarely
//! be a rare one. The odds are fitted to labeled lines so that the recall of every kind comes near a
//! target.

use super::line_metrics::JudgedLine;
use crate::model::{ByKind, Kind};

/// Target recall. It is lower for shared duties and for other jobs, about which annotators agree less,
/// too.
fn target_recall(kind: Kind) -> f64 {
    match kind {
        Kind::Pm | Kind::Pmm | Kind::Filler => 0.85,
        Kind::Shared | Kind::Other => 0.60,
    }
}

/// Steps of the fit.
const STEPS: usize = 300;

/// Change of a kind's log-odds in a step, per unit of the distance of its margin from the mean margin.
const RATE: f64 = 2.0;

/// Weight of the mean margin beside the worst margin.
const MEAN_WEIGHT: f64 = 0.1;

/// Exponent that sharpens a line's probabilities toward its most probable kind, so that
/// the soft recall comes near the real one.
const SHARPNESS: f64 = 4.0;

/// Maximum of the log-odds.
const MAX_LOG_ODDS: f64 = 6.0;

/// Fits the odds: each step raises those of kinds whose margin is below the mean and lowers the
/// others. The best of all steps is kept. Without lines all odds are 1.
pub(super) fn fit(lines: &[&JudgedLine]) -> ByKind<f64> {
    let mut log_odds = ByKind::splat(0.0);
    let (mut best, mut best_objective) = (log_odds, f64::NEG_INFINITY);
    for _ in 0..STEPS {
        let margins = margins(lines, &log_odds);
        let reached = objective(&margins);
        if reached > best_objective + 1e-9 {
            (best_objective, best) = (reached, log_odds);
        }
        let mean = margins.values().iter().sum::<f64>() / Kind::ALL.len() as f64;
        for (kind, margin) in margins.iter() {
            log_odds[kind] += RATE * (mean - margin);
        }
        // Only ratios of odds matter: the first kind stays at 1.
        let first = log_odds[Kind::ALL[0]];
        log_odds = log_odds.map(|odds| (odds - first).clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS));
    }
    best.map(libm::exp)
}

/// The worst margin, plus a little of the mean margin.
fn objective(margins: &ByKind<f64>) -> f64 {
    let worst = margins.values().iter().copied().fold(f64::INFINITY, f64::min);
    worst + MEAN_WEIGHT * margins.values().iter().sum::<f64>() / Kind::ALL.len() as f64
}

/// How far each kind's soft recall is above its target. Soft: a line counts by its
/// probability, so the margins have no steps.
fn margins(lines: &[&JudgedLine], log_odds: &ByKind<f64>) -> ByKind<f64> {
    let odds = log_odds.map(libm::exp);
    let (mut found, mut all) = (ByKind::splat(0.0), ByKind::splat(0.0));
    // Lines without words are filler whatever the odds.
    for line in lines.iter().filter(|line| !line.sentences.is_empty()) {
        let kinds = line.kinds(&odds).map(|kind| libm::pow(kind, SHARPNESS));
        let total: f64 = kinds.values().iter().sum();
        found[line.kind] += kinds[line.kind] / total.max(f64::MIN_POSITIVE);
        all[line.kind] += 1.0;
    }
    ByKind::from_fn(|kind| match all[kind] {
        0.0 => 0.0,
        n => found[kind] / n - target_recall(kind),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of `kind` of one sentence.
    fn line(kind: Kind, kinds: [f64; 5]) -> JudgedLine {
        JudgedLine { kind, fold: 0, sentences: vec![(kinds.into(), 10.0)] }
    }

    #[test]
    fn odds_raise_the_recall_of_a_rare_kind() {
        let lines = [
            line(Kind::Pm, [0.9, 0.0, 0.0, 0.0, 0.1]),
            line(Kind::Pmm, [0.0, 0.9, 0.0, 0.0, 0.1]),
            line(Kind::Shared, [0.0, 0.0, 0.9, 0.0, 0.1]),
            // Filler is more probable here, but more probable still in the last line.
            line(Kind::Other, [0.0, 0.0, 0.0, 0.3, 0.7]),
            line(Kind::Filler, [0.0, 0.0, 0.0, 0.01, 0.99]),
        ];
        let right = |odds: &ByKind<f64>| lines.iter().filter(|line| line.predicted(odds) == line.kind).count();
        assert_eq!(right(&ByKind::splat(1.0)), 4);
        let odds = fit(&lines.iter().collect::<Vec<_>>());
        assert_eq!(right(&odds), 5, "{odds:?}");
        assert!((odds[Kind::Pm] - 1.0).abs() < 1e-12, "the first kind is the reference");
    }

    /// By hand: one kind is found with probability 1, one with p^4 / (p^4 + q^4).
    #[test]
    fn objective_is_the_worst_margin_and_a_tenth_of_the_mean() {
        let lines = [line(Kind::Pm, [1.0, 0.0, 0.0, 0.0, 0.0]), line(Kind::Other, [0.0, 0.0, 0.0, 0.4, 0.6])];
        let found = objective(&margins(&lines.iter().collect::<Vec<_>>(), &ByKind::splat(0.0)));
        let other = 0.4f64.powi(4) / (0.4f64.powi(4) + 0.6f64.powi(4));
        let expected = (other - 0.60) + 0.1 * ((1.0 - 0.85) + (other - 0.60)) / 5.0;
        assert!((found - expected).abs() < 1e-12, "{found}, expected {expected}");
    }

    #[test]
    fn without_lines_all_odds_are_1() {
        assert!(fit(&[]).values().iter().all(|odds| (odds - 1.0).abs() < 1e-12));
    }

    /// Expected: the same ascent in Python. Its best step is the 139th of 300.
    #[test]
    fn odds_are_those_of_the_best_step() {
        let lines = [
            line(Kind::Pm, [0.6, 0.1, 0.1, 0.1, 0.1]),
            line(Kind::Pm, [0.3, 0.1, 0.2, 0.1, 0.3]),
            line(Kind::Pmm, [0.1, 0.5, 0.2, 0.1, 0.1]),
            line(Kind::Pmm, [0.1, 0.3, 0.1, 0.1, 0.4]),
            line(Kind::Shared, [0.2, 0.1, 0.4, 0.1, 0.2]),
            line(Kind::Other, [0.05, 0.05, 0.1, 0.3, 0.5]),
            line(Kind::Filler, [0.05, 0.05, 0.1, 0.1, 0.7]),
            line(Kind::Filler, [0.2, 0.1, 0.1, 0.1, 0.5]),
            line(Kind::Filler, [0.1, 0.2, 0.3, 0.1, 0.3]),
        ];
        let odds = fit(&lines.iter().collect::<Vec<_>>());
        for (found, expected) in odds.values().iter().zip([1.0, 1.283_143, 0.779_467, 1.390_382, 0.829_135]) {
            assert!((found - expected).abs() < 1e-5, "{odds:?}");
        }
    }
}
