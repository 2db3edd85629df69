//! Evidence people can act on: what every shell shows of a verdict.
//!
//! A [`Verdict`] holds what was found. This module
//! - says it in words ([`words`]) and in the posting's own lines ([`snippet()`],
//!   [`highlight()`]), harmless to show ([`inert`]), or as a page ([`html`]);
//! - rolls evidence up to duties ([`DutyTable`]), through every lens ([`LensTable`]);
//! - tells what would change the label ([`what_if()`]) and splits a hybrid in two
//!   ([`split()`]);
//! - compares two postings ([`compare()`]).
//!
//! [`explain`] gathers what is shown of one posting.

mod compare;
mod duties;
mod highlight;
pub mod html;
mod lenses;
pub mod sanitize;
mod snippet;
mod split;
mod what_if;
#[doc(hidden)]
pub mod wording;

pub use compare::{Comparison, DutyChange, PhraseChange, Side, compare};
pub use duties::{AbsentTheme, DutyPoints, DutyTable, Said, ThemePoints};
pub use highlight::{Piece, highlight, intensity};
pub use lenses::{DutyShift, LensRow, LensTable};
pub use snippet::{Snippet, snippet, without_markup};
pub use split::{Line, Split, split};
pub use what_if::{Change, WhatIf, what_if, without};

use crate::infer::{Classifier, Reason, Scratch, Verdict};
use crate::model::Label;

/// Whether a text could not be judged at all, so that nothing found in it means anything.
#[must_use]
pub fn unclassifiable(reason: Option<Reason>) -> bool {
    matches!(reason, Some(Reason::TooShort | Reason::NotEnglish))
}

/// All that is shown of one posting.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Explanation {
    /// The verdict.
    pub verdict: Verdict,
    /// Its evidence by duty.
    pub duties: DutyTable,
    /// The posting through every lens.
    pub lenses: LensTable,
    /// What would change the label, where it was asked for.
    pub what_if: Option<WhatIf>,
    /// A hybrid's duties as two lists; `None` for other labels.
    pub split: Option<Split>,
}

/// Explains one posting. `classifier`'s options say how many phrases are listed;
/// `search` asks for what would change the label, which takes up to a second or two.
#[must_use]
pub fn explain(
    classifier: &Classifier,
    scratch: &mut Scratch,
    title: Option<&str>,
    posting: &str,
    search: bool,
) -> Explanation {
    let verdict = classifier.classify_titled(scratch, title, posting);
    Explanation {
        duties: DutyTable::new(classifier, &verdict),
        lenses: LensTable::new(classifier, scratch, title, posting),
        what_if: search.then(|| what_if(classifier, scratch, title, posting)),
        split: (verdict.label == Label::Hybrid).then(|| split(classifier, scratch, posting)),
        verdict,
    }
}
