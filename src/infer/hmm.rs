//! A hidden Markov model over the lines of a posting (Rabiner, A Tutorial on Hidden Markov
//! Models, 1989): duties come in runs, and so does boilerplate.
//!
//! The hidden states are the kinds. A line has the kind of the line before it with
//! probability `persistence`; else its kind is drawn from the posting's mixture. With
//! transitions of this form both passes are sums over the kinds, not over pairs of them.

use super::mixture::{Kinds, WIDTH};

/// Buffers of the forward-backward algorithm.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    /// Joint likelihood of each kind and the lines up to this one, scaled, by line.
    forward: Vec<Kinds>,
    /// Likelihood of the lines after this one by its kind, scaled, the last line first.
    backward: Vec<Kinds>,
}

impl Chain {
    /// Calls `line` with the index of each line and the posterior of its kind given all
    /// lines, from the `likelihoods` of each kind by line, up to a factor per line. `mixture`
    /// holds the probability of each kind.
    #[inline(always)]
    pub(super) fn posteriors(
        &mut self,
        likelihoods: &[Kinds],
        mixture: &Kinds,
        persistence: f32,
        mut line: impl FnMut(usize, Kinds),
    ) {
        let Self { forward, backward } = self;
        let fresh = mixture.map(|kind| (1.0 - persistence) * kind);
        forward.clear();
        backward.clear();
        // Both passes are scaled at every line, so that numbers stay near 1. They do not
        // depend on each other: one loop runs them from both ends.
        let mut reached = *mixture;
        // After the last line no kind is more likely than another.
        let mut left = [1.0; WIDTH];
        for (first, last) in likelihoods.iter().zip(likelihoods.iter().rev()) {
            let kinds = times(&reached, first);
            forward.push(kinds);
            backward.push(left);
            let explained = times(last, &left);
            let (scale, back) = (inverse(&kinds), inverse(&explained));
            let any = sum(&times(&explained, &fresh));
            // A line that no kind explains says nothing about its neighbors.
            reached = if scale > 0.0 {
                std::array::from_fn(|kind| persistence * scale * kinds[kind] + fresh[kind])
            } else {
                *mixture
            };
            left = if back > 0.0 {
                std::array::from_fn(|kind| back * (persistence * explained[kind] + any))
            } else {
                [1.0; WIDTH]
            };
        }
        for (at, (forward, backward)) in forward.iter().zip(backward.iter().rev()).enumerate() {
            let kinds = times(forward, backward);
            let scale = inverse(&kinds);
            line(at, if scale > 0.0 { kinds.map(|kind| kind * scale) } else { UNKNOWN });
        }
    }
}

/// The posterior of a line that no kind explains.
const UNKNOWN: Kinds = [0.2, 0.2, 0.2, 0.2, 0.2, 0.0, 0.0, 0.0];

#[inline(always)]
fn times(a: &Kinds, b: &Kinds) -> Kinds {
    std::array::from_fn(|kind| a[kind] * b[kind])
}

/// The sum, in the order of vector instructions.
#[inline(always)]
fn sum(kinds: &Kinds) -> f32 {
    let [a, b, c, d, e, f, g, h] = kinds;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// 1 over the sum; 0 if the sum is too small.
#[inline(always)]
fn inverse(kinds: &Kinds) -> f32 {
    let total = sum(kinds);
    if total > f32::MIN_POSITIVE { 1.0 / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KINDS;

    fn padded(kinds: [f32; KINDS.len()]) -> Kinds {
        std::array::from_fn(|kind| kinds.get(kind).copied().unwrap_or(0.0))
    }

    /// Posteriors by the sum over every sequence of kinds.
    fn by_all_sequences(likelihoods: &[Kinds], mixture: &Kinds, persistence: f32) -> Vec<[f64; 5]> {
        let lines = likelihoods.len();
        let mut found = vec![[0.0; 5]; lines];
        for number in 0..5usize.pow(lines as u32) {
            let sequence: Vec<usize> = (0..lines).map(|at| number / 5usize.pow(at as u32) % 5).collect();
            let mut probability = f64::from(mixture[sequence[0]] * likelihoods[0][sequence[0]]);
            for at in 1..lines {
                let (before, own) = (sequence[at - 1], sequence[at]);
                let stays = if before == own { persistence } else { 0.0 };
                probability *= f64::from((stays + (1.0 - persistence) * mixture[own]) * likelihoods[at][own]);
            }
            for (at, &kind) in sequence.iter().enumerate() {
                found[at][kind] += probability;
            }
        }
        for kinds in &mut found {
            let total: f64 = kinds.iter().sum();
            *kinds = kinds.map(|kind| kind / total);
        }
        found
    }

    #[test]
    fn posteriors_are_sums_over_all_sequences() {
        let lines = [
            [0.9, 0.2, 0.1, 0.0, 0.3],
            [1.0, 1.0, 0.0, 0.2, 0.1],
            [0.0, 0.1, 0.0, 0.9, 1.0],
            [0.3, 0.3, 0.4, 0.1, 0.2],
        ];
        let lines = lines.map(padded);
        let mixture = padded([0.3, 0.1, 0.1, 0.1, 0.4]);
        for persistence in [0.0, 0.3, 0.9, 1.0] {
            let mut found = [[0.0; WIDTH]; 4];
            Chain::default().posteriors(&lines, &mixture, persistence, |at, kinds| found[at] = kinds);
            for (found, expected) in found.iter().zip(by_all_sequences(&lines, &mixture, persistence)) {
                for (&found, expected) in found.iter().zip(expected) {
                    assert!((f64::from(found) - expected).abs() < 1e-6, "{found} {expected} at {persistence}");
                }
            }
        }
    }

    #[test]
    fn a_line_that_no_kind_explains_is_uniform() {
        let lines = [[0.0; KINDS.len()], [1.0, 0.0, 0.0, 0.0, 0.0], [0.0; KINDS.len()]].map(padded);
        let evenly = padded([0.2; KINDS.len()]);
        let mut chain = Chain::default();
        for persistence in [0.5, 1.0] {
            let mut found = [[0.0; WIDTH]; 3];
            chain.posteriors(&lines, &evenly, persistence, |at, kinds| found[at] = kinds);
            let even = |kinds: &Kinds| kinds.iter().zip(&evenly).all(|(a, b)| (a - b).abs() < 1e-6);
            assert!(even(&found[0]) && even(&found[2]) && found[1][0] > 0.999, "{found:?}");
        }
        chain.posteriors(&lines, &evenly, 1.0, |_, kinds| assert!((sum(&kinds) - 1.0).abs() < 1e-6));
        chain.posteriors(&[], &evenly, 0.5, |_, _| panic!("no line is left"));
    }

    #[test]
    fn long_chains_neither_underflow_nor_overflow() {
        let even = |at: usize| at.is_multiple_of(3);
        let lines: Vec<Kinds> = (0..20_000)
            .map(|at| padded(if even(at) { [1.0, 1e-9, 1e-20, 0.0, 1e-6] } else { [1e-20, 1e-3, 0.0, 1.0, 1e-9] }))
            .collect();
        Chain::default().posteriors(&lines, &padded([0.2; KINDS.len()]), 0.5, |at, kinds| {
            assert!((sum(&kinds) - 1.0).abs() < 1e-5, "{at}: {kinds:?}");
            assert!(kinds[if even(at) { 0 } else { 3 }] > 0.99, "{at}: {kinds:?}");
        });
    }
}
