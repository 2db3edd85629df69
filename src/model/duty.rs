//! Duties, and which source gives them to which role.

use super::{ByLens, Kind, Lens, Role};

/// Something a job's holder does, with the role each source gives it to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Duty {
    /// Short name, unique: `product-roadmap`.
    pub id: String,
    /// What it is, in a few words.
    pub name: String,
    /// The theme it belongs to: `roadmap`, `messaging`, `launch` …
    pub theme: String,
    /// Its kind by lens; `None` where a source does not mention it.
    pub kinds: ByLens<Option<Kind>>,
}

impl Duty {
    /// Its kind through `lens`: the source's word where it speaks of the duty,
    /// otherwise the consensus.
    #[must_use]
    pub fn kind(&self, lens: Lens) -> Kind {
        self.kinds[lens].or(self.kinds[Lens::Consensus]).unwrap_or(Kind::Other)
    }

    /// The sources that give the duty to `role`, alone or with the other.
    #[must_use]
    pub fn sources(&self, role: Role) -> Vec<Lens> {
        Lens::sources()
            .into_iter()
            .filter(|&lens| self.kinds[lens].is_some_and(|kind| kind == role.into() || kind == Kind::Shared))
            .collect()
    }

    /// Whether the sources that speak of the duty give it to different kinds.
    #[must_use]
    pub fn disputed(&self) -> bool {
        let mut said = Lens::sources().into_iter().filter_map(|lens| self.kinds[lens]);
        said.next().is_some_and(|first| said.any(|kind| kind != first))
    }
}

/// How many duties a feature is linked to at most.
pub(crate) const LINKS: usize = 4;

/// The duties a feature speaks of most, with weights of 1 to 255; weight 0 is no link.
pub(crate) type Links = [(u8, u8); LINKS];
