//! From a posting to a verdict.
//!
//! [`pipeline`] turns a posting into scored lines, [`aggregate`] turns these into strengths and
//! probabilities, and [`classifier`] puts the verdict together.
//!
//! Terms of this folder, besides those of `model`:
//!
//! - *Points*, 0 to 1, are what a line adds to a role. The *strength* of a role is their sum.
//! - The *share* is PM's part of the strengths of both roles, calibrated.
//! - `kind_odds` are class weights: factors of the probabilities of kinds. `hybrid_odds` is the
//!   logarithm of such a factor.

pub(crate) mod aggregate;
mod classifier;
#[cfg(test)]
mod classifier_tests;
mod clause;
mod context;
mod duty_lines;
mod duty_votes;
mod evidence;
mod findings;
mod hmm;
mod interval;
mod likelihood;
pub(crate) mod line;
mod line_features;
mod lookup_tables;
mod mixture;
mod options;
pub(crate) mod pipeline;
mod posterior;
pub(crate) mod product;
#[cfg(test)]
mod reference;
mod repeats;
mod scratch;
mod text_kind;
pub(crate) mod title;
mod verdict;

pub use classifier::Classifier;
pub use findings::{Evidence, Ignored, Keyword, LineVerdict, Partner};
pub use options::Options;
pub use scratch::Scratch;
pub use verdict::{ByDutiesAlone, Interval, Note, Probabilities, Reason, RolePoints, Strength, TitleReading, Verdict};
