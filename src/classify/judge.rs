//! Judging segments: log-likelihoods by group, then posteriors of kinds.

use super::scratch::Scratch;
use crate::model::index::ABSENT;
use crate::model::settings::Calibration;
use crate::model::{FILLER, Kind, LANES, Model, OTHER, PM, PMM, Row, SHARED, UNITS};
use crate::text::Section;
use crate::token::emit::emit;
use crate::token::scan::scan;
use crate::token::stem::{Lookup, english};
use crate::token::{ROLE, Token};

/// A segment with its scores.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged {
    /// Sums of weights by group, in units.
    pub sums: [i32; LANES],
    /// Features that the model knows.
    pub known: u32,
    /// Words.
    pub words: u32,
    /// Weight of the segment against others of its length.
    pub weight: f32,
    /// The part of the posting it stands in.
    pub section: Section,
    /// Posterior of each kind, in the order of [`Kind::ALL`].
    pub kinds: [f64; 5],
}

impl Judged {
    /// Log-odds of group `a` against group `b`.
    pub(crate) fn log_odds(&self, a: usize, b: usize) -> f64 {
        f64::from(self.sums[a] - self.sums[b]) / UNITS
    }

    /// The better of the two roles' sums, in units.
    pub(crate) fn best_role(&self) -> i32 {
        self.sums[PM].max(self.sums[PMM])
    }

    /// Words, weighted by the section they stand in.
    pub(crate) fn size(&self) -> f64 {
        f64::from(self.words) * f64::from(self.weight)
    }

    /// The most probable kind.
    pub(crate) fn kind(&self) -> Kind {
        let mut best = Kind::Pm;
        for kind in Kind::ALL {
            if self.kinds[kind.index()] > self.kinds[best.index()] {
                best = kind;
            }
        }
        best
    }
}

/// Reads `text` (already cleaned) into tokens, segments and scores.
pub(crate) fn judge(model: &Model, rows: &[Row], text: &str, scratch: &mut Scratch) {
    let Scratch { tokens, segments, partners, judged, memo, .. } = scratch;
    tokens.clear();
    segments.clear();
    partners.clear();
    judged.clear();
    let stemmer = english();
    let mut lookup = Lookup { table: &model.stems, memo, stemming: model.settings.stemming, stemmer: &stemmer };
    scan(text, &mut lookup, tokens, segments);
    model.mask.apply(text, tokens, segments, |first, last| partners.push((first as u32, last as u32)));
    if model.settings.mask_partners {
        for &(first, last) in partners.iter() {
            for token in &mut tokens[first as usize..last as usize] {
                token.id = ROLE;
            }
        }
    }
    if !model.settings.by_line
        && let (Some(first), Some(last)) = (segments.first().copied(), segments.last().copied())
    {
        segments.clear();
        segments.push(crate::token::Segment { last: last.last, ..first });
    }
    let mut section = Section::Unknown;
    for segment in segments.iter() {
        let own = &tokens[segment.first as usize..segment.last as usize];
        if let Some(opened) = heading(text, own) {
            section = opened;
        }
        let mut scored = score(model, rows, own);
        scored.section = section;
        if section == Section::Requirements {
            scored.weight = model.calibration.requirement_weight as f32;
        }
        judged.push(scored);
    }
    posteriors(model, judged, &mut scratch.likelihoods);
}

/// Longest heading, in words.
const HEADING: usize = 9;

/// The section a segment opens when it is a heading.
fn heading(text: &str, tokens: &[Token]) -> Option<Section> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    if tokens.len() > HEADING {
        return None;
    }
    Section::opened(text, first.start as usize..last.end as usize)
}

/// Sums the weights of a segment's features.
fn score(model: &Model, rows: &[Row], tokens: &[Token]) -> Judged {
    let mut sums = [0i32; LANES];
    let mut known = 0;
    emit(tokens, model.settings.emit, |feature, _, _| {
        let place = model.index.get(feature);
        if place != ABSENT
            && let Some(row) = rows.get(place as usize)
        {
            known += 1;
            for (sum, &weight) in sums.iter_mut().zip(row) {
                *sum += i32::from(weight);
            }
        }
    });
    Judged { sums, known, words: tokens.len() as u32, weight: 1.0, section: Section::Unknown, kinds: [0.0; 5] }
}

/// Rounds of the estimate of a posting's mixture; it has settled by then.
const ROUNDS: usize = 10;

/// Posterior of each segment's kind, with the posting's own mixture of groups as
/// prior: an EM estimate of the proportions under a Dirichlet prior.
fn posteriors(model: &Model, judged: &mut [Judged], likelihoods: &mut Vec<[f64; LANES]>) {
    let groups = model.groups.len().min(LANES);
    let calibration = &model.calibration;
    let families = groups.saturating_sub(OTHER).max(1) as f64;
    let mut base = [0.0; LANES];
    for (lane, prior) in base.iter_mut().enumerate().take(groups) {
        let kind = libm::exp(calibration.kind_bias[lane_kind(lane).index()]);
        *prior = if lane < OTHER { kind } else { kind / families };
    }
    let total: f64 = base.iter().sum();
    for prior in &mut base {
        *prior /= total;
    }
    likelihoods.clear();
    let scale = 1.0 / (UNITS * calibration.temperature);
    for segment in judged.iter() {
        if segment.known == 0 {
            // Nothing known is nothing said.
            let mut row = [0.0; LANES];
            row[FILLER] = 1.0;
            likelihoods.push(row);
            continue;
        }
        let best = segment.sums[..groups].iter().copied().max().unwrap_or(0);
        let mut row = [0.0; LANES];
        for (value, &sum) in row.iter_mut().zip(&segment.sums[..groups]) {
            *value = libm::exp(f64::from(sum - best) * scale);
        }
        announce(&mut row, segment.section, calibration, groups);
        likelihoods.push(row);
    }
    let words: f64 = judged.iter().map(|segment| f64::from(segment.words)).sum();
    let mean_words = (words / judged.len().max(1) as f64).max(1.0);
    let mut mixture = base;
    for _ in 0..ROUNDS {
        let mut mass = [0.0; LANES];
        for (segment, row) in judged.iter().zip(likelihoods.iter()) {
            let total: f64 = row.iter().zip(&mixture).map(|(l, p)| l * p).sum();
            let scale = f64::from(segment.words) / mean_words / total.max(f64::MIN_POSITIVE);
            for ((mass, likelihood), prior) in mass.iter_mut().zip(row).zip(&mixture) {
                *mass += likelihood * prior * scale;
            }
        }
        let total: f64 = mass.iter().sum::<f64>() + calibration.concentration;
        for ((prior, mass), base) in mixture.iter_mut().zip(mass).zip(&base) {
            *prior = (mass + calibration.concentration * base) / total;
        }
    }
    for (segment, row) in judged.iter_mut().zip(likelihoods.iter()) {
        let mut kinds = [0.0; 5];
        for (lane, (likelihood, prior)) in row.iter().zip(&mixture).enumerate().take(groups) {
            kinds[lane_kind(lane).index()] += likelihood * prior;
        }
        normalise(&mut kinds);
        segment.kinds = kinds;
    }
    neighbours(judged, calibration.neighbours);
}

/// Raises what the heading above a segment announces.
fn announce(row: &mut [f64; LANES], section: Section, calibration: &Calibration, groups: usize) {
    let odds = calibration.section_odds;
    match section {
        Section::Benefits | Section::Legal | Section::Company => row[FILLER] *= odds,
        Section::Duties => {
            for lane in (0..groups).filter(|&lane| lane != FILLER) {
                row[lane] *= odds;
            }
        }
        Section::Requirements => {
            row[SHARED] *= odds.sqrt();
            row[FILLER] *= odds.sqrt();
        }
        Section::Unknown => {}
    }
}

/// Draws each segment towards the kinds of the two beside it: duties stand together,
/// and so does boilerplate.
fn neighbours(judged: &mut [Judged], pull: f64) {
    if pull <= 0.0 || judged.len() < 2 {
        return;
    }
    let mut before = judged[0].kinds;
    for at in 0..judged.len() {
        let own = judged[at].kinds;
        let after = judged.get(at + 1).map_or(own, |next| next.kinds);
        let mut kinds = own;
        for (lane, kind) in kinds.iter_mut().enumerate() {
            let beside = f64::midpoint(before[lane], after[lane]);
            *kind *= 1.0 - pull + pull * 5.0 * beside;
        }
        normalise(&mut kinds);
        judged[at].kinds = kinds;
        before = own;
    }
}

fn normalise(kinds: &mut [f64; 5]) {
    let total: f64 = kinds.iter().sum();
    if total > 0.0 {
        for kind in kinds {
            *kind /= total;
        }
    } else {
        *kinds = [0.2; 5];
    }
}

/// The kind a lane stands for.
const fn lane_kind(lane: usize) -> Kind {
    match lane {
        PM => Kind::Pm,
        PMM => Kind::Pmm,
        SHARED => Kind::Shared,
        FILLER => Kind::Filler,
        _ => Kind::Other,
    }
}
