//! The rest of an explanation: other wording, partner mentions and ignored parts.

use super::duty_votes::Votes;
use super::evidence::Phrase;
use super::findings::{Ignored, Partner};
use super::pipeline::CleanText;
use super::scratch::Scratch;
use super::verdict::RolePoints;
use crate::model::{ByKind, Kind};
use crate::text::shorten::collapse_whitespace;

/// Subtracts the points of the phrases in `found` from `points`, the points of all lines by role.
pub(super) fn points_outside(mut points: RolePoints, found: &[Phrase]) -> RolePoints {
    for phrase in found {
        *points.of_mut(phrase.role) -= phrase.points;
    }
    // A negative difference is a rounding error.
    RolePoints { pm: points.pm.max(0.0), pmm: points.pmm.max(0.0) }
}

/// Mentions of the roles as partners.
pub(super) fn partners(scratch: &Scratch, text: CleanText<'_>) -> Vec<Partner> {
    let Scratch { tokens, partners, .. } = scratch;
    let partner = |&(first, last): &(u32, u32)| {
        let (first, last) = (first as usize, last as usize - 1);
        Partner { phrase: collapse_whitespace(text.words(tokens, first, last)), span: text.span(tokens, first, last) }
    };
    partners.iter().map(partner).collect()
}

/// The runs of adjacent filler lines with the same reason. A line of unknown reason joins the
/// run next to it.
pub(super) fn ignored(votes: &Votes<'_>, scratch: &Scratch, text: CleanText<'_>, odds: &ByKind<f64>) -> Vec<Ignored> {
    let Scratch { tokens, segments, lines, features, .. } = scratch;
    let mut ignored: Vec<Ignored> = Vec::new();
    let mut adjacent = false;
    for (index, (segment, line)) in segments.iter().zip(lines).enumerate() {
        if line.kind(odds) != Kind::Filler {
            adjacent = false;
            continue;
        }
        let (first, last) = (segment.first as usize, segment.last as usize);
        let reason = votes.reason(features.of(&[], index), last - first);
        let span = text.span(tokens, first, last - 1);
        match ignored.last_mut().filter(|before| {
            adjacent && (before.reason == reason || reason == Ignored::OTHER || before.reason == Ignored::OTHER)
        }) {
            Some(before) => {
                before.span.end = span.end;
                if before.reason == Ignored::OTHER {
                    reason.clone_into(&mut before.reason);
                }
            }
            None => ignored.push(Ignored { span, reason: reason.to_owned() }),
        }
        adjacent = true;
    }
    ignored
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infer::clause::Clause;
    use crate::model::Role;

    /// By hand: lines of 1.5 points for PM and 0.25 for PMM.
    #[test]
    fn points_outside_are_those_that_no_phrase_has() {
        let phrase = |role, points| Phrase {
            role,
            line: 0,
            clause: Clause { first: 0, last: 2 },
            points,
            clearness: 1.0,
            keywords: Vec::new(),
            duty: None,
        };
        let table = [
            (vec![], [1.5, 0.25]),
            (vec![phrase(Role::Pm, 1.0), phrase(Role::Pm, 0.25)], [0.25, 0.25]),
            // A negative difference is a rounding error.
            (vec![phrase(Role::Pmm, 0.250_001)], [1.5, 0.0]),
        ];
        for (found, [pm, pmm]) in table {
            let points = points_outside(RolePoints { pm: 1.5, pmm: 0.25 }, &found);
            let close = (points.of(Role::Pm) - pm).abs() < 1e-9 && (points.of(Role::Pmm) - pmm).abs() < 1e-9;
            assert!(close, "{found:?}: {points:?}");
        }
    }
}
