//! Evidence: the clauses that state duties of a role, with the keywords in them.
//!
//! The points that a line adds to the strength of a role follow from the probability that it
//! states a duty of that role (see [`ScoredLine::points`](super::line::ScoredLine::points)). Its
//! clauses share them in proportion to the log-odds for the role of their words, and so do the
//! keywords within a clause. Points that no listed clause has are those of other wording: with
//! those of the clauses they add up to the strength.

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
    /// How clearly its words are those of the role's duties; see [`clearness`].
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
    /// Its points, part of those of its clause.
    pub points: f64,
}

/// Clauses with fewer points are not listed.
const MIN_POINTS: f64 = 0.25;

/// Least probability of a line's role for its clauses to be listed.
const MIN_PROBABILITY: f64 = 0.4;

/// Most keywords of a clause.
const MAX_KEYWORDS: usize = 3;

/// Keywords are added until they have this fraction of a clause's favorable log-odds.
const KEYWORD_PART: f64 = 0.6;

/// Finds the clauses of all lines that state duties, the clearest first, at most `most` per role.
/// `odds` decide the kind of a line.
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
            // What is done with colleagues of a role is their duty: "work with product marketing on launches".
            may_state_duty(words, from, clause) && !mentions.iter().any(with)
        });
        let within = |clause: Clause| inside(features.of(rows, index), clause.first - from, clause.last - from);
        let outside = |partners: Option<Clause>, feature: &LineFeature| {
            partners.is_none_or(|partners| {
                from + (feature.last as usize) < partners.first || partners.last < from + feature.first as usize
            })
        };
        let favoring = |clause: Clause| {
            let partners = words.partners(clause);
            let (mut favorable, mut net, mut all) = (0, 0, 0);
            for feature in within(clause) {
                let units = role.sign() * feature.units;
                all += units.max(0);
                if outside(partners, &feature) {
                    favorable += units.max(0);
                    net += units;
                }
            }
            let names_partners = all > 3 * favorable;
            // A clause that favors the other role is not evidence for this one.
            if net > 0 && !names_partners { f64::from(favorable) } else { 0.0 }
        };
        shares.clear();
        shares.extend(own.iter().map(|&clause| favoring(clause)));
        // The points of clauses with too few go to the other clauses of the line.
        let total: f64 = shares.iter().sum();
        let listed = |share: f64| share > 0.0 && strength * share >= MIN_POINTS * total;
        let total: f64 = shares.iter().filter(|share| listed(**share)).sum();
        for (&clause, &share) in own.iter().zip(&*shares).filter(|(_, share)| listed(**share)) {
            let points = strength * share / total;
            let partners = words.partners(clause);
            let own = within(clause).filter(|feature| outside(partners, feature));
            let keywords = keywords(words, (from, clause), own, role, points / share);
            // Function words and names of partners alone state no duty.
            if !keywords.is_empty() {
                let clearness = clearness(rows, role, within(clause), share) / (clause.words() as f64).sqrt();
                found.push(Phrase { role, line: index, clause, points, clearness, keywords, duty: None });
            }
        }
    }
    // Most have nearly the most points possible, so points would hardly rank them.
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

/// The least of three sums of log-odds for the role, in units: against filler, against other jobs,
/// and `favorable`, that of the features that favor it over the other role. Such sums over n words
/// vary with the root of n, by which the caller divides.
fn clearness(rows: &[Row], role: Role, features: impl Iterator<Item = LineFeature>, favorable: f64) -> f64 {
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

/// Links each clause to the duty with the most votes of its own words, or else of its line's.
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
mod tests {
    use super::super::pipeline;
    use super::*;
    use crate::model::{LANES, builtin};

    #[test]
    fn the_clearest_come_first() {
        let model = builtin::model().unwrap();
        let rows = model.consensus.all();
        let text = "Own the product roadmap and the backlog.\nWork on things that matter for the product with us.\n\
            Write user stories with acceptance criteria for engineers.\nDecide what gets built next and why it does.";
        let found = pipeline::run((&model, rows), text, &mut Scratch::new(), |scratch, text| {
            phrases(rows, text.text, scratch, usize::MAX, &ByKind::splat(1.0))
        });
        assert!(found.len() > 2 && found.is_sorted_by(|a, b| a.clearness >= b.clearness), "{found:?}");
        assert!(!found.is_sorted_by(|a, b| a.points >= b.points), "the points have another order: {found:?}");
    }

    /// By hand: two features with 30 and 10 units for PM against filler, 6 and 8 against other jobs.
    #[test]
    fn what_is_done_with_colleagues_of_a_role_is_no_evidence_for_it() {
        let model = builtin::model().unwrap();
        let shown = |line: &str| {
            let text = format!("Write battlecards and train the sales team.\n{line}");
            pipeline::run((&model, model.consensus.all()), &text, &mut Scratch::new(), |scratch, text| {
                let found = phrases(model.consensus.all(), text.text, scratch, 9, &model.calibration.kind_odds);
                found.iter().any(|phrase| phrase.line == 1 && phrase.role == Role::Pmm)
            })
        };
        for (line, expected) in [
            ("Plan launches and positioning of the product", true),
            ("Partner with product marketing to plan launches and positioning of the product", false),
            ("Work with PMM on launches, positioning and messaging", false),
            ("Partner with product management to plan launches and positioning of the product", true),
            ("Build the product marketing team that plans launches and positioning", true),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn clearness_is_the_least_of_the_log_odds() {
        let row = |pm: i8, filler: i8, other: i8| {
            let mut row: Row = [0; LANES];
            (row[PM], row[FILLER], row[OTHER]) = (pm as u8, filler as u8, other as u8);
            row
        };
        let rows = [row(20, -10, 14), row(5, -5, -3)];
        let features = [0, 1, 7].map(|place| LineFeature { first: 0, last: 0, units: 0, place });
        for (favorable, expected) in [(100.0, 14.0), (9.0, 9.0)] {
            let found = clearness(&rows, Role::Pm, features.into_iter(), favorable);
            assert!((found - expected).abs() < 1e-12, "{favorable}: {found}");
        }
        let other = clearness(&rows, Role::Pmm, features[..1].iter().copied(), 100.0);
        assert!((other - -14.0).abs() < 1e-12, "{other}");
    }

    /// The clauses that are listed for `role`, with their points, if each line is of `kinds`
    /// and has a weight of `weight`.
    fn listed(text: &str, kinds: ByKind<f64>, weight: f32) -> Vec<(Role, String, f64)> {
        let model = builtin::model().unwrap();
        let rows = model.consensus.all();
        pipeline::run((&model, rows), text, &mut Scratch::new(), |scratch, text| {
            for line in &mut scratch.lines {
                (line.kinds, line.weight) = (kinds, weight);
            }
            let found = phrases(rows, text.text, scratch, usize::MAX, &ByKind::splat(1.0));
            let words = Words { text: text.text, tokens: &scratch.tokens };
            for phrase in &found {
                let keywords: f64 = phrase.keywords.iter().map(|run| run.points).sum();
                assert!(keywords > 0.0 && keywords < phrase.points + 1e-9, "{phrase:?}");
                let within =
                    |run: &KeyRun| phrase.clause.first <= run.clause.first && run.clause.last <= phrase.clause.last;
                assert!(phrase.keywords.iter().all(within), "{phrase:?}");
            }
            found.iter().map(|it| (it.role, words.bytes(it.clause).of(words.text).to_owned(), it.points)).collect()
        })
    }

    const PM_LINE: [f64; 5] = [1.0, 0.0, 0.0, 0.0, 0.0];

    #[test]
    fn clauses_that_state_duties_are_listed() {
        let table: [(&str, &[&str]); 9] = [
            ("Own the product roadmap and the backlog", &["Own the product roadmap and the backlog"]),
            ("Own Product Roadmap", &[]),
            ("Five years of product roadmap and backlog ownership", &[]),
            ("You have owned product roadmaps and backlogs", &[]),
            // A dependent clause may be all of a line, but none after another.
            ("By owning the product roadmap and the backlog", &["By owning the product roadmap and the backlog"]),
            (
                "Prioritize the product backlog of the engineers and of the designers with user stories and acceptance \
                 criteria for every sprint, including the product roadmap of all the other squads of engineers in the \
                 long and cold north",
                &["Prioritize the product backlog of the engineers and of the designers with user stories and \
                     acceptance criteria for every sprint"],
            ),
            // Words outside the partners count, before them and after them.
            (
                "Refine the product backlog and user stories with the sales team",
                &["Refine the product backlog and user stories with the sales team"],
            ),
            (
                "Work with the sales team to refine the product backlog and user stories",
                &["Work with the sales team to refine the product backlog and user stories"],
            ),
            (
                "Tea\nRefine the product backlog and user stories with the sales team",
                &["Refine the product backlog and user stories with the sales team"],
            ),
        ];
        for (text, expected) in table {
            let found = listed(text, PM_LINE.into(), 1.0);
            let texts: Vec<_> = found.iter().map(|(_, text, _)| text.as_str()).collect();
            assert_eq!(texts, expected, "{text}");
            // The clauses share all points of their line.
            let points: f64 = found.iter().map(|(_, _, points)| points).sum();
            assert!(found.is_empty() || (points - 1.0).abs() < 1e-9, "{text}: {points}");
        }
    }

    #[test]
    fn clauses_of_a_line_share_its_points() {
        let found = listed("Own the product roadmap and write user stories for engineers", PM_LINE.into(), 0.75);
        let points: f64 = found.iter().map(|(_, _, points)| points).sum();
        assert!(found.len() == 2 && (points - 0.75).abs() < 1e-9, "{found:?}");
        // Two clauses would have 0.15 points each, which is too few.
        let weak = listed("Own the product roadmap and write user stories for engineers", PM_LINE.into(), 0.3);
        assert!(weak.len() < 2, "{weak:?}");
    }

    #[test]
    fn a_clause_has_the_role_of_its_line() {
        let text = "Write positioning and messaging for every launch of the campaign";
        let found = listed(text, ByKind::from([0.0, 1.0, 0.0, 0.0, 0.0]), 1.0);
        assert!(found.len() == 1 && found[0].0 == Role::Pmm, "{found:?}");
        assert_eq!(listed(text, PM_LINE.into(), 1.0), [], "it favors the other role");
    }

    /// By hand: a probability of 0.39 makes 0.29 of the weight, which is enough points.
    #[test]
    fn doubtful_and_weak_lines_are_not_listed() {
        let text = "Own the product roadmap and the backlog";
        let table = [
            ([0.45, 0.1, 0.2, 0.05, 0.2], 1.0, 1),
            ([0.39, 0.1, 0.2, 0.11, 0.2], 1.0, 0),
            (PM_LINE, 0.3, 1),
            (PM_LINE, 0.2, 0),
        ];
        for (kinds, weight, expected) in table {
            assert_eq!(listed(text, kinds.into(), weight).len(), expected, "{kinds:?} {weight}");
        }
    }

    /// The words are: own, the, product, roadmap, of, big, apps, today.
    #[test]
    fn keywords_have_most_of_the_log_odds() {
        let model = builtin::model().unwrap();
        let text = "Own the product roadmap of big apps today";
        let of = |features: &[(u32, u32, i32)], role: Role| {
            pipeline::run((&model, model.consensus.all()), text, &mut Scratch::new(), |scratch, _| {
                let features =
                    features.iter().map(|&(first, last, units)| LineFeature { first, last, units, place: 0 });
                let all = Clause { first: 0, last: 7 };
                let runs = keywords(Words { text, tokens: &scratch.tokens }, (0, all), features, role, 0.5);
                runs.iter().map(|run| (run.clause.first, run.clause.last, run.points)).collect::<Vec<_>>()
            })
        };
        // 60% of 90 are 54: those of 30 and 24, without those with function words.
        let features = [(0, 0, 24), (1, 2, 25), (2, 3, 30), (4, 4, 6), (6, 6, 5), (7, 7, -8)];
        assert_eq!(of(&features, Role::Pm), [(0, 0, 12.0), (2, 3, 15.0)]);
        assert_eq!(of(&features, Role::Pmm), [(7, 7, 4.0)]);
        // Overlapping ones are one, with the points of both, as far as they are needed.
        assert_eq!(of(&[(2, 3, 30), (3, 3, 10), (7, 7, 1)], Role::Pm), [(2, 3, 15.0)]);
        assert_eq!(of(&[(2, 2, 20), (2, 3, 20), (7, 7, 20)], Role::Pm), [(2, 3, 20.0)]);
        // At most three.
        let six = [0, 2, 3, 5, 6, 7].map(|at| (at, at, 10));
        assert_eq!(of(&six, Role::Pm), [(0, 0, 5.0), (2, 2, 5.0), (3, 3, 5.0)]);
    }

    #[test]
    fn overlapping_runs_are_joined() {
        let run = |first, last, points| KeyRun { clause: Clause { first, last }, points };
        let found = joined(vec![run(3, 4, 1.0), run(0, 1, 2.0), run(1, 2, 0.5)]);
        assert_eq!(found, [run(0, 2, 2.5), run(3, 4, 1.0)]);
    }
}
