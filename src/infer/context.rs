//! The rest of an explanation: other wording, partner mentions and ignored parts.

use super::duty_votes::Votes;
use super::evidence::Phrase;
use super::findings::{Ignored, Partner};
use super::pipeline::CleanText;
use super::scratch::Scratch;
use super::verdict::RolePoints;
use crate::model::{ByKind, Kind, Role};
use crate::text::shorten::collapse_whitespace;

/// The points of each role outside the phrases of `found`: the strength of all lines minus the
/// points of the phrases.
pub(super) fn points_outside(scratch: &Scratch, found: &[Phrase]) -> RolePoints {
    let mut points = RolePoints::default();
    for line in &scratch.lines {
        for role in Role::ALL {
            *points.of_mut(role) += line.strength(role);
        }
    }
    for phrase in found {
        *points.of_mut(phrase.role) -= phrase.points;
    }
    for role in Role::ALL {
        // All points may be listed: the difference is then a rounding error.
        *points.of_mut(role) = points.of(role).max(0.0);
    }
    points
}

/// The mentions of the roles as partners.
pub(super) fn partners(scratch: &Scratch, text: CleanText<'_>) -> Vec<Partner> {
    let Scratch { tokens, partners, .. } = scratch;
    let partner = |&(first, last): &(u32, u32)| {
        let (first, last) = (first as usize, last as usize - 1);
        Partner { phrase: collapse_whitespace(text.words(tokens, first, last)), span: text.span(tokens, first, last) }
    };
    partners.iter().map(partner).collect()
}

/// The runs of filler lines, adjacent lines with the same reason joined. A line of unknown
/// reason joins the run it is next to.
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
    use crate::infer::likelihood::Sums;
    use crate::infer::line::ScoredLine;

    /// By hand: lines of 1.5 points for PM and 0.25 for PMM.
    #[test]
    fn points_outside_are_those_that_no_phrase_has() {
        let mut scratch = Scratch::new();
        scratch.lines.clear();
        for (weight, kinds) in [(1.0, [1.0, 0.0]), (0.5, [1.0, 0.0]), (0.25, [0.0, 1.0])] {
            let kinds = ByKind::from([kinds[0], kinds[1], 0.0, 0.0, 0.0]);
            scratch.lines.push(ScoredLine { kinds, ..ScoredLine::new(9, Sums::of(&[], &[]), weight) });
        }
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
            // More by rounding is none.
            (vec![phrase(Role::Pmm, 0.250_001)], [1.5, 0.0]),
        ];
        for (found, [pm, pmm]) in table {
            let points = points_outside(&scratch, &found);
            let close = (points.of(Role::Pm) - pm).abs() < 1e-9 && (points.of(Role::Pmm) - pmm).abs() < 1e-9;
            assert!(close, "{found:?}: {points:?}");
        }
    }
}
