//! From judged segments to strengths, share, probabilities and a label.

use fearless_simd::{Level, dispatch};

use super::lookup_tables::Curve;
use super::pipeline::ScoredLine;
use crate::model::hyperparameters::Calibration;
use crate::model::{ByLabel, Group, Kind, LANES, OTHER, PM, PMM, Role, SHARED, UNITS};

/// Strengths are in lines of this many words, so that a duty of usual length that
/// is wholly one role's counts about 1.
const LINE_WORDS: f64 = 10.0;

/// What each side has before a word is read, in lines: keeps the share of a posting
/// with few duties away from 0 and 1.
const PRIOR_LINES: f64 = 0.5;

/// Share from which a posting is PM, and 1 less it, to which it is PMM: the rule by
/// which readers label.
const ONE_ROLE: f64 = 0.7;

/// The family of leading and hiring people: other lines, but no job by itself that a
/// posting could be nearest to.
pub(crate) const LEADERSHIP: &str = "leadership";

/// The family of sentences that stand in no posting.
pub(crate) const PROSE: &str = "prose";

/// No other job yet.
const NOWHERE: usize = usize::MAX;

/// Resamples behind an interval.
const RESAMPLES: usize = 100;

/// The scores of a posting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scores {
    /// Strength of PM.
    pub pm: f64,
    /// Strength of PMM.
    pub pmm: f64,
    /// Strength of the nearest other job.
    pub other: f64,
    /// The lane of the nearest other job, or of text that is no posting.
    pub nearest: usize,
    /// The lane of the nearest other job.
    pub job: usize,
    /// Log-odds of a product role against the nearest other job, by length.
    pub product: f64,
}

/// Damped value of a lead of so many units: it saturates at 1.
fn saturated(units: u32, calibration: &Calibration, lead: &mut Curve) -> f64 {
    lead.at(units, |units| libm::tanh(f64::from(units) / UNITS / calibration.saturation))
}

/// How much of a segment's log-odds counts for its role: gate times damping. Points
/// of a phrase are this times its own log-odds.
pub(crate) fn damping(segment: &ScoredLine, calibration: &Calibration, curve: &mut Curve) -> f64 {
    let units = segment.sums[PM].abs_diff(segment.sums[PMM]);
    if units == 0 {
        return 0.0;
    }
    let gate = segment.kinds[Kind::Pm] + segment.kinds[Kind::Pmm];
    let lead = f64::from(units) / UNITS;
    gate * segment.size() / LINE_WORDS * saturated(units, calibration, curve) / lead
}

/// The role a segment leans to.
pub(crate) fn leaning(segment: &ScoredLine) -> Option<Role> {
    match segment.sums[PM].cmp(&segment.sums[PMM]) {
        std::cmp::Ordering::Greater => Some(Role::Pm),
        std::cmp::Ordering::Less => Some(Role::Pmm),
        std::cmp::Ordering::Equal => None,
    }
}

/// Sums the segments up. `lead` is the curve they were judged with.
#[inline(never)]
pub(crate) fn scores(judged: &[ScoredLine], groups: &[Group], calibration: &Calibration, lead: &mut Curve) -> Scores {
    let mut sums = Scores { pm: 0.0, pmm: 0.0, other: 0.0, nearest: NOWHERE, job: NOWHERE, product: 0.0 };
    let leadership = (OTHER..groups.len()).find(|&lane| groups[lane].name == LEADERSHIP);
    for segment in judged {
        let points = segment.damping * segment.log_odds(PM, PMM).abs();
        match leaning(segment) {
            Some(Role::Pm) => sums.pm += points,
            Some(Role::Pmm) => sums.pmm += points,
            None => {}
        }
    }
    let (against, known) = dispatch!(Level::new(), _ => against(judged, leadership));
    for lane in (OTHER..groups.len()).filter(|&lane| Some(lane) != leadership) {
        let nearer = |than: usize| than == NOWHERE || against[lane] < against[than];
        if nearer(sums.nearest) {
            sums.nearest = lane;
        }
        if groups[lane].name != PROSE && nearer(sums.job) {
            sums.job = lane;
        }
    }
    if sums.nearest == NOWHERE {
        return sums;
    }
    sums.product = against[sums.nearest] / libm::pow(known, calibration.length_exponent);
    for segment in judged {
        let units = segment.sums[sums.nearest] - segment.best_role();
        if units > 0 {
            let gate = segment.kinds[Kind::Other];
            sums.other += gate * segment.size() / LINE_WORDS * saturated(units.unsigned_abs(), calibration, lead);
        }
    }
    sums
}

/// Units against each lane's being the posting's job, by gate, and the features that speak
/// of it, 1 at least. Lanes of no job have some number, too.
#[inline(always)]
fn against(judged: &[ScoredLine], leadership: Option<usize>) -> ([f64; LANES], f64) {
    let (mut against, mut known) = ([0.0; LANES], 1.0);
    for segment in judged {
        let gate = 1.0 - segment.kinds[Kind::Filler] - segment.kinds[Kind::Shared];
        let gate = gate.max(0.0) * f64::from(segment.weight);
        // What both roles have, other jobs have too, and people are led in all of them:
        // a line that reads like that first of all says nothing of which job it is.
        let shared = leadership.map_or(segment.sums[SHARED], |lane| segment.sums[SHARED].max(segment.sums[lane]));
        let best = segment.best_role().max(shared);
        // All lanes, so that the compiler can take several at once; those of no job are not
        // asked for.
        let a_unit = gate / UNITS;
        for (sum, lane) in against.iter_mut().zip(&segment.sums) {
            *sum += a_unit * f64::from(best - shared.max(*lane));
        }
        known += gate * f64::from(segment.known);
    }
    (against, known)
}

/// PM's part of the role-specific duties.
pub(crate) fn share(pm: f64, pmm: f64, calibration: &Calibration) -> f64 {
    logistic(share_logit(pm, pmm, calibration))
}

fn share_logit(pm: f64, pmm: f64, calibration: &Calibration) -> f64 {
    let ratio = libm::log((pm + PRIOR_LINES) / (pmm + PRIOR_LINES));
    calibration.share_intercept + calibration.share_slope * ratio
}

/// Duty lines of the two roles together below which a posting is ever less likely to
/// be either's, and how fast.
const WEAK: (f64, f64) = (1.5, 2.0);

/// What a posting with few duties of either role loses in log-odds of being one:
/// neither strong is unclear, whatever the words say about other jobs. 0 or less.
pub(crate) fn weakness(strength: f64) -> f64 {
    let (few, slope) = WEAK;
    slope * libm::log((strength / few).clamp(1e-3, 1.0))
}

/// Probability of each label.
pub(crate) fn probabilities(scores: &Scores, calibration: &Calibration) -> ByLabel<f64> {
    let product = logistic(
        calibration.product_intercept + calibration.product_slope * scores.product + weakness(scores.pm + scores.pmm),
    );
    let logit = share_logit(scores.pm, scores.pmm, calibration);
    let edge = libm::log(ONE_ROLE / (1.0 - ONE_ROLE));
    let pm = logistic((logit - edge) / calibration.share_spread);
    let pmm = logistic((-edge - logit) / calibration.share_spread);
    let hybrid = (1.0 - pm - pmm).max(0.0) * libm::exp(calibration.hybrid_odds);
    let each = product / (pm + pmm + hybrid);
    [each * pm, each * pmm, each * hybrid, 1.0 - product].into()
}

/// The 90% interval of the share: lines are drawn anew with replacement (Efron's
/// bootstrap, percentiles), by a generator of fixed seed.
#[inline(never)]
pub(crate) fn interval(judged: &[ScoredLine], calibration: &Calibration) -> [f64; 2] {
    // What each side has to begin with is drawn like a line.
    let mut lines = [(0.0, 0.0); 256];
    lines[0] = (PRIOR_LINES, 0.0);
    lines[1] = (0.0, PRIOR_LINES);
    let mut count = 2;
    for segment in judged {
        let points = segment.damping * segment.log_odds(PM, PMM).abs();
        if points < 0.05 {
            continue;
        }
        // A posting with more lines than that has them folded together.
        let slot = if count < lines.len() { count } else { 2 + count % (lines.len() - 2) };
        match leaning(segment) {
            Some(Role::Pm) => lines[slot].0 += points,
            Some(Role::Pmm) => lines[slot].1 += points,
            None => continue,
        }
        count += 1;
    }
    let lines = &lines[..count.min(256)];
    let mut shares = [0.0; RESAMPLES];
    let mut draws = Draws { state: 0, end: lines.len() as u64 };
    for share_slot in &mut shares {
        let (mut pm, mut pmm) = (0.0, 0.0);
        let mut left = lines.len();
        while left > 0 {
            for drawn in draws.four().into_iter().take(left) {
                let (own, others) = lines[drawn];
                pm += own;
                pmm += others;
            }
            left = left.saturating_sub(4);
        }
        *share_slot = pm / (pm + pmm).max(f64::MIN_POSITIVE);
    }
    let (low, high) = (RESAMPLES / 20, RESAMPLES - 1 - RESAMPLES / 20);
    let (_, &mut low_share, above) = shares.select_nth_unstable_by(low, f64::total_cmp);
    let (_, &mut high_share, _) = above.select_nth_unstable_by(high - low - 1, f64::total_cmp);
    // The calibration is monotone: percentiles may be taken before it.
    let calibrated = |raw: f64| {
        let raw = raw.clamp(1e-3, 1.0 - 1e-3);
        let ratio = libm::log(raw / (1.0 - raw));
        logistic(calibration.share_intercept + calibration.share_slope * ratio)
    };
    // What each side began with is a caution, not a finding: the interval reaches to
    // what the posting's own lines say, and to the end where one side has none.
    let (pm, pmm) = lines[2..].iter().fold((0.0, 0.0), |sum, line| (sum.0 + line.0, sum.1 + line.1));
    let own = match (pm > 0.0, pmm > 0.0) {
        (true, true) => calibrated(pm / (pm + pmm)),
        (true, false) => 1.0,
        (false, true) => 0.0,
        (false, false) => 0.5,
    };
    let (low, high) = (calibrated(low_share), calibrated(high_share));
    [low.min(own), high.max(own)]
}

/// Numbers that look like chance, the same for every posting: `SplitMix64` (Steele, Lea
/// and Flood 2014), 16 bits a draw.
struct Draws {
    state: u64,
    /// Draws are below this; at most 256, so that none is favoured by more than 0.4%.
    end: u64,
}

impl Draws {
    fn four(&mut self) -> [usize; 4] {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        // A fraction of the range instead of a remainder (Lemire 2019).
        [0, 16, 32, 48].map(|shift| (((bits >> shift & 0xffff) * self.end) >> 16) as usize)
    }
}

pub(crate) fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ByKind;

    #[test]
    fn instructions_of_the_machine_change_no_digit() {
        let kinds = ByKind::from([0.125, 0.3, 0.05, 0.225, 0.3]);
        let line = |n: i32| {
            let sums = std::array::from_fn(|lane| (n * 37 + lane as i32 * 91) % 257 - 128);
            ScoredLine {
                sums,
                known: 9,
                words: 12,
                weight: 0.5,
                kinds: kinds.map(|kind| kind / f64::from(n)),
                damping: 0.0,
            }
        };
        let judged: Vec<ScoredLine> = (1..300).map(line).collect();
        for leadership in [None, Some(7)] {
            let bits = |(against, known): ([f64; LANES], f64)| (against.map(f64::to_bits), known.to_bits());
            let wide = dispatch!(Level::new(), _ => against(&judged, leadership));
            assert_eq!(bits(against(&judged, leadership)), bits(wide));
        }
    }

    #[test]
    fn draws_are_even() {
        for end in [1, 2, 3, 17, 100, 256] {
            let mut draws = Draws { state: 0, end };
            let mut counts = vec![0u32; end as usize];
            for drawn in (0..25 * end).flat_map(|_| draws.four()) {
                counts[drawn] += 1;
            }
            // A hundred each on average, with a deviation of ten.
            assert!(counts.iter().all(|count| (50..150).contains(count)), "{counts:?}");
        }
    }
}
