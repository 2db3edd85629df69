//! The lines of a posting as a chain: duties stand together, and so does boilerplate.
//!
//! A hidden Markov chain (Rabiner, A Tutorial on Hidden Markov Models, 1989) whose
//! hidden states are the kinds. A line is of the kind of the line before it with
//! probability `persistence`, and else of any kind, as often as the posting's mixture
//! says. With transitions of that one form both passes are sums over the kinds, not
//! over pairs of them.

/// Something by kind, in the order of [`crate::model::Kind::ALL`].
pub(super) type Kinds = [f64; 5];

/// Room for the passes.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    /// Likelihood of each kind, by line.
    likelihoods: Vec<Kinds>,
    /// What the lines up to this one say of its kind, by line.
    forward: Vec<Kinds>,
}

impl Chain {
    /// Sets out with nothing.
    pub(super) fn clear(&mut self) {
        self.likelihoods.clear();
    }

    /// Adds a line that the kinds explain so well, by any common factor.
    pub(super) fn push(&mut self, likelihoods: Kinds) {
        self.likelihoods.push(likelihoods);
    }

    /// Calls `line` with the number of each line, the last first, and the posterior of
    /// its kinds given all lines. `mixture` holds the probability of each kind.
    #[inline(never)]
    pub(super) fn posteriors(&mut self, mixture: &Kinds, persistence: f64, mut line: impl FnMut(usize, Kinds)) {
        let fresh = mixture.map(|kind| (1.0 - persistence) * kind);
        self.forward.clear();
        // Both passes are scaled from line to line, so that numbers stay near 1.
        let mut reached = *mixture;
        for likelihoods in &self.likelihoods {
            let kinds: Kinds = std::array::from_fn(|kind| reached[kind] * likelihoods[kind]);
            self.forward.push(kinds);
            let stays = persistence * inverse(&kinds);
            reached = std::array::from_fn(|kind| stays * kinds[kind] + fresh[kind]);
        }
        // Beyond the last line every kind is as good as the others.
        let mut behind = [1.0; 5];
        for (at, (forward, likelihoods)) in self.forward.iter().zip(&self.likelihoods).enumerate().rev() {
            let mut kinds: Kinds = std::array::from_fn(|kind| forward[kind] * behind[kind]);
            normalise(&mut kinds);
            line(at, kinds);
            let explained: Kinds = std::array::from_fn(|kind| likelihoods[kind] * behind[kind]);
            let any: f64 = explained.iter().zip(&fresh).map(|(explained, fresh)| explained * fresh).sum();
            let scale = inverse(&explained);
            let (stays, any) = (persistence * scale, any * scale);
            behind = std::array::from_fn(|kind| stays * explained[kind] + any);
        }
    }
}

/// 1 over the sum; 0 where that is no number to divide by.
fn inverse(kinds: &Kinds) -> f64 {
    let total: f64 = kinds.iter().sum();
    if total > f64::MIN_POSITIVE { 1.0 / total } else { 0.0 }
}

/// Makes the sum 1; where it is 0, nothing is known.
pub(super) fn normalise(kinds: &mut Kinds) {
    let inverse = inverse(kinds);
    if inverse > 0.0 {
        for kind in kinds {
            *kind *= inverse;
        }
    } else {
        *kinds = [0.2; 5];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Posteriors by the sum over every sequence of kinds.
    fn by_all_sequences(likelihoods: &[Kinds], mixture: &Kinds, persistence: f64) -> Vec<Kinds> {
        let lines = likelihoods.len();
        let mut found = vec![[0.0; 5]; lines];
        for number in 0..5usize.pow(lines as u32) {
            let sequence: Vec<usize> = (0..lines).map(|at| number / 5usize.pow(at as u32) % 5).collect();
            let mut probability = mixture[sequence[0]] * likelihoods[0][sequence[0]];
            for at in 1..lines {
                let (before, own) = (sequence[at - 1], sequence[at]);
                let stays = if before == own { persistence } else { 0.0 };
                probability *= (stays + (1.0 - persistence) * mixture[own]) * likelihoods[at][own];
            }
            for (at, &kind) in sequence.iter().enumerate() {
                found[at][kind] += probability;
            }
        }
        found.iter_mut().for_each(normalise);
        found
    }

    #[test]
    fn as_the_sum_over_all_sequences() {
        let lines = [
            [0.9, 0.2, 0.1, 0.0, 0.3],
            [1.0, 1.0, 0.0, 0.2, 0.1],
            [0.0, 0.1, 0.0, 0.9, 1.0],
            [0.3, 0.3, 0.4, 0.1, 0.2],
        ];
        let mixture = [0.3, 0.1, 0.1, 0.1, 0.4];
        for persistence in [0.0, 0.3, 0.9, 1.0] {
            let mut chain = Chain::default();
            for likelihoods in lines {
                chain.push(likelihoods);
            }
            let mut found = [[0.0; 5]; 4];
            chain.posteriors(&mixture, persistence, |at, kinds| found[at] = kinds);
            for (found, expected) in found.iter().zip(by_all_sequences(&lines, &mixture, persistence)) {
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-12, "{found} {expected} at {persistence}");
                }
            }
        }
    }

    #[test]
    fn what_nothing_explains_is_no_number_out_of_range() {
        let mut chain = Chain::default();
        chain.push([0.0; 5]);
        chain.push([1.0, 0.0, 0.0, 0.0, 0.0]);
        chain.posteriors(&[0.2; 5], 1.0, |_, kinds| assert!((kinds.iter().sum::<f64>() - 1.0).abs() < 1e-12));
        chain.clear();
        chain.posteriors(&[0.2; 5], 0.5, |_, _| panic!("no line is left"));
    }
}
