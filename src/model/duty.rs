//! Duties, and which source gives them to which role.

use super::{Kind, Lens, Role};

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
    /// Its kind by lens, in the order of [`Lens::ALL`]; `None` where a source does
    /// not speak of it.
    pub kinds: [Option<Kind>; 7],
}

impl Duty {
    /// Its kind through `lens`: the source's word where it speaks of the duty,
    /// otherwise the consensus.
    #[must_use]
    pub fn kind(&self, lens: Lens) -> Kind {
        self.kinds[lens.index()].or(self.kinds[0]).unwrap_or(Kind::Other)
    }

    /// The sources that give the duty to `role`, alone or with the other.
    #[must_use]
    pub fn sources(&self, role: Role) -> Vec<Lens> {
        let own = match role {
            Role::Pm => Kind::Pm,
            Role::Pmm => Kind::Pmm,
        };
        Lens::sources()
            .into_iter()
            .filter(|lens| self.kinds[lens.index()].is_some_and(|kind| kind == own || kind == Kind::Shared))
            .collect()
    }

    /// Whether the sources that speak of the duty give it to different kinds.
    #[must_use]
    pub fn disputed(&self) -> bool {
        let mut said = self.kinds[1..].iter().flatten();
        said.next().is_some_and(|first| said.any(|kind| kind != first))
    }
}

/// How many duties a feature is linked to at most.
pub(crate) const LINKS: usize = 4;

/// The duties a feature speaks of most, with weights of 1 to 255; weight 0 is no link.
pub(crate) type Links = [(u8, u8); LINKS];
