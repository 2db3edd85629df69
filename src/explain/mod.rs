//! Evidence people can act on: what every shell shows of a verdict.
//!
//! A [`Verdict`](crate::Verdict) holds what was found; this module says it in words
//! ([`words`]) and in the posting's own lines ([`snippet()`]). Posting text that is
//! shown goes through [`inert`].

pub mod inert;
mod snippet;
pub mod words;

pub use snippet::{Snippet, count_words, ignored, plain, snippet};
