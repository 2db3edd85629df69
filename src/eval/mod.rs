//! Figures on labelled postings: accuracy, calibration, share, evidence.

pub mod ablation;
pub(crate) mod calibration_fit;
mod dataset;
mod faithfulness;
mod line_metrics;
mod metrics;
pub(crate) mod report;
mod thresholds;

pub use dataset::{Example, load};
pub use faithfulness::{AtPhrases, Faithfulness, faithfulness};
pub use line_metrics::{LineExample, LineFigures, line_figures, load_lines};
pub use metrics::{Answer, Bin, Coverage, Figures, LabelFigures, LengthFigures, answers, figures};
pub use report::Files as ReportFiles;
