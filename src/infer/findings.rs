//! What a verdict finds in a posting: phrases, partner mentions, ignored parts, lines.

use std::sync::Arc;

use crate::model::{ByKind, Duty, Kind, Lens, Role};
use crate::text::Span;

/// A phrase that favors a role.
///
/// ```
/// use rolecall::Classifier;
///
/// let posting = "Own the product roadmap and write user stories with acceptance criteria.";
/// for found in &Classifier::builtin()?.classify(posting).evidence {
///     let duty = found.duty.as_ref().map_or("no duty", |duty| &duty.name);
///     println!("{} for {}: {} ({duty})", found.points, found.role, found.span.of(posting));
/// }
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Evidence {
    /// The role it favors.
    pub role: Role,
    /// The phrase as in the posting, with whitespace collapsed.
    pub phrase: String,
    /// Its place in the posting.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub span: Span,
    /// The line or sentence around it; in JSON `line_start` and `line_end`.
    #[cfg_attr(feature = "serde", serde(flatten, with = "line_span"))]
    pub line: Span,
    /// Its points, 0 to 1, which it adds to the strength of its role.
    pub points: f64,
    /// The words and pairs that carry most of its points, in the order of the text.
    pub keywords: Vec<Keyword>,
    /// The duty it states, if one is known; in JSON `duty` and `duty_name`. A duty read from
    /// there has no theme or kinds.
    #[cfg_attr(feature = "serde", serde(flatten, with = "duty_names"))]
    pub duty: Option<Arc<Duty>>,
    /// The sources that give that duty to the role.
    pub sources: Vec<Lens>,
}

impl Evidence {
    /// The id of its duty: `product-roadmap`.
    #[must_use]
    pub fn duty_id(&self) -> Option<&str> {
        self.duty.as_ref().map(|duty| duty.id.as_str())
    }
}

/// Words of a phrase that favor its role.
///
/// ```
/// use rolecall::Classifier;
///
/// let posting = "Own the product roadmap and write user stories with acceptance criteria.";
/// for found in &Classifier::builtin()?.classify(posting).evidence {
///     let keywords: Vec<&str> = found.keywords.iter().map(|keyword| keyword.span.of(posting)).collect();
///     println!("{}: {}", found.phrase, keywords.join(", "));
/// }
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Keyword {
    /// Its place in the posting.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub span: Span,
    /// Its part of the phrase's points, 0 to 1.
    pub points: f64,
}

/// A mention of a role as partner: "work with product marketing".
///
/// ```
/// use rolecall::Classifier;
///
/// let posting = "Work with product marketing on the launch of each release.";
/// let verdict = Classifier::builtin()?.classify(posting);
/// assert_eq!(verdict.partners[0].phrase, "Work with product marketing");
/// assert_eq!(verdict.partners[0].span.of(posting), verdict.partners[0].phrase);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Partner {
    /// The mention as in the posting, with whitespace collapsed.
    pub phrase: String,
    /// Its place in the posting.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub span: Span,
}

/// A part of the posting that is not about the duties of the job.
///
/// ```
/// use rolecall::Classifier;
///
/// let posting = "Own the product roadmap.\nWe offer a pension and thirty days of paid holiday.";
/// let verdict = Classifier::builtin()?.classify(posting);
/// for part in &verdict.ignored {
///     println!("{}: {}", part.reason, part.span.of(posting));
/// }
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Ignored {
    /// Its place in the posting.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub span: Span,
    /// What it is about: `company`, `benefits`, `legal`, `application` …, or
    /// [`Ignored::OTHER`].
    pub reason: String,
}

impl Ignored {
    /// The reason of a part that no other reason fits.
    pub const OTHER: &str = "other";
}

/// The verdict on one line or sentence.
///
/// ```
/// use rolecall::{Classifier, Kind, Scratch};
///
/// let classifier = Classifier::builtin()?;
/// for line in classifier.lines(&mut Scratch::new(), "Own the roadmap.\nWe offer a pension.") {
///     println!("{} {:.2}", line.kind, line.probabilities[Kind::Filler]);
/// }
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LineVerdict {
    /// Its place in the posting.
    pub span: Span,
    /// Its most probable kind.
    pub kind: Kind,
    /// Probability of each kind; they sum to 1. Weighted in favor of rare kinds, so they are not
    /// calibrated probabilities of the kinds in postings.
    pub probabilities: ByKind<f64>,
    /// Points for PM minus points for PMM, -1 to 1.
    pub points: f64,
}

#[cfg(feature = "serde")]
mod line_span {
    //! A span as `line_start` and `line_end`.

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::text::Span;

    #[derive(Serialize, Deserialize)]
    struct LineSpan {
        line_start: usize,
        line_end: usize,
    }

    pub(super) fn serialize<S: Serializer>(span: &Span, serializer: S) -> Result<S::Ok, S::Error> {
        LineSpan { line_start: span.start, line_end: span.end }.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        LineSpan::deserialize(deserializer).map(|span| Span::new(span.line_start, span.line_end))
    }
}

#[cfg(feature = "serde")]
mod duty_names {
    //! A duty as `duty`, its id, and `duty_name`.

    use std::borrow::Cow;
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::Duty;

    #[derive(Serialize, Deserialize)]
    struct Names<'a> {
        duty: Option<Cow<'a, str>>,
        duty_name: Option<Cow<'a, str>>,
    }

    #[allow(clippy::ref_option, reason = "serde passes the field by reference")]
    pub(super) fn serialize<S: Serializer>(duty: &Option<Arc<Duty>>, serializer: S) -> Result<S::Ok, S::Error> {
        let duty = duty.as_ref();
        Names { duty: duty.map(|duty| (&duty.id).into()), duty_name: duty.map(|duty| (&duty.name).into()) }
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<Duty>>, D::Error> {
        let Names { duty, duty_name } = Names::deserialize(deserializer)?;
        Ok(duty.map(|id| Arc::new(Duty::with_name(id.into(), duty_name.unwrap_or_default().into()))))
    }
}
