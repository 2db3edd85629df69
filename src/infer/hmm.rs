//! A hidden Markov model over the lines of a posting (Rabiner, A Tutorial on Hidden Markov
//! Models, 1989): duties come in runs, and so does boilerplate.
//!
//! The hidden states are the kinds. A line has the kind of the line before it with
//! probability `persistence`; else its kind is drawn from the posting's mixture. With
//! transitions of this form both passes are sums over the kinds, not over pairs of them.

use crate::model::ByKind;

/// A number by kind, padded with 0 to the eight that are multiplied at once.
type Kinds = [f32; 8];

#[inline(always)]
fn padded(kinds: &ByKind<f32>) -> Kinds {
    let [a, b, c, d, e] = *kinds.values();
    [a, b, c, d, e, 0.0, 0.0, 0.0]
}

#[inline(always)]
fn unpadded([a, b, c, d, e, ..]: Kinds) -> ByKind<f32> {
    [a, b, c, d, e].into()
}

/// Buffers of the forward-backward algorithm.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    /// Likelihood of each kind, by line.
    likelihoods: Vec<Kinds>,
    /// Joint likelihood of each kind and the lines up to this one, scaled, by line.
    forward: Vec<Kinds>,
    /// Likelihood of the lines after this one by its kind, scaled, the last line first.
    backward: Vec<Kinds>,
}

impl Chain {
    /// Clears the chain.
    pub(super) fn clear(&mut self) {
        self.likelihoods.clear();
    }

    /// Adds a line by its likelihoods, up to a common factor.
    pub(super) fn push(&mut self, likelihoods: ByKind<f32>) {
        self.likelihoods.push(padded(&likelihoods));
    }

    /// Calls `line` with the index of each line and the posterior of its kind given all
    /// lines. `mixture` holds the probability of each kind.
    #[inline(always)]
    pub(super) fn posteriors(
        &mut self,
        mixture: &ByKind<f32>,
        persistence: f32,
        mut line: impl FnMut(usize, ByKind<f32>),
    ) {
        let mixture = padded(mixture);
        let Self { likelihoods, forward, backward } = self;
        let fresh = mixture.map(|kind| (1.0 - persistence) * kind);
        forward.clear();
        backward.clear();
        // Both passes are scaled at every line, so that numbers stay near 1. They do not
        // depend on each other: one loop runs them from both ends.
        let mut reached = mixture;
        // After the last line no kind is more likely than another.
        let mut left = [1.0; 8];
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
                mixture
            };
            left = if back > 0.0 {
                std::array::from_fn(|kind| back * (persistence * explained[kind] + any))
            } else {
                [1.0; 8]
            };
        }
        for (at, (forward, backward)) in forward.iter().zip(backward.iter().rev()).enumerate() {
            let kinds = times(forward, backward);
            let scale = inverse(&kinds);
            line(at, unpadded(if scale > 0.0 { kinds.map(|kind| kind * scale) } else { UNKNOWN }));
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
    use crate::model::Kind;

    /// Posteriors by the sum over every sequence of kinds.
    fn by_all_sequences(likelihoods: &[ByKind<f32>], mixture: &ByKind<f32>, persistence: f32) -> Vec<[f64; 5]> {
        let lines = likelihoods.len();
        let mut found = vec![[0.0; 5]; lines];
        for number in 0..5usize.pow(lines as u32) {
            let sequence: Vec<usize> = (0..lines).map(|at| number / 5usize.pow(at as u32) % 5).collect();
            let mut probability = f64::from(mixture.values()[sequence[0]] * likelihoods[0].values()[sequence[0]]);
            for at in 1..lines {
                let (before, own) = (sequence[at - 1], sequence[at]);
                let stays = if before == own { persistence } else { 0.0 };
                probability *=
                    f64::from((stays + (1.0 - persistence) * mixture.values()[own]) * likelihoods[at].values()[own]);
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
        let lines = lines.map(ByKind::from);
        let mixture = ByKind::from([0.3, 0.1, 0.1, 0.1, 0.4]);
        for persistence in [0.0, 0.3, 0.9, 1.0] {
            let mut chain = Chain::default();
            for likelihoods in lines {
                chain.push(likelihoods);
            }
            let mut found = [ByKind::splat(0.0); 4];
            chain.posteriors(&mixture, persistence, |at, kinds| found[at] = kinds);
            for (found, expected) in found.iter().zip(by_all_sequences(&lines, &mixture, persistence)) {
                for (&found, expected) in found.values().iter().zip(expected) {
                    assert!((f64::from(found) - expected).abs() < 1e-6, "{found} {expected} at {persistence}");
                }
            }
        }
    }

    #[test]
    fn a_line_that_no_kind_explains_is_uniform() {
        let mut chain = Chain::default();
        chain.push(ByKind::splat(0.0));
        chain.push(ByKind::from([1.0, 0.0, 0.0, 0.0, 0.0]));
        chain.push(ByKind::splat(0.0));
        let evenly = ByKind::from([0.2; 5]);
        for persistence in [0.5, 1.0] {
            let mut found = [ByKind::splat(0.0); 3];
            chain.posteriors(&evenly, persistence, |at, kinds| found[at] = kinds);
            assert!(found[0] == evenly && found[2] == evenly && found[1][Kind::Pm] > 0.999, "{found:?}");
        }
        chain.posteriors(&evenly, 1.0, |_, kinds| assert!((sum(&padded(&kinds)) - 1.0).abs() < 1e-6));
        chain.clear();
        chain.posteriors(&evenly, 0.5, |_, _| panic!("no line is left"));
    }

    #[test]
    fn long_chains_neither_underflow_nor_overflow() {
        let mut chain = Chain::default();
        for at in 0..20_000 {
            chain.push(if at % 3 == 0 { [1.0, 1e-9, 1e-20, 0.0, 1e-6] } else { [1e-20, 1e-3, 0.0, 1.0, 1e-9] }.into());
        }
        chain.posteriors(&ByKind::from([0.2; 5]), 0.5, |at, kinds| {
            assert!((sum(&padded(&kinds)) - 1.0).abs() < 1e-5, "{at}: {kinds:?}");
            assert!(kinds[if at % 3 == 0 { Kind::Pm } else { Kind::Other }] > 0.99, "{at}: {kinds:?}");
        });
    }
}
