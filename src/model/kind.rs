//! The kinds of line.

use super::Role;
use super::named::named;

/// What a line of a posting is about.
///
/// ```
/// use rolecall::Kind;
///
/// assert_eq!("Filler".parse::<Kind>()?, Kind::Filler);
/// assert_eq!(Kind::ALL.len(), 5);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Kind {
    /// A duty of product management.
    Pm,
    /// A duty of product marketing.
    Pmm,
    /// A duty or skill of both roles.
    Shared,
    /// A duty of another job.
    Other,
    /// Company, benefits, legal notices, education, how to apply, headings.
    Filler,
}

named!(Kind, "kind", Pm => "pm", Pmm => "pmm", Shared => "shared", Other => "other", Filler => "filler");

impl From<Role> for Kind {
    fn from(role: Role) -> Self {
        role.kind()
    }
}
