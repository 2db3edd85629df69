//! Measuring a model on labeled postings, and fitting its calibration to them.
//!
//! [`read`] and [`load`] read labeled postings, [`predict`] classifies them and [`Metrics::of`]
//! compares the predictions with the labels. [`line_metrics`] does the same for single lines.
//! [`faithfulness`] measures how much verdicts rest on the phrases they list, and [`robustness`] how
//! much they change when only the form of a text changes, such as letter case or markup.
//! [`Experiment`] first trains from the corpus: it fits the calibration and compares variants of the
//! model. [`ReportFiles`] is the evaluation report.

mod ablation;
mod bootstrap;
mod calibration_fit;
mod cross_fit;
mod duty_metrics;
mod evidence_metrics;
mod experiment;
mod faithfulness;
mod feed;
mod grid_search;
mod kind_odds_fit;
mod line_metrics;
mod metrics;
mod perturbation;
mod predict;
mod report;
mod robustness;
mod title_fit;

pub use crate::dataset::{Dataset, DutyExample, Example, LineExample, load, load_duties, load_lines, read, read_file};
pub use bootstrap::{MetricInterval, intervals};
pub use duty_metrics::{DutyMetrics, duty_metrics};
pub use evidence_metrics::{EvidenceMetrics, evidence_metrics};
pub use experiment::{Evaluation, Experiment, Sets, Unseen};
pub use faithfulness::{AtPhrases, Faithfulness, faithfulness};
pub use feed::{FeedMetrics, FeedRates};
pub use line_metrics::{LineMetrics, line_metrics};
pub use metrics::{Coverage, LabelMetrics, LengthMetrics, Metrics, ReliabilityBin};
pub use predict::{Prediction, predict};
pub use report::ReportFiles;
pub use robustness::{PerturbationMetrics, robustness};
