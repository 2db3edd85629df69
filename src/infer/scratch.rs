//! Buffers that are reused from posting to posting.

use super::clause::Clause;
use super::line::ScoredLine;
use super::line_features::LineFeatures;
use super::posterior::Posteriors;
use super::product::SoftCounts;
use super::repeats::Repeats;
use crate::text::clean::Cleaner;
use crate::tokenize::{Segment, Token, WordCache};

/// Working memory of a classifier. Make one per thread and pass it to
/// [`Classifier::classify_with`](crate::Classifier::classify_with): after the first few
/// postings little besides the verdict is allocated.
///
/// A verdict never depends on the postings that a scratch was used for before.
///
/// ```
/// use rolecall::{Classifier, Options, Scratch};
///
/// let classifier = Classifier::builtin()?.with_options(Options::default().phrases(0));
/// let mut scratch = Scratch::new();
/// for posting in ["Own the roadmap.", "Write the messaging."] {
///     println!("{}", classifier.classify_with(&mut scratch, None, posting).label);
/// }
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) cleaner: Cleaner,
    pub(super) tokens: Vec<Token>,
    pub(super) segments: Vec<Segment>,
    /// Whether the posting has more words than are read.
    pub(super) truncated: bool,
    /// Token ranges of partner mentions.
    pub(super) partners: Vec<(u32, u32)>,
    /// The segments with their scores.
    pub(super) lines: Vec<ScoredLine>,
    /// Features of the segments.
    pub(super) features: LineFeatures,
    /// The clauses of a line.
    pub(super) clauses: Vec<Clause>,
    /// For each clause of a line, its log-odds, in proportion to which the clauses share the points
    /// of the line, and the colleagues that it names.
    pub(super) shares: Vec<(f64, Option<Clause>)>,
    pub(super) posteriors: Posteriors,
    pub(super) soft_counts: SoftCounts,
    pub(super) repeats: Repeats,
    pub(super) word_cache: WordCache,
    /// Checksum of the model whose stem ids the word cache holds.
    model: String,
}

impl Scratch {
    /// Empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The features of each line, by place, with the line's scores.
    #[cfg(feature = "train")]
    pub(crate) fn scored_lines(&self) -> impl Iterator<Item = (&[u32], &ScoredLine)> {
        self.lines.iter().enumerate().map(|(at, line)| (self.features.places(at), line))
    }

    /// The counts of the posting's features, weighted by the probability that their lines are not
    /// filler.
    #[cfg(any(feature = "train", test))]
    pub(crate) fn soft_counts(&self) -> &SoftCounts {
        &self.soft_counts
    }

    /// Forgets the stem ids of another model.
    pub(super) fn use_model(&mut self, checksum: &str) {
        if self.model != checksum {
            self.word_cache.clear();
            self.model.clear();
            self.model.push_str(checksum);
        }
    }
}
