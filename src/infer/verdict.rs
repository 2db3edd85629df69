//! The verdict on a posting and its parts.

use std::sync::Arc;

use super::findings::{Evidence, Ignored, Partner};
use crate::model::{ByLabel, Label, Lens, Role, TitleClaim, named};

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
    /// eight in ten are right. With [`Reason::LowConfidence`] it is the probability of
    /// [`Label::Unclear`], which may be small.
    pub confidence: f64,
    /// Calibrated probability of every label; they sum to 1.
    pub probabilities: Probabilities,
    /// PM's share of the role-specific duties, 0 (all PMM) to 1 (all PM); `None` if the label
    /// is [`Label::Unclear`].
    pub pm_share: Option<f64>,
    /// 90% interval of the share, by resampling the lines of the posting; `None` if the label
    /// is [`Label::Unclear`].
    pub pm_share_interval: Option<Interval>,
    /// Strength of each role: points summed over the posting, about 1 per line that states
    /// a duty of that role alone.
    pub strength: Strength,
    /// The family of other jobs that the posting is nearest to: `design`, `marketing` …; if the
    /// reason is [`Reason::OffTopic`] also `prose`, a text that is not a posting. `None` if the
    /// model knows no word of the text.
    pub other_job: Option<Arc<str>>,
    /// The phrases that most clearly state duties of a role, the clearest first. They do not
    /// overlap.
    pub evidence: Vec<Evidence>,
    /// Points of the wording that is not listed as evidence. All points if
    /// [`Options::context`](crate::Options::context) is false.
    pub other_wording: RolePoints,
    /// Mentions of the roles as partners. They are not evidence.
    pub partners: Vec<Partner>,
    /// Parts that are not about the duties of the job.
    pub ignored: Vec<Ignored>,
    /// What is odd about the text.
    pub notes: Vec<Note>,
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
    /// The probability of the most probable label is below [`Options::min_confidence`](crate::Options::min_confidence).
    LowConfidence,
}

named!(
    Reason, "reason",
    TooShort => "too_short",
    OffTopic => "off_topic",
    NotEnglish => "not_english",
    LowConfidence => "low_confidence",
);

/// Something odd about a text.
///
/// ```
/// use rolecall::Note;
///
/// assert_eq!("several_postings".parse::<Note>()?, Note::SeveralPostings);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Note {
    /// It reads like a person's résumé, not like a posting: the label is [`Label::Unclear`].
    Resume,
    /// It holds more than one posting, and the verdict is on all of them together.
    SeveralPostings,
    /// It is very long, and the verdict is on its first 50,000 words.
    Truncated,
}

named!(Note, "note", Resume => "resume", SeveralPostings => "several_postings", Truncated => "truncated");

/// Probability of each label, 0 to 1.
///
/// ```
/// use rolecall::{Classifier, Label};
///
/// let verdict = Classifier::builtin()?.classify("Own the product roadmap and write user stories.");
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
/// # use rolecall::Classifier;
/// # let posting = "Own the product roadmap, rank the backlog with engineers and write user stories with \
/// #     acceptance criteria. Work with product marketing on the launch of each release. We offer a pension, \
/// #     dental cover and thirty days of paid holiday to everybody who joins the team.";
/// # let verdict = Classifier::builtin()?.classify_titled("Product Manager", posting);
/// let (share, interval) = verdict.pm_share.zip(verdict.pm_share_interval).expect("a product role");
/// assert!(interval.low <= share && share <= interval.high);
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

/// Strengths of the roles and of other jobs, in points; see [`Verdict::strength`].
///
/// ```
/// use rolecall::Classifier;
///
/// let verdict = Classifier::builtin()?.classify("Own the product roadmap and write user stories.");
/// assert!(verdict.strength.pm > verdict.strength.pmm);
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Strength {
    /// Of product management: the sum of its evidence and other wording.
    pub pm: f64,
    /// Of product marketing: the sum of its evidence and other wording.
    pub pmm: f64,
    /// Of all other jobs together.
    pub other: f64,
}

/// Points by role.
///
/// ```
/// use rolecall::{Classifier, Role};
///
/// let verdict = Classifier::builtin()?.classify("Own the product roadmap and write user stories.");
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

/// A title and what it claims.
///
/// ```
/// use rolecall::{Classifier, Label, TitleClaim};
///
/// let verdict = Classifier::builtin()?.classify_titled("Product Manager", "Own the product roadmap.");
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
    /// The prior of each label: its fraction among the labeled postings with such a title.
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
    /// Whether the title claims this label; `None` if no title plainly claims a label, or if
    /// the text is too short, not English prose, or a résumé.
    pub title_agrees: Option<bool>,
}
