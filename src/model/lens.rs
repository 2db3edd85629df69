//! The lenses: whose definition of the two roles counts.

use super::named::named;

/// One source's definition of the two roles, or all of them weighed together.
///
/// ```
/// use rolecall::{Classifier, Lens, Options};
///
/// let lens: Lens = "Wikipedia".parse()?;
/// let classifier = Classifier::builtin()?.with_options(Options::default().lens(lens));
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Lens {
    /// All sources weighed together.
    #[default]
    Consensus,
    /// A career guide to the two roles.
    Guide,
    /// An article on where the roles overlap and differ.
    Overlap,
    /// An article that lists the duties of each.
    Lists,
    /// A blog post and its readers' comments, which disagree.
    Thread,
    /// The certificates of a professional association.
    Aipmm,
    /// An encyclopedia.
    Wikipedia,
}

named!(
    Lens, "lens",
    Consensus => "consensus",
    Guide => "guide",
    Overlap => "overlap",
    Lists => "lists",
    Thread => "thread",
    Aipmm => "aipmm",
    Wikipedia => "wikipedia",
);

impl Lens {
    /// The lenses that are sources: all but [`Lens::Consensus`].
    #[must_use]
    pub const fn sources() -> [Self; 6] {
        let [_, sources @ ..] = Self::ALL;
        sources
    }
}
