//! What the features of some words speak of most: a duty, or why filler says nothing.

use std::hint::select_unpredictable;

use super::line_features::Part;
use crate::model::{ByRole, Duty, Kind, Lens, Model, Role};
use crate::text::Section;

/// Fewer votes name no duty of a phrase.
const LEAST_VOTES: u32 = 40;

/// By duty, all bits where it may be what is asked for and none where not.
type Mask = [u8; 256];

/// By duty, votes and in the lowest byte the duty itself, of which the first is to be the
/// largest.
const NO_VOTES: [u64; 256] = {
    let mut counts = [0; 256];
    let mut duty = 0;
    while duty < counts.len() {
        counts[duty] = 255 - duty as u64;
        duty += 1;
    }
    counts
};

/// Which duties may be voted for.
#[derive(Debug)]
pub(crate) struct Ballots {
    /// Those of each role alone.
    own: ByRole<Mask>,
    /// Families of filler; in lines too long for a heading, and in others.
    filler: [Mask; 2],
}

impl Ballots {
    /// Those of the duties of `model`, seen through `lens`.
    pub(super) fn new(model: &Model, lens: Lens) -> Self {
        let mask = |fits: &dyn Fn(&Duty) -> bool| {
            std::array::from_fn(|at| if model.duties.get(at).is_some_and(fits) { u8::MAX } else { 0 })
        };
        let own = ByRole::from_fn(|role| mask(&|duty| duty.kind(lens) == role.into()));
        let filler = |heading: bool| {
            mask(&|duty| duty.kinds[Lens::Consensus] == Some(Kind::Filler) && (heading || duty.id != "headings"))
        };
        Self { own, filler: [filler(false), filler(true)] }
    }
}

/// Counts votes.
pub(crate) struct Votes<'a> {
    pub model: &'a Model,
    pub ballots: &'a Ballots,
}

impl<'a> Votes<'a> {
    /// The duty that is `role`'s alone and has the most votes.
    pub(super) fn duty(&self, role: Role, parts: impl Iterator<Item = Part>) -> Option<u8> {
        self.most(parts, LEAST_VOTES, &self.ballots.own[role])
    }

    /// Why a filler segment of so many words says nothing: the family of filler its
    /// features speak of.
    pub(super) fn reason(&self, parts: impl Iterator<Item = Part>, words: usize) -> &'a str {
        let most = self.most(parts, 1, &self.ballots.filler[usize::from(words <= Section::MAX_WORDS)]);
        most.and_then(|duty| self.model.duties.get(usize::from(duty))).map_or("other", |duty| duty.id.as_str())
    }

    /// The duty with the most votes, at least `least`, of those of `mask`; the first of
    /// several.
    fn most(&self, parts: impl Iterator<Item = Part>, least: u32, mask: &Mask) -> Option<u8> {
        // Counts only grow: whoever is ahead in the end was seen to be when it was voted for
        // last.
        let (mut counts, mut most) = (NO_VOTES, 0);
        for part in parts {
            // How many links a feature has cannot be guessed: those of weight 0 are counted,
            // too, and give no duty a vote.
            for [duty, weight] in self.model.links.of(part.place) {
                let count = &mut counts[usize::from(duty)];
                *count += u64::from(weight & mask[usize::from(duty)]) << 8;
                most = select_unpredictable(*count > most, *count, most);
            }
        }
        (most >> 8 >= u64::from(least)).then_some(!(most as u8))
    }
}
