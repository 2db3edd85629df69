//! The duty, or the topic of filler, that the features of some words are linked to most.

use std::hint::select_unpredictable;

use super::findings::Ignored;
use super::line_features::LineFeature;
use crate::model::{ByRole, Duty, Kind, Lens, Model, Role};
use crate::text::Section;

/// Weight of votes for a duty of the role alone that a source names.
const OWN_WEIGHT: u8 = 5;

/// Weight of votes for any other duty.
const OTHER_WEIGHT: u8 = 4;

/// By duty, the weight of the votes for it.
type VoteWeights = [u8; 256];

/// The counts before any vote. A count is `votes << 8 | (255 - duty)`, so the largest count is that
/// of the first duty with the most votes.
const NO_VOTES: [u64; 256] = {
    let mut counts = [0; 256];
    let mut duty = 0;
    while duty < counts.len() {
        counts[duty] = 255 - duty as u64;
        duty += 1;
    }
    counts
};

/// The duties that votes count for, through one lens.
#[derive(Debug, Clone)]
pub(super) struct Candidates {
    /// Duties of a role, topics of filler, and [`Duty::NO_DUTY`].
    duties: ByRole<VoteWeights>,
    /// Topics of filler lines.
    filler: VoteWeights,
    /// Topics of filler lines that are short enough for a heading.
    short_filler: VoteWeights,
}

impl Candidates {
    /// The candidates among the duties of `model`, through `lens`.
    pub(super) fn new(model: &Model, lens: Lens) -> Self {
        let each = |weight: &dyn Fn(&Duty) -> u8| {
            std::array::from_fn(|at| model.duties.get(at).map_or(0, |duty| weight(duty)))
        };
        let of_role = |role: Role| {
            each(&|duty| match duty.kind(lens) {
                kind if kind == role.into() && duty.has_source() => OWN_WEIGHT,
                kind if kind == role.into() || kind == Kind::Shared => OTHER_WEIGHT,
                Kind::Filler if !duty.is_heading() => OTHER_WEIGHT,
                _ => 0,
            })
        };
        Self {
            duties: ByRole::from_fn(of_role),
            filler: each(&|duty| u8::from(is_topic(duty) && !duty.is_heading())),
            short_filler: each(&|duty| u8::from(is_topic(duty))),
        }
    }

    /// The same candidates, but only duties that a source names. Topics of filler stay.
    #[cfg(feature = "train")]
    pub(super) fn of_sources(&self, model: &Model) -> Self {
        let mut found = self.clone();
        for (at, duty) in model.duties.iter().enumerate() {
            if !duty.has_source() && !states_no_duty(duty) {
                for role in Role::ALL {
                    found.duties[role][at] = 0;
                }
            }
        }
        found
    }
}

/// Whether lines with the most votes for this state no duty: a topic of filler, or
/// [`Duty::NO_DUTY`].
fn states_no_duty(duty: &Duty) -> bool {
    duty.kinds[Lens::Consensus] == Some(Kind::Filler)
}

/// Whether this is a topic of filler lines.
fn is_topic(duty: &Duty) -> bool {
    states_no_duty(duty) && !duty.is_no_duty()
}

/// Counts votes.
pub(super) struct Votes<'a> {
    pub model: &'a Model,
    pub candidates: &'a Candidates,
}

impl<'a> Votes<'a> {
    /// The duty of `role` with the most votes; `None` if a topic of filler or [`Duty::NO_DUTY`] has
    /// more.
    pub(super) fn duty(&self, role: Role, features: impl Iterator<Item = LineFeature>) -> Option<u8> {
        let winner = self.winner(features, &self.candidates.duties[role])?;
        let duty = self.model.duties.get(usize::from(winner))?;
        (!states_no_duty(duty)).then_some(winner)
    }

    /// Why a filler line of `words` words is ignored: the id of its topic, or [`Ignored::OTHER`].
    pub(super) fn reason(&self, features: impl Iterator<Item = LineFeature>, words: usize) -> &'a str {
        let Candidates { filler, short_filler, .. } = self.candidates;
        let winner = self.winner(features, if words <= Section::MAX_WORDS { short_filler } else { filler });
        let duty = winner.and_then(|duty| self.model.duties.get(usize::from(duty)));
        duty.map_or(Ignored::OTHER, |duty| duty.id.as_str())
    }

    /// The duty with the most weighted votes, if it has any; of equal ones the first.
    fn winner(&self, features: impl Iterator<Item = LineFeature>, weights: &VoteWeights) -> Option<u8> {
        // Counts only grow: the final maximum was seen when its last vote was counted.
        let (mut counts, mut most) = (NO_VOTES, 0);
        for feature in features {
            // Links of weight 0 are counted, too, and change nothing: a branch on the number of
            // links would often be mispredicted.
            for [duty, weight] in self.model.links.of(feature.place) {
                let count = &mut counts[usize::from(duty)];
                *count += (u64::from(weight) * u64::from(weights[usize::from(duty)])) << 8;
                most = select_unpredictable(*count > most, *count, most);
            }
        }
        // The low byte of a count is 255 minus the duty.
        (most >> 8 > 0).then_some(!(most as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;
    use crate::model::duty_links::LinkList;

    /// By hand: votes for duties of one role count 5, those for duties of both roles and for
    /// topics of filler 4.
    #[test]
    fn the_duty_with_the_most_weighted_votes_wins() {
        let mut model = (*builtin::model().unwrap()).clone();
        let first =
            |is: &dyn Fn(&Duty) -> bool| (0..model.duties.len()).find(|at| is(&model.duties[*at])).unwrap() as u8;
        let of = |kind: Kind| first(&|duty| duty.kind(Lens::Consensus) == kind && duty.has_source());
        let (duty, shared) = (of(Kind::Pm), of(Kind::Shared));
        let filler = first(&|duty| states_no_duty(duty) && !duty.is_heading());
        let link = |duty, votes| [(duty, votes), (0, 0), (0, 0), (0, 0)];
        let links =
            [link(duty, 40), link(shared, 49), link(shared, 51), link(filler, 49), link(filler, 51), link(0, 0)];
        model.links = LinkList::from_iter(links);
        let candidates = Candidates::new(&model, Lens::Consensus);
        let votes = Votes { model: &model, candidates: &candidates };
        let feature = |place| LineFeature { first: 0, last: 0, units: 0, place };
        let table: [(&[u32], Option<u8>); 8] = [
            (&[], None),
            (&[5], None),
            (&[0], Some(duty)),
            (&[0, 1], Some(duty)),
            (&[0, 2], Some(shared)),
            (&[0, 3], Some(duty)),
            (&[0, 4], None),
            (&[0, 0, 4], Some(duty)),
        ];
        for (places, expected) in table {
            let features = places.iter().map(|place| feature(*place));
            assert_eq!(votes.duty(Role::Pm, features), expected, "{places:?}");
        }
        assert_eq!(votes.duty(Role::Pmm, [feature(0)].into_iter()), None, "a duty of the other role");
    }

    #[cfg(feature = "train")]
    #[test]
    fn duties_that_no_source_names_can_be_left_out() {
        let model = builtin::model().unwrap();
        let all = Candidates::new(&model, Lens::Consensus);
        let some = all.of_sources(&model);
        let filler = model.duties.iter().find(|duty| states_no_duty(duty) && !duty.is_heading()).unwrap();
        for (role, id, left) in [
            (Role::Pm, "product-roadmap", true),
            (Role::Pmm, "spokesperson", false),
            (Role::Pm, "agile-delivery", false),
            (Role::Pm, filler.id.as_str(), true),
        ] {
            let at = model.duties.iter().position(|duty| duty.id == id).unwrap();
            let weight = all.duties[role][at];
            assert!(weight > 0, "{id}");
            assert_eq!(some.duties[role][at], if left { weight } else { 0 }, "{id}");
        }
    }
}
