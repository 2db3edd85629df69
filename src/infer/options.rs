//! What a classifier looks through and how much it tells.

use crate::model::Lens;

/// What a classifier looks through and how much it tells.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// Whose definition of the roles counts. Default: [`Lens::Consensus`].
    pub lens: Lens,
    /// How many phrases are listed for each role at most; 0 computes no evidence,
    /// partner mentions and ignored parts, which is several times faster. Default: 6.
    pub phrases: usize,
    /// Whether phrases are tied to duties and sources. Default: true.
    pub duties: bool,
    /// Whether what stands beside the phrases is computed: partner mentions, ignored
    /// parts and the points of other wording, which without it are empty and those of
    /// all wording. Default: true.
    pub context: bool,
    /// Whether the interval of the share is computed; without it both ends are the
    /// share itself. Default: true.
    pub interval: bool,
    /// Verdicts less probable than this become [`Label::Unclear`](crate::Label::Unclear) with
    /// [`Reason::LowConfidence`](super::Reason::LowConfidence). 0 to 1, default: 0.
    pub min_confidence: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { lens: Lens::Consensus, phrases: 6, duties: true, context: true, interval: true, min_confidence: 0.0 }
    }
}

impl Options {
    /// The same options through another lens.
    #[must_use]
    pub const fn lens(mut self, lens: Lens) -> Self {
        self.lens = lens;
        self
    }

    /// The same options with at most so many phrases a role; 0 is label only.
    #[must_use]
    pub const fn phrases(mut self, phrases: usize) -> Self {
        self.phrases = phrases;
        self
    }

    /// The same options with phrases that are or are not tied to duties.
    #[must_use]
    pub const fn duties(mut self, duties: bool) -> Self {
        self.duties = duties;
        self
    }

    /// The same options with or without what stands beside the phrases.
    #[must_use]
    pub const fn context(mut self, context: bool) -> Self {
        self.context = context;
        self
    }

    /// The same options with or without the interval of the share.
    #[must_use]
    pub const fn interval(mut self, interval: bool) -> Self {
        self.interval = interval;
        self
    }

    /// The same options with another least confidence.
    #[must_use]
    pub const fn min_confidence(mut self, confidence: f64) -> Self {
        self.min_confidence = confidence;
        self
    }
}
