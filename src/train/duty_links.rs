//! The duties that each feature indicates, from which a phrase gets its duty.

use super::count::Counts;
use crate::model::Duty;
use crate::model::duty_links::{LINKS, Links};

/// Pseudo-counts that shrink a duty's distribution towards that of all duties.
const PRIOR: f64 = 30.0;

/// Steps of a link's weight per unit of log-ratio.
const STEPS: f64 = 40.0;

/// For every feature, the subjects in which it is most frequent relative to all subjects
/// together, with the logarithm of that ratio in steps. A subject is a duty or a family of
/// filler, with its units (duties or topics).
pub(super) fn duty_links(counts: &Counts, subjects: &[(Duty, Vec<usize>)]) -> Vec<Links> {
    let mut totals = vec![0.0; counts.features.len()];
    let mut own = Vec::new();
    for (_, units) in subjects {
        let mut row = vec![0.0; counts.features.len()];
        for (feature, count) in units.iter().flat_map(|&unit| counts.of_unit(unit)) {
            row[feature] += count;
            totals[feature] += count;
        }
        own.push(row);
    }
    let all: f64 = totals.iter().sum::<f64>().max(1.0);
    let sums: Vec<f64> = own.iter().map(|row: &Vec<f64>| row.iter().sum()).collect();
    let mut links = Vec::with_capacity(totals.len());
    for (feature, total) in totals.iter().enumerate() {
        let background = (total + 0.5) / (all + 1.0);
        let mut found: Vec<(u8, usize)> = Vec::new();
        for (duty, row) in own.iter().enumerate() {
            if row[feature] == 0.0 {
                continue;
            }
            let share = (row[feature] + PRIOR * background) / (sums[duty] + PRIOR);
            let steps = ((share / background).ln() * STEPS).round().clamp(0.0, 255.0) as u8;
            if steps > 0 {
                found.push((steps, duty));
            }
        }
        found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut best: Links = [(0, 0); LINKS];
        for (slot, (steps, duty)) in best.iter_mut().zip(found) {
            *slot = (duty as u8, steps);
        }
        links.push(best);
    }
    links
}
