//! What a job title claims.

mod claim;
#[cfg(test)]
mod dress_tests;
#[cfg(test)]
mod edge_tests;
mod field;
mod first_line;
mod normalize;
mod role;
mod sentence;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use claim::claim;
pub(crate) use first_line::{MARKDOWN, MAX_LINE, first_line, is_title};
