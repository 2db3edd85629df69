//! The trained model, its file, and the types it is described in.

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
