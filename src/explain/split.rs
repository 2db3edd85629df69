//! The duties of a posting, divided by role.

use crate::infer::{Classifier, Scratch};
use crate::model::Kind;
use crate::text::Span;

use super::snippet::plain;

/// The duty lines of a posting by role, in order: the drafts of two postings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Split {
    /// Duties of product management.
    pub pm: Vec<Line>,
    /// Duties of product marketing.
    pub pmm: Vec<Line>,
    /// Duties of both roles.
    pub both: Vec<Line>,
}

/// A line of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Line {
    /// Its place in the posting.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub span: Span,
    /// Its text without markup, with whitespace collapsed.
    pub text: String,
}

impl Line {
    pub(super) fn new(posting: &str, span: Span) -> Self {
        Self { span, text: plain(span.of(posting)) }
    }
}

/// Splits the duties of `posting`. Lines that state no duty of the two roles are left out.
#[must_use]
pub fn split(classifier: &Classifier, scratch: &mut Scratch, posting: &str) -> Split {
    let mut split = Split::default();
    for (span, kind) in classifier.duty_lines(scratch, posting) {
        let list = match kind {
            Kind::Pm => &mut split.pm,
            Kind::Pmm => &mut split.pmm,
            _ => &mut split.both,
        };
        list.push(Line::new(posting, span));
    }
    split
}
