//! What a title claims.

use super::named;

/// What a job title claims the job to be.
///
/// ```
/// use rolecall::{Classifier, TitleClaim};
///
/// let verdict = Classifier::builtin()?.classify_titled("Prod Mgr II", "Own the roadmap.");
/// assert_eq!(verdict.title.expect("a title was given").says, TitleClaim::Pm);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum TitleClaim {
    /// Product management.
    Pm,
    /// Product marketing.
    Pmm,
    /// Product management and product marketing.
    Both,
    /// A neighboring job, whose duties may be those of either role: "product strategy manager".
    Near,
    /// Another occupation.
    Other,
    /// Nothing: empty, in another script, or only words such as "Remote, full time".
    None,
}

named!(TitleClaim, "claim of a title", Pm => "pm", Pmm => "pmm", Both => "both", Near => "near", Other => "other",
    None => "none");
