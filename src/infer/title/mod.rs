//! What a job title claims.

mod claim;
#[cfg(test)]
mod dress_tests;
#[cfg(test)]
mod edge_tests;
mod field;
mod find_title;
mod normalize;
mod role;
mod sentence;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use claim::claim;
pub(crate) use find_title::{MARKDOWN, MAX_LINE, find_title, is_title};
