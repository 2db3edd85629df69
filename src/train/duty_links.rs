//! Links from features to the subjects that they indicate. A phrase gets its duty by the links of its
//! features.
//!
//! One logistic regression per subject tells its lines from all others. Each feature is linked to the
//! subjects for which it has the largest weights.

use std::convert::Infallible;

use super::count::Counts;
use super::logistic::{Problem, SparseRows};
use super::parallel::in_parallel;
use crate::corpus::counts::RealCounts;
use crate::error::{Error, ErrorKind};
use crate::model::Duty;
use crate::model::duty_links::{LINKS, Links};

/// Cost of the loss against the penalty.
const COST: f64 = 10.0;

/// Minimum number of written lines with a feature, for it to get weights from them.
const MIN_LINES: u32 = 2;

/// Weights are rounded to multiples of 1 / `STEPS`.
const STEPS: f64 = 2.0;

/// For every feature, the subjects that it indicates most, each with the sum of the feature's weights
/// from written and from real lines, in steps. `subjects` are given with their units.
///
/// # Errors
/// [`ErrorKind::Corpus`] for a weight of an unknown duty.
pub(super) fn duty_links(
    counts: &Counts,
    real: &RealCounts,
    subjects: &[(Duty, Vec<usize>)],
) -> Result<Vec<Links>, Error> {
    let mut subject_of = vec![None; counts.units.len()];
    for (subject, (_, units)) in subjects.iter().enumerate() {
        for &unit in units {
            subject_of[unit] = Some(subject);
        }
    }
    let lines: Vec<(usize, &[u32])> =
        counts.lines.iter().filter_map(|(unit, features)| Some((subject_of[*unit]?, features.as_slice()))).collect();
    let written = SubjectWeights::fit(&lines, (subjects.len(), counts.features.len()), MIN_LINES);
    let subject = |id: &str| {
        let found = subjects.iter().position(|(duty, _)| duty.id == id);
        found.ok_or_else(|| {
            Error::new(ErrorKind::Corpus, format!("unknown duty '{id}'"))
                .file("counts.csv")
                .hint("run 'rolecall count' again")
        })
    };
    let of_feature = |(feature, row): (usize, &usize)| -> Result<Links, Error> {
        let mut weights: Vec<f64> = written.of(feature).map(|weight| weight.max(0.0)).collect();
        if !subjects.is_empty() {
            for (id, weight) in &real.features[*row].duties {
                weights[subject(id)?] += f64::from(*weight);
            }
        }
        let steps = |weight: f64| (weight * STEPS).round().clamp(0.0, 255.0) as u8;
        let mut found: Vec<(u8, usize)> = weights
            .into_iter()
            .enumerate()
            .map(|(subject, weight)| (steps(weight), subject))
            .filter(|link| link.0 > 0)
            .collect();
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut best: Links = [(0, 0); LINKS];
        for (slot, (steps, subject)) in best.iter_mut().zip(found) {
            *slot = (subject as u8, steps);
        }
        Ok(best)
    };
    counts.rows.iter().enumerate().map(of_feature).collect()
}

/// The weight of each feature for each subject: its coefficient in the logistic regression times
/// its inverse document frequency.
pub(super) struct SubjectWeights {
    /// By feature, its column; `None` if too few lines have it.
    columns: Vec<Option<usize>>,
    /// Inverse document frequency by column.
    scales: Vec<f64>,
    /// By subject, the weight of each column.
    by_subject: Vec<Vec<f64>>,
}

impl SubjectWeights {
    /// Fits the weights to lines, each given by its subject and features. `subjects` and `features` are
    /// their numbers in all. A feature that fewer than `min_lines` lines have gets no weights.
    pub(super) fn fit(lines: &[(usize, &[u32])], (subjects, features): (usize, usize), min_lines: u32) -> Self {
        let (columns, scales) = columns(lines, features, min_lines);
        let mut rows = SparseRows::default();
        for (_, features) in lines {
            let row = || features.iter().filter_map(|&feature| columns[feature as usize]);
            let length = row().map(|column| scales[column].powi(2)).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
            rows.push(row().map(|column| (column as u32, (scales[column] / length) as f32)));
        }
        let alike = vec![1.0; lines.len()];
        let fit = |subject: &usize| {
            let positive: Vec<bool> = lines.iter().map(|(own, _)| own == subject).collect();
            if !positive.contains(&true) {
                return Ok(vec![0.0; scales.len()]);
            }
            let problem =
                Problem { rows: &rows, positive: &positive, weights: &alike, columns: scales.len(), cost: COST };
            Ok::<_, Infallible>(problem.fit().weights)
        };
        let Ok(by_subject) = in_parallel(&(0..subjects).collect::<Vec<_>>(), fit);
        Self { columns, scales, by_subject }
    }

    /// The weights of a feature by subject.
    pub(super) fn of(&self, feature: usize) -> impl Iterator<Item = f64> {
        let column = self.columns.get(feature).copied().flatten();
        self.by_subject.iter().map(move |weights| column.map_or(0.0, |column| weights[column] * self.scales[column]))
    }
}

/// The column of each feature that at least `min_lines` lines have, and the scale of each column: the
/// inverse document frequency, smoothed as in scikit-learn's `TfidfVectorizer`.
fn columns(lines: &[(usize, &[u32])], features: usize, min_lines: u32) -> (Vec<Option<usize>>, Vec<f64>) {
    let mut with = vec![0_u32; features];
    for feature in lines.iter().flat_map(|(_, features)| *features) {
        with[*feature as usize] += 1;
    }
    let mut scales = Vec::new();
    let column = |&with: &u32| {
        (with >= min_lines).then(|| {
            scales.push(((1.0 + lines.len() as f64) / (1.0 + f64::from(with))).ln() + 1.0);
            scales.len() - 1
        })
    };
    (with.iter().map(column).collect(), scales)
}
