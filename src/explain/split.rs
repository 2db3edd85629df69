//! A posting's duties as two lists, one a role.

use crate::infer::{Classifier, Scratch};
use crate::model::Kind;
use crate::text::Span;

use super::snippet::plain;

/// The duties of a posting by role, each in the posting's own words and order: the
/// beginnings of two postings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Split {
    /// Duties of product management.
    pub pm: Vec<Line>,
    /// Duties of product marketing.
    pub pmm: Vec<Line>,
    /// Duties that belong to either.
    pub both: Vec<Line>,
}

/// A line of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Line {
    /// Where it stands.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub span: Span,
    /// Its text: markup out, blanks folded.
    pub text: String,
}

impl Line {
    pub(super) fn new(posting: &str, span: Span) -> Self {
        Self { span, text: plain(span.of(posting)) }
    }
}

/// Splits the duties of `posting`. What speaks of no duty of the two roles is in none
/// of the lists.
#[must_use]
pub fn split(classifier: &Classifier, scratch: &mut Scratch, posting: &str) -> Split {
    let mut split = Split::default();
    for line in classifier.lines(scratch, posting) {
        let list = match line.kind {
            Kind::Pm => &mut split.pm,
            Kind::Pmm => &mut split.pmm,
            Kind::Shared => &mut split.both,
            Kind::Other | Kind::Filler => continue,
        };
        list.push(Line::new(posting, line.span));
    }
    split
}
