//! Buffers that are reused from posting to posting.

use std::cmp::Reverse;

use super::line_features::Parts;
use super::lookup_tables::Curve;
use super::phrase_search::Line;
use super::pipeline::ScoredLine;
use super::posterior::Posteriors;
use crate::model::Role;
use crate::text::html::Cleaned;
use crate::tokenize::{Memo, Segment, Token};

/// Working memory of a classifier. Make one a thread and pass it to
/// [`Classifier::classify_with`](crate::Classifier::classify_with): after the first
/// few postings nothing is allocated but the verdict itself.
///
/// What a scratch has seen never changes a verdict.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) cleaned: Cleaned,
    pub(crate) tokens: Vec<Token>,
    pub(crate) segments: Vec<Segment>,
    /// Token ranges of partner mentions.
    pub(crate) partners: Vec<(u32, u32)>,
    pub(crate) judged: Vec<ScoredLine>,
    /// Features of the segments.
    pub(crate) parts: Parts,
    /// The segment in which phrases are searched.
    pub(super) line: Line,
    /// Points (their bits), index and role of the segments that speak for a role.
    pub(super) by_strength: Vec<(Reverse<u64>, usize, Role)>,
    pub(super) posteriors: Posteriors,
    /// What a lead for a role counts, by its units.
    pub(crate) lead: Curve,
    pub(crate) memo: Memo,
    /// Checksum of the model the memo belongs to.
    pub(crate) model: String,
}

impl Scratch {
    /// Empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets stem ids of another model.
    pub(crate) fn belong_to(&mut self, model: &str) {
        if self.model != model {
            self.memo.clear();
            self.model.clear();
            self.model.push_str(model);
        }
    }
}
