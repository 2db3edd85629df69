//! The result of a run: its statistics and the page about them.

mod chart;
pub(crate) mod difference;
mod draws;
pub(crate) mod evaluation;
pub(crate) mod figures;
pub(crate) mod groups;
mod html;
pub(crate) mod page;
mod quantification;
pub(crate) mod stats;
pub(crate) mod summary;

#[cfg(test)]
mod tests;
