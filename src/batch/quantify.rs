//! Shares of labels in a group: as counted, and corrected for the model's errors.
//!
//! Counting verdicts is biased wherever errors do not cancel out: a model that calls
//! one PMM posting in ten PM finds PM everywhere. With the error rates known from
//! labelled postings the true shares can be estimated: adjusted classify and count
//! (Forman 2008, "Quantifying counts and costs via classification"), for several labels
//! at once by the inverse of the confusion matrix (Hopkins and King 2010). The inverse
//! may leave the range of shares; the estimate here is the likeliest one within it,
//! found by expectation maximisation, and equals the inverse where that lies inside.

/// Labels.
const N: usize = 4;

/// An estimate for each label, with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub share: [f64; N],
    pub low: [f64; N],
    pub high: [f64; N],
}

/// Counted shares with Wilson's score interval (Wilson 1927).
pub(crate) fn counted(counts: &[u64; N]) -> Estimate {
    const Z: f64 = 1.959_963_984_540_054;
    let total: u64 = counts.iter().sum();
    let mut estimate = Estimate { share: [0.0; N], low: [0.0; N], high: [1.0; N] };
    if total == 0 {
        return estimate;
    }
    let n = total as f64;
    for (label, &count) in counts.iter().enumerate() {
        let p = count as f64 / n;
        let centre = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        estimate.share[label] = p;
        estimate.low[label] = (centre - half).clamp(0.0, p);
        estimate.high[label] = (centre + half).clamp(p, 1.0);
    }
    estimate
}

/// Draws behind an interval.
const DRAWS: usize = 200;

/// Corrected shares. The interval is a parametric bootstrap over both what is
/// uncertain: the group's counts, and the error rates, which are known from so many
/// labelled postings only. `confusion[truth][said]` needs a posting of every truth.
pub(crate) fn corrected(counts: &[u64; N], confusion: &[[u64; N]; N]) -> Estimate {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return Estimate { share: [0.0; N], low: [0.0; N], high: [1.0; N] };
    }
    let share = likeliest(&shares(counts), &confusion.map(|row| shares(&row)));
    let mut draws = [const { Vec::new() }; N];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..DRAWS {
        let said = random.multinomial(total, &shares(counts));
        let rates = confusion.map(|row| shares(&random.multinomial(row.iter().sum(), &shares(&row))));
        let estimate = likeliest(&shares(&said), &rates);
        for (draws, share) in draws.iter_mut().zip(estimate) {
            draws.push(share);
        }
    }
    let mut estimate = Estimate { share, low: [0.0; N], high: [0.0; N] };
    for (label, draws) in draws.iter_mut().enumerate() {
        draws.sort_unstable_by(f64::total_cmp);
        estimate.low[label] = draws[DRAWS / 40].min(share[label]);
        estimate.high[label] = draws[DRAWS - 1 - DRAWS / 40].max(share[label]);
    }
    estimate
}

fn shares(counts: &[u64; N]) -> [f64; N] {
    let total: u64 = counts.iter().sum();
    counts.map(|count| count as f64 / total.max(1) as f64)
}

/// Rounds of expectation maximisation at most.
const ROUNDS: usize = 2000;

/// The shares of true labels under which what was `said` is likeliest, when a posting
/// of label `t` is called `s` at the rate `rates[t][s]`.
fn likeliest(said: &[f64; N], rates: &[[f64; N]; N]) -> [f64; N] {
    let mut truth = [1.0 / N as f64; N];
    for _ in 0..ROUNDS {
        let mut next = [0.0; N];
        for (s, &observed) in said.iter().enumerate() {
            let expected: f64 = (0..N).map(|t| truth[t] * rates[t][s]).sum();
            if observed <= 0.0 || expected <= 0.0 {
                continue;
            }
            for (t, next) in next.iter_mut().enumerate() {
                *next += observed * truth[t] * rates[t][s] / expected;
            }
        }
        // What no label explains is left out of account.
        let total: f64 = next.iter().sum();
        if total <= 0.0 {
            return *said;
        }
        let mut moved: f64 = 0.0;
        for (truth, next) in truth.iter_mut().zip(next) {
            moved = moved.max((*truth - next / total).abs());
            *truth = next / total;
        }
        if moved < 1e-7 {
            break;
        }
    }
    truth
}

/// xorshift64* (Vigna 2016), always from the same seed: the same report on every run.
struct Random(u64);

impl Random {
    /// A number from 0 up to 1.
    fn number(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// How many of `n` trials succeed that do so at the rate `p`.
    fn binomial(&mut self, n: u64, p: f64) -> u64 {
        if n <= 400 {
            return (0..n).filter(|_| self.number() < p).count() as u64;
        }
        // The normal approximation; the sum of twelve numbers is near enough to one.
        let normal = (0..12).map(|_| self.number()).sum::<f64>() - 6.0;
        let n = n as f64;
        (n * p + normal * (n * p * (1.0 - p)).max(0.0).sqrt()).round().clamp(0.0, n) as u64
    }

    /// How `n` draws fall among labels of these shares.
    fn multinomial(&mut self, n: u64, shares: &[f64; N]) -> [u64; N] {
        let (mut left, mut rest, mut out) = (n, 1.0, [0; N]);
        for (out, &share) in out.iter_mut().zip(&shares[..N - 1]) {
            if rest <= 0.0 {
                break;
            }
            *out = self.binomial(left, (share / rest).clamp(0.0, 1.0));
            left -= *out;
            rest -= share;
        }
        out[N - 1] = left;
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFUSION: [[u64; 4]; 4] = [[80, 5, 10, 5], [4, 70, 20, 6], [15, 15, 60, 10], [10, 10, 0, 80]];

    #[test]
    fn wilson_as_in_the_textbook() {
        // 15 of 50: 0.1910 to 0.4375.
        let estimate = counted(&[15, 35, 0, 0]);
        assert!((estimate.low[0] - 0.1910).abs() < 1e-4 && (estimate.high[0] - 0.4375).abs() < 1e-4, "{estimate:?}");
        assert_eq!((estimate.share[2], estimate.low[2]), (0.0, 0.0));
        assert!(estimate.high[2] < 0.08);
    }

    #[test]
    fn known_errors_are_undone() {
        let truth = [0.5, 0.3, 0.15, 0.05];
        let rates = CONFUSION.map(|row| shares(&row));
        let said: Vec<u64> =
            (0..4).map(|s| ((0..4).map(|t| truth[t] * rates[t][s]).sum::<f64>() * 1e6).round() as u64).collect();
        let said = [said[0], said[1], said[2], said[3]];
        let estimate = corrected(&said, &CONFUSION);
        let plain = counted(&said);
        for (label, &truth) in truth.iter().enumerate() {
            assert!((estimate.share[label] - truth).abs() < 1e-3, "{estimate:?}");
            assert!(estimate.low[label] < truth && truth < estimate.high[label], "{estimate:?}");
            // Error rates known from 400 postings leave more doubt than a million rows.
            assert!(estimate.high[label] - estimate.low[label] > plain.high[label] - plain.low[label]);
        }
        assert!((plain.share[0] - truth[0]).abs() > 0.05);
    }

    #[test]
    fn estimates_stay_shares() {
        for counts in [[1, 0, 0, 0], [0, 0, 0, 7], [0, 50, 0, 0], [3, 3, 3, 3], [0, 0, 0, 0]] {
            let estimate = corrected(&counts, &CONFUSION);
            for label in 0..4 {
                let [low, share, high] = [estimate.low[label], estimate.share[label], estimate.high[label]];
                assert!((0.0..=1.0).contains(&low) && low <= share && share <= high && high <= 1.0, "{estimate:?}");
            }
            let sum: f64 = estimate.share.iter().sum();
            assert!(counts == [0; 4] || (sum - 1.0).abs() < 1e-9);
            assert_eq!(estimate, corrected(&counts, &CONFUSION));
        }
    }

    #[test]
    fn a_perfect_model_needs_no_correction() {
        let mut confusion = [[0; 4]; 4];
        for (label, row) in confusion.iter_mut().enumerate() {
            row[label] = 1000;
        }
        let estimate = corrected(&[10, 20, 30, 40], &confusion);
        for (share, expected) in estimate.share.iter().zip([0.1, 0.2, 0.3, 0.4]) {
            assert!((share - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn draws_are_spread_as_they_should() {
        let mut random = Random(7);
        for (n, p) in [(100, 0.3), (10_000, 0.3)] {
            let draws: Vec<f64> = (0..2000).map(|_| random.binomial(n, p) as f64).collect();
            let mean = draws.iter().sum::<f64>() / 2000.0;
            let spread = (draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 2000.0).sqrt();
            let expected = (n as f64 * p * (1.0 - p)).sqrt();
            assert!((mean / (n as f64 * p) - 1.0).abs() < 0.02 && (spread / expected - 1.0).abs() < 0.1);
        }
    }
}
