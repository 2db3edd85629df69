//! Which lines state duties, and which duties those are.

use std::collections::BTreeSet;

use super::classifier::Classifier;
use super::clause::{self, Clause};
use super::duty_votes::Votes;
use super::evidence;
use super::line_features::inside;
use super::scratch::Scratch;
use crate::model::{Duty, Kind, Role};
use crate::text::Span;
use crate::tokenize::words::Words;

/// A line counts as stating its duties if P(role) + P(shared) is at least this.
const STATED: f64 = 0.3;

impl Classifier {
    /// The lines that state duties of a role or of both, with their kinds. These are the lines of
    /// such a kind that have a phrase for the evidence, or begin with a verb.
    pub(crate) fn duty_lines(&self, scratch: &mut Scratch, posting: &str) -> Vec<(Span, Kind)> {
        let odds = &self.model.calibration.kind_odds;
        self.run(scratch, posting, |scratch, text| {
            let phrases = evidence::phrases(self.rows.all(), text.text, scratch, usize::MAX, odds);
            let of_a_role: BTreeSet<usize> = phrases.iter().map(|phrase| phrase.line).collect();
            let Scratch { tokens, segments, lines, clauses, .. } = scratch;
            let words = Words { text: text.text, tokens };
            let mut found = Vec::new();
            for (at, (segment, line)) in segments.iter().zip(&*lines).enumerate() {
                let kind = line.kind(odds);
                let mut begins_with_verb = || {
                    clause::clauses(words, segment, clauses);
                    let from = segment.first as usize;
                    clauses.first().is_some_and(|&clause| {
                        words.verb(clause.first).is_some() && evidence::may_state_duty(words, from, clause)
                    })
                };
                let states = matches!(kind, Kind::Pm | Kind::Pmm | Kind::Shared)
                    && (of_a_role.contains(&at) || begins_with_verb());
                if states {
                    let whole = Clause { first: segment.first as usize, last: segment.last as usize - 1 };
                    found.push((text.original(words.bytes(whole)), kind));
                }
            }
            found
        })
    }

    /// The id of the duty of `role` that the words of a line indicate most.
    #[cfg(feature = "train")]
    pub(crate) fn duty_of(&self, scratch: &mut Scratch, role: Role, line: &str) -> Option<&str> {
        let votes = Votes { model: &self.model, candidates: &self.candidates };
        let duty = self.run(scratch, line, |scratch, _| {
            let of = |at: usize| scratch.features.of(&[], at);
            votes.duty(role, (0..scratch.segments.len()).flat_map(of))
        })?;
        self.model.duties.get(usize::from(duty)).map(|duty| duty.id.as_str())
    }

    /// All duties of the model, each with a flag: whether the posting states it. A line that counts
    /// as stating duties states the duty with the most votes of its words, and so does each of its
    /// clauses.
    pub(crate) fn stated_duties(&self, scratch: &mut Scratch, posting: &str) -> Vec<(&Duty, bool)> {
        let votes = Votes { model: &self.model, candidates: &self.candidates };
        let mut stated: Vec<(&Duty, bool)> = self.model.duties.iter().map(|duty| (&**duty, false)).collect();
        self.run(scratch, posting, |scratch, text| {
            let Scratch { tokens, segments, lines, features, clauses, .. } = scratch;
            let words = Words { text: text.text, tokens };
            for (at, (segment, line)) in segments.iter().zip(&*lines).enumerate() {
                let may_state = |role: &Role| line.kinds[role.kind()] + line.kinds[Kind::Shared] >= STATED;
                if !Role::ALL.iter().any(may_state) {
                    continue;
                }
                clause::clauses(words, segment, clauses);
                let from = segment.first as usize;
                let within = |clause: &Clause| inside(features.of(&[], at), clause.first - from, clause.last - from);
                for role in Role::ALL.into_iter().filter(may_state) {
                    let of_clauses = clauses.iter().filter_map(|clause| votes.duty(role, within(clause)));
                    for duty in votes.duty(role, features.of(&[], at)).into_iter().chain(of_clauses) {
                        if let Some((_, stated)) = stated.get_mut(usize::from(duty)) {
                            *stated = true;
                        }
                    }
                }
            }
        });
        stated
    }
}
