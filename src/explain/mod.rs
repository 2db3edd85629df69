//! Explanations of a verdict, for programs to show.
//!
//! - [`DutyTable`] sums the evidence up by duty, and [`LensTable`] repeats the verdict
//!   through every lens.
//! - [`what_if()`] finds the fewest lines whose removal changes the label, and [`split()`] divides the
//!   duties of a hybrid into the drafts of two postings.
//! - [`compare()`] says what changed between two postings, and [`side_by_side()`] tabulates several.
//! - [`clearest()`] and [`duty_points()`] give the phrases and duties for the columns of a table.
//! - [`highlight()`], [`rendered()`] and [`snippet()`] show phrases in the posting; [`sanitize`] makes
//!   posting text safe to print.
//! - [`explain()`] gathers the verdict on one posting, its duties, the lenses, the split of a hybrid and,
//!   if asked for, what would change the label. [`html::page`] renders them as a self-contained page.

mod clearest;
mod compare;
mod duties;
mod highlight;
pub mod html;
mod lenses;
#[cfg(feature = "batch")]
mod lexicon;
mod lines;
// Shared by the HTML page and the program; not part of the public interface.
#[doc(hidden)]
pub mod numbers;
mod rendered;
pub mod sanitize;
mod snippet;
mod split;
mod what_if;
// Not part of the public interface, as `numbers`.
#[doc(hidden)]
pub mod wording;

pub use clearest::{clearest, duty_points};
pub use compare::{Comparison, DutyChange, DutyRow, PhraseChange, Side, SideBySide, compare, side_by_side};
pub use duties::{AbsentTheme, DutyPoints, DutyTable, Said, ThemePoints};
pub use highlight::{Piece, highlight};
pub use lenses::{DutyShift, LensRow, LensTable};
#[cfg(feature = "batch")]
pub use lexicon::LexiconEntry;
pub use lines::LineKind;
pub use rendered::{Rendered, RenderedLine, RenderedPart, rendered};
pub use snippet::{Snippet, snippet, without_markup};
pub use split::{Line, Split, split};
pub use what_if::{Change, WhatIf, what_if, without};

use crate::infer::{Classifier, Reason, Scratch, Verdict};
use crate::model::Label;

/// Whether a text could not be classified at all, so that its evidence and share mean
/// nothing.
#[must_use]
pub fn unclassifiable(reason: Option<Reason>) -> bool {
    matches!(reason, Some(Reason::TooShort | Reason::NotEnglish))
}

/// A verdict with everything that explains it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Explanation {
    /// The verdict.
    pub verdict: Verdict,
    /// The evidence by duty.
    pub duties: DutyTable,
    /// The verdict through every lens.
    pub lenses: LensTable,
    /// What would change the label, if asked for.
    pub what_if: Option<WhatIf>,
    /// A hybrid's duties as two lists; `None` for other labels.
    pub split: Option<Split>,
}

/// Classifies one posting and explains the verdict. With `search`, also finds what would
/// change the label, which takes up to two seconds.
#[must_use]
pub fn explain(
    classifier: &Classifier,
    scratch: &mut Scratch,
    title: Option<&str>,
    posting: &str,
    search: bool,
) -> Explanation {
    let verdict = classifier.classify_with(scratch, title, posting);
    Explanation {
        duties: DutyTable::new(classifier, scratch, &verdict, posting),
        lenses: LensTable::new(classifier, scratch, title, posting),
        what_if: search.then(|| what_if(classifier, scratch, title, posting)),
        split: (verdict.label == Label::Hybrid).then(|| split(classifier, scratch, posting)),
        verdict,
    }
}
