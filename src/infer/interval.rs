//! The 90% interval of the PM share, by bootstrap.

use super::aggregate::{PRIOR_LINES, logistic};
use super::line::ScoredLine;
use crate::model::Role;
use crate::model::calibration::Calibration;
use crate::random::split_mix;

/// Resamples per interval.
const RESAMPLES: usize = 100;

/// Resamples outside either end of the interval: 5% of them.
const TAIL: usize = RESAMPLES / 20;

/// Maximum number of lines to draw from, including the two of the prior. Further lines are merged
/// into these.
const MAX_LINES: usize = 256;

/// A line that adds less than this to both strengths together is left out.
const MIN_STRENGTH: f64 = 0.05;

/// The 90% interval of the share: lines are resampled with replacement (Efron's
/// bootstrap, percentiles), by a generator with a fixed seed.
#[inline(never)]
pub(crate) fn interval(lines: &[ScoredLine], calibration: &Calibration) -> [f64; 2] {
    // The prior of each role is drawn like a line.
    let mut points = [(0.0, 0.0); MAX_LINES];
    points[0] = (PRIOR_LINES, 0.0);
    points[1] = (0.0, PRIOR_LINES);
    let mut count = 2;
    for line in lines {
        let (pm, pmm) = (line.strength(Role::Pm), line.strength(Role::Pmm));
        if pm + pmm < MIN_STRENGTH {
            continue;
        }
        let slot = if count < MAX_LINES { count } else { 2 + count % (MAX_LINES - 2) };
        points[slot].0 += pm;
        points[slot].1 += pmm;
        count += 1;
    }
    let points = &points[..count.min(MAX_LINES)];
    let [low, high] = resampled(points);
    // The calibration is monotone: percentiles may be taken before it.
    let calibrated = |raw: f64| {
        let raw = raw.clamp(1e-3, 1.0 - 1e-3);
        let ratio = libm::log(raw / (1.0 - raw));
        logistic(calibration.share_intercept + calibration.share_slope * ratio)
    };
    // The prior moves the share toward the middle. So the interval is extended to the share
    // without the prior, which is 0 or 1 if one role has no lines.
    let (pm, pmm) = points[2..].iter().fold((0.0, 0.0), |sum, line| (sum.0 + line.0, sum.1 + line.1));
    let own = match (pm > 0.0, pmm > 0.0) {
        (true, true) => calibrated(pm / (pm + pmm)),
        (true, false) => 1.0,
        (false, true) => 0.0,
        (false, false) => 0.5,
    };
    let (low, high) = (calibrated(low), calibrated(high));
    [low.min(own), high.max(own)]
}

/// The 5th and 95th percentile of PM's share of `points`, resampled.
fn resampled(points: &[(f64, f64)]) -> [f64; 2] {
    let mut shares = [0.0; RESAMPLES];
    let mut draws = Draws { state: 0, end: points.len() as u64 };
    for share in &mut shares {
        let (mut pm, mut pmm) = (0.0, 0.0);
        let mut left = points.len();
        while left > 0 {
            for drawn in draws.four().into_iter().take(left) {
                pm += points[drawn].0;
                pmm += points[drawn].1;
            }
            left = left.saturating_sub(4);
        }
        *share = pm / (pm + pmm).max(f64::MIN_POSITIVE);
    }
    let (low, high) = (TAIL, RESAMPLES - 1 - TAIL);
    let (_, &mut low_share, above) = shares.select_nth_unstable_by(low, f64::total_cmp);
    let (_, &mut high_share, _) = above.select_nth_unstable_by(high - low - 1, f64::total_cmp);
    [low_share, high_share]
}

/// Pseudo-random numbers, the same for every posting: 16 bits of [`split_mix`] a draw.
struct Draws {
    state: u64,
    /// Draws are below this; at most 256, so that no number is more than 0.4% likelier than another.
    end: u64,
}

impl Draws {
    fn four(&mut self) -> [usize; 4] {
        let bits = split_mix(&mut self.state);
        // A fraction of the range instead of a remainder (Lemire 2019).
        [0, 16, 32, 48].map(|shift| (((bits >> shift & 0xffff) * self.end) >> 16) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::likelihood::Sums;

    #[test]
    fn draws_are_even() {
        for end in [1, 2, 3, 17, 100, 256] {
            let mut draws = Draws { state: 0, end };
            let mut counts = vec![0u32; end as usize];
            for drawn in (0..25 * end).flat_map(|_| draws.four()) {
                counts[drawn] += 1;
            }
            // The mean is 100, the standard deviation 10.
            assert!(counts.iter().all(|count| (50..150).contains(count)), "{counts:?}");
        }
    }

    /// Lines that are a duty of one role each.
    fn lines(role: Role, count: usize) -> impl Iterator<Item = ScoredLine> {
        let mut line = ScoredLine::new(10, Sums::of(&[], &[]), 1.0);
        line.kinds[role.kind()] = 1.0;
        std::iter::repeat_n(line, count)
    }

    /// Reference: 5th and 95th percentile of 400,000 bootstrap samples in numpy, drawn from the
    /// lines and the two of the prior. 100 samples come within 0.04 of them; the ends of a 50%
    /// interval are further away.
    #[test]
    fn intervals_match_a_large_bootstrap() {
        for (pm, pmm, low, high) in [(20, 20, 0.3704, 0.6296), (30, 10, 0.6303, 0.8545)] {
            let lines: Vec<_> = lines(Role::Pm, pm).chain(lines(Role::Pmm, pmm)).collect();
            let [found_low, found_high] = interval(&lines, &Calibration::default());
            let close = (found_low - low).abs() < 0.04 && (found_high - high).abs() < 0.04;
            assert!(close, "{pm} and {pmm} lines: {found_low} to {found_high}, expected {low} to {high}");
        }
    }

    #[test]
    fn one_sided_intervals_reach_the_end() {
        let of = |role| interval(&lines(role, 8).collect::<Vec<_>>(), &Calibration::default());
        assert!(of(Role::Pm)[1] >= 1.0 && of(Role::Pmm)[0] <= 0.0);
        let [low, high] = interval(&[], &Calibration::default());
        assert!(low <= 0.5 && high >= 0.5);
    }

    /// Reference: the first numbers of `SplitMix64` for a seed of 0 are `e220a8397b1dcdaf` and
    /// `6e789e6aa1b965f4`; each gives four draws, the lowest bits first.
    #[test]
    fn draws_are_those_of_split_mix() {
        let mut draws = Draws { state: 0, end: 1 << 16 };
        assert_eq!(draws.four(), [0xcdaf, 0x7b1d, 0xa839, 0xe220]);
        assert_eq!(draws.four(), [0x65f4, 0xa1b9, 0x9e6a, 0x6e78]);
    }

    /// Of 100 shares in order, the sixth and the sixth from the end.
    #[test]
    fn the_interval_leaves_out_five_shares_at_either_end() {
        // As many points as one call draws.
        let points = [(1.0, 0.0), (0.0, 2.0), (4.0, 0.5), (0.25, 3.0)];
        let mut draws = Draws { state: 0, end: 4 };
        let mut shares: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                let drawn = draws.four().map(|at| points[at]);
                let pm: f64 = drawn.iter().map(|point| point.0).sum();
                pm / (pm + drawn.iter().map(|point| point.1).sum::<f64>())
            })
            .collect();
        shares.sort_by(f64::total_cmp);
        let [low, high] = resampled(&points);
        assert!((low - shares[5]).abs() < 1e-12 && (high - shares[94]).abs() < 1e-12, "{low} {high} {shares:?}");
        assert!(shares[5] > shares[0] && shares[94] < shares[99]);
    }

    /// More than one resample in ten is without the line of PMM and its prior.
    #[test]
    fn resamples_without_a_role_count_as_nearly_certain() {
        let lines: Vec<_> = lines(Role::Pm, 40).chain(lines(Role::Pmm, 1)).collect();
        let [_, high] = interval(&lines, &Calibration::default());
        assert!((high - 0.999).abs() < 1e-9, "{high}");
    }

    /// A posting of twice as many lines as are drawn from: each of the first has another added to
    /// it, of the same role, as the roles alternate. Both weigh half, so that the sums are those of
    /// the first alone at full weight.
    #[test]
    fn lines_beyond_the_limit_are_spread_over_the_others() {
        let full: Vec<_> = (0..MAX_LINES - 2).flat_map(|at| lines([Role::Pm, Role::Pmm][at % 2], 1)).collect();
        let half = full.iter().chain(&full).map(|line| ScoredLine { weight: 0.5, ..*line }).collect::<Vec<_>>();
        let bits = |lines: &[ScoredLine]| interval(lines, &Calibration::default()).map(f64::to_bits);
        assert_eq!(bits(&half), bits(&full));
    }

    #[test]
    fn weak_lines_do_not_move_the_interval() {
        let mut lines: Vec<_> = lines(Role::Pm, 10).chain(lines(Role::Pmm, 5)).collect();
        let bits = |lines: &[ScoredLine]| interval(lines, &Calibration::default()).map(f64::to_bits);
        let without = bits(&lines);
        lines.extend(std::iter::repeat_n(ScoredLine { weight: 0.01, ..lines[0] }, 50));
        assert_eq!(bits(&lines), without);
    }
}
