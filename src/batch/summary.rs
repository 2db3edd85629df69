//! What a run comes to.

use super::reject::RejectReason;
use super::tally::{REASONS, Tally};
use crate::infer::Reason;
use crate::model::Label;

/// What a run comes to. Rows read are always rows written plus rows set aside.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Rows written.
    pub rows: u64,
    /// Rows set aside.
    pub rejects: u64,
    /// Blank lines, which are no rows.
    pub blank: u64,
    /// Rows with fewer fields than the header, filled up with empty ones.
    pub short: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Mean PM share of the rows that are not unclear; `None` without any.
    pub mean_share: Option<f64>,
    /// Mean confidence of all rows; `None` without any.
    pub mean_confidence: Option<f64>,
    pub(crate) tally: Tally,
}

impl Summary {
    pub(crate) fn of(tally: Tally, bytes_written: u64) -> Self {
        Self {
            rows: tally.scored(),
            rejects: tally.rejected(),
            blank: tally.blank,
            short: tally.short,
            bytes_written,
            mean_share: tally.mean_share(),
            mean_confidence: tally.mean_confidence(),
            tally,
        }
    }

    /// Rows with `label`.
    #[must_use]
    pub fn label(&self, label: Label) -> u64 {
        self.tally.labels[label as usize]
    }

    /// Unclear rows by reason.
    pub fn reasons(&self) -> impl Iterator<Item = (Reason, u64)> {
        REASONS.into_iter().zip(self.tally.reasons)
    }

    /// Rows set aside by reason.
    pub fn reject_reasons(&self) -> impl Iterator<Item = (RejectReason, u64)> {
        RejectReason::ALL.into_iter().zip(self.tally.rejects)
    }
}
