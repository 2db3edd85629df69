//! Rolecall reads a job posting and says whether the job is product management (PM),
//! product marketing (PMM) or a hybrid of both, with the phrases that say so.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "batch")]
pub mod batch;
mod classify;
#[cfg(feature = "train")]
pub mod corpus;
mod error;
#[cfg(feature = "train")]
pub mod eval;
mod model;
mod text;
mod token;
#[cfg(feature = "train")]
mod train;

pub use classify::{
    Classifier, Evidence, Ignored, LineVerdict, Options, Partner, Probabilities, Reason, RolePoints, Scratch, Strength,
    TitleReading, TitleSays, Verdict,
};
pub use error::{Error, ErrorKind, Place};
pub use model::{Duty, Kind, Label, Lens, Role};
pub use text::{Section, Span};
