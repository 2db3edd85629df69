//! Figures on labelled postings: accuracy, calibration, share, evidence.

pub(crate) mod calibrate;
mod example;
mod lines;
mod measure;
mod naming;
pub(crate) mod plot;
pub(crate) mod report;
pub mod tune;

pub use example::{Example, load};
pub use lines::{LineExample, LineFigures, line_figures, load_lines};
pub use measure::{Answer, Bin, Coverage, Figures, LabelFigures, LengthFigures, answers, figures};
pub use report::Files as ReportFiles;
