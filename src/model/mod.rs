//! The trained model, its file, and the types it is described in.
//!
//! Terms:
//!
//! - A *kind* is what a line is about: `pm`, `pmm`, `shared`, `other` or `filler`. Arrays by kind come
//!   in two orders. A [`ByKind`] is in the order of [`Kind::ALL`]. Plain arrays, rows of weights and the
//!   columns of `counts.csv` are in lane order, that of `KINDS`.
//! - A *group* is a class of the naive Bayes model: a kind, or a *family* of other jobs (`design`,
//!   `sales`). A *lane* is the index of a group in a row of weights.
//! - A *row* has the weights of a feature. A *place* is the index of the row in every table of the
//!   model. Some places are free.
//! - A *unit* is the fixed-point step of weights, 1/16 of a log-odds of 1.

pub(crate) mod builtin;
pub(crate) mod calibration;
mod claim;
mod duty;
pub(crate) mod duty_links;
pub(crate) mod feature_index;
pub(crate) mod file;
mod group;
pub(crate) mod hyperparameters;
#[cfg(any(feature = "train", test))]
pub(crate) mod index_builder;
mod indexed;
mod kind;
mod label;
mod lens;
mod lens_changes;
mod named;
pub(crate) mod product_weights;
mod role;
mod trained_model;
mod weights;

pub use claim::TitleClaim;
pub use duty::Duty;
pub(crate) use group::{FAMILIES, FILLER, Family, Group, KINDS, LANES, OTHER, PM, PMM, SHARED};
pub use indexed::{ByClaim, ByKind, ByLabel, ByLens, ByRole};
pub use kind::Kind;
pub use label::Label;
pub use lens::Lens;
pub(crate) use lens_changes::LensChanges;
pub(crate) use named::named;
pub use role::Role;
pub(crate) use role::first_of_each;
pub(crate) use trained_model::Model;
pub(crate) use weights::{LENS_LANES, Row, Rows, UNITS, weight};
