//! The result of a run: its statistics and the page about them.

pub(crate) mod evaluation;
mod groups;
mod html;
pub(crate) mod page;
mod quantification;
pub(crate) mod stats;
pub(crate) mod summary;
