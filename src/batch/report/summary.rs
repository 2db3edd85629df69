//! The summary of a run.

use super::stats::Stats;
use crate::infer::Reason;
use crate::model::Label;
use crate::table::RejectReason;

/// The counts of a run. Every row of the input is either written or rejected.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Rows written.
    pub rows: u64,
    /// Rows rejected.
    pub rejects: u64,
    /// Empty lines, which are not rows.
    pub empty_lines: u64,
    /// Records that repeat the header, as in concatenated files; they are not rows.
    pub repeated_headers: u64,
    /// Rows with fewer fields than the header; the missing ones are written empty.
    pub padded_rows: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Mean PM share of the rows that are not unclear, from 0 to 1; `None` without any.
    pub mean_share: Option<f64>,
    /// Mean confidence of all rows, from 0 to 1; `None` without any.
    pub mean_confidence: Option<f64>,
    pub(crate) stats: Stats,
}

impl Summary {
    pub(crate) fn new(stats: Stats, bytes_written: u64) -> Self {
        Self {
            rows: stats.rows(),
            rejects: stats.rejects(),
            empty_lines: stats.empty_lines,
            repeated_headers: stats.repeated_headers,
            padded_rows: stats.padded_rows,
            bytes_written,
            mean_share: stats.mean_pm_share(),
            mean_confidence: stats.mean_confidence(),
            stats,
        }
    }

    /// The number of rows with `label`.
    #[must_use]
    pub fn label(&self, label: Label) -> u64 {
        self.stats.labels[label]
    }

    /// The number of unclear rows for each reason.
    pub fn reasons(&self) -> impl Iterator<Item = (Reason, u64)> {
        Reason::ALL.into_iter().zip(self.stats.reasons)
    }

    /// The number of rejected rows for each reason.
    pub fn reject_reasons(&self) -> impl Iterator<Item = (RejectReason, u64)> {
        RejectReason::ALL.into_iter().zip(self.stats.rejects)
    }
}
