//! Measuring a model on labeled postings, and fitting its calibration to them.
//!
//! [`load`] reads labeled postings, [`predict`] classifies them and [`Metrics::of`]
//! compares the two. [`line_metrics`] does the same for single lines, and
//! [`faithfulness`] measures how much verdicts rest on the phrases they list.
//! [`Experiment`] trains from the corpus first: it fits the calibration, compares
//! variants of the model and writes the evaluation report.

mod ablation;
mod calibration_fit;
mod dataset;
mod experiment;
mod faithfulness;
mod line_metrics;
mod metrics;
mod predict;
mod report;
mod thresholds;

pub use dataset::{Example, LineExample, load, load_lines};
pub use experiment::Experiment;
pub use faithfulness::{AtPhrases, Faithfulness, faithfulness};
pub use line_metrics::{LineMetrics, line_metrics};
pub use metrics::{Coverage, LabelMetrics, LengthMetrics, Metrics, ReliabilityBin};
pub use predict::{Prediction, predict};
pub use report::ReportFiles;
