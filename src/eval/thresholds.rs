//! Fitting the odds by which a line is called by one kind.
//!
//! Most lines of postings are filler and few are another job's, so that calling each
//! line what it most probably is would hardly find the rare kinds. The odds are chosen
//! on labelled lines so that, of every kind, about the part that is wanted is found.

use super::line_metrics::JudgedLine;
use crate::model::{ByKind, Kind};

/// Part of the lines of each kind that is wanted to be found: duties that both roles share and those of other jobs are told apart
/// less surely by readers, too.
fn wanted(kind: Kind) -> f64 {
    match kind {
        Kind::Pm | Kind::Pmm | Kind::Filler => 0.85,
        Kind::Shared | Kind::Other => 0.60,
    }
}

/// Steps by which log-odds are tried, the coarsest first.
const STEPS: [f64; 5] = [0.8, 0.4, 0.2, 0.1, 0.05];

/// How much the mean of the kinds counts against the worst of them.
const TOGETHER: f64 = 0.1;

/// Probabilities are raised to this before they count: what leads is what is called.
const SHARPNESS: f64 = 4.0;

/// The odds with which the parts found come nearest to what is wanted: coordinate ascent
/// of their worst margin, and of all of them.
pub(crate) fn fit(lines: &[&JudgedLine]) -> ByKind<f64> {
    let mut best = ByKind::splat(0.0);
    let mut most = margin(lines, &best);
    for step in STEPS {
        let mut moved = true;
        while moved {
            moved = false;
            // Only ratios count: the first kind stays.
            for kind in Kind::ALL.into_iter().skip(1) {
                for way in [-step, step] {
                    let mut trial = best;
                    trial[kind] += way;
                    let reached = margin(lines, &trial);
                    if trial[kind].abs() <= 6.0 && reached > most + 1e-9 {
                        (most, best, moved) = (reached, trial, true);
                    }
                }
            }
        }
    }
    best.map(libm::exp)
}

/// The worst margin of a kind over what is wanted, and a little of all kinds' margins.
/// Lines count by how surely they are called what they are, so that single lines do not
/// decide.
fn margin(lines: &[&JudgedLine], log_odds: &ByKind<f64>) -> f64 {
    let odds = log_odds.map(libm::exp);
    let (mut found, mut all) = (ByKind::splat(0.0), ByKind::splat(0.0));
    // What holds no word is filler whatever the odds.
    for line in lines.iter().filter(|line| !line.sentences.is_empty()) {
        let sums = line.kinds(&odds).map(|kind| libm::pow(kind, SHARPNESS));
        let total: f64 = sums.values().iter().sum();
        found[line.kind] += sums[line.kind] / total.max(f64::MIN_POSITIVE);
        all[line.kind] += 1.0;
    }
    // A kind without lines has nothing to be found.
    let margins = Kind::ALL.map(|kind| {
        let (found, all, wanted) = (found[kind], all[kind], wanted(kind));
        if all > 0.0 { found / all - wanted } else { 0.0 }
    });
    margins.iter().copied().fold(f64::INFINITY, f64::min) + TOGETHER * margins.iter().sum::<f64>() / 5.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of `kind` of one sentence.
    fn line(kind: Kind, kinds: [f64; 5]) -> JudgedLine {
        JudgedLine { kind, source: String::new(), sentences: vec![(kinds.into(), 10.0)] }
    }

    #[test]
    fn rare_kinds_are_favoured_until_they_are_found() {
        // Another job's lines come second to filler, and filler is sure.
        let lines = [
            line(Kind::Pm, [0.9, 0.0, 0.0, 0.0, 0.1]),
            line(Kind::Pmm, [0.0, 0.9, 0.0, 0.0, 0.1]),
            line(Kind::Shared, [0.0, 0.0, 0.9, 0.0, 0.1]),
            line(Kind::Other, [0.0, 0.0, 0.0, 0.3, 0.7]),
            line(Kind::Filler, [0.0, 0.0, 0.0, 0.01, 0.99]),
        ];
        let called = |odds: &ByKind<f64>| lines.iter().filter(|line| line.called(odds) == line.kind).count();
        assert_eq!(called(&ByKind::splat(1.0)), 4);
        let odds = fit(&lines.iter().collect::<Vec<_>>());
        assert_eq!(called(&odds), 5, "{odds:?}");
        assert!((odds[Kind::Pm] - 1.0).abs() < 1e-12, "only ratios count");
    }

    #[test]
    fn without_lines_nothing_is_favoured() {
        assert!(fit(&[]).values().iter().all(|odds| (odds - 1.0).abs() < 1e-12));
    }
}
