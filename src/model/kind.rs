//! Roles, labels, kinds of line and lenses: the words the model speaks.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// One of the two roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Role {
    /// Product management.
    Pm,
    /// Product marketing.
    Pmm,
}

impl Role {
    /// Both roles, in the order in which ties are broken.
    pub const ALL: [Self; 2] = [Self::Pm, Self::Pmm];

    /// `pm` or `pmm`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pm => "pm",
            Self::Pmm => "pmm",
        }
    }

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
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a posting is judged to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Label {
    /// Product management.
    Pm,
    /// Product marketing.
    Pmm,
    /// Both, each strong.
    Hybrid,
    /// Too little to say, or neither role.
    Unclear,
}

impl Label {
    /// All labels, in the order in which ties are broken.
    pub const ALL: [Self; 4] = [Self::Pm, Self::Pmm, Self::Hybrid, Self::Unclear];

    /// `pm`, `pmm`, `hybrid` or `unclear`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pm => "pm",
            Self::Pmm => "pmm",
            Self::Hybrid => "hybrid",
            Self::Unclear => "unclear",
        }
    }

    /// Position in [`Label::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Label {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|label| label.as_str() == text).ok_or_else(|| {
            Error::new(ErrorKind::Input, format!("unknown label '{text}'")).hint("pm, pmm, hybrid or unclear")
        })
    }
}

/// What a line of a posting is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Kind {
    /// A duty of product management.
    Pm,
    /// A duty of product marketing.
    Pmm,
    /// A duty or skill that both roles have.
    Shared,
    /// A duty of another job.
    Other,
    /// Company, benefits, legal, education, application, headings.
    Filler,
}

impl Kind {
    /// All kinds, in the order of tables indexed by [`Kind::index`].
    pub const ALL: [Self; 5] = [Self::Pm, Self::Pmm, Self::Shared, Self::Other, Self::Filler];

    /// `pm`, `pmm`, `shared`, `other` or `filler`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pm => "pm",
            Self::Pmm => "pmm",
            Self::Shared => "shared",
            Self::Other => "other",
            Self::Filler => "filler",
        }
    }

    /// Position in [`Kind::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The kind of the largest number, by kind in the order of [`Kind::ALL`]; the first of
    /// several.
    pub(crate) fn largest(numbers: &[f64; 5]) -> Self {
        let larger = |best: Self, kind: Self| if numbers[kind.index()] > numbers[best.index()] { kind } else { best };
        Self::ALL.into_iter().fold(Self::Pm, larger)
    }

    /// The kind called `text`.
    #[cfg_attr(not(any(feature = "train", test)), expect(dead_code, reason = "read from the corpus only"))]
    pub(crate) fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One source's definition of the two roles, or all of them weighed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
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

impl Lens {
    /// All lenses, [`Lens::Consensus`] first.
    pub const ALL: [Self; 7] =
        [Self::Consensus, Self::Guide, Self::Overlap, Self::Lists, Self::Thread, Self::Aipmm, Self::Wikipedia];

    /// The name used in files and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consensus => "consensus",
            Self::Guide => "guide",
            Self::Overlap => "overlap",
            Self::Lists => "lists",
            Self::Thread => "thread",
            Self::Aipmm => "aipmm",
            Self::Wikipedia => "wikipedia",
        }
    }

    /// Position in [`Lens::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The lenses that are sources: all but [`Lens::Consensus`].
    #[must_use]
    pub const fn sources() -> [Self; 6] {
        [Self::Guide, Self::Overlap, Self::Lists, Self::Thread, Self::Aipmm, Self::Wikipedia]
    }
}

impl fmt::Display for Lens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Lens {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|lens| lens.as_str() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|lens| lens.as_str()).collect();
            Error::new(ErrorKind::Input, format!("unknown lens '{text}'")).hint(names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_indices_match() {
        for (index, label) in Label::ALL.into_iter().enumerate() {
            assert_eq!(label.index(), index);
            assert_eq!(label.as_str().parse::<Label>().unwrap(), label);
        }
        for (index, lens) in Lens::ALL.into_iter().enumerate() {
            assert_eq!(lens.index(), index);
            assert_eq!(lens.as_str().parse::<Lens>().unwrap(), lens);
        }
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind.index(), index);
            assert_eq!(Kind::from_name(kind.as_str()), Some(kind));
        }
        assert!("boss".parse::<Lens>().unwrap_err().to_string().contains("consensus, guide"));
    }
}
