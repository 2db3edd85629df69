//! The rest of an explanation: other wording, partner mentions and ignored parts.

use super::duty_votes::Votes;
use super::evidence::{Phrase, other_wording};
use super::pipeline::CleanText;
use super::scratch::Scratch;
use super::verdict::{Ignored, Partner, RolePoints};
use crate::model::{ByKind, Kind, Role, Row};
use crate::text::shorten::collapse_whitespace;

/// Points by role outside the phrases `found`.
pub(super) fn points_outside(rows: &[Row], scratch: &Scratch, found: &[Phrase]) -> RolePoints {
    let Scratch { segments, lines, features, .. } = scratch;
    let mut listed: Vec<Vec<(usize, usize)>> = vec![Vec::new(); segments.len()];
    for phrase in found {
        listed[phrase.line].push((phrase.first, phrase.last));
    }
    let mut points = RolePoints::default();
    for (index, ((segment, line), listed)) in segments.iter().zip(lines).zip(&listed).enumerate() {
        for role in Role::ALL {
            *points.of_mut(role) += line.strength(role);
        }
        if let Some(role) = line.leaning() {
            let outside = other_wording(features.of(rows, index), segment, line, listed);
            *points.of_mut(role) += outside - line.points();
        }
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
