//! From cleaned text to words, stems and n-grams.
//!
//! [`tokenizer::scan`] finds words and segments, [`stemmer`] turns words into stem ids,
//! [`role_mask`] takes role names out, and [`ngrams::emit`] names the features. Training
//! and scoring call the same four, so they cannot disagree.

mod hard_wrap;
pub(crate) mod ngrams;
pub(crate) mod role_mask;
mod separators;
mod spelling;
mod stem_exceptions;
pub(crate) mod stem_ids;
pub(crate) mod stemmer;
pub(crate) mod stopwords;
pub(crate) mod tokenizer;
mod word_boundaries;
mod word_cache;

pub(crate) use word_cache::Memo;

/// Identifier of a stem within a vocabulary.
pub(crate) type StemId = u16;

/// A word the vocabulary does not hold. It emits nothing.
pub(crate) const UNKNOWN: StemId = StemId::MAX;
/// A masked role name. It emits nothing and no n-gram reaches across it.
pub(crate) const ROLE: StemId = StemId::MAX - 1;
/// Largest number of stems a vocabulary may hold.
pub(crate) const MAX_STEMS: usize = (StemId::MAX - 16) as usize;

/// Longer words, in bytes, are no words: they get no stem.
pub(crate) const MAX_WORD: usize = 40;

/// The stem that stands for every number.
pub(crate) const NUMBER: &str = "#";

/// A word of the cleaned text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// First byte in the cleaned text.
    pub start: u32,
    /// Last byte, exclusive.
    pub end: u32,
    /// Its stem.
    pub id: StemId,
    /// Whether a comma, bracket, dash or colon stands before it.
    pub clause: bool,
    /// What is known of the word itself: [`stopwords::GLUE`] and the like.
    pub flags: u8,
}

/// A unit that is judged by itself: a bullet, a line or a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Segment {
    /// Index of its first token.
    pub first: u32,
    /// Index after its last token.
    pub last: u32,
    /// Line of the cleaned text, from 0.
    pub line: u32,
    /// Whether one of its words may begin a role's name.
    pub names: bool,
}
