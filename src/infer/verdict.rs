//! The verdict on a posting and its parts.

use std::sync::Arc;

use crate::model::{ByKind, ByLabel, Duty, Kind, Label, Lens, Role, TitleClaim, named};
use crate::text::Span;

/// The verdict on one posting.
///
/// With the feature `serde` it converts to and from the JSON object that the program
/// prints. Fields may be added, never renamed.
///
/// ```
/// use rolecall::{Classifier, Label, Reason};
///
/// let verdict = Classifier::builtin()?.classify("Product manager wanted. Call us.");
/// assert_eq!((verdict.label, verdict.reason), (Label::Unclear, Some(Reason::TooShort)));
/// assert_eq!(verdict.probabilities.of(Label::Unclear), verdict.confidence);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Verdict {
    /// The label.
    pub label: Label,
    /// Why the label is [`Label::Unclear`]; `None` for other labels.
    pub reason: Option<Reason>,
    /// Calibrated probability of the label, 0 to 1: of verdicts with a confidence of 0.8,
    /// eight in ten are right.
    pub confidence: f64,
    /// Calibrated probability of every label; they sum to 1.
    pub probabilities: Probabilities,
    /// PM's part of the role-specific duties, 0 (all PMM) to 1 (all PM); 0.5 if there are
    /// none.
    pub pm_share: f64,
    /// 90% interval of the share, by resampling the lines of the posting.
    pub pm_share_interval: Interval,
    /// Strength of each side: points summed over the posting, about 1 per line that states
    /// a duty of one role alone.
    pub strength: Strength,
    /// The family of other jobs that the posting is nearest to: `design`, `marketing` …; if
    /// the reason is [`Reason::OffTopic`] also `prose`, a text that is no posting.
    pub other_job: Arc<str>,
    /// The strongest phrases of both roles, strongest first. They do not overlap.
    pub evidence: Vec<Evidence>,
    /// Points of all role-specific wording that is not listed as evidence.
    pub other_wording: RolePoints,
    /// Mentions of the roles as partners. They are no evidence.
    pub partners: Vec<Partner>,
    /// Parts that are not about the duties of the job.
    pub ignored: Vec<Ignored>,
    /// What the title claims; `None` without a title.
    pub title: Option<TitleReading>,
    /// The verdict without the title.
    pub by_duties_alone: ByDutiesAlone,
    /// The lens of the verdict.
    pub lens: Lens,
    /// Name, version and checksum of the model.
    pub model: Arc<str>,
}

/// Why a posting is [`Label::Unclear`].
///
/// ```
/// use rolecall::Reason;
///
/// assert_eq!("not_english".parse::<Reason>()?, Reason::NotEnglish);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Reason {
    /// Fewer than 30 words.
    TooShort,
    /// A posting of another job, or no posting at all.
    OffTopic,
    /// Not in English.
    NotEnglish,
    /// The label's probability is below [`Options::min_confidence`](crate::Options::min_confidence).
    LowConfidence,
}

named!(
    Reason, "reason",
    TooShort => "too_short",
    OffTopic => "off_topic",
    NotEnglish => "not_english",
    LowConfidence => "low_confidence",
);

/// Probability of each label, 0 to 1.
///
/// ```
/// # use rolecall::{Classifier, Label, Role, TitleClaim};
/// # let posting = "Own the product roadmap, rank the backlog with engineers and write user stories with \
/// #     acceptance criteria. Work with product marketing on the launch of each release. We offer a pension, \
/// #     dental cover and thirty days of paid holiday to everybody who joins the team.";
/// # let verdict = Classifier::builtin()?.classify_titled("Product Manager", posting);
/// let sum: f64 = Label::ALL.iter().map(|label| verdict.probabilities.of(*label)).sum();
/// assert!((sum - 1.0).abs() < 1e-9);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Probabilities {
    /// Of [`Label::Pm`].
    pub pm: f64,
    /// Of [`Label::Pmm`].
    pub pmm: f64,
    /// Of [`Label::Hybrid`].
    pub hybrid: f64,
    /// Of [`Label::Unclear`].
    pub unclear: f64,
}

impl Probabilities {
    pub(crate) fn new(of: &ByLabel<f64>) -> Self {
        Self { pm: of[Label::Pm], pmm: of[Label::Pmm], hybrid: of[Label::Hybrid], unclear: of[Label::Unclear] }
    }

    /// Of `label`.
    #[must_use]
    pub const fn of(&self, label: Label) -> f64 {
        match label {
            Label::Pm => self.pm,
            Label::Pmm => self.pmm,
            Label::Hybrid => self.hybrid,
            Label::Unclear => self.unclear,
        }
    }
}

/// An interval, from `low` to `high`; in JSON an array of the two.
///
/// ```
/// # use rolecall::{Classifier, Label, Role, TitleClaim};
/// # let posting = "Own the product roadmap, rank the backlog with engineers and write user stories with \
/// #     acceptance criteria. Work with product marketing on the launch of each release. We offer a pension, \
/// #     dental cover and thirty days of paid holiday to everybody who joins the team.";
/// # let verdict = Classifier::builtin()?.classify_titled("Product Manager", posting);
/// let interval = verdict.pm_share_interval;
/// assert!(interval.low <= verdict.pm_share && verdict.pm_share <= interval.high);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(from = "[f64; 2]", into = "[f64; 2]")
)]
#[allow(clippy::exhaustive_structs, reason = "an interval has two ends")]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl From<[f64; 2]> for Interval {
    fn from([low, high]: [f64; 2]) -> Self {
        Self { low, high }
    }
}

impl From<Interval> for [f64; 2] {
    fn from(Interval { low, high }: Interval) -> Self {
        [low, high]
    }
}

/// Strength of the roles and of the nearest other job.
///
/// ```
/// # use rolecall::{Classifier, Label, Role, TitleClaim};
/// # let posting = "Own the product roadmap, rank the backlog with engineers and write user stories with \
/// #     acceptance criteria. Work with product marketing on the launch of each release. We offer a pension, \
/// #     dental cover and thirty days of paid holiday to everybody who joins the team.";
/// # let verdict = Classifier::builtin()?.classify_titled("Product Manager", posting);
/// assert!(verdict.strength.pm > verdict.strength.pmm);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Strength {
    /// Of product management: the sum of its evidence, other wording and the prior.
    pub pm: f64,
    /// Of product marketing: the sum of its evidence, other wording and the prior.
    pub pmm: f64,
    /// Of the nearest other job.
    pub other: f64,
}

/// Points by role.
///
/// ```
/// # use rolecall::{Classifier, Label, Role, TitleClaim};
/// # let posting = "Own the product roadmap, rank the backlog with engineers and write user stories with \
/// #     acceptance criteria. Work with product marketing on the launch of each release. We offer a pension, \
/// #     dental cover and thirty days of paid holiday to everybody who joins the team.";
/// # let verdict = Classifier::builtin()?.classify_titled("Product Manager", posting);
/// let (pm, pmm) = (verdict.other_wording.of(Role::Pm), verdict.other_wording.of(Role::Pmm));
/// println!("{pm:.2} for PM and {pmm:.2} for PMM outside the phrases");
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RolePoints {
    /// For product management.
    pub pm: f64,
    /// For product marketing.
    pub pmm: f64,
}

impl RolePoints {
    /// For `role`.
    #[must_use]
    pub const fn of(&self, role: Role) -> f64 {
        match role {
            Role::Pm => self.pm,
            Role::Pmm => self.pmm,
        }
    }

    pub(crate) const fn of_mut(&mut self, role: Role) -> &mut f64 {
        match role {
            Role::Pm => &mut self.pm,
            Role::Pmm => &mut self.pmm,
        }
    }
}

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
    /// The phrase as in the posting, whitespace folded.
    pub phrase: String,
    /// Its place in the posting.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub span: Span,
    /// The line or sentence around it; in JSON `line_start` and `line_end`.
    #[cfg_attr(feature = "serde", serde(flatten, with = "line_span"))]
    pub line: Span,
    /// Its points: damped log-odds for its role against the other.
    pub points: f64,
    /// The duty it states, if one is known. JSON holds its id alone: a duty read from
    /// there has no name, theme or kinds.
    #[cfg_attr(feature = "serde", serde(with = "duty_id"))]
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

/// A mention of a role as partner: "work with product marketing".
///
/// ```
/// # use rolecall::{Classifier, Label, Role, TitleClaim};
/// # let posting = "Own the product roadmap, rank the backlog with engineers and write user stories with \
/// #     acceptance criteria. Work with product marketing on the launch of each release. We offer a pension, \
/// #     dental cover and thirty days of paid holiday to everybody who joins the team.";
/// # let verdict = Classifier::builtin()?.classify_titled("Product Manager", posting);
/// assert_eq!(verdict.partners[0].phrase, "Work with product marketing");
/// assert_eq!(verdict.partners[0].span.of(posting), verdict.partners[0].phrase);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Partner {
    /// The mention as in the posting, whitespace folded.
    pub phrase: String,
    /// Its place in the posting.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub span: Span,
}

/// A part that is not about the duties of the job.
///
/// ```
/// # use rolecall::{Classifier, Label, Role, TitleClaim};
/// # let posting = "Own the product roadmap, rank the backlog with engineers and write user stories with \
/// #     acceptance criteria. Work with product marketing on the launch of each release. We offer a pension, \
/// #     dental cover and thirty days of paid holiday to everybody who joins the team.";
/// # let verdict = Classifier::builtin()?.classify_titled("Product Manager", posting);
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
    /// The reason of a part that none of the known ones fits.
    pub const OTHER: &str = "other";
}

/// What a title claims, and whether the duties agree.
///
/// ```
/// # use rolecall::{Classifier, Label, Role, TitleClaim};
/// # let posting = "Own the product roadmap, rank the backlog with engineers and write user stories with \
/// #     acceptance criteria. Work with product marketing on the launch of each release. We offer a pension, \
/// #     dental cover and thirty days of paid holiday to everybody who joins the team.";
/// # let verdict = Classifier::builtin()?.classify_titled("Product Manager", posting);
/// let title = verdict.title.expect("a title was given");
/// assert_eq!(title.says, TitleClaim::Pm);
/// assert!(title.prior.of(Label::Pm) > 0.8);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TitleReading {
    /// The title.
    pub text: String,
    /// What it claims.
    pub says: TitleClaim,
    /// What the claim alone makes of each label: the fraction of labeled postings with
    /// such a title that have the label.
    pub prior: Probabilities,
}

/// The verdict by the duties alone, without the title.
///
/// ```
/// # use rolecall::Classifier;
/// let verdict = Classifier::builtin()?.classify_titled("Product Manager", "Call us.");
/// assert_eq!(verdict.by_duties_alone.title_agrees, None, "too short to be judged");
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ByDutiesAlone {
    /// The label.
    pub label: Label,
    /// Calibrated probability of that label, 0 to 1.
    pub confidence: f64,
    /// Whether the title claims this label; `None` without a title that claims anything
    /// plain, and for a posting that was too short or not in English.
    pub title_agrees: Option<bool>,
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
    /// Probability of each kind; they sum to 1. The kinds are weighted so that rare ones
    /// are found too: these are not their frequencies in postings.
    pub probabilities: ByKind<f64>,
    /// Points for a role: positive for PM, negative for PMM.
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
mod duty_id {
    //! A duty as its id.

    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::model::Duty;

    #[allow(clippy::ref_option, reason = "serde passes the field by reference")]
    pub(super) fn serialize<S: Serializer>(duty: &Option<Arc<Duty>>, serializer: S) -> Result<S::Ok, S::Error> {
        duty.as_ref().map(|duty| &duty.id).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Arc<Duty>>, D::Error> {
        let id: Option<String> = Option::deserialize(deserializer)?;
        Ok(id.map(|id| Arc::new(Duty::with_id(id))))
    }
}
