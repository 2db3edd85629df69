//! The options of a classifier.

use crate::model::Lens;

/// The lens of a classifier, and how much its verdicts contain.
///
/// | option | default | meaning | range |
/// |---|---|---|---|
/// | `lens` | consensus | whose definition of the roles counts | a [`Lens`] |
/// | `phrases` | 6 | maximum number of phrases listed per role; 0 for no explanation | 0 and up |
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
    /// Maximum number of phrases listed per role. With 0 no evidence, partner mentions, ignored parts or
    /// [`Note::SeveralPostings`](super::Note::SeveralPostings) are found, which is several times faster.
    /// Default: 6.
    pub phrases: usize,
    /// Whether phrases are linked to duties and sources. Default: true.
    pub duties: bool,
    /// Whether partner mentions, ignored parts and the points of other wording are found. If false,
    /// [`other_wording`](super::Verdict::other_wording) holds all points. Default: true.
    pub context: bool,
    /// Whether the interval of the share is computed; if false, both ends are the share.
    /// Default: true.
    pub interval: bool,
    /// Whether the title counts as a prior; if false, a posting is judged by its duties alone.
    /// Default: true.
    pub title: bool,
    /// Labels less probable than this become [`Label::Unclear`](crate::Label::Unclear) with
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

/// Gives each option a setter.
macro_rules! setters {
    ($($option:ident: $type:ty),+) => {
        impl Options {
            $(
                #[doc = concat!("Sets [`Options::", stringify!($option), "`](Self#structfield.", stringify!($option), ").")]
                #[must_use]
                pub const fn $option(mut self, $option: $type) -> Self {
                    self.$option = $option;
                    self
                }
            )+
        }
    };
}

setters!(lens: Lens, phrases: usize, duties: bool, context: bool, interval: bool, title: bool, min_confidence: f64);
