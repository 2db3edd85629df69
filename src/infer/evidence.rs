//! Evidence: the clauses that state duties of a role, with the keywords in them.
//!
//! The points that a line adds to the strength of a role follow from the probability that it
//! states a duty of that role (see [`ScoredLine::points`](super::line::ScoredLine::points)). Its
//! clauses share these points in proportion to the log-odds of their words in favor of the role,
//! and so do the keywords of a clause. Points that no listed clause has belong to other wording, so
//! that listed clauses and other wording together have the points of the strength.

use super::clause::{Clause, clauses};
use super::duty_votes::Votes;
use super::line_features::{LineFeature, inside};
use super::scratch::Scratch;
use crate::model::{ByKind, FILLER, Kind, OTHER, PM, PMM, Role, Row, first_of_each, weight};
use crate::tokenize::stopwords::STOPWORD;
use crate::tokenize::words::Words;

/// A clause that states a duty, in tokens.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Phrase {
    /// The role whose duty it is.
    pub role: Role,
    /// Index of its line.
    pub line: usize,
    /// Its tokens.
    pub clause: Clause,
    /// Its points.
    pub points: f64,
    /// How clearly its words state a duty of the role: [`least_log_odds`], divided by the root of the
    /// number of words.
    pub clearness: f64,
    /// Its keywords, in order.
    pub keywords: Vec<KeyRun>,
    /// Index of its duty.
    pub duty: Option<u8>,
}

/// Adjacent words that carry points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct KeyRun {
    /// Its tokens.
    pub clause: Clause,
    /// Its part of the points of its clause.
    pub points: f64,
}

/// Clauses with fewer points are not listed.
const MIN_POINTS: f64 = 0.25;

/// Clauses of a line are listed if the probability of its role is at least this.
const MIN_PROBABILITY: f64 = 0.4;

/// Maximum number of keywords of a clause.
const MAX_KEYWORDS: usize = 3;

/// Keywords are added until they have this fraction of a clause's favorable log-odds.
const KEYWORD_PART: f64 = 0.6;

/// Finds the clauses of all lines that state duties, the clearest first, at most `most` per role.
/// `odds` are the class weights that decide the kind of a line.
#[inline(never)]
pub(super) fn phrases(rows: &[Row], text: &str, scratch: &mut Scratch, most: usize, odds: &ByKind<f64>) -> Vec<Phrase> {
    let Scratch { tokens, segments, partners: mentions, lines, features, clauses: own, shares, .. } = scratch;
    let words = Words { text, tokens };
    let mut found = Vec::new();
    for (index, (segment, line)) in segments.iter().zip(&*lines).enumerate() {
        let role = match line.kind(odds) {
            Kind::Pm => Role::Pm,
            Kind::Pmm => Role::Pmm,
            _ => continue,
        };
        let strength = line.strength(role);
        if line.kinds[role.kind()] < MIN_PROBABILITY || strength < MIN_POINTS {
            continue;
        }
        clauses(words, segment, own);
        let from = segment.first as usize;
        own.retain(|&clause| {
            let with = |&(first, last): &(u32, u32)| {
                let (first, last) = (first as usize, last as usize - 1);
                clause.first <= last && first <= clause.last && named_role(words.word(last)) == role
            };
            // Work with people of a role is about the duties of these people: "work with product
            // marketing on launches" is no duty of product marketing.
            may_state_duty(words, from, clause) && !mentions.iter().any(with)
        });
        let within = |clause: Clause| inside(features.of(rows, index), clause.first - from, clause.last - from);
        let outside = |colleagues: Option<Clause>, feature: &LineFeature| {
            colleagues.is_none_or(|colleagues| {
                from + (feature.last as usize) < colleagues.first || colleagues.last < from + feature.first as usize
            })
        };
        shares.clear();
        shares.extend(own.iter().map(|&clause| {
            let colleagues = words.colleagues(clause);
            (favorable(role, within(clause), |feature| outside(colleagues, feature)), colleagues)
        }));
        // The points of clauses with too few go to the other clauses of the line.
        let total: f64 = shares.iter().map(|(share, _)| share).sum();
        let listed = |share: f64| share > 0.0 && strength * share >= MIN_POINTS * total;
        let total: f64 = shares.iter().map(|(share, _)| share).filter(|share| listed(**share)).sum();
        for (&clause, &(share, colleagues)) in own.iter().zip(&*shares).filter(|(_, (share, _))| listed(*share)) {
            let points = strength * share / total;
            let own = within(clause).filter(|feature| outside(colleagues, feature));
            let keywords = keywords(words, (from, clause), own, role, points / share);
            // Function words and names of colleagues alone state no duty.
            if !keywords.is_empty() {
                let clearness = least_log_odds(rows, role, within(clause), share) / (clause.words() as f64).sqrt();
                found.push(Phrase { role, line: index, clause, points, clearness, keywords, duty: None });
            }
        }
    }
    // Most phrases have nearly the maximum number of points, so points would hardly rank them.
    found.sort_by(|a: &Phrase, b: &Phrase| {
        b.clearness.total_cmp(&a.clearness).then(a.clause.first.cmp(&b.clause.first))
    });
    let mut is_first = first_of_each(most);
    found.retain(|phrase| is_first(phrase.role));
    found
}

/// The role whose name ends with this word.
fn named_role(last: &str) -> Role {
    let starts = |with: &str| last.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    if starts("market") || starts("pmm") { Role::Pmm } else { Role::Pm }
}

/// Whether a clause of a line that begins with the token `from` may state a duty by itself.
pub(super) fn may_state_duty(words: Words<'_>, from: usize, clause: Clause) -> bool {
    let dependent = clause.first > from && words.is_dependent(clause);
    !dependent && !words.is_heading(clause) && !words.is_years(clause) && !words.is_state(clause)
}

/// The least of three sums of log-odds for the role, in units: the sum against filler, the sum
/// against other jobs, and `favorable`, the sum against the other role of the features that favor
/// `role`. Such sums over n words vary with the root of n, so the caller divides by it.
fn least_log_odds(rows: &[Row], role: Role, features: impl Iterator<Item = LineFeature>, favorable: f64) -> f64 {
    let lane = match role {
        Role::Pm => PM,
        Role::Pmm => PMM,
    };
    let (filler, other) = features.filter_map(|feature| rows.get(feature.place as usize)).fold((0, 0), |sums, row| {
        let own = weight(row, lane);
        (sums.0 + own - weight(row, FILLER), sums.1 + own - weight(row, OTHER))
    });
    f64::from(filler.min(other)).min(favorable)
}

/// The log-odds for `role`, in units, of the features of a clause that favor it and are `outside`
/// the names of colleagues. 0 if these names have more than two thirds of the favorable log-odds of
/// the clause, or if its other words do not favor the role.
fn favorable(role: Role, features: impl Iterator<Item = LineFeature>, outside: impl Fn(&LineFeature) -> bool) -> f64 {
    let (mut favorable, mut net, mut all) = (0, 0, 0);
    for feature in features {
        let units = role.sign() * feature.units;
        all += units.max(0);
        if outside(&feature) {
            favorable += units.max(0);
            net += units;
        }
    }
    let names_colleagues = all > 3 * favorable;
    if net > 0 && !names_colleagues { f64::from(favorable) } else { 0.0 }
}

/// The words and pairs with the most log-odds, overlapping ones joined. `per_unit` is the number
/// of points per unit of log-odds, `from` the first token of the line, `all` the clause.
fn keywords(
    words: Words<'_>,
    (from, all): (usize, Clause),
    features: impl Iterator<Item = LineFeature>,
    role: Role,
    per_unit: f64,
) -> Vec<KeyRun> {
    let units = |feature: &LineFeature| role.sign() * feature.units;
    let mut favoring: Vec<LineFeature> = features.filter(|feature| units(feature) > 0).collect();
    let total: f64 = favoring.iter().map(|feature| f64::from(units(feature))).sum();
    favoring.sort_by_key(|feature| (-units(feature), feature.first));
    let function_word = |at: u32| words.tokens[from + at as usize].flags & STOPWORD != 0;
    let mut runs: Vec<KeyRun> = Vec::new();
    let mut held = 0.0;
    for feature in &favoring {
        let own = f64::from(units(feature));
        if runs.len() >= MAX_KEYWORDS || held >= KEYWORD_PART * total {
            break;
        }
        // First and last may be the same token, even of a pair: that of a line's start and its
        // first word.
        if function_word(feature.first) || function_word(feature.last) {
            continue;
        }
        held += own;
        let own_tokens = Clause { first: from + feature.first as usize, last: from + feature.last as usize };
        let clause = words.whole(own_tokens, all);
        runs.push(KeyRun { clause, points: own * per_unit });
        runs = joined(runs);
    }
    runs
}

/// The runs in order, overlapping ones merged.
fn joined(mut runs: Vec<KeyRun>) -> Vec<KeyRun> {
    runs.sort_by_key(|run| (run.clause.first, run.clause.last));
    let mut joined: Vec<KeyRun> = Vec::with_capacity(runs.len());
    for run in runs {
        match joined.last_mut().filter(|last| run.clause.first <= last.clause.last) {
            Some(last) => {
                last.clause.last = last.clause.last.max(run.clause.last);
                last.points += run.points;
            }
            None => joined.push(run),
        }
    }
    joined
}

/// Links each clause to the duty with the most votes of its own words, or else of all words of its
/// line.
#[inline(never)]
pub(super) fn link_duties(votes: &Votes<'_>, scratch: &Scratch, found: &mut [Phrase]) {
    let Scratch { segments, features, .. } = scratch;
    for phrase in found {
        let from = segments[phrase.line].first as usize;
        // Votes do not need the rows of weights.
        let all = || features.of(&[], phrase.line);
        let within = inside(all(), phrase.clause.first - from, phrase.clause.last - from);
        phrase.duty = votes.duty(phrase.role, within).or_else(|| votes.duty(phrase.role, all()));
    }
}

#[cfg(test)]
mod tests;
