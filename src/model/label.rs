//! The labels of postings.

use super::named::named;

/// What a posting is classified as.
///
/// ```
/// use rolecall::Label;
///
/// assert_eq!("Hybrid".parse::<Label>()?, Label::Hybrid);
/// assert_eq!(Label::Pmm.to_string(), "pmm");
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Label {
    /// Product management.
    Pm,
    /// Product marketing.
    Pmm,
    /// Both roles, each strong.
    Hybrid,
    /// Neither role, or too little evidence; [`Verdict::reason`](crate::Verdict::reason) says which.
    Unclear,
}

named!(Label, "label", Pm => "pm", Pmm => "pmm", Hybrid => "hybrid", Unclear => "unclear");
