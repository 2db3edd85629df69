//! Quantizing log-probabilities to eight bits.

use crate::model::{LANES, Row, UNITS};

/// Mean log-probability of each feature over the classes. It cancels in every comparison
/// of classes, and the differences from it fit into eight bits.
pub(super) fn mean(log_probabilities: &[Vec<f64>]) -> Vec<f64> {
    let features = log_probabilities.first().map_or(0, Vec::len);
    let mut mean = vec![0.0; features];
    for row in log_probabilities {
        mean.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight);
    }
    for sum in &mut mean {
        *sum /= log_probabilities.len() as f64;
    }
    mean
}

/// One row per feature, one lane per class: log-probabilities minus `mean`, in units of
/// 1/16, rounded half away from zero.
pub(super) fn rows(log_probabilities: &[Vec<f64>], mean: &[f64]) -> Vec<Row> {
    mean.iter()
        .enumerate()
        .map(|(feature, mean)| {
            let mut row = [0; LANES];
            for (lane, weights) in row.iter_mut().zip(log_probabilities) {
                let units = ((weights[feature] - mean) * UNITS).round();
                *lane = units.clamp(-127.0, 127.0) as i8 as u8;
            }
            row
        })
        .collect()
}
