//! Fitting the few numbers that turn scores into probabilities.
//!
//! Six numbers are fitted: intercept and slope of "is it a product role" (maximum
//! likelihood, ridge), intercept and slope of the share (least absolute error), and
//! the spread of the share with the prior odds of a hybrid (maximum likelihood of the
//! labels). Postings and splices weigh equally in the share, because nearly all real
//! postings lie at its ends.

use std::collections::BTreeSet;

use super::Example;
use crate::infer::aggregate::{Scores, logistic, scores, weakness};
use crate::infer::{Classifier, Scratch, pipeline};
use crate::model::Label;
use crate::model::hyperparameters::Calibration;

/// How much real postings count against splices when spread and odds are fitted: most
/// of what will be judged is real, and hybrids are rare there.
const REAL_WEIGHT: f64 = 4.0;

/// An example with its scores: all that the fit needs.
#[derive(Debug, Clone)]
pub(crate) struct Scored {
    /// What the model says.
    pub scores: Scores,
    /// What the readers say.
    pub label: Label,
    /// PM's part, by the readers.
    pub share: Option<f64>,
    /// Where it was found; a splice has the sources of its parts.
    pub sources: Vec<String>,
}

/// Scores every labelled example.
pub(crate) fn scored(classifier: &Classifier, examples: &[Example], postings: &[Example]) -> Vec<Scored> {
    let mut scratch = Scratch::new();
    let model = classifier.model();
    let rows = model.rows(classifier.options().lens);
    let mut found = Vec::new();
    for example in examples {
        let Some(label) = example.label else { continue };
        scratch.belong_to(&model.checksum);
        let mut cleaned = std::mem::take(&mut scratch.cleaned);
        let (text, _) = cleaned.clean(&example.text);
        pipeline::judge(model, rows.all(), text, &mut scratch, false);
        let sums = scores(&scratch.judged, &model.groups, &model.calibration, &mut scratch.lead);
        scratch.cleaned = cleaned;
        let sources = if example.parts.is_empty() {
            vec![example.source.clone()]
        } else {
            let part = |id: &String| postings.iter().find(|posting| posting.id == *id);
            example.parts.iter().filter_map(part).map(|posting| posting.source.clone()).collect()
        };
        found.push(Scored { scores: sums, label, share: example.share, sources });
    }
    found
}

/// Fits the six numbers, leaving the rest of `base` as it is.
pub(crate) fn fit(base: &Calibration, postings: &[Scored], splices: &[Scored]) -> Calibration {
    let mut fitted = base.clone();
    let (intercept, slope) = logistic_fit(
        &postings
            .iter()
            .map(|p| (p.scores.product, weakness(p.scores.pm + p.scores.pmm), p.label != Label::Unclear))
            .collect::<Vec<_>>(),
    );
    (fitted.product_intercept, fitted.product_slope) = (intercept, slope);
    let real: Vec<_> = postings.iter().filter(|p| p.label != Label::Unclear).collect();
    let mixed: Vec<_> = splices.iter().filter(|p| p.label != Label::Unclear).collect();
    (fitted.share_intercept, fitted.share_slope) = share_fit(&real, &mixed);
    let loss = |(spread, odds): (f64, f64)| {
        let trial = Calibration { share_spread: spread, hybrid_odds: odds, ..fitted.clone() };
        REAL_WEIGHT * label_loss(&real, &trial) + label_loss(&mixed, &trial)
    };
    let spreads = (4..=60).map(|step| f64::from(step) * 0.05);
    let trials = spreads.flat_map(|spread| (-12..=4).map(move |odds| (spread, f64::from(odds) * 0.1)));
    let best = trials.min_by(|a, b| loss(*a).total_cmp(&loss(*b)));
    (fitted.share_spread, fitted.hybrid_odds) = best.unwrap_or((0.6, 0.0));
    fitted
}

/// Fits with each source left out in turn and calls `held_out` with the postings and
/// splices of that source and the numbers fitted without it.
pub(crate) fn leave_one_source_out(
    base: &Calibration,
    postings: &[Scored],
    splices: &[Scored],
    mut held_out: impl FnMut(&str, &Calibration),
) {
    let sources: BTreeSet<&String> = postings.iter().flat_map(|posting| &posting.sources).collect();
    for source in sources {
        let without = |set: &[Scored]| -> Vec<Scored> {
            set.iter().filter(|scored| !scored.sources.contains(source)).cloned().collect()
        };
        held_out(source, &fit(base, &without(postings), &without(splices)));
    }
}

/// Two-parameter logistic regression over (x, offset, y) by Newton's method, with a small ridge on the
/// slope so that separable data keep finite numbers.
fn logistic_fit(data: &[(f64, f64, bool)]) -> (f64, f64) {
    const RIDGE: f64 = 0.05;
    let (mut a, mut b) = (0.0, 1.0);
    for _ in 0..50 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, -RIDGE * b, 1e-9, 0.0, RIDGE);
        for &(x, offset, y) in data {
            let p = logistic(a + b * x + offset);
            let residual = f64::from(u8::from(y)) - p;
            let weight = (p * (1.0 - p)).max(1e-9);
            ga += residual;
            gb += residual * x;
            haa += weight;
            hab += weight * x;
            hbb += weight * x * x;
        }
        let determinant = haa * hbb - hab * hab;
        if determinant.abs() < 1e-12 {
            break;
        }
        a += ((hbb * ga - hab * gb) / determinant).clamp(-2.0, 2.0);
        b += ((haa * gb - hab * ga) / determinant).clamp(-2.0, 2.0);
    }
    (a, b.max(0.01))
}

/// The log-ratio of the strengths, as the share is computed from it.
fn log_ratio(scored: &Scored) -> f64 {
    let raw = Calibration { share_intercept: 0.0, share_slope: 1.0, ..Calibration::default() };
    let share = crate::infer::aggregate::share(scored.scores.pm, scored.scores.pmm, &raw);
    libm::log(share / (1.0 - share))
}

/// Intercept and slope with the least mean absolute error of the share, by a grid
/// that is refined twice.
fn share_fit(real: &[&Scored], mixed: &[&Scored]) -> (f64, f64) {
    let pairs = |set: &[&Scored]| -> Vec<(f64, f64)> {
        set.iter().filter_map(|scored| Some((log_ratio(scored), scored.share?))).collect()
    };
    let (real, mixed) = (pairs(real), pairs(mixed));
    let error = |set: &[(f64, f64)], a: f64, b: f64| {
        super::metrics::mean(set.iter().map(|(x, share)| (logistic(a + b * x) - share).abs()))
    };
    let (mut best, mut step) = ((0.0, 1.2), (0.4, 0.3));
    let mut least = f64::INFINITY;
    for _ in 0..4 {
        let centre = best;
        for i in -6..=6 {
            for j in -6..=6 {
                let (a, b) = (centre.0 + f64::from(i) * step.0, (centre.1 + f64::from(j) * step.1).max(0.2));
                let loss = error(&real, a, b) + error(&mixed, a, b);
                if loss < least - 1e-12 {
                    (least, best) = (loss, (a, b));
                }
            }
        }
        step = (step.0 / 4.0, step.1 / 4.0);
    }
    best
}

/// Mean negative log-probability of the labels among `pm`, `pmm` and `hybrid`.
fn label_loss(set: &[&Scored], calibration: &Calibration) -> f64 {
    super::metrics::mean(set.iter().map(|scored| {
        let probabilities = crate::infer::aggregate::probabilities(&scored.scores, calibration);
        let product = (1.0 - probabilities[Label::Unclear]).max(1e-12);
        -libm::log((probabilities[scored.label] / product).max(1e-6))
    }))
}
