//! Numbers as a reader sees them.

/// The smallest number, of points or of a share, that two decimals do not show as 0.00.
pub const LEAST_SHOWN: f64 = 0.005;

/// A probability with two decimals, or "over 0.99" or "under 0.01": no verdict is certain.
#[must_use]
pub fn probability(p: f64) -> String {
    match p {
        p if p > 0.99 => "over 0.99".to_owned(),
        p if p < 0.01 => "under 0.01".to_owned(),
        p => format!("{p:.2}"),
    }
}

/// A fraction in whole percent.
pub(crate) fn percent(fraction: f64) -> u32 {
    (fraction.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// Points rounded to two decimals, with 0.00 for -0.00.
#[must_use]
pub fn unsigned_zero(points: f64) -> f64 {
    (points * 100.0).round() / 100.0 + 0.0
}

/// A count with commas: `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1000), number % 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_never_read_as_certain() {
        assert_eq!(
            [1.0, 0.991, 0.99, 0.5, 0.004].map(probability),
            ["over 0.99", "over 0.99", "0.99", "0.50", "under 0.01"]
        );
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
