//! Duties, and which source gives them to which role.

use super::{ByLens, Kind, Lens, Role};

/// A task of a job, with the role that each source gives it to.
///
/// ```
/// use rolecall::{Classifier, Lens};
///
/// let classifier = Classifier::builtin()?;
/// for duty in classifier.duties().filter(|duty| duty.disputed()) {
///     println!("{}: {}, by Wikipedia {}", duty.name, duty.kind(Lens::Consensus), duty.kind(Lens::Wikipedia));
/// }
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
    /// The id of the filler topic of headings.
    pub(crate) const HEADINGS: &str = "headings";

    /// The id for lines of a role that state no duty of the list.
    pub(crate) const NO_DUTY: &str = "none";

    /// A duty of which only id and name are known.
    #[cfg(feature = "serde")]
    pub(crate) fn with_name(id: String, name: String) -> Self {
        Self { id, name, theme: String::new(), kinds: ByLens::default() }
    }

    /// Its kind through `lens`: the source's where it mentions the duty, else the consensus.
    #[must_use]
    pub fn kind(&self, lens: Lens) -> Kind {
        self.kinds[lens].or(self.kinds[Lens::Consensus]).unwrap_or(Kind::Other)
    }

    /// The sources that give the duty to `role`, alone or together with the other role.
    #[must_use]
    pub fn sources(&self, role: Role) -> Vec<Lens> {
        let of_role = |kind| kind == role.into() || kind == Kind::Shared;
        Lens::sources().into_iter().filter(|&lens| self.kinds[lens].is_some_and(of_role)).collect()
    }

    /// Whether the sources that mention the duty give it to different kinds.
    #[must_use]
    pub fn disputed(&self) -> bool {
        let mut kinds = Lens::sources().into_iter().filter_map(|lens| self.kinds[lens]);
        kinds.next().is_some_and(|first| kinds.any(|kind| kind != first))
    }

    /// Whether a source mentions it; other duties are known from postings only.
    pub(crate) fn has_source(&self) -> bool {
        Lens::sources().into_iter().any(|lens| self.kinds[lens].is_some())
    }

    /// Whether it is the filler topic of headings, which long lines never have.
    pub(crate) fn is_heading(&self) -> bool {
        self.id == Self::HEADINGS
    }

    /// Whether it stands for lines of a role that state no duty of the list.
    pub(crate) fn is_no_duty(&self) -> bool {
        self.id == Self::NO_DUTY
    }
}
