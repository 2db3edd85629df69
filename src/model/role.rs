//! The two roles.

use super::named::named;
use super::{ByRole, Kind};

/// One of the two roles.
///
/// ```
/// use rolecall::Role;
///
/// assert_eq!("PMM".parse::<Role>()?, Role::Pmm);
/// assert_eq!(Role::Pm.name(), "product management");
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Role {
    /// Product management.
    Pm,
    /// Product marketing.
    Pmm,
}

named!(Role, "role", Pm => "pm", Pmm => "pmm");

/// A filter that keeps the first `limit` items of each role. It is called with the role of each item
/// in turn.
pub(crate) fn first_of_each(limit: usize) -> impl FnMut(Role) -> bool {
    let mut left = ByRole::splat(limit);
    move |role| {
        let left = &mut left[role];
        let is_first = *left > 0;
        *left = left.saturating_sub(1);
        is_first
    }
}

impl Role {
    /// The other role.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Pm => Self::Pmm,
            Self::Pmm => Self::Pm,
        }
    }

    /// "product management" or "product marketing".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pm => "product management",
            Self::Pmm => "product marketing",
        }
    }

    /// The kind of lines that state the role's duties.
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Pm => Kind::Pm,
            Self::Pmm => Kind::Pmm,
        }
    }

    /// 1 for PM, -1 for PMM: the sign of log-odds for PM against PMM that favor this role.
    pub(crate) const fn sign(self) -> i32 {
        match self {
            Self::Pm => 1,
            Self::Pmm => -1,
        }
    }
}
