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

/// Corrected shares. The interval takes in both that is uncertain: the group's shares,
/// and the error rates, which are known from so many labelled postings only. Each is
/// drawn from its posterior under Jeffreys' prior (a Dirichlet of one half), so that a
/// group of four postings of one label is not taken for a sure thing.
/// `confusion[truth][said]` needs a posting of every truth.
pub(crate) fn corrected(counts: &[u64; N], confusion: &[[u64; N]; N]) -> Estimate {
    if counts.iter().sum::<u64>() == 0 {
        return Estimate { share: [0.0; N], low: [0.0; N], high: [1.0; N] };
    }
    let share = likeliest(&shares(counts), &confusion.map(|row| shares(&row)));
    let mut draws = [const { Vec::new() }; N];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..DRAWS {
        let said = random.dirichlet(counts);
        let rates = confusion.map(|row| random.dirichlet(&row));
        for (draws, share) in draws.iter_mut().zip(likeliest(&said, &rates)) {
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

    /// A number from the standard normal distribution (Box and Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.number()));
        radius * libm::cos(std::f64::consts::TAU * self.number())
    }

    /// A number from the gamma distribution of a `shape` of at least one half
    /// (Marsaglia and Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let lift = libm::pow(1.0 - self.number(), 1.0 / shape);
            return self.gamma(shape + 1.0) * lift;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
            if v > 0.0 && libm::log(1.0 - self.number()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// Shares from their posterior, given counts, under Jeffreys' prior.
    fn dirichlet(&mut self, counts: &[u64; N]) -> [f64; N] {
        let draws = counts.map(|count| self.gamma(count as f64 + 0.5));
        let total: f64 = draws.iter().sum();
        draws.map(|draw| draw / total)
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
    fn few_postings_leave_much_doubt() {
        let estimate = corrected(&[4, 0, 0, 0], &CONFUSION);
        assert!(estimate.share[0] > 0.99 && estimate.low[0] < 0.7, "{estimate:?}");
        assert!(estimate.high[1] > 0.05, "{estimate:?}");
        let many = corrected(&[4000, 0, 0, 0], &CONFUSION);
        assert!(many.low[0] > estimate.low[0], "{many:?}");
    }

    #[test]
    fn draws_are_spread_as_they_should() {
        let mut random = Random(7);
        for shape in [0.5, 1.5, 40.5] {
            let draws: Vec<f64> = (0..20_000).map(|_| random.gamma(shape)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
            assert!((mean / shape - 1.0).abs() < 0.05, "{shape}: mean {mean}");
            assert!((variance / shape - 1.0).abs() < 0.1, "{shape}: variance {variance}");
        }
    }
}
