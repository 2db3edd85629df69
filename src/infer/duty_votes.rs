//! The duty that the features of some words are linked to most, or the topic of filler.

use std::hint::select_unpredictable;

use super::line_features::LineFeature;
use super::verdict::Ignored;
use crate::model::{ByRole, Duty, Kind, Lens, Model, Role};
use crate::text::Section;

/// Fewest votes for the duty of a phrase.
const MIN_VOTES: u32 = 40;

/// By duty, all bits set if votes for it count, none if not.
type Mask = [u8; 256];

/// By duty, its votes shifted left by 8 bits, with the complement of the duty below: of
/// equal votes the largest number is that of the first duty.
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
    /// Duties of one role alone.
    own: ByRole<Mask>,
    /// Topics of filler lines.
    filler: Mask,
    /// Topics of filler lines that are short enough for a heading.
    short_filler: Mask,
}

impl Candidates {
    /// Among the duties of `model`, seen through `lens`.
    pub(super) fn new(model: &Model, lens: Lens) -> Self {
        let mask = |fits: &dyn Fn(&Duty) -> bool| {
            std::array::from_fn(|at| if model.duties.get(at).is_some_and(|duty| fits(duty)) { u8::MAX } else { 0 })
        };
        let filler = |duty: &Duty| duty.kinds[Lens::Consensus] == Some(Kind::Filler);
        Self {
            own: ByRole::from_fn(|role| mask(&|duty| duty.kind(lens) == role.into())),
            filler: mask(&|duty| filler(duty) && !duty.is_heading()),
            short_filler: mask(&filler),
        }
    }
}

/// Counts votes.
pub(super) struct Votes<'a> {
    pub model: &'a Model,
    pub candidates: &'a Candidates,
}

impl<'a> Votes<'a> {
    /// The duty of `role` alone with the most votes.
    pub(super) fn duty(&self, role: Role, features: impl Iterator<Item = LineFeature>) -> Option<u8> {
        self.winner(features, MIN_VOTES, &self.candidates.own[role])
    }

    /// The topic of a filler line of `words` words.
    pub(super) fn reason(&self, features: impl Iterator<Item = LineFeature>, words: usize) -> &'a str {
        let Candidates { filler, short_filler, .. } = self.candidates;
        let winner = self.winner(features, 1, if words <= Section::MAX_WORDS { short_filler } else { filler });
        let duty = winner.and_then(|duty| self.model.duties.get(usize::from(duty)));
        duty.map_or(Ignored::OTHER, |duty| duty.id.as_str())
    }

    /// The duty in `mask` with the most votes, if it has at least `min_votes`; of equal
    /// ones the first.
    fn winner(&self, features: impl Iterator<Item = LineFeature>, min_votes: u32, mask: &Mask) -> Option<u8> {
        // Counts only grow: the final maximum was seen when its last vote was counted.
        let (mut counts, mut most) = (NO_VOTES, 0);
        for feature in features {
            // The number of links varies unpredictably: those of weight 0 are counted too,
            // and change nothing.
            for [duty, weight] in self.model.links.of(feature.place) {
                let count = &mut counts[usize::from(duty)];
                *count += u64::from(weight & mask[usize::from(duty)]) << 8;
                most = select_unpredictable(*count > most, *count, most);
            }
        }
        (most >> 8 >= u64::from(min_votes)).then_some(!(most as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;
    use crate::model::duty_links::LinkList;

    #[test]
    fn a_duty_needs_forty_votes() {
        let mut model = (*builtin::model().unwrap()).clone();
        let of_pm = |at: &usize| model.duties[*at].kind(Lens::Consensus) == Kind::Pm;
        let duty = (0..model.duties.len()).find(of_pm).unwrap() as u8;
        model.links = LinkList::from_iter([39, 40, 200].map(|votes| [(duty, votes), (0, 0), (0, 0), (0, 0)]));
        let candidates = Candidates::new(&model, Lens::Consensus);
        let votes = Votes { model: &model, candidates: &candidates };
        let feature = |place| LineFeature { first: 0, last: 0, units: 0, place };
        for (place, expected) in [(0, None), (1, Some(duty)), (2, Some(duty)), (3, None)] {
            assert_eq!(votes.duty(Role::Pm, [feature(place)].into_iter()), expected, "feature {place}");
            assert_eq!(votes.duty(Role::Pmm, [feature(place)].into_iter()), None, "a duty of the other role");
        }
    }
}
