//! Removes HTML markup, with the tokenizer of the HTML standard.

#[cfg(test)]
mod against_browser;
mod attributes;
mod detect;
mod elements;
mod job_posting;
mod open_elements;
mod reader;

pub(super) use detect::{Markup, has_reference};
pub(super) use job_posting::job_posting;
pub(super) use reader::{Reader, Shown};
