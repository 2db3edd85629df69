//! From cleaned text to words, stems and n-grams.
//!
//! [`tokenizer::scan`] finds words and segments, and looks up their stems through a
//! [`normalize::WordLookup`]; [`role_mask`] masks what is no evidence. Training and scoring share
//! both. Training then takes its features from [`ngrams::emit`], and scoring from the index of a
//! model, which is faster; a test in `infer/line_features.rs` compares the two.

mod denial;
pub(crate) mod hard_wrap;
pub(crate) mod lookup;
pub(crate) mod ngrams;
pub(crate) mod normalize;
pub(crate) mod role_mask;
mod separators;
mod spelling;
mod stemmer;
pub(crate) mod stopwords;
pub(crate) mod tokenizer;
pub(crate) mod verbs;
pub(crate) mod vocabulary;
mod word_boundaries;
mod word_cache;
pub(crate) mod words;

pub(crate) use word_cache::WordCache;

/// Identifier of a stem within a vocabulary.
pub(crate) type StemId = u16;

/// The id of words that are not in the vocabulary. No feature has it.
pub(crate) const UNKNOWN: StemId = StemId::MAX;
/// The id of masked words. No feature has it, and no n-gram reaches across it.
pub(crate) const MASKED: StemId = StemId::MAX - 1;
/// Maximum number of stems of a vocabulary.
pub(crate) const MAX_STEMS: usize = (StemId::MAX - 16) as usize;

/// Maximum length of a word that has a stem, in bytes.
const MAX_WORD: usize = 40;

/// The stem of all numbers.
const NUMBER: &str = "#";

/// A word of the cleaned text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// The first byte in the cleaned text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
    /// Its stem, [`UNKNOWN`] or [`MASKED`].
    pub id: StemId,
    /// Whether punctuation separates it from the word before.
    pub after_punctuation: bool,
    /// The flags of [`stopwords`].
    pub flags: u8,
}

/// A bullet, line or sentence: the unit that is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Segment {
    /// Index of its first token.
    pub first: u32,
    /// Index after its last token.
    pub last: u32,
    /// Line of the cleaned text, from 0.
    pub line: u32,
    /// Whether one of its words may start a role name.
    pub has_role_word: bool,
    /// Whether one of its words may deny a duty.
    pub may_deny: bool,
}
