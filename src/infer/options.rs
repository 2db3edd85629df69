//! The options of a classifier.

use crate::model::Lens;

/// The lens of a classifier, and how much its verdicts contain.
///
/// | option | default | meaning | range |
/// |---|---|---|---|
/// | `lens` | consensus | whose definition of the roles counts | a [`Lens`] |
/// | `phrases` | 6 | most phrases listed per role; 0 is label only | 0 and up |
/// | `duties` | true | phrases are linked to duties and sources | |
/// | `context` | true | other wording, partner mentions and ignored parts | |
/// | `interval` | true | the interval of the share | |
/// | `title` | true | the title counts as a prior | |
/// | `min_confidence` | 0 | less probable labels become unclear | 0 to 1 |
///
/// ```
/// use rolecall::{Classifier, Lens, Options};
///
/// let options = Options::default().lens(Lens::Guide).phrases(0).min_confidence(0.6);
/// let classifier = Classifier::builtin()?.with_options(options);
/// assert!(classifier.classify("Own the roadmap.").evidence.is_empty());
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// Whose definition of the roles counts. Default: [`Lens::Consensus`].
    pub lens: Lens,
    /// Most phrases listed per role. With 0 there is no evidence, partner mention or ignored
    /// part, which is several times faster. Default: 6.
    pub phrases: usize,
    /// Whether phrases are linked to duties and sources. Default: true.
    pub duties: bool,
    /// Whether partner mentions, ignored parts and the points of other wording are computed.
    /// Without them the first two are empty, and other wording has all points. Default: true.
    pub context: bool,
    /// Whether the interval of the share is computed; without it both ends are the share.
    /// Default: true.
    pub interval: bool,
    /// Whether the title counts as a prior; without it a posting is judged by its duties
    /// alone. Default: true.
    pub title: bool,
    /// Verdicts less probable than this become [`Label::Unclear`](crate::Label::Unclear) with
    /// [`Reason::LowConfidence`](super::Reason::LowConfidence). 0 to 1, default: 0.
    pub min_confidence: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lens: Lens::Consensus,
            phrases: 6,
            duties: true,
            context: true,
            interval: true,
            title: true,
            min_confidence: 0.0,
        }
    }
}

impl Options {
    /// Sets [`Options::lens`](Self#structfield.lens).
    #[must_use]
    pub const fn lens(mut self, lens: Lens) -> Self {
        self.lens = lens;
        self
    }

    /// Sets [`Options::phrases`](Self#structfield.phrases).
    #[must_use]
    pub const fn phrases(mut self, phrases: usize) -> Self {
        self.phrases = phrases;
        self
    }

    /// Sets [`Options::duties`](Self#structfield.duties).
    #[must_use]
    pub const fn duties(mut self, duties: bool) -> Self {
        self.duties = duties;
        self
    }

    /// Sets [`Options::context`](Self#structfield.context).
    #[must_use]
    pub const fn context(mut self, context: bool) -> Self {
        self.context = context;
        self
    }

    /// Sets [`Options::interval`](Self#structfield.interval).
    #[must_use]
    pub const fn interval(mut self, interval: bool) -> Self {
        self.interval = interval;
        self
    }

    /// Sets [`Options::title`](Self#structfield.title).
    #[must_use]
    pub const fn title(mut self, title: bool) -> Self {
        self.title = title;
        self
    }

    /// Sets [`Options::min_confidence`](Self#structfield.min_confidence).
    #[must_use]
    pub const fn min_confidence(mut self, confidence: f64) -> Self {
        self.min_confidence = confidence;
        self
    }
}
