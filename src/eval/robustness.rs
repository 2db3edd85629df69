//! How much verdicts change under perturbations: changes to a text that should not change the verdict.

use serde::Serialize;

use super::Example;
use super::metrics::{mean, ratio};
use super::perturbation::Perturbation;
use crate::error::Error;
use crate::infer::{Classifier, Scratch, Verdict};

/// How much verdicts change under one perturbation.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PerturbationMetrics {
    /// The perturbation, in words.
    pub perturbation: &'static str,
    /// Number of postings.
    pub postings: usize,
    /// Fraction of labels that change.
    pub labels_changed: f64,
    /// Mean absolute change of the PM share, where both verdicts have one.
    pub share_change: f64,
}

/// Judges every posting as it is and under each perturbation: letter case, line breaks, markup,
/// encodings and the like.
///
/// # Errors
/// When an encoded text cannot be read back.
pub fn robustness(classifier: &Classifier, examples: &[Example]) -> Result<Vec<PerturbationMetrics>, Error> {
    let mut scratch = Scratch::new();
    let mut judge = |example: &Example, text: &str| -> Verdict {
        classifier.classify_with(&mut scratch, example.title.as_deref(), text)
    };
    let plain: Vec<Verdict> = examples.iter().map(|example| judge(example, &example.text)).collect();
    let mut found = Vec::new();
    for (perturbation, name) in Perturbation::ALL {
        let mut changed = 0;
        let mut changes = Vec::new();
        for (example, before) in examples.iter().zip(&plain) {
            let after = judge(example, &perturbation.apply(&example.text)?);
            changed += usize::from(before.label != after.label);
            changes.extend(before.pm_share.zip(after.pm_share).map(|(before, after)| (before - after).abs()));
        }
        found.push(PerturbationMetrics {
            perturbation: name,
            postings: examples.len(),
            labels_changed: ratio(changed, examples.len()),
            share_change: mean(changes.into_iter()),
        });
    }
    Ok(found)
}
