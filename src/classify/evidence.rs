//! Evidence: the phrases that carry a posting's points, tied to duties.
//!
//! Points are additive: every feature's log-odds belongs to the tokens it is made
//! of, a phrase has the points of the features wholly inside it, and what is in no
//! listed phrase is other wording. The three add up to the strength.

use std::ops::Range;

use super::decide::leaning;
use super::judge::Judged;
use super::scratch::Scratch;
use crate::model::{Kind, Lens, Model, PM, PMM, Role, Row, UNITS};
use crate::token::emit::emit;
use crate::token::word::EDGE;
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
    first: u32,
    last: u32,
    units: i32,
    place: u32,
}

/// The phrases of a posting, and the features they were found among.
pub(crate) struct Search {
    /// Strongest first.
    pub phrases: Vec<Phrase>,
    /// Of every line that was searched.
    parts: Vec<Part>,
    /// By segment, its parts; none where it was not searched.
    of_segment: Vec<Range<usize>>,
}

impl Search {
    fn parts(&self, segment: usize) -> &[Part] {
        self.of_segment.get(segment).and_then(|range| self.parts.get(range.clone())).unwrap_or_default()
    }
}

/// Finds the phrases of every segment; at most `most` a role.
#[inline(never)]
pub(crate) fn phrases((model, rows, lens): (&Model, &[Row], Lens), scratch: &Scratch, most: usize) -> Search {
    let Scratch { tokens, segments, judged, .. } = scratch;
    let mut found = Vec::with_capacity(segments.len());
    let mut strongest = Strongest::new(most);
    let (mut parts, mut line) = (Vec::with_capacity(2 * tokens.len()), Line::default());
    let mut of_segment = vec![0..0; segments.len()];
    for (index, (segment, scored)) in segments.iter().zip(judged).enumerate() {
        let (Some(role), damping) = (leaning(scored), scored.damping) else { continue };
        if damping * scored.log_odds(PM, PMM).abs() < MIN_POINTS || scored.kind() == Kind::Filler {
            continue;
        }
        let own = &tokens[segment.first as usize..segment.last as usize];
        let start = parts.len();
        collect(model, rows, own, &mut parts);
        let all = &parts[start..];
        let sign = if role == Role::Pm { 1 } else { -1 };
        // No phrase has more points than all features that speak for the role.
        let most_units: i32 = all.iter().map(|part| (sign * part.units).max(0)).sum();
        if !strongest.reached(role, damping * f64::from(most_units) / UNITS) {
            parts.truncate(start);
            continue;
        }
        let sign = f64::from(sign);
        line.read(own, all, sign);
        for (first, last) in line.windows() {
            let units: i32 = inside(all, first, last).map(|part| part.units).sum();
            let points = damping * sign * f64::from(units) / UNITS;
            if points < MIN_POINTS {
                continue;
            }
            strongest.add(role, points);
            let from = segment.first as usize;
            found.push(Phrase { role, segment: index, first: from + first, last: from + last, points, duty: None });
        }
        of_segment[index] = start..parts.len();
    }
    found.sort_by(|a, b| b.points.total_cmp(&a.points).then(a.first.cmp(&b.first)));
    let mut left = [most; 2];
    found.retain(|phrase| {
        let left = &mut left[usize::from(phrase.role == Role::Pmm)];
        let keep = *left > 0;
        *left = left.saturating_sub(1);
        keep
    });
    let mut search = Search { phrases: Vec::new(), parts, of_segment };
    let duties = duties_of(model, lens);
    for phrase in &mut found {
        let duties = &duties[usize::from(phrase.role == Role::Pmm)];
        let from = segments[phrase.segment].first as usize;
        let parts = search.parts(phrase.segment);
        let own = inside(parts, phrase.first - from, phrase.last - from);
        phrase.duty = duty(model, duties, own).or_else(|| duty(model, duties, parts.iter()));
    }
    search.phrases = found;
    search
}

/// The points of the strongest phrases so far: lines that cannot reach them need not
/// be searched.
struct Strongest {
    most: usize,
    points: [Vec<f64>; 2],
}

impl Strongest {
    /// So many that keeping them in order costs more than it saves.
    const MANY: usize = 64;

    const fn new(most: usize) -> Self {
        Self { most, points: [Vec::new(), Vec::new()] }
    }

    /// Whether a phrase of at most `points` may be among the strongest.
    fn reached(&self, role: Role, points: f64) -> bool {
        let held = &self.points[usize::from(role == Role::Pmm)];
        // A little more than rounding could take away.
        held.len() < self.most || held.last().is_none_or(|least| points * (1.0 + 1e-9) >= *least)
    }

    fn add(&mut self, role: Role, points: f64) {
        if self.most > Self::MANY {
            return;
        }
        let held = &mut self.points[usize::from(role == Role::Pmm)];
        let at = held.partition_point(|other| *other >= points);
        held.insert(at, points);
        held.truncate(self.most);
    }
}

/// Points of a segment that are not inside any of `listed`: summed over features, so
/// that they are a second count and not a difference.
pub(crate) fn other_wording(
    search: &Search,
    index: usize,
    segment: &Segment,
    scored: &Judged,
    listed: &[(usize, usize)],
) -> f64 {
    let Some(role) = leaning(scored) else { return 0.0 };
    let sign = if role == Role::Pm { 1 } else { -1 };
    if listed.is_empty() {
        return scored.damping * f64::from(sign * (scored.sums[PM] - scored.sums[PMM])) / UNITS;
    }
    let from = segment.first as usize;
    let within = |part: &Part| {
        let (first, last) = (from + part.first as usize, from + part.last as usize);
        listed.iter().any(|&(a, b)| a <= first && last <= b)
    };
    let parts = search.parts(index).iter().filter(|part| !within(part));
    let units: i32 = parts.map(|part| sign * part.units).sum();
    scored.damping * f64::from(units) / UNITS
}

/// Adds the features of a segment that the model knows, in the order of the emitter.
fn collect(model: &Model, rows: &[Row], tokens: &[Token], parts: &mut Vec<Part>) {
    let add = |place: u32, first: usize, last: usize| {
        if let Some(row) = rows.get(place as usize) {
            let units = i32::from(row[PM]) - i32::from(row[PMM]);
            parts.push(Part { first: first as u32, last: last as u32, units, place });
        }
    };
    each(model, tokens, add);
}

/// Calls `sink` with the place of every feature that the model knows, and its first
/// and last token.
fn each(model: &Model, tokens: &[Token], mut sink: impl FnMut(u32, usize, usize)) {
    if model.settings.emit.plain() {
        model.index.each_plain(tokens, sink);
    } else {
        emit(tokens, model.settings.emit, |feature, first, last| sink(model.index.get(feature), first, last));
    }
}

fn inside(parts: &[Part], first: usize, last: usize) -> impl Iterator<Item = &Part> {
    let (first, last) = (first as u32, last as u32);
    parts.iter().filter(move |part| first <= part.first && part.last <= last)
}

/// A segment as phrases are searched in it.
#[derive(Default)]
struct Line {
    /// By token, the units for the role of the features it is part of.
    values: Vec<f64>,
    /// By token, the bits below.
    marks: Vec<u8>,
}

impl Line {
    /// No phrase begins or ends with it.
    const EDGE: u8 = 1;
    /// Part of a role's name: no phrase holds it.
    const ROLE: u8 = 2;
    /// No phrase reaches from before to behind the mark before it.
    const BREAK: u8 = 4;
    /// A mark stands before it.
    const CLAUSE: u8 = 8;

    /// Reads the tokens of a segment and their features.
    fn read(&mut self, tokens: &[Token], parts: &[Part], sign: f64) {
        self.values.clear();
        self.values.resize(tokens.len(), 0.0);
        for part in parts {
            let share = sign * f64::from(part.units) / f64::from(part.last - part.first + 1);
            for value in &mut self.values[part.first as usize..=part.last as usize] {
                *value += share;
            }
        }
        self.marks.clear();
        self.marks.extend(tokens.iter().enumerate().map(|(at, token)| {
            (u8::from(token.flags & EDGE != 0) * Self::EDGE)
                | (u8::from(token.id == ROLE) * Self::ROLE)
                | (u8::from(token.clause && sentence_break(tokens, at)) * Self::BREAK)
                | (u8::from(token.clause) * Self::CLAUSE)
        }));
    }

    fn is(&self, at: usize, marks: u8) -> bool {
        self.marks[at] & marks != 0
    }

    /// The best phrase and, where the segment is long, the best of what is left.
    fn windows(&self) -> impl Iterator<Item = (usize, usize)> {
        let best = self.window(0, self.marks.len());
        let second = best.and_then(|best| {
            let sides = [(0, best.0), (best.1 + 1, self.marks.len())];
            let second = sides
                .into_iter()
                .filter(|(from, to)| to - from >= 4)
                .filter_map(|(from, to)| self.window(from, to))
                .max_by(|a, b| self.total(*a).total_cmp(&self.total(*b)))?;
            (self.total(second) >= 0.5 * self.total(best)).then_some(second)
        });
        best.into_iter().chain(second)
    }

    fn total(&self, (first, last): (usize, usize)) -> f64 {
        self.values[first..=last].iter().sum()
    }

    /// The stretch of `from..to` with the most points: no role name inside, no function
    /// word at its edges, widened to its clause where that is near.
    fn window(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let mut best: Option<(f64, usize, usize)> = None;
        let shortest = if to - from >= MIN_WORDS { MIN_WORDS } else { 1 };
        for first in from..to {
            if self.is(first, Self::EDGE | Self::ROLE) {
                continue;
            }
            let mut sum = 0.0;
            let reach = first..to.min(first + MAX_WORDS);
            for (words, (&value, &marks)) in
                (1..).zip(self.values[reach.clone()].iter().zip(&self.marks[reach.clone()]))
            {
                if marks & Self::ROLE != 0 || words > 2 && marks & Self::BREAK != 0 {
                    break;
                }
                sum += value;
                if marks & Self::EDGE == 0 && words >= shortest && best.is_none_or(|(most, _, _)| sum > most) {
                    best = Some((sum, first, first + words - 1));
                }
            }
        }
        let (sum, mut first, mut last) = best?;
        if sum <= 0.0 {
            return None;
        }
        // To the ends of the clause, if they are near and cost little.
        if !self.is(first, Self::CLAUSE) && first > from {
            let mut reach =
                (from.max(first.saturating_sub(WIDEN))..first).rev().take_while(|&at| !self.is(at, Self::ROLE));
            if let Some(at) = reach.find(|&at| self.is(at, Self::CLAUSE) || at == from)
                && last - at < MAX_WORDS + WIDEN
            {
                first = (at..=first).find(|&at| !self.is(at, Self::EDGE)).unwrap_or(first);
            }
        }
        let end = (last + 1..to.min(last + 1 + WIDEN)).find(|&at| self.is(at, Self::CLAUSE | Self::ROLE));
        let end = end.or((to - last - 1 <= WIDEN).then_some(to));
        if let Some(end) = end {
            last = (last..end).rev().find(|&at| !self.is(at, Self::EDGE)).unwrap_or(last);
        }
        Some((first, last))
    }
}

/// Whether the mark before a token ends a sentence or opens a bracket: a phrase does
/// not reach across. Commas it may cross, as lists do.
fn sentence_break(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at].start > tokens[at - 1].end + 2
}

/// The duties that a lens gives to each role alone: PM's, then PMM's.
fn duties_of(model: &Model, lens: Lens) -> [Vec<u8>; 2] {
    [Kind::Pm, Kind::Pmm].map(|own| {
        let duties = model.duties.iter().take(256).enumerate();
        duties.filter(|(_, duty)| duty.kind(lens) == own).map(|(at, _)| at as u8).collect()
    })
}

/// The duty that the features speak of most, among `duties`.
#[inline(never)]
fn duty<'a>(model: &Model, duties: &[u8], parts: impl Iterator<Item = &'a Part>) -> Option<u8> {
    let mut weights = [0u32; 256];
    for part in parts {
        speak(&mut weights, model, part.place);
    }
    let mut best = (0, None);
    for &duty in duties {
        let weight = weights[duty as usize];
        if weight > best.0 {
            best = (weight, Some(duty));
        }
    }
    best.1.filter(|_| best.0 >= 40)
}

/// Longest heading, in words.
const HEADING_WORDS: usize = 9;

/// Tells why filler segments say nothing.
pub(crate) struct Fillers<'a> {
    model: &'a Model,
    /// The families of filler: their places among the duties, and their names.
    families: Vec<(u8, &'a str)>,
}

impl<'a> Fillers<'a> {
    pub(crate) fn new(model: &'a Model) -> Self {
        let duties = model.duties.iter().take(256).enumerate();
        let families = duties.filter(|(_, duty)| duty.kinds[0] == Some(Kind::Filler));
        Self { model, families: families.map(|(at, duty)| (at as u8, duty.id.as_str())).collect() }
    }

    /// Why a filler segment says nothing: the family of filler its features speak of.
    pub(crate) fn reason(&self, tokens: &[Token]) -> &'a str {
        let Self { model, families } = self;
        let mut weights = [0u32; 256];
        each(model, tokens, |place, _, _| speak(&mut weights, model, place));
        let fits = |id: &str| id != "headings" || tokens.len() <= HEADING_WORDS;
        let mut best = (0, "other");
        for &(duty, id) in families {
            let weight = weights[duty as usize];
            if weight > best.0 && fits(id) {
                best = (weight, id);
            }
        }
        best.1
    }
}

/// Adds the weights of the duties that the feature at `place` speaks of.
fn speak(weights: &mut [u32; 256], model: &Model, place: u32) {
    for (duty, weight) in model.links.get(place) {
        weights[duty as usize] += u32::from(weight);
    }
}
