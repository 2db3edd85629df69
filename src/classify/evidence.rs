//! Evidence: the phrases that carry a posting's points, tied to duties.
//!
//! Points are additive: every feature's log-odds belongs to the tokens it is made
//! of, a phrase has the points of the features wholly inside it, and what is in no
//! listed phrase is other wording. The three add up to the strength.

use super::decide::{damping, leaning};
use super::judge::Judged;
use super::scratch::Scratch;
use crate::model::index::ABSENT;
use crate::model::{Kind, Lens, Model, PM, PMM, Role, Row, UNITS};
use crate::token::emit::emit;
use crate::token::{ROLE, Segment, Token};

/// A phrase found in a segment, in tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Phrase {
    /// The role it speaks for.
    pub role: Role,
    /// Index of its segment.
    pub segment: usize,
    /// First token.
    pub first: usize,
    /// Last token, inclusive.
    pub last: usize,
    /// Its points.
    pub points: f64,
    /// Index of its duty.
    pub duty: Option<u8>,
}

/// Longest phrase, in words.
const MAX_WORDS: usize = 12;
/// Shortest phrase, in words, unless its clause is shorter.
const MIN_WORDS: usize = 2;
/// Fewer points say too little to be shown.
const MIN_POINTS: f64 = 0.02;
/// Words a phrase may be widened by on each side to end where its clause ends.
const WIDEN: usize = 3;

/// A feature of a segment: its tokens and its log-odds for PM against PMM, in units.
#[derive(Debug, Clone, Copy)]
struct Part {
    first: usize,
    last: usize,
    units: i32,
    place: u32,
}

/// Finds the phrases of every segment, strongest first; at most `most` a role.
/// `edge` tells words that a phrase neither begins nor ends with.
pub(crate) fn phrases(
    (model, rows, lens): (&Model, &[Row], Lens),
    scratch: &Scratch,
    edge: &dyn Fn(&Token) -> bool,
    most: usize,
) -> Vec<Phrase> {
    let Scratch { tokens, segments, judged, .. } = scratch;
    let mut found = Vec::new();
    let mut parts = Vec::new();
    for (index, (segment, scored)) in segments.iter().zip(judged).enumerate() {
        let (Some(role), damping) = (leaning(scored), damping(scored, &model.calibration)) else { continue };
        if damping * scored.log_odds(PM, PMM).abs() < MIN_POINTS || scored.kind() == Kind::Filler {
            continue;
        }
        let (from, to) = (segment.first as usize, segment.last as usize);
        let own = &tokens[from..to];
        collect(model, rows, own, &mut parts);
        let sign = if role == Role::Pm { 1.0 } else { -1.0 };
        for (first, last) in windows(own, &parts, sign, edge) {
            let units: i32 = inside(&parts, first, last).map(|part| part.units).sum();
            let points = damping * sign * f64::from(units) / UNITS;
            if points < MIN_POINTS {
                continue;
            }
            let duty =
                duty(model, lens, role, inside(&parts, first, last)).or_else(|| duty(model, lens, role, parts.iter()));
            found.push(Phrase { role, segment: index, first: from + first, last: from + last, points, duty });
        }
    }
    found.sort_by(|a, b| b.points.total_cmp(&a.points).then(a.first.cmp(&b.first)));
    let mut left = [most; 2];
    found.retain(|phrase| {
        let left = &mut left[usize::from(phrase.role == Role::Pmm)];
        let keep = *left > 0;
        *left = left.saturating_sub(1);
        keep
    });
    found
}

/// Points of a segment that are not inside any of `listed`: summed over features, so
/// that they are a second count and not a difference.
pub(crate) fn other_wording(
    model: &Model,
    rows: &[Row],
    tokens: &[Token],
    segment: &Segment,
    scored: &Judged,
    listed: &[(usize, usize)],
) -> f64 {
    let Some(role) = leaning(scored) else { return 0.0 };
    let sign = if role == Role::Pm { 1 } else { -1 };
    let (from, to) = (segment.first as usize, segment.last as usize);
    let mut units = 0;
    emit(&tokens[from..to], model.settings.emit, |feature, first, last| {
        let within = listed.iter().any(|&(a, b)| a <= from + first && from + last <= b);
        let place = model.index.get(feature);
        if !within
            && place != ABSENT
            && let Some(row) = rows.get(place as usize)
        {
            units += sign * (i32::from(row[PM]) - i32::from(row[PMM]));
        }
    });
    damping(scored, &model.calibration) * f64::from(units) / UNITS
}

fn collect(model: &Model, rows: &[Row], tokens: &[Token], parts: &mut Vec<Part>) {
    parts.clear();
    emit(tokens, model.settings.emit, |feature, first, last| {
        let place = model.index.get(feature);
        if place != ABSENT
            && let Some(row) = rows.get(place as usize)
        {
            parts.push(Part { first, last, units: i32::from(row[PM]) - i32::from(row[PMM]), place });
        }
    });
}

fn inside(parts: &[Part], first: usize, last: usize) -> impl Iterator<Item = &Part> {
    parts.iter().filter(move |part| first <= part.first && part.last <= last)
}

/// The best phrase of a segment and, where it is long, the best of what is left.
fn windows(tokens: &[Token], parts: &[Part], sign: f64, edge: &dyn Fn(&Token) -> bool) -> Vec<(usize, usize)> {
    let mut values = vec![0.0f64; tokens.len()];
    for part in parts {
        let share = sign * f64::from(part.units) / (part.last - part.first + 1) as f64;
        for value in &mut values[part.first..=part.last] {
            *value += share;
        }
    }
    let Some(best) = window(tokens, &values, edge, 0, tokens.len()) else { return Vec::new() };
    let mut found = vec![best];
    let sides = [(0, best.0), (best.1 + 1, tokens.len())];
    let second = sides
        .into_iter()
        .filter(|(from, to)| to - from >= 4)
        .filter_map(|(from, to)| window(tokens, &values, edge, from, to))
        .max_by(|a, b| total(&values, *a).total_cmp(&total(&values, *b)));
    if let Some(second) = second
        && total(&values, second) >= 0.5 * total(&values, best)
    {
        found.push(second);
    }
    found
}

fn total(values: &[f64], (first, last): (usize, usize)) -> f64 {
    values[first..=last].iter().sum()
}

/// The stretch of `from..to` with the most points: no role name inside, no function
/// word at its edges, widened to its clause where that is near.
fn window(
    tokens: &[Token],
    values: &[f64],
    edge: &dyn Fn(&Token) -> bool,
    from: usize,
    to: usize,
) -> Option<(usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    for first in from..to {
        if edge(&tokens[first]) || tokens[first].id == ROLE {
            continue;
        }
        let mut sum = 0.0;
        for last in first..to.min(first + MAX_WORDS) {
            if tokens[last].id == ROLE || last > first + 1 && tokens[last].clause && sentence_break(tokens, last) {
                break;
            }
            sum += values[last];
            if edge(&tokens[last]) || last + 1 - first < MIN_WORDS && to - from >= MIN_WORDS {
                continue;
            }
            if best.is_none_or(|(most, _, _)| sum > most) {
                best = Some((sum, first, last));
            }
        }
    }
    let (sum, mut first, mut last) = best?;
    if sum <= 0.0 {
        return None;
    }
    // To the ends of the clause, if they are near and cost little.
    let starts = (from.max(first.saturating_sub(WIDEN))..first).rev().take_while(|&at| tokens[at].id != ROLE);
    if !tokens[first].clause && first > from {
        let reach: Vec<usize> = starts.collect();
        if let Some(&at) = reach.iter().find(|&&at| tokens[at].clause || at == from)
            && last - at < MAX_WORDS + WIDEN
        {
            first = (at..=first).find(|&at| !edge(&tokens[at])).unwrap_or(first);
        }
    }
    let end = (last + 1..to.min(last + 1 + WIDEN)).find(|&at| tokens[at].clause || tokens[at].id == ROLE);
    let end = end.or((to - last - 1 <= WIDEN).then_some(to));
    if let Some(end) = end {
        last = (last..end).rev().find(|&at| !edge(&tokens[at])).unwrap_or(last);
    }
    Some((first, last))
}

/// Whether the mark before a token ends a sentence or opens a bracket: a phrase does
/// not reach across. Commas it may cross, as lists do.
fn sentence_break(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at].start > tokens[at - 1].end + 2
}

/// The duty that the features speak of most, among those `lens` gives to `role`.
fn duty<'a>(model: &Model, lens: Lens, role: Role, parts: impl Iterator<Item = &'a Part>) -> Option<u8> {
    let mut weights = [0u32; 256];
    for part in parts {
        let Some(links) = model.links.get(part.place as usize) else { continue };
        for &(duty, weight) in links {
            weights[duty as usize] += u32::from(weight);
        }
    }
    let own = match role {
        Role::Pm => Kind::Pm,
        Role::Pmm => Kind::Pmm,
    };
    let fits = |duty: usize| model.duties.get(duty).is_some_and(|duty| duty.kind(lens) == own);
    let (best, weight) = (0..256)
        .filter(|&duty| fits(duty))
        .map(|duty| (duty, weights[duty]))
        .max_by_key(|&(duty, weight)| (weight, std::cmp::Reverse(duty)))?;
    (weight >= 40).then_some(best as u8)
}

/// Longest heading, in words.
const HEADING_WORDS: usize = 9;

/// Why a filler segment says nothing: the family of filler its features speak of.
pub(crate) fn filler_reason<'a>(model: &'a Model, tokens: &[Token]) -> &'a str {
    let mut weights = [0u32; 256];
    emit(tokens, model.settings.emit, |feature, _, _| {
        let place = model.index.get(feature);
        for &(subject, weight) in model.links.get(place as usize).into_iter().flatten() {
            weights[subject as usize] += u32::from(weight);
        }
    });
    let fits = |id: &str| id != "headings" || tokens.len() <= HEADING_WORDS;
    let filler = |at: usize| model.duties.get(at).filter(|duty| duty.kinds[0] == Some(Kind::Filler) && fits(&duty.id));
    (0..256)
        .filter_map(|at| filler(at).map(|duty| (weights[at], std::cmp::Reverse(at), duty.id.as_str())))
        .max()
        .filter(|(weight, _, _)| *weight > 0)
        .map_or("other", |(_, _, id)| id)
}
