//! The duty that the features of some words are linked to most, or the topic of filler.

use std::hint::select_unpredictable;

use super::findings::Ignored;
use super::line_features::LineFeature;
use crate::model::{ByRole, Duty, Kind, Lens, Model, Role};
use crate::text::Section;

/// Fewest votes for the duty of a phrase, per square root of its number of features.
const MIN_VOTES: f64 = 60.0;

/// Weight of votes for duties of one role alone that a source names, and of those for all
/// other duties.
const OWN_WEIGHT: u8 = 5;
const OTHER_WEIGHT: u8 = 4;

/// By duty, the weight of the votes for it.
type VoteWeights = [u8; 256];

/// By duty, its weighted votes shifted left by 8 bits, plus 255 minus the duty: of duties with
/// equal votes the first has the largest number.
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
#[derive(Debug)]
pub(super) struct Candidates {
    /// Duties of a role.
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
        let filler = |duty: &Duty| u8::from(duty.kinds[Lens::Consensus] == Some(Kind::Filler));
        let of_role = |role: Role| {
            each(&|duty| match duty.kind(lens) {
                kind if kind == role.into() && duty.has_source() => OWN_WEIGHT,
                kind if kind == role.into() || kind == Kind::Shared => OTHER_WEIGHT,
                _ => 0,
            })
        };
        Self {
            duties: ByRole::from_fn(of_role),
            filler: each(&|duty| filler(duty) * u8::from(!duty.is_heading())),
            short_filler: each(&filler),
        }
    }
}

/// Counts votes.
pub(super) struct Votes<'a> {
    pub model: &'a Model,
    pub candidates: &'a Candidates,
}

impl<'a> Votes<'a> {
    /// The duty of `role` with the most votes.
    pub(super) fn duty(&self, role: Role, features: impl ExactSizeIterator<Item = LineFeature>) -> Option<u8> {
        let least = MIN_VOTES * f64::from(OWN_WEIGHT) * libm::sqrt(features.len() as f64);
        self.winner(features, least as u64, &self.candidates.duties[role])
    }

    /// The topic of a filler line of `words` words.
    pub(super) fn reason(&self, features: impl Iterator<Item = LineFeature>, words: usize) -> &'a str {
        let Candidates { filler, short_filler, .. } = self.candidates;
        let winner = self.winner(features, 1, if words <= Section::MAX_WORDS { short_filler } else { filler });
        let duty = winner.and_then(|duty| self.model.duties.get(usize::from(duty)));
        duty.map_or(Ignored::OTHER, |duty| duty.id.as_str())
    }

    /// The duty with the most weighted votes, if it has at least `least`; of equal ones the
    /// first.
    fn winner(&self, features: impl Iterator<Item = LineFeature>, least: u64, weights: &VoteWeights) -> Option<u8> {
        // Counts only grow: the final maximum was seen when its last vote was counted.
        let (mut counts, mut most) = (NO_VOTES, 0);
        for feature in features {
            // The number of links varies unpredictably: those of weight 0 are counted too,
            // and change nothing.
            for [duty, weight] in self.model.links.of(feature.place) {
                let count = &mut counts[usize::from(duty)];
                *count += (u64::from(weight) * u64::from(weights[usize::from(duty)])) << 8;
                most = select_unpredictable(*count > most, *count, most);
            }
        }
        (most >> 8 >= least).then_some(!(most as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;
    use crate::model::duty_links::LinkList;

    /// By hand: one feature needs 60 votes, four need 120, and a duty of both roles a fourth
    /// more.
    #[test]
    fn a_duty_needs_votes() {
        let mut model = (*builtin::model().unwrap()).clone();
        let of =
            |kind: Kind| (0..model.duties.len()).find(|at| model.duties[*at].kind(Lens::Consensus) == kind).unwrap();
        let (duty, shared) = (of(Kind::Pm) as u8, of(Kind::Shared) as u8);
        let link = |duty, votes| [(duty, votes), (0, 0), (0, 0), (0, 0)];
        model.links = LinkList::from_iter([link(duty, 59), link(duty, 60), link(shared, 74), link(shared, 76)]);
        let candidates = Candidates::new(&model, Lens::Consensus);
        let votes = Votes { model: &model, candidates: &candidates };
        let feature = |place| LineFeature { first: 0, last: 0, units: 0, place };
        let table: [(&[u32], Option<u8>); 8] = [
            (&[0], None),
            (&[1], Some(duty)),
            (&[2], None),
            (&[3], Some(shared)),
            (&[1, 4, 4, 4], None),
            (&[1, 1, 4, 4], Some(duty)),
            (&[1, 3], None),
            (&[1, 3, 3], Some(shared)),
        ];
        for (places, expected) in table {
            let features: Vec<_> = places.iter().map(|place| feature(*place)).collect();
            assert_eq!(votes.duty(Role::Pm, features.iter().copied()), expected, "{places:?}");
        }
        assert_eq!(votes.duty(Role::Pmm, [feature(1)].into_iter()), None, "a duty of the other role");
    }
}
