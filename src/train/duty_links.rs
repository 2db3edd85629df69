//! The duties that each feature indicates, from which a phrase gets its duty.
//!
//! One logistic regression per subject tells its lines from those of all others. Each
//! feature is linked to the subjects with the largest weights.

use super::count::Counts;
use super::logistic::{Problem, SparseRows};
use super::parallel::in_parallel;
use crate::error::Error;
use crate::model::Duty;
use crate::model::duty_links::{LINKS, Links};

/// Cost of the loss against the penalty.
const COST: f64 = 10.0;

/// Fewest lines with a feature that is linked.
const MIN_LINES: u32 = 2;

/// Steps of a link's weight per unit of log-odds.
const STEPS: f64 = 4.0;

/// For every feature, the subjects that it indicates most, with the log-odds that it adds,
/// in steps. A subject is a duty or a family of filler, with its units (duties or topics).
///
/// # Errors
/// None of its own: those of the tasks that run at the same time.
pub(super) fn duty_links(counts: &Counts, subjects: &[(Duty, Vec<usize>)]) -> Result<Vec<Links>, Error> {
    let mut subject_of = vec![None; counts.units.len()];
    for (subject, (_, units)) in subjects.iter().enumerate() {
        for &unit in units {
            subject_of[unit] = Some(subject);
        }
    }
    let lines: Vec<(usize, &[u32])> =
        counts.lines.iter().filter_map(|(unit, features)| Some((subject_of[*unit]?, features.as_slice()))).collect();
    let (columns, scales) = columns(&lines, counts.features.len());
    let mut rows = SparseRows::default();
    for (_, features) in &lines {
        let row = || features.iter().filter_map(|&feature| columns[feature as usize]);
        let length = row().map(|column| scales[column].powi(2)).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        rows.push(row().map(|column| (column as u32, (scales[column] / length) as f32)));
    }
    let weights = by_subject(&lines, &rows, subjects.len(), scales.len())?;
    let of_feature = |column: &Option<usize>| {
        let mut best: Links = [(0, 0); LINKS];
        let Some(column) = *column else { return best };
        let steps = |weights: &Vec<f64>| (weights[column] * scales[column] * STEPS).round().clamp(0.0, 255.0) as u8;
        let mut found: Vec<(u8, usize)> =
            weights.iter().enumerate().map(|(subject, own)| (steps(own), subject)).filter(|link| link.0 > 0).collect();
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (slot, (steps, subject)) in best.iter_mut().zip(found) {
            *slot = (subject as u8, steps);
        }
        best
    };
    Ok(columns.iter().map(of_feature).collect())
}

/// The column of each feature that enough lines have, and the scale of each column: the
/// inverse document frequency, smoothed as in scikit-learn's `TfidfVectorizer`.
fn columns(lines: &[(usize, &[u32])], features: usize) -> (Vec<Option<usize>>, Vec<f64>) {
    let mut with = vec![0_u32; features];
    for feature in lines.iter().flat_map(|(_, features)| *features) {
        with[*feature as usize] += 1;
    }
    let mut scales = Vec::new();
    let column = |&with: &u32| {
        (with >= MIN_LINES).then(|| {
            scales.push(((1.0 + lines.len() as f64) / (1.0 + f64::from(with))).ln() + 1.0);
            scales.len() - 1
        })
    };
    (with.iter().map(column).collect(), scales)
}

/// The weights of each subject against all others, by column.
fn by_subject(
    lines: &[(usize, &[u32])],
    rows: &SparseRows,
    subjects: usize,
    columns: usize,
) -> Result<Vec<Vec<f64>>, Error> {
    let alike = vec![1.0; lines.len()];
    let fit = |subject: &usize| {
        let positive: Vec<bool> = lines.iter().map(|(own, _)| own == subject).collect();
        Ok(Problem { rows, positive: &positive, weights: &alike, columns, cost: COST }.fit().weights)
    };
    in_parallel(&(0..subjects).collect::<Vec<_>>(), fit)
}
