//! The confidence interval of a proportion.

/// 97.5% quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The 95% confidence interval of a proportion `p`, from 0 to 1, of `n` cases: Wilson's score interval
/// (Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927). From 0 to 1
/// if `n` is 0.
pub(crate) fn wilson95(p: f64, n: usize) -> [f64; 2] {
    if n == 0 {
        return [0.0, 1.0];
    }
    let n = n as f64;
    let center = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    [(center - half).clamp(0.0, p), (center + half).clamp(p, 1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: `scipy.stats.binomtest(k, n).proportion_ci(0.95, "wilson")`.
    #[test]
    fn intervals_are_those_of_scipy() {
        for (k, n, low, high) in [
            (15, 50, 0.191_035_535_0, 0.437_503_504_6),
            (0, 50, 0.0, 0.071_347_599_1),
            (50, 50, 0.928_652_400_9, 1.0),
            (1, 3, 0.061_491_944_7, 0.792_340_399_2),
            (500, 10_000, 0.045_898_482_7, 0.054_447_115_8),
        ] {
            let [found_low, found_high] = wilson95(f64::from(k) / f64::from(n), n as usize);
            assert!((found_low - low).abs() < 1e-9 && (found_high - high).abs() < 1e-9, "{k} of {n}");
        }
        let [low, high] = wilson95(0.0, 0);
        assert!(low.abs() < 1e-9 && (high - 1.0).abs() < 1e-9, "no postings");
    }
}
