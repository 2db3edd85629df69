//! Draws from probability distributions.

use crate::random::Random;

/// A draw from the standard normal distribution (Box and Muller 1958).
pub(crate) fn normal(random: &mut Random) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - random.uniform()));
    radius * libm::cos(std::f64::consts::TAU * random.uniform())
}

/// A draw from the gamma distribution with a `shape` of at least one half (Marsaglia and
/// Tsang 2000).
fn gamma(random: &mut Random, shape: f64) -> f64 {
    if shape < 1.0 {
        let lift = libm::pow(1.0 - random.uniform(), 1.0 / shape);
        return gamma(random, shape + 1.0) * lift;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let x = normal(random);
        let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
        if v > 0.0 && libm::log(1.0 - random.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v;
        }
    }
}

/// Shares drawn from their posterior given counts, under Jeffreys' prior: a Dirichlet
/// distribution with one half added to each count.
pub(crate) fn dirichlet<const N: usize>(random: &mut Random, counts: [u64; N]) -> [f64; N] {
    let draws = counts.map(|count| gamma(random, count as f64 + 0.5));
    let total: f64 = draws.iter().sum();
    draws.map(|draw| draw / total)
}

/// Expected number from which a binomial distribution is close to a normal one.
const MANY: f64 = 30.0;

/// A draw of the number of successes among `n` cases with the probability `p`: exact by
/// inversion for small numbers, by the normal approximation for large ones.
fn binomial(random: &mut Random, n: u64, p: f64) -> u64 {
    if p > 0.5 {
        return n - binomial(random, n, 1.0 - p);
    }
    let mean = n as f64 * p;
    if mean >= MANY {
        let draw = mean + libm::sqrt(mean * (1.0 - p)) * normal(random);
        return libm::round(draw).clamp(0.0, n as f64) as u64;
    }
    let mut probability = libm::exp(n as f64 * libm::log1p(-p));
    let (mut left, mut k) = (random.uniform(), 0);
    while left >= probability && k < n {
        left -= probability;
        k += 1;
        probability *= (n - k + 1) as f64 / k as f64 * p / (1.0 - p);
    }
    k
}

/// Distributes `n` cases by `weights`, which are not negative: a draw from a multinomial
/// distribution. All cases are the last one's if no weight is positive.
pub(crate) fn multinomial<const N: usize>(random: &mut Random, n: u64, weights: [f64; N]) -> [u64; N] {
    let mut drawn = [0; N];
    let (mut left, mut rest) = (n, weights.iter().sum::<f64>());
    for (drawn, weight) in drawn.iter_mut().zip(weights).take(N - 1) {
        let p = if rest > 0.0 { (weight / rest).clamp(0.0, 1.0) } else { 0.0 };
        *drawn = binomial(random, left, p);
        left -= *drawn;
        rest -= weight;
    }
    drawn[N - 1] = left;
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_variance(mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let draws: Vec<f64> = (0..20_000).map(|_| draw()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        (mean, draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0)
    }

    /// The mean and the variance of a gamma distribution with scale 1 are its shape.
    #[test]
    fn gamma_draws_have_the_right_mean_and_variance() {
        let mut random = Random(7);
        for shape in [0.5, 1.5, 40.5] {
            let (mean, variance) = mean_and_variance(|| gamma(&mut random, shape));
            assert!((mean / shape - 1.0).abs() < 0.05, "{shape}: mean {mean}");
            assert!((variance / shape - 1.0).abs() < 0.1, "{shape}: variance {variance}");
        }
    }

    /// The mean of a binomial distribution is n p, its variance n p (1 - p).
    #[test]
    fn binomial_draws_have_the_right_mean_and_variance() {
        let mut random = Random(7);
        for (n, p) in [(10, 0.3), (10, 0.9), (4000, 0.001), (50, 0.5), (1_000_000, 0.2)] {
            let (mean, variance) = mean_and_variance(|| binomial(&mut random, n, p) as f64);
            let expected = n as f64 * p;
            assert!((mean / expected - 1.0).abs() < 0.02, "{n} {p}: mean {mean}");
            assert!((variance / expected / (1.0 - p) - 1.0).abs() < 0.05, "{n} {p}: variance {variance}");
        }
        assert_eq!([(0, 0.5), (9, 0.0), (9, 1.0)].map(|(n, p)| binomial(&mut random, n, p)), [0, 0, 9]);
    }

    #[test]
    fn cases_are_distributed_by_weight() {
        let mut random = Random(7);
        let mut sums = [0; 3];
        for _ in 0..1000 {
            let drawn = multinomial(&mut random, 60, [3.0, 2.0, 1.0]);
            assert_eq!(drawn.iter().sum::<u64>(), 60);
            crate::batch::report::stats::add(&mut sums, &drawn);
        }
        for (sum, expected) in sums.into_iter().zip([30_000.0, 20_000.0, 10_000.0]) {
            assert!((sum as f64 / expected - 1.0).abs() < 0.02, "{sums:?}");
        }
        assert_eq!(multinomial(&mut random, 5, [0.0; 3]), [0, 0, 5]);
        assert_eq!(multinomial(&mut random, 5, [0.0, 1.0, 0.0]), [0, 5, 0]);
    }

    /// Expected: the sums of 100 draws of the same algorithm in Python, five of which are drawn again.
    #[test]
    fn gamma_draws_are_those_of_marsaglia_and_tsang() {
        for (shape, expected) in [(0.5, 48.093_336_298), (1.5, 174.373_225_717), (40.5, 4_169.513_991_032)] {
            let mut random = Random(7);
            let found: f64 = (0..100).map(|_| gamma(&mut random, shape)).sum();
            assert!((found - expected).abs() < 1e-6, "{shape}: {found}");
        }
    }
}
